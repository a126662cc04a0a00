--- What a person's own configuration may call.

local M = {}

--- Choose settings. It need not be called: without it the usual ones hold.
---@param options? table see |redline-settings|
function M.setup(options)
  require('redline.config').set(options or {})
  if M.enabled then
    M.disable()
    M.enable()
  end
end

--- Start servers where they are wanted. The plugin does so by itself.
function M.enable()
  if M.enabled or vim.g.redline_disabled then
    return
  end
  M.enabled = true
  require('redline.marks').enable()
  require('redline.state').enable()
  if require('redline.config').origin then
    require('redline.origin').enable()
  end
  require('redline.lsp').enable()
end

--- Stop all servers and put back everything that was wrapped.
function M.disable()
  M.enabled = false
  require('redline.lsp').disable()
  require('redline.origin').disable()
  require('redline.state').disable()
  require('redline.marks').disable()
end

--- A short text about a file for the statusline; empty where no zone protects it.
---@param bufnr? integer
---@return string
function M.status(bufnr)
  local known = require('redline.state').of(bufnr)
  return known and known.words or ''
end

return M

--- Has servers judge all files, and tells how far they are.

local M = {}

local api = vim.api
local lsp = require('redline.lsp')

--- A line that the next one overwrites, and that nobody has to confirm.
local function show(words)
  -- Whoever types on the command line is not disturbed.
  if api.nvim_get_mode().mode:sub(1, 1) ~= 'c' then
    api.nvim_echo({ { vim.fn.strcharpart(words, 0, vim.v.echospace) } }, false, {})
  end
end

local function progress(value)
  if value.kind == 'end' then
    show('')
  else
    show(('Redline: %s%s'):format(value.title, value.message and (', ' .. value.message) or ''))
  end
end

--- Show the progress of a client; returns what ends that.
local function follow(client)
  local id = api.nvim_create_autocmd('LspProgress', {
    desc = 'Redline: how far a check is',
    callback = function(event)
      if event.data.client_id == client.id then
        progress(event.data.params.value)
      end
    end,
  })
  return function()
    pcall(api.nvim_del_autocmd, id)
  end
end

local function check(client)
  local finish = follow(client)
  local params = { command = 'redline.checkWorkspace' }
  -- The server itself says what came of it.
  lsp.request(client, 'workspace/executeCommand', params, finish, function(fault)
    finish()
    lsp.say(fault.message, vim.log.levels.WARN)
  end)
end

--- Judge all files of all projects.
function M.run()
  local clients = lsp.clients()
  if #clients == 0 then
    lsp.say(lsp.NONE, vim.log.levels.WARN)
  end
  vim.tbl_map(check, clients)
end

return M

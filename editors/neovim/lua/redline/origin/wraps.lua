--- Functions of the editor that put text in, wrapped to tell which of them is at work.
---
--- The original always runs, with its own arguments, and what it returns or raises is passed on.

local M = {}

--- Originals and what stands in their place: owner, name, original, wrapped.
local worn = {}
--- What is at work now; nil: none of these.
local current

--- Plugins that complete or format: what they apply is that, not an assistant's edit.
local TRADES = {
  ['blink.cmp'] = 'completion',
  ['conform.nvim'] = 'format',
  ['formatter.nvim'] = 'format',
  ['guard.nvim'] = 'format',
  ['none-ls.nvim'] = 'format',
  ['null-ls.nvim'] = 'format',
  ['nvim-cmp'] = 'completion',
}

local function finish(before, worked, ...)
  current = before
  if not worked then
    error((...), 0)
  end
  return ...
end

--- Wrap `owner[name]`; `tell` gives the context from the arguments, nil leaves it as it is.
local function wrap(owner, name, tell)
  local original = owner and owner[name]
  if type(original) ~= 'function' then
    return
  end
  local function wrapped(...)
    local told, context = pcall(tell, ...)
    local before = current
    current = told and context or before
    return finish(before, pcall(original, ...))
  end
  owner[name] = wrapped
  worn[#worn + 1] = { owner = owner, name = name, original = original, wrapped = wrapped }
end

--- Say it of whatever is at work inside, unless somebody said more before.
local function always(kind, via)
  return function()
    return current or { kind = kind, via = via }
  end
end

local function client_name(id)
  local client = id and vim.lsp.get_client_by_id(id)
  return client and client.name or nil
end

local function applied()
  local inserts = vim.api.nvim_get_mode().mode:find('^i') ~= nil
  local maker = require('redline.origin.maker').of_stack()
  local completes = require('redline.origin.keys').seen('completion')
  local kind = maker and TRADES[maker]
    or completes and 'completion'
    or inserts and 'inline_completion'
    or 'apply_edit'
  return { kind = kind, via = 'apply_text_edits', maker = maker }
end

--- What is at work now.
---@return {kind: string, via: string, maker: string?, put: boolean?}?
function M.context()
  return current
end

function M.put_on()
  if #worn > 0 then
    return
  end
  local handlers = vim.lsp.handlers
  wrap(vim, 'paste', function()
    return { kind = 'paste', via = 'vim.paste', put = true }
  end)
  wrap(vim.lsp.buf, 'format', always('format', 'vim.lsp.buf.format'))
  wrap(handlers, 'textDocument/formatting', always('format', 'textDocument/formatting'))
  wrap(handlers, 'textDocument/rangeFormatting', always('format', 'textDocument/rangeFormatting'))
  wrap(handlers, 'textDocument/rename', always('command', 'textDocument/rename'))
  wrap(handlers, 'workspace/applyEdit', function(_, _, context)
    local maker = client_name(context and context.client_id)
    return { kind = 'apply_edit', via = 'workspace/applyEdit', maker = maker }
  end)
  wrap(vim.lsp.util, 'apply_workspace_edit', always('code_action', 'apply_workspace_edit'))
  wrap(vim.lsp.util, 'apply_text_edits', function()
    return current or applied()
  end)
  wrap(vim.snippet, 'expand', always('snippet', 'vim.snippet.expand'))
  wrap(vim.lsp.inline_completion, 'get', function()
    -- What it accepts comes in a moment later.
    require('redline.origin.keys').see('inline')
  end)
end

--- Put the originals back. Where another plugin has wrapped ours since, ours stays and does nothing.
function M.take_off()
  for _, one in ipairs(worn) do
    if one.owner[one.name] == one.wrapped then
      one.owner[one.name] = one.original
    end
  end
  worn, current = {}, nil
end

return M

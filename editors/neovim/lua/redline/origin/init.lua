--- Tells servers how text came in: the notification `redline/editOrigin`, never the text itself.
---
--- Edits are collected until the editor is about to wait again. Then one notification tells of
--- all that were made in the same way, by the versions of the text that they led to.

local M = {}

local api = vim.api
local judge = require('redline.origin.judge')
local keys = require('redline.origin.keys')
local lsp = require('redline.lsp')
local maker = require('redline.origin.maker')
local wraps = require('redline.origin.wraps')
local yanks = require('redline.origin.yanks')

local group = 'redline.origin'
--- More groups of edits than these, made before the editor waited, are told as one.
local MOST_GROUPS = 200
--- So many characters at once are more than a key or a pair of brackets.
local BLOCK = 8
--- Text beyond is taken for more than blanks, and not looked at.
local MOST_LOOKED_AT = 65536

--- What is known of a buffer: its undo state, and the version told of last.
local followed = {}
local on = false

--- Whatever goes wrong in here must not reach the person's edit.
local function safely(act, ...)
  local worked, fault = pcall(act, ...)
  if not worked then
    vim.lsp.log.error('redline', fault)
  end
end

local function undo_state(bufnr)
  if bufnr ~= api.nvim_get_current_buf() then
    return nil
  end
  return vim.fn.changenr()
end

--- Characters that are no blanks of what came in.
local function weigh(bufnr, row, column, rows, columns, bytes)
  if bytes <= BLOCK or bytes > MOST_LOOKED_AT then
    return bytes, nil
  end
  local last_row = row + rows
  local last_column = rows == 0 and column + columns or columns
  local count = api.nvim_buf_line_count(bufnr)
  if last_row >= count then
    last_row = count - 1
    last_column = #(api.nvim_buf_get_lines(bufnr, last_row, count, false)[1] or '')
  end
  local found, lines = pcall(
    api.nvim_buf_get_text, bufnr, row, column, last_row, last_column, {}
  )
  if not found then
    return bytes, nil
  end
  local text = table.concat(lines, '\n')
  return #text:gsub('%s', ''), text
end

local function hint(bufnr, state, told)
  local version = told.version
  if version <= state.told then
    return
  end
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(bufnr), version = version },
    after = state.told,
    kind = told.kind,
    via = told.via,
    ins = told.ins,
    del = told.del,
    n = told.n,
    register = told.register,
    paste = told.from and { source = { uri = told.from } } or nil,
    detailed = told.maker and { source = told.via, extensionId = told.maker } or nil,
  }
  state.told = version
  for _, client in ipairs(lsp.clients(bufnr)) do
    lsp.notify(client, 'redline/editOrigin', params)
  end
end

--- Put what follows each other and was made in one way together.
local function merged(groups)
  local all = {}
  for _, one in ipairs(groups) do
    local last = all[#all]
    if last and last.kind == one.kind and last.via == one.via and last.maker == one.maker then
      last.ins, last.del, last.n = last.ins + one.ins, last.del + one.del, last.n + one.n
      last.version = one.version or last.version
    else
      all[#all + 1] = one
    end
  end
  return all
end

local function flush(bufnr)
  local state = followed[bufnr]
  if not state or not state.groups then
    return
  end
  local groups = state.groups
  state.groups = nil
  local now = undo_state(bufnr)
  local turn
  if now and state.undo and now < state.undo then
    turn = 'undo'
  elseif now and state.undo and now > state.undo and now <= state.newest then
    turn = 'redo'
  end
  state.undo, state.newest = now, math.max(state.newest, now or 0)
  judge.all(groups, turn)
  keys.settle()
  local told = merged(groups)
  -- The last text is the one that servers have now, whatever number it bears.
  told[#told].version = lsp.version(bufnr)
  for _, one in ipairs(told) do
    if one.version then
      hint(bufnr, state, one)
    end
  end
end

--- The group that an edit belongs to: edits of one key, or of one function that makes them.
local function group_of(bufnr, state)
  if not state.groups then
    state.groups = {}
    vim.schedule(function()
      safely(flush, bufnr)
    end)
  end
  local groups = state.groups
  local last = groups[#groups]
  local key, context = keys.now(), wraps.context()
  local same = last and last.context == context and last.key == key and last.live == key.live
  if same or #groups >= MOST_GROUPS then
    return last
  end
  local new = {
    context = context,
    key = key,
    live = key.live,
    pressed = key.root.before or {},
    soon = keys.is_soon(),
    mode = api.nvim_get_mode().mode,
    popup = vim.fn.pumvisible() == 1,
    operator = vim.v.operator,
    ins = 0,
    del = 0,
    n = 0,
    block = 0,
    looked = 0,
  }
  groups[#groups + 1] = new
  return new
end

local function on_bytes(bufnr, state, row, column, old, rows, columns, new)
  local one = group_of(bufnr, state)
  one.ins, one.del, one.n = one.ins + new, one.del + old, one.n + 1
  if new <= BLOCK or new <= one.looked then
    return
  end
  one.looked = new
  local letters, text = weigh(bufnr, row, column, rows, columns, new)
  one.block = math.max(one.block, letters)
  if letters > BLOCK then
    one.maker = one.maker or maker.of_stack()
  end
  one.source = text and (one.context == nil or one.context.put) and yanks.find(text) or one.source
end

local function undo_limits(bufnr)
  if bufnr ~= api.nvim_get_current_buf() then
    return nil, 0
  end
  local tree = vim.fn.undotree()
  return tree.seq_cur, tree.seq_last
end

--- Follow the edits of a buffer that has a client.
function M.follow(bufnr)
  local before = followed[bufnr]
  if before and before.live then
    return
  end
  local state = { live = true, told = lsp.version(bufnr) }
  state.undo, state.newest = undo_limits(bufnr)
  followed[bufnr] = state
  api.nvim_buf_attach(bufnr, false, {
    on_lines = function(_, _, version)
      if followed[bufnr] ~= state then
        return true
      end
      safely(function()
        group_of(bufnr, state).version = version
      end)
    end,
    on_bytes = function(_, _, _, row, column, _, _, _, old, rows, columns, new)
      if followed[bufnr] ~= state then
        return true
      end
      safely(on_bytes, bufnr, state, row, column, old, rows, columns, new)
    end,
    on_reload = function()
      -- The client closes and opens the document: versions begin anew.
      state.live, state.groups = false, nil
      vim.schedule(function()
        M.reloaded(bufnr)
      end)
      return true
    end,
    on_detach = function()
      state.live, state.groups = false, nil
    end,
  })
end

--- A file was read from the disk again.
function M.reloaded(bufnr)
  if not (on and api.nvim_buf_is_loaded(bufnr) and lsp.client(bufnr)) then
    return
  end
  M.follow(bufnr)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(bufnr), version = lsp.version(bufnr) },
    kind = 'reload',
    via = 'disk',
  }
  for _, client in ipairs(lsp.clients(bufnr)) do
    lsp.notify(client, 'redline/editOrigin', params)
  end
end

local function listen()
  local events = api.nvim_create_augroup(group, {})
  local function each(event, act)
    local function callback(happened)
      safely(act, happened)
    end
    api.nvim_create_autocmd(event, { group = events, desc = 'Redline: origin', callback = callback })
  end
  each('LspAttach', function(happened)
    local client = vim.lsp.get_client_by_id(happened.data.client_id)
    if client and client.name == 'redline' then
      local before = followed[happened.buf]
      if before and not before.live then
        M.reloaded(happened.buf)
      else
        M.follow(happened.buf)
      end
    end
  end)
  each('BufEnter', function(happened)
    local state = followed[happened.buf]
    if state and state.live then
      if state.undo then
        state.undo = vim.fn.changenr()
        state.newest = math.max(state.newest, state.undo)
      else
        state.undo, state.newest = undo_limits(happened.buf)
      end
    end
  end)
  each('BufWipeout', function(happened)
    followed[happened.buf] = nil
  end)
  each('TextYankPost', yanks.note)
  each({ 'FileReadPost', 'CompleteDone', 'CmdlineLeave' }, keys.note)
end

function M.enable()
  if on then
    return
  end
  on = true
  keys.watch()
  wraps.put_on()
  listen()
  for _, client in ipairs(lsp.clients()) do
    vim.tbl_map(M.follow, vim.tbl_keys(client.attached_buffers))
  end
end

--- Follow nothing any more, and put back what was wrapped.
function M.disable()
  if not on then
    return
  end
  on = false
  api.nvim_create_augroup(group, {})
  keys.unwatch()
  wraps.take_off()
  yanks.forget()
  followed = {}
end

return M

--- Keeps what the server has told of each file.

local M = {}

local api = vim.api
local group = 'redline.state'
local MOST_EDITS = 500

--- What was told, by buffer.
local known = {}
local on = false
--- By buffer, the edits that the server may not have heard of yet: version and lines.
local edits = {}

--- Where a line is after an edit of the lines from `first` until before `last`.
local function after(line, edit, floor)
  if line >= edit.last then
    return line + edit.now - edit.last
  end
  return line >= edit.first and math.max(floor, math.min(line, edit.now - 1)) or line
end

--- First and last line of each region, as the text is now; nil where that is not known.
local function placed(bufnr, told)
  local version = told.textDocument.version
  local since = edits[bufnr] or {}
  if version < (since.forgotten or -1) then
    return nil
  end
  local regions = {}
  for _, region in ipairs(told.regions) do
    local first, stop = region.range.start.line, region.range['end']
    local last = stop.character == 0 and math.max(first, stop.line - 1) or stop.line
    for _, edit in ipairs(since) do
      if edit.version > version then
        first, last = after(first, edit, edit.first), after(last, edit, edit.first)
      end
    end
    regions[#regions + 1] = vim.tbl_extend('error', region, { first = first, last = last })
  end
  return regions
end

--- Take in `redline/documentState`.
function M.hear(told, client_id)
  local client = on and vim.lsp.get_client_by_id(client_id)
  local bufnr = client and require('redline.lsp').buffer_of(client, told.textDocument.uri)
  if not bufnr then
    return
  end
  local before = known[bufnr]
  if told.state == 'judging' and before then
    -- What was known stands until more is: nothing flickers.
    return
  end
  known[bufnr] = told
  local regions = placed(bufnr, told)
  if regions then
    require('redline.marks').show(bufnr, regions)
  end
  if not before or before.words ~= told.words then
    M.announce(bufnr)
  end
end

--- What is known of a buffer.
---@param bufnr? integer
function M.of(bufnr)
  return known[(bufnr and bufnr ~= 0) and bufnr or api.nvim_get_current_buf()]
end

--- Let statuslines draw themselves again.
function M.announce(bufnr)
  api.nvim_exec_autocmds('User', { pattern = 'RedlineState', data = { buf = bufnr } })
  vim.cmd.redrawstatus({ bang = true })
end

local function forget(bufnr)
  if known[bufnr] then
    known[bufnr] = nil
    require('redline.marks').show(bufnr, {})
    vim.schedule(function()
      if api.nvim_buf_is_valid(bufnr) then
        M.announce(bufnr)
      end
    end)
  end
end

--- A client leaves a buffer: what another one has told of it stands.
local function leave(bufnr, id)
  local others = vim.tbl_filter(function(client)
    return client.id ~= id
  end, require('redline.lsp').clients(bufnr))
  if #others == 0 then
    forget(bufnr)
  end
end

local function follow(bufnr)
  if edits[bufnr] then
    return
  end
  local mine = {}
  edits[bufnr] = mine
  api.nvim_buf_attach(bufnr, false, {
    on_lines = function(_, _, tick, first, last, now)
      if edits[bufnr] ~= mine then
        return true
      end
      mine[#mine + 1] = { version = tick, first = first, last = last, now = now }
      if #mine > MOST_EDITS then
        mine.forgotten = table.remove(mine, 1).version
      end
    end,
    on_reload = function()
      -- The document is opened anew, and versions begin again.
      mine = {}
      edits[bufnr] = mine
    end,
    on_detach = function()
      edits[bufnr] = nil
    end,
  })
end

function M.enable()
  on = true
  local events = api.nvim_create_augroup(group, {})
  local function each(event, act)
    api.nvim_create_autocmd(event, {
      group = events,
      desc = 'Redline: what the server tells of a file',
      callback = function(happened)
        local client = vim.lsp.get_client_by_id(happened.data.client_id)
        if client and client.name == 'redline' then
          act(happened.buf, client.id)
        end
      end,
    })
  end
  each('LspAttach', follow)
  each('LspDetach', leave)
end

function M.disable()
  on = false
  api.nvim_create_augroup(group, {})
  for bufnr in pairs(known) do
    forget(bufnr)
  end
  edits = {}
end

return M

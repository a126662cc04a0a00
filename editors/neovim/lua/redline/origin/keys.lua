--- What the person did last: keys, and what they led to.

local M = {}

local api = vim.api
local namespace = api.nvim_create_namespace('redline.origin.keys')
--- Pressed keys that are remembered: enough for a register or an operator in front.
local MOST = 8
--- Nanoseconds in which a mapping may come back to what it has put off.
local SOON = 5e7

--- A key: `typed` by a person, or played by a mapping, a macro, a register.
local NOTHING = { live = false, typed = true, key = '' }
NOTHING.root = NOTHING
local latest = NOTHING
--- What was seen since then: a file that was read in, a completion, a command line.
local seen = {}

local function begin(key, typed)
  local mode = api.nvim_get_mode().mode
  local was_typed = typed ~= nil and typed ~= ''
  if was_typed and vim.endswith(typed, key) then
    -- Behind a `<Cmd>` mapping its command line counts as typed too.
    typed = key
  end
  local now = {
    live = true,
    typed = was_typed,
    key = key,
    mapped = was_typed and typed ~= key or (not was_typed and latest.mapped),
    at = vim.uv.hrtime(),
  }
  -- The key of a person that it is owed to.
  now.root = was_typed and now or latest.root
  local put = key == 'p' or key == 'P' or typed == 'p' or typed == 'P'
  if put and not mode:find('^[iRctsS\19]') then
    now.put = vim.v.register
  elseif not was_typed then
    now.put = latest.put
  end
  if was_typed then
    now.before = { typed, unpack(latest.root.before or {}, 1, MOST - 1) }
  end
  latest = now
  -- It is done with when the editor is about to wait again: what comes then, no key has caused.
  vim.schedule(function()
    now.live = false
  end)
end

--- The key whose work is being done, or was last.
function M.now()
  return latest
end

--- Whether the latest key was pressed just now.
function M.is_soon()
  return latest.at ~= nil and vim.uv.hrtime() - latest.at < SOON
end

--- Note something that concerns edits of the latest key.
function M.see(name, more)
  seen[name] = vim.tbl_extend('force', more or {}, { root = latest.root })
end

--- What was seen since the last edit; with a key, only if that is what it was owed to.
function M.seen(name, key)
  local found = seen[name]
  return found and (key == nil or key.root == found.root) and found or nil
end

--- All edits up to now have been told of.
function M.settle()
  seen = {}
  latest.root.before = { (latest.root.before or {})[1] }
end

--- Take in an event.
function M.note(event)
  if event.event == 'FileReadPost' then
    M.see('read')
  elseif event.event == 'CompleteDone' then
    local item = vim.v.completed_item or {}
    if item.word and item.word ~= '' then
      local id = vim.tbl_get(item, 'user_data', 'nvim', 'lsp', 'client_id')
      local client = id and vim.lsp.get_client_by_id(id)
      M.see('completion', { maker = client and client.name or nil })
    end
  elseif vim.fn.getcmdtype() == ':' and not vim.v.event.abort then
    M.see('command', { line = vim.fn.getcmdline():sub(1, 200) })
  end
end

function M.watch()
  vim.on_key(function(key, typed)
    pcall(begin, key, typed)
  end, namespace)
end

function M.unwatch()
  vim.on_key(nil, namespace)
  latest = NOTHING
  M.settle()
end

return M

--- Names the plugin that puts text in, by the folder of the script that is running.

local M = {}

local DEEPEST = 60
local runtime = vim.fs.normalize(vim.env.VIMRUNTIME or '')
local own = vim.fs.normalize(debug.getinfo(1, 'S').source:sub(2)):match('^(.*)/lua/redline/')
local config = vim.fs.normalize(vim.fn.stdpath('config'))

local function is_under(path, folder)
  return folder ~= nil and folder ~= '' and vim.startswith(path, folder .. '/')
end

--- The plugin of a script; nil for the editor's own, for ours and for a person's configuration.
local function plugin_of(path)
  path = vim.fs.normalize(path)
  if is_under(path, runtime) or is_under(path, own) or is_under(path, config) then
    return nil
  end
  local name = path:match('([^/]+)/lua/.*%.lua$')
    or path:match('([^/]+)/after/[%w_]+/.*%.%w+$')
    or path:match('([^/]+)/autoload/.*%.vim$')
    or path:match('([^/]+)/plugin/.*%.%w+$')
  return name and name:sub(1, 100)
end

local function of_source(source)
  return source and source:sub(1, 1) == '@' and plugin_of(source:sub(2)) or nil
end

--- The plugin whose function makes the edit of this moment.
---@return string?
function M.of_stack()
  for level = 2, DEEPEST do
    local frame = debug.getinfo(level, 'S')
    if not frame then
      return nil
    end
    local found = frame.what ~= 'C' and of_source(frame.source)
    if found then
      return found
    end
  end
end

--- The plugin behind a mapping of insert mode; false where the key is not mapped.
---@return string|false|nil
function M.of_mapping(typed)
  local map = vim.fn.maparg(vim.fn.keytrans(typed), 'i', false, true)
  if vim.tbl_isempty(map) then
    return false
  end
  local rhs = map.rhs or ''
  local named = rhs:match('([%w_]+)#') or rhs:match('<Plug>%(([%w_]+)')
  if named then
    return named:sub(1, 100)
  end
  local found = map.callback and of_source(debug.getinfo(map.callback, 'S').source)
  local script = not found and map.sid and map.sid > 0 and vim.fn.getscriptinfo({ sid = map.sid })[1]
  return found or (script and plugin_of(script.name)) or nil
end

return M

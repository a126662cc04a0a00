--- Remembers what was yanked or cut in this editor: by its hash, never the text.

local M = {}

local api = vim.api
local MOST = 50
local LARGEST = 1048576

--- Newest last: hash, operator, URI of the file.
local ring = {}

--- A NUL is a line end in what Neovim yanks.
local function hash(text)
  return vim.fn.sha256((text:gsub('%z', '\n'):gsub('\n+$', '')))
end

local function is_large(lines)
  local bytes = #lines
  for _, line in ipairs(lines) do
    bytes = bytes + #line
    if bytes > LARGEST then
      return true
    end
  end
  return false
end

--- Take in a yank; an autocommand's callback.
function M.note(event)
  local told = vim.v.event
  local lines = told.regcontents
  if is_large(lines) then
    return
  end
  local text = table.concat(lines, '\n')
  if text == '' then
    return
  end
  ring[#ring + 1] = {
    hash = hash(text),
    cut = told.operator ~= 'y',
    uri = api.nvim_buf_get_name(event.buf) ~= '' and vim.uri_from_bufnr(event.buf) or nil,
  }
  if #ring > MOST then
    table.remove(ring, 1)
  end
end

--- The newest yank of just this text.
---@return {cut: boolean, uri: string?}?
function M.find(text)
  if #ring == 0 or #text > LARGEST then
    return nil
  end
  local wanted = hash(text)
  for place = #ring, 1, -1 do
    if ring[place].hash == wanted then
      return ring[place]
    end
  end
end

function M.forget()
  ring = {}
end

return M

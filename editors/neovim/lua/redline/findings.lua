--- Lists the findings of all open projects in the quickfix window.

local M = {}

local api = vim.api
local lsp = require('redline.lsp')

local TITLE = 'Redline'
--- What the list held when it was filled last.
local listed = {}
local TYPES = { error = 'E', warning = 'W', note = 'I' }

local function is_shown()
  return vim.fn.getqflist({ title = 0 }).title == TITLE and vim.fn.getqflist({ winid = 0 }).winid ~= 0
end

local function items_of(answer)
  local items = {}
  for _, project in ipairs(answer.projects) do
    for _, zone in ipairs(project.zones) do
      for _, file in ipairs(zone.files) do
        for _, one in ipairs(file.findings) do
          local stop = one.range['end']
          items[#items + 1] = {
            filename = vim.uri_to_fname(file.uri),
            lnum = one.range.start.line + 1,
            end_lnum = stop.line + (stop.character > 0 and 1 or 0),
            col = 1,
            type = TYPES[one.level] or 'I',
            text = ('%s: %s'):format(zone.name, one.message),
            user_data = { uri = file.uri, fingerprint = one.fingerprint },
          }
        end
      end
    end
  end
  return items
end

--- One text may lie in several zones; in the list it stands once.
local function once(items)
  local seen = {}
  return vim.tbl_filter(function(item)
    local key = item.user_data.uri .. item.user_data.fingerprint
    local new = not seen[key]
    seen[key] = true
    return new
  end, items)
end

--- Ask all servers; one that fails has nothing to list, and says so where `failed` is given.
local function ask(answer, failed)
  local clients = lsp.clients()
  local items, left = {}, #clients
  local function done()
    left = left - 1
    if left == 0 then
      answer(once(items))
    end
  end
  for _, client in ipairs(clients) do
    lsp.request(client, 'redline/overview', nil, function(told)
      vim.list_extend(items, items_of(told))
      done()
    end, function(fault)
      failed(fault)
      done()
    end)
  end
  return #clients > 0
end

local function fill(items, action)
  listed = items
  vim.fn.setqflist({}, action, { title = TITLE, items = items })
end

--- Put new items where others were; the list's place and the cursor in its window stay.
local function renew(items)
  local told = vim.fn.getqflist({ idx = 0, winid = 0 })
  local view = api.nvim_win_call(told.winid, vim.fn.winsaveview)
  fill(items, 'r')
  vim.fn.setqflist({}, 'a', { idx = math.min(told.idx, math.max(1, #items)) })
  api.nvim_win_call(told.winid, function()
    vim.fn.winrestview(view)
  end)
end

--- Open the list.
function M.open()
  local asked = ask(function(items)
    if #items == 0 then
      lsp.say('no findings are known; :Redline check looks at all files')
      return
    end
    fill(items, is_shown() and 'r' or ' ')
    local window = api.nvim_get_current_win()
    vim.cmd('botright copen')
    api.nvim_set_current_win(window)
  end, function(fault)
    lsp.say(fault.message, vim.log.levels.WARN)
  end)
  if not asked then
    lsp.say(lsp.NONE, vim.log.levels.WARN)
  end
end

--- The server knows more: keep a list that is open up to date.
function M.changed()
  if is_shown() then
    ask(function(items)
      if is_shown() and not vim.deep_equal(items, listed) then
        renew(items)
      end
    end, function(fault)
      vim.lsp.log.warn('redline', fault)
    end)
  end
end

return M

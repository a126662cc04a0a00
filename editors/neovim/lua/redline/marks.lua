--- Signs and virtual text beside what an assistant wrote, or may have written.

local M = {}

local api = vim.api
local namespace = api.nvim_create_namespace('redline.marks')
--- Below the priority of diagnostics, whose sign stands where there is a finding.
local PRIORITY = 9
local UNKNOWN = 'undeclared'

--- Groups by what they link to where a colour scheme has nothing of its own.
local links = {
  RedlineSign = 'DiagnosticSignInfo',
  RedlineSignSuspected = 'NonText',
  RedlineSignQuestion = 'DiagnosticSignWarn',
  RedlineText = 'Comment',
}

local shown = { signs = false, virtual_text = false }
--- Regions by buffer and mark: each has a mark that moves with the text, seen or not.
local regions_of = {}

local function looks(region)
  if region.assistant == UNKNOWN then
    return '?', 'RedlineSignQuestion'
  elseif region.strength == 'suspected' then
    return '┆', 'RedlineSignSuspected'
  end
  return '▎', 'RedlineSign'
end

--- Diagnostics that stand in the text themselves need no second text.
local function is_told(region)
  local diagnostics = vim.diagnostic.config()
  return region.fingerprint ~= nil and (diagnostics.virtual_text or diagnostics.virtual_lines)
end

--- Mark the lines from `first` to `last`; `id` is the mark that they have already.
local function draw(bufnr, region, first, last, id)
  local count = api.nvim_buf_line_count(bufnr)
  if first >= count then
    return nil
  end
  local sign, colour = looks(region)
  local text = shown.virtual_text and not is_told(region)
  return api.nvim_buf_set_extmark(bufnr, namespace, first, 0, {
    id = id,
    end_row = math.min(math.max(first, last), count - 1),
    end_col = 0,
    priority = PRIORITY,
    sign_text = shown.signs and sign or nil,
    sign_hl_group = shown.signs and colour or nil,
    virt_text = text and { { region.words, 'RedlineText' } } or nil,
    virt_text_pos = text and 'eol' or nil,
    hl_mode = text and 'combine' or nil,
    -- With its text a mark goes, and comes back when that is undone.
    invalidate = true,
    undo_restore = true,
  })
end

--- Put marks where the server told of regions: each with `first` and `last`, its lines from 0.
function M.show(bufnr, regions)
  regions_of[bufnr] = nil
  if not api.nvim_buf_is_loaded(bufnr) then
    return
  end
  api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  for _, region in ipairs(regions) do
    local mark = draw(bufnr, region, region.first, region.last)
    if mark then
      regions_of[bufnr] = regions_of[bufnr] or {}
      regions_of[bufnr][mark] = region
    end
  end
end

--- Call `act` with each region of a buffer, its lines as they are now, and its mark.
local function each(bufnr, act)
  for mark, region in pairs(regions_of[bufnr] or {}) do
    local found = api.nvim_buf_is_loaded(bufnr)
        and api.nvim_buf_get_extmark_by_id(bufnr, namespace, mark, { details = true })
      or {}
    if found[1] and not found[3].invalid then
      act(region, found[1], found[3].end_row or found[1], mark)
    end
  end
end

--- The region of a line and where it is now: the first where several are.
---@return table? region, integer? first, integer? last
function M.at(bufnr, line)
  local best, first, last
  each(bufnr, function(region, from, to)
    if from <= line and line <= to and (not first or from < first) then
      best, first, last = region, from, to
    end
  end)
  return best, first, last
end

--- Switch marks on or off in all files.
---@param on boolean
function M.switch(on)
  local wanted = require('redline.config').marks
  -- Whoever has them off for good may want to see both for once.
  local both = not (wanted.signs or wanted.virtual_text)
  shown.signs = on and (wanted.signs or both)
  shown.virtual_text = on and (wanted.virtual_text or both)
  for bufnr in pairs(regions_of) do
    each(bufnr, function(region, first, last, mark)
      draw(bufnr, region, first, last, mark)
    end)
  end
end

function M.enable()
  shown = vim.deepcopy(require('redline.config').marks)
  for name, link in pairs(links) do
    api.nvim_set_hl(0, name, { link = link, default = true })
  end
end

function M.disable()
  for bufnr in pairs(regions_of) do
    M.show(bufnr, {})
  end
end

return M

--- Lays lines of a file beside what the session wrote, in a tab of their own.

local M = {}

local api = vim.api
local lsp = require('redline.lsp')

--- A buffer for looking only; `q` closes the tab or split that shows it.
local function page(lines, name)
  local bufnr = api.nvim_create_buf(false, true)
  api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.bo[bufnr].modifiable = false
  pcall(api.nvim_buf_set_name, bufnr, ('redline://%d/%s'):format(bufnr, name))
  return bufnr
end

local function close_by(bufnr, command)
  vim.keymap.set('n', 'q', command, { buffer = bufnr, nowait = true, desc = 'Close' })
end

--- Show Markdown, or any text, in a split of its own.
---@param text string
function M.read(text, name, filetype)
  local bufnr = page(vim.split(text, '\n', { trimempty = true }), name)
  vim.cmd('botright split')
  api.nvim_win_set_buf(0, bufnr)
  vim.bo[bufnr].filetype = filetype or 'markdown'
  close_by(bufnr, '<Cmd>close<CR>')
end

local function sides(comparison)
  local file, session = {}, {}
  for _, row in ipairs(comparison.rows) do
    for _, line in ipairs(row.file) do
      file[#file + 1] = line.text
    end
    for _, line in ipairs(row.session) do
      session[#session + 1] = line.text
    end
  end
  return file, session
end

local function beside(lines, name, title, syntax)
  local bufnr = page(lines, name)
  api.nvim_win_set_buf(0, bufnr)
  -- The type itself would wake other servers.
  vim.bo[bufnr].syntax = syntax
  -- In this window alone: without the second index the global value would change too.
  local here = vim.wo[0][0]
  here.winbar = title:gsub('%%', '%%%%')
  vim.cmd.diffthis()
  here.foldenable = false
  close_by(bufnr, '<Cmd>tabclose<CR>')
end

--- The comparison that has something to show.
local function telling(record)
  for _, comparison in ipairs(record.comparisons or {}) do
    if #comparison.rows > 0 then
      return comparison
    end
  end
end

--- A path as it is from the root, where it lies there.
local function inside(path, root)
  local start = root and vim.fs.normalize(root) .. '/' or ''
  return vim.startswith(path, start) and path:sub(#start + 1) or path
end

local function lay(record, syntax, root)
  local comparison = telling(record)
  if not comparison then
    return M.read(record.markdown, 'evidence.md')
  end
  local file, session = sides(comparison)
  local lines = comparison.lines
  vim.cmd.tabnew()
  local empty = api.nvim_get_current_buf()
  local name = vim.fs.basename(record.path)
  beside(file, name, ('%s, lines %d to %d'):format(record.path, lines.first, lines.last), syntax)
  vim.cmd('rightbelow vsplit')
  vim.cmd.diffoff()
  local to = comparison.written_to
  local title = 'The session'
    .. (to and to ~= vim.NIL and (' wrote to ' .. inside(to, root)) or '')
  beside(session, 'session', title, syntax)
  api.nvim_buf_delete(empty, { force = true })
  M.read(record.markdown, 'evidence.md')
  api.nvim_win_set_height(0, math.max(5, math.floor(vim.o.lines / 3)))
  close_by(0, '<Cmd>tabclose<CR>')
  vim.cmd.wincmd('t')
end

--- Ask for the evidence of `{uri, fingerprint}` or `{uri, range}` and show it.
function M.show(argument)
  local syntax = vim.bo.filetype
  local root = lsp.root(api.nvim_get_current_buf())
  argument = vim.tbl_extend('force', argument, { show = false })
  lsp.execute('redline.showEvidence', argument, function(record)
    lay(record, syntax, root)
  end)
end

return M

--- What a person may set, and what holds where nobody says otherwise.

local M = {}

local usual = {
  --- Starts the server. The first word is a program on PATH, or its whole path.
  cmd = { 'redline', 'serve' },
  --- Settings of the server, such as `delay`.
  settings = {},
  --- What is shown beside text that an assistant wrote, or may have written.
  marks = { signs = true, virtual_text = true },
  --- Tell the server how text came in: typed, pasted, completed.
  origin = true,
}

local function take(options)
  for name in pairs(usual) do
    M[name] = vim.deepcopy(options[name])
  end
end

---@param options table
function M.set(options)
  local marks = options.marks
  if type(marks) == 'boolean' then
    marks = { signs = marks, virtual_text = marks }
  end
  local all = vim.tbl_extend('force', usual, options)
  all.marks = vim.tbl_extend('force', usual.marks, marks or {})
  for name, value in pairs(all) do
    if usual[name] == nil then
      error(('redline: there is no setting "%s"; see :help redline-settings'):format(name), 0)
    end
    local fits = type(value) == type(usual[name])
      or (name == 'cmd' and type(value) == 'function')
    if not fits then
      error(('redline: the setting "%s" must be a %s'):format(name, type(usual[name])), 0)
    end
  end
  take(all)
end

take(usual)

return M

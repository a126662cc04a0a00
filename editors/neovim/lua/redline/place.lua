--- What a person means by a line: the finding there, else the lines themselves.

local M = {}

local api = vim.api

M.QUESTION = 'paste-of-unknown-origin'

--- Redline's diagnostics of a buffer, at a line if one is given.
function M.diagnostics(bufnr, line)
  return vim.tbl_filter(function(one)
    return one.source == 'redline'
      and (not line or (one.lnum <= line and line <= (one.end_lnum or one.lnum)))
  end, vim.diagnostic.get(bufnr))
end

---@return string?
function M.fingerprint(diagnostic)
  return vim.tbl_get(diagnostic, 'user_data', 'lsp', 'data', 'fingerprint')
end

local function lines(first, last)
  return {
    start = { line = first, character = 0 },
    ['end'] = { line = last + 1, character = 0 },
  }
end

--- The argument of a command about the lines from 0; `given` says that a person chose them.
---@param prefer? string a rule whose finding is meant before others
function M.of(first, last, given, prefer)
  local bufnr = api.nvim_get_current_buf()
  local uri = vim.uri_from_bufnr(bufnr)
  if given then
    return { uri = uri, range = lines(first, last) }
  end
  local found = M.diagnostics(bufnr, first)
  table.sort(found, function(a, b)
    if (a.code == prefer) ~= (b.code == prefer) then
      return a.code == prefer
    end
    return a.severity < b.severity
  end)
  for _, one in ipairs(found) do
    local fingerprint = M.fingerprint(one)
    if fingerprint then
      return { uri = uri, fingerprint = fingerprint }
    end
  end
  local region, from, to = require('redline.marks').at(bufnr, first)
  if region then
    return { uri = uri, range = lines(from, to) }
  end
  return { uri = uri, range = lines(first, last) }, true
end

return M

--- The command `:Redline` and its words.

local M = {}

local lsp = require('redline.lsp')

local NOBODY = 'no server looks at this file'

local function here(call, prefer)
  local place = require('redline.place')
  return place.of(call.line1 - 1, call.line2 - 1, call.range > 0, prefer)
end

local function status()
  local known = require('redline.state').of()
  if not known then
    lsp.say(lsp.client() and 'this file is being judged' or NOBODY)
  elseif known.state == 'outside' then
    lsp.say('no zone protects this file')
  else
    lsp.say(known.words .. (known.reason and (': ' .. known.reason) or ''))
  end
end

--- The only question of a file is meant wherever the caret is.
local function question(call)
  local place = require('redline.place')
  local argument, nothing = here(call, place.QUESTION)
  if not nothing then
    return argument
  end
  local found = vim.tbl_filter(function(one)
    return one.code == place.QUESTION and place.fingerprint(one)
  end, place.diagnostics(0))
  if #found == 1 then
    return { uri = argument.uri, fingerprint = place.fingerprint(found[1]) }
  end
end

local function declare(call)
  local argument = question(call)
  if argument then
    require('redline.declare').ask(argument)
  else
    lsp.say('nothing is asked about this line; select the lines that you mean')
  end
end

local function info()
  lsp.execute('redline.debugInformation', nil, function(text)
    require('redline.evidence').read(text, 'info', 'text')
  end)
end

local function log()
  local path = vim.lsp.log.get_filename and vim.lsp.log.get_filename() or vim.lsp.get_log_path()
  vim.cmd.tabedit(vim.fn.fnameescape(path))
  vim.cmd('normal! G')
end

local function marks(_, word)
  require('redline.marks').switch(word ~= 'off')
end

---@type table<string, {run: fun(call: table, word: string?), words: string[]?}>
local known = {
  status = { run = status },
  findings = {
    run = function()
      require('redline.findings').open()
    end,
  },
  evidence = {
    run = function(call)
      if lsp.client() or #lsp.clients() == 0 then
        require('redline.evidence').show(here(call))
      else
        lsp.say(NOBODY)
      end
    end,
  },
  declare = { run = declare },
  check = {
    run = function()
      require('redline.check').run()
    end,
  },
  restart = { run = lsp.restart },
  log = { run = log },
  info = { run = info },
  marks = { run = marks, words = { 'on', 'off' } },
}

--- Carry out `:Redline WORD`; alone it tells the status.
function M.run(call)
  local name, word, more = call.fargs[1] or 'status', call.fargs[2], call.fargs[3]
  local command = known[name]
  local wrong = word ~= nil and not vim.list_contains(command and command.words or {}, word)
  if not command or wrong or more then
    lsp.say(('there is no "%s"; see :help :Redline'):format(call.args), vim.log.levels.ERROR)
    return
  end
  command.run(call, word)
end

--- Words that may follow on the command line.
function M.complete(lead, line)
  local before = vim.split(vim.trim(line:sub(1, #line - #lead)), '%s+')
  local words = #before == 1 and vim.tbl_keys(known)
    or #before == 2 and known[before[2]] and known[before[2]].words
    or {}
  table.sort(words)
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, words)
end

return M

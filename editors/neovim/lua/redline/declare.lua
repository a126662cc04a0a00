--- Asks a person where a text is from, and has the server keep the answer.

local M = {}

local lsp = require('redline.lsp')

local ANSWERS = {
  { 'mine', 'This text is my own work' },
  { 'repository', 'This text is from elsewhere in this repository' },
  { 'web', 'This text is from the web' },
  { 'assistant', 'An assistant wrote this text' },
  { 'unknown', 'I do not know where this text is from' },
}
local ASSISTANTS = { 'claude-code', 'codex', 'copilot', 'cursor', 'chatgpt', 'gemini', 'unknown' }

local function keep(argument)
  lsp.execute('redline.declare', argument, function(entry)
    if entry and entry ~= vim.NIL then
      lsp.say('your answer is in ' .. entry)
    end
  end)
end

local function with(argument, more)
  return vim.tbl_extend('force', argument, more)
end

--- What an answer still needs; an empty input means none, Escape gives up.
local follow_up = {
  web = function(argument)
    vim.ui.input({ prompt = 'Link (may be empty): ' }, function(link)
      if link then
        keep(link ~= '' and with(argument, { link = link }) or argument)
      end
    end)
  end,
  assistant = function(argument)
    local question = {
      prompt = 'Which assistant wrote it?',
      format_item = function(name)
        return name == 'unknown' and 'another one' or name
      end,
    }
    vim.ui.select(ASSISTANTS, question, function(name)
      if name then
        keep(with(argument, { assistant = name }))
      end
    end)
  end,
}

--- Ask about `{uri, fingerprint}` or `{uri, range}`.
function M.ask(argument)
  local question = {
    prompt = 'Where is this text from?',
    kind = 'redline',
    format_item = function(item)
      return item[2]
    end,
  }
  vim.ui.select(ANSWERS, question, function(item)
    if item then
      local answered = with(argument, { answer = item[1] })
      local more = follow_up[item[1]] or keep
      more(answered)
    end
  end)
end

return M

--- Says how edits were made, from what was seen beside them.

local M = {}

local keys = require('redline.origin.keys')
local maker = require('redline.origin.maker')

--- So many characters at once are more than a key or a pair of brackets.
local BLOCK = 8
--- More keys than these cannot wait unless something else than hands has sent them.
local HANDS = 40

local REGISTER = vim.keycode('<C-r>')
local LITERALLY = { [REGISTER] = true, [vim.keycode('<C-o>')] = true, [vim.keycode('<C-p>')] = true }
local AGAIN = { [vim.keycode('<C-a>')] = true, [vim.keycode('<C-@>')] = true }
local NEW_LINE = { [vim.keycode('<CR>')] = true, o = true, O = true }
--- Registers that hold no text of their own.
local COMPUTED = { ['='] = true, ['.'] = true, ['%'] = true, ['#'] = true, [':'] = true, ['/'] = true }
--- Operators that lay text out anew, by the key that must have been pressed.
local LAYING_OUT = { ['='] = '=', ['gq'] = 'q', ['gw'] = 'w' }

local function copied(one, register, via)
  if one.source then
    return one.source.cut and 'move' or 'copy', via, { register = register, from = one.source.uri }
  end
  return 'paste', via, { register = register }
end

--- The register of `CTRL-R x`, where these were the last keys; the newest comes first.
local function put_by_keys(pressed)
  local place = LITERALLY[pressed[2]] and pressed[2] ~= REGISTER and 3 or 2
  return pressed[place] == REGISTER and pressed[1] or nil
end

local function by_command(one, line)
  local name, rest = line:match('^[%s:%d,;.$%%\'<>+%-]*(%a+)!?%s*(.*)$')
  if not name then
    return 'command', ':'
  elseif ('put'):find(name, 1, true) == 1 and #name > 1 then
    local register = rest:match('^["%w*+%-]') or '"'
    return copied(one, register, ':put')
  elseif name == 't' or vim.startswith(name, 'co') and ('copy'):find(name, 1, true) == 1 then
    return 'copy', ':copy'
  elseif ('move'):find(name, 1, true) == 1 then
    return 'move', ':move'
  end
  return 'command', ':'
end

local function in_insert(one, pressed)
  local key = one.key
  local register = put_by_keys(pressed)
  -- Older Neovims play the register as keys, newer ones put it in at once.
  if register and (not key.typed or one.ins > 1) then
    if COMPUTED[register] then
      return register == '.' and 'replay' or 'command', 'i_CTRL-R'
    end
    return copied(one, register, 'i_CTRL-R')
  end
  if one.block > BLOCK and key.mapped then
    local plugin = pressed[1] and maker.of_mapping(pressed[1])
    return 'inline_completion', 'mapping', { maker = one.maker or plugin or nil }
  elseif not key.typed then
    return 'replay', 'keys that nobody pressed'
  elseif one.block <= BLOCK or NEW_LINE[key.key] then
    return 'type', 'key'
  end
  return AGAIN[key.key] and 'replay' or 'command', 'key'
end

local function in_normal(one)
  if one.ins == 0 then
    return 'type', 'key'
  elseif not one.key.typed then
    return 'replay', 'keys that nobody pressed'
  elseif one.block <= BLOCK or NEW_LINE[one.key.key] then
    return 'type', 'key'
  end
  return 'command', 'key'
end

--- A key or command that has a plugin's function put a block in: the plugin made the edit.
local function by_plugin(one, kind, via, more)
  if one.maker and one.block > BLOCK and (kind == 'command' or kind == 'type') then
    return 'program', 'plugin', { maker = one.maker }
  end
  return kind, via, more
end

--- The kind of a group of edits, how that is known, and what else is to be told.
local function kind_of(one, turn)
  local context, key, pressed = one.context, one.key, one.pressed
  local inserting = one.mode:find('^[iR]') ~= nil
  local completion, command = keys.seen('completion', key), keys.seen('command', key)
  if context then
    if context.kind == 'paste' and one.source then
      return copied(one, nil, context.via)
    end
    return context.kind, context.via, { maker = context.maker }
  elseif turn then
    return turn, 'undo tree'
  elseif keys.seen('read', key) then
    return 'insert_file', ':read'
  elseif completion then
    return 'completion', 'CompleteDone', { maker = completion.maker }
  elseif keys.seen('inline', key) and inserting then
    return 'inline_completion', 'vim.lsp.inline_completion', { maker = one.maker }
  elseif inserting and (one.popup or one.mode:find('^.[cx]')) then
    return 'completion', 'popup menu'
  elseif not one.live then
    local accepted = inserting and one.soon and key.mapped
    return accepted and 'inline_completion' or 'program', 'no key', { maker = one.maker }
  elseif key.put and one.ins > 0 and not inserting then
    return copied(one, key.put, 'put')
  end
  local laid_out = LAYING_OUT[one.operator]
  if laid_out and not inserting and vim.list_contains(pressed, laid_out) then
    return 'format', 'operator'
  elseif command and not inserting then
    return by_plugin(one, by_command(one, command.line))
  elseif inserting then
    return by_plugin(one, in_insert(one, pressed))
  end
  return by_plugin(one, in_normal(one))
end

--- Name the kinds of groups of edits. `turn` says that undo states went back or forth.
function M.all(groups, turn)
  local typed = 0
  for _, one in ipairs(groups) do
    local kind, via, more = kind_of(one, turn)
    one.kind, one.via = kind, via
    one.maker = more and more.maker or nil
    one.register = more and more.register or nil
    one.from = more and more.from or nil
    typed = typed + (kind == 'type' and 1 or 0)
  end
  if typed > HANDS then
    for _, one in ipairs(groups) do
      if one.kind == 'type' then
        one.kind, one.via = 'burst', 'keys faster than hands'
      end
    end
  end
end

return M

--- Finds the server, starts it where it is wanted, and speaks with it.

local M = {}

local api = vim.api
local NAME = 'redline'
local RULES = 'redline.yaml'
local group = 'redline.lsp'

--- Said where a person asks for something that a server has to do.
M.NONE = 'no server is running; :checkhealth redline says why'

--- Of messages, by the numbers that LSP gives them.
local levels = { vim.log.levels.ERROR, vim.log.levels.WARN }

--- Files by the client that is to end before they get a new one.
local waiting = {}
--- Clients that were asked to stop: nobody may join them.
local leaving = {}

--- `vim.lsp.config` came with 0.11, as did methods of clients.
local modern = vim.fn.has('nvim-0.11') == 1

--- The folder that a buffer belongs to; nil where Redline has nothing to say.
---@param bufnr integer
---@return string?
function M.root(bufnr)
  local name = api.nvim_buf_get_name(bufnr)
  if vim.bo[bufnr].buftype ~= '' or name == '' or name:find('^%a[%w+.-]+://') then
    return nil
  end
  return vim.fs.root(bufnr, '.git') or vim.fs.root(bufnr, RULES)
end

--- The command as it is now, and the program's whole path if it can be run.
---@return string[]|function command, string? program
function M.command()
  local told = modern and vim.lsp.config[NAME] or nil
  local command = told and told.cmd or require('redline.config').cmd
  if type(command) == 'function' then
    return command, nil
  end
  local found = vim.fn.exepath(command[1])
  return command, found ~= '' and found or nil
end

local function can_start()
  local command, program = M.command()
  return type(command) == 'function' or program ~= nil
end

local function is_stopped(client)
  if modern then
    return client:is_stopped()
  end
  return client.is_stopped()
end

--- The configuration of the client, in the words of `vim.lsp`.
---@return table
function M.config()
  local config = require('redline.config')
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.experimental = { redline = { documentState = true, overview = true } }
  return {
    name = NAME,
    cmd = config.cmd,
    settings = { redline = next(config.settings) and config.settings or vim.empty_dict() },
    capabilities = capabilities,
    -- A key is told at once: the pace of keys says who types.
    flags = { debounce_text_changes = 0 },
    handlers = {
      ['redline/documentState'] = function(_, told, context)
        require('redline.state').hear(told, context.client_id)
      end,
      ['redline/overviewChanged'] = function()
        require('redline.findings').changed()
      end,
      -- The editor's own handler puts a line end behind it, for which a person has to press Enter.
      ['window/showMessage'] = function(_, told)
        vim.notify(told.message, levels[told.type])
      end,
    },
    -- Of code lenses and quick fixes, which name the server's commands.
    commands = {
      ['redline.showEvidence'] = function(command)
        require('redline.evidence').show(command.arguments[1])
      end,
      ['redline.declare'] = function(command, context)
        local argument = command.arguments[1]
        if argument.answer then
          local client = vim.lsp.get_client_by_id(context.client_id)
          M.execute('redline.declare', argument, nil, client)
        else
          require('redline.declare').ask(argument)
        end
      end,
    },
    get_language_id = function(_, filetype)
      return filetype ~= '' and filetype or 'plaintext'
    end,
    -- Older Neovims would join a client that is just about to end.
    reuse_client = function(client, config)
      return client.name == config.name
        and client.config.root_dir == config.root_dir
        and not leaving[client.id]
        and not is_stopped(client)
    end,
    root_dir = function(bufnr, begin)
      local root = M.root(bufnr)
      if root and can_start() then
        begin(root)
      end
    end,
    on_exit = function(_, _, id)
      vim.schedule(function()
        M.ended(id)
      end)
    end,
  }
end

--- All clients, or those of a buffer, without any that were asked to stop.
---@return table[]
function M.clients(bufnr)
  return vim.tbl_filter(function(client)
    return not leaving[client.id]
  end, vim.lsp.get_clients({ name = NAME, bufnr = bufnr }))
end

---@param bufnr? integer
---@return table? client
function M.client(bufnr)
  return M.clients(bufnr or api.nvim_get_current_buf())[1]
end

--- The buffer of a client that holds a document.
---@return integer?
function M.buffer_of(client, uri)
  for bufnr in pairs(client.attached_buffers) do
    if api.nvim_buf_is_valid(bufnr) and vim.uri_from_bufnr(bufnr) == uri then
      return bufnr
    end
  end
end

--- Where a person has answered, another window than the file's may be the current one.
local function client_of(uri)
  local holding = vim.tbl_filter(function(client)
    return M.buffer_of(client, uri) ~= nil
  end, uri and M.clients() or {})
  return holding[1] or M.client() or M.clients()[1]
end

function M.notify(client, method, params)
  if modern then
    return client:notify(method, params)
  end
  return client.notify(method, params)
end

--- Ask, and hand the answer on; what went wrong is told, to `failed` if that is given.
---@param failed? fun(fault: table)
function M.request(client, method, params, answer, failed)
  local function heard(fault, result)
    if fault then
      local tell = failed or function()
        M.say(fault.message or tostring(fault), vim.log.levels.WARN)
      end
      tell(fault)
    else
      answer(result)
    end
  end
  if modern then
    return client:request(method, params, heard)
  end
  return client.request(method, params, heard)
end

--- Have a server carry out a command; without a server, say so.
function M.execute(command, argument, answer, client)
  client = client or client_of(argument and argument.uri)
  if not client then
    M.say(M.NONE, vim.log.levels.WARN)
    return
  end
  local params = { command = command, arguments = argument and { argument } or nil }
  M.request(client, 'workspace/executeCommand', params, answer or function() end)
end

--- Answer a person's own command.
function M.say(words, level)
  vim.notify('Redline: ' .. words, level or vim.log.levels.INFO)
end

--- The version of a buffer's text that servers know.
function M.version(bufnr)
  return vim.lsp.util.buf_versions[bufnr] or 0
end

--- Start for a buffer, or join the client that its folder has already.
local function start(bufnr)
  local config = modern and vim.deepcopy(vim.lsp.config[NAME]) or M.config()
  local function begin(root)
    config.root_dir = root
    vim.lsp.start(config, { bufnr = bufnr, reuse_client = config.reuse_client })
  end
  if type(config.root_dir) == 'function' then
    config.root_dir(bufnr, begin)
  else
    begin(config.root_dir)
  end
end

--- `vim.lsp.enable` sees to files that have a type.
local function is_left(bufnr)
  return api.nvim_buf_is_loaded(bufnr)
    and not M.client(bufnr)
    and not (modern and vim.bo[bufnr].filetype ~= '')
end

--- A client has ended: begin anew where somebody asked for that.
function M.ended(id)
  local buffers = waiting[id]
  waiting[id], leaving[id] = nil, nil
  vim.tbl_map(start, vim.tbl_filter(api.nvim_buf_is_loaded, buffers or {}))
end

function M.enable()
  local events = { 'BufReadPost', 'BufNewFile', 'BufFilePost' }
  if modern then
    vim.lsp.enable(NAME)
  else
    events[#events + 1] = 'FileType'
  end
  api.nvim_create_autocmd(events, {
    group = api.nvim_create_augroup(group, {}),
    desc = 'Redline: start the server',
    callback = function(event)
      -- The type of a file is found by the same event.
      vim.schedule(function()
        if is_left(event.buf) then
          start(event.buf)
        end
      end)
    end,
  })
  if vim.v.vim_did_enter == 1 then
    vim.tbl_map(start, vim.tbl_filter(is_left, api.nvim_list_bufs()))
  end
end

local function stop(client, force)
  leaving[client.id] = true
  if modern then
    client:stop(force)
  else
    client.stop(force)
  end
end

function M.disable()
  api.nvim_create_augroup(group, {})
  waiting = {}
  vim.tbl_map(stop, M.clients())
  if modern then
    vim.lsp.enable(NAME, false)
  end
end

--- Stop the servers, and start them anew for the files that they had, or should have had.
function M.restart()
  if not can_start() then
    M.say('the server was not found; :checkhealth redline says more', vim.log.levels.WARN)
    return
  end
  local clients = M.clients()
  for _, bufnr in ipairs(api.nvim_list_bufs()) do
    if api.nvim_buf_is_loaded(bufnr) and not M.client(bufnr) then
      start(bufnr)
    end
  end
  for _, client in ipairs(clients) do
    waiting[client.id] = vim.tbl_keys(client.attached_buffers)
    stop(client)
    vim.defer_fn(function()
      if waiting[client.id] then
        stop(client, true)
      end
    end, 3000)
  end
end

return M

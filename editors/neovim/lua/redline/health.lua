--- What `:checkhealth redline` tells.

local M = {}

local health = vim.health
local lsp = require('redline.lsp')

local INSTALL = "pip install 'redline-lint[lsp]'"
local PATIENCE = 60000

local function run(command, input)
  local started, process = pcall(vim.system, command, { text = true, stdin = input })
  if not started then
    return nil
  end
  local done = process:wait(PATIENCE)
  return done, vim.trim((done.stdout or '') .. (done.stderr or ''))
end

local function check_editor()
  if vim.fn.has('nvim-0.10') == 0 then
    health.error('Neovim is too old', 'Install Neovim 0.10 or newer')
    return
  end
  local version = vim.version()
  health.ok(('Neovim %d.%d.%d'):format(version.major, version.minor, version.patch))
end

local function check_server()
  local command, program = lsp.command()
  if type(command) == 'function' then
    health.ok('The server is reached by a function of your own')
    return
  elseif not program then
    local path = ('or name the program in `cmd`; "%s" is not on PATH'):format(command[1])
    health.error('The server was not found', { INSTALL, path })
    return
  end
  local version, words = run({ program, '--version' })
  if not version or version.code ~= 0 then
    health.error(('%s does not run: %s'):format(program, words or 'it cannot be started'), INSTALL)
    return
  end
  health.ok(('%s: %s'):format(words, vim.fn.fnamemodify(program, ':~')))
  -- On an empty input a server that could serve ends at once, and one that could not says so.
  local served, fault = run(vim.list_extend({ program }, command, 2), '')
  if served and served.code == 2 then
    health.error('The server cannot start: ' .. fault, INSTALL)
  else
    health.ok('The server starts')
  end
end

local function ask(client, method)
  local answer
  if vim.fn.has('nvim-0.11') == 1 then
    answer = client:request_sync(method, nil, PATIENCE)
  else
    answer = client.request_sync(method, nil, PATIENCE)
  end
  return answer and answer.result
end

local function check_project(project)
  local name = project.name
  if project.fault and project.fault ~= vim.NIL then
    health.error(('%s: %s'):format(name, project.fault))
    return
  end
  local rules = vim.tbl_map(function(uri)
    return vim.fs.basename(vim.uri_to_fname(uri))
  end, project.rules)
  local from = #rules > 0 and table.concat(rules, ', ') or 'the shipped rules'
  health.ok(('%s: %d zones, from %s'):format(name, #project.zones, from))
end

local function check_clients()
  local clients = lsp.clients()
  if #clients == 0 then
    local here = 'Open a file of a git repository, or of a folder with redline.yaml'
    health.info('No server is running. ' .. here)
  end
  for _, client in ipairs(clients) do
    local root = vim.fn.fnamemodify(client.root_dir or client.config.root_dir or '', ':~')
    local files = vim.tbl_count(client.attached_buffers)
    health.ok(('Running for %s (open files: %d)'):format(root, files))
    local told = ask(client, 'redline/overview')
    vim.tbl_map(check_project, told and told.projects or {})
  end
end

local function check_origin()
  if require('redline.config').origin then
    health.ok('The server is told how text comes in, never the text')
  else
    health.info('The server is not told how text comes in: `origin` is off')
  end
end

function M.check()
  health.start('Redline')
  check_editor()
  check_server()
  check_clients()
  check_origin()
end

return M

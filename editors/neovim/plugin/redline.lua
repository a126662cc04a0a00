--- Starts Redline with the editor, where nobody has called `setup` before.

if vim.g.loaded_redline then
  return
end
vim.g.loaded_redline = true

if vim.fn.has('nvim-0.10') == 0 then
  return
end

vim.api.nvim_create_user_command('Redline', function(call)
  require('redline.commands').run(call)
end, {
  nargs = '*',
  range = true,
  bar = true,
  desc = 'Redline: what assistants wrote into protected files',
  complete = function(lead, line)
    return require('redline.commands').complete(lead, line)
  end,
})

require('redline').enable()

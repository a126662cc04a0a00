--- The server for `vim.lsp.enable('redline')`, which Neovim 0.11 and later read.

return require('redline.lsp').config()

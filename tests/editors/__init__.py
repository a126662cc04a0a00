"""Real editors, driven by their own keys against any language server."""

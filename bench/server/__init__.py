"""Measure the language server beside others: one client, one script of edits, the same files."""

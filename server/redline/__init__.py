"""Redline keeps the output of external AI assistants out of protected places."""

__version__ = "0.1.0"

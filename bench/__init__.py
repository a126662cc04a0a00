"""How Redline compares, in time and memory, with tools that read the same bytes."""

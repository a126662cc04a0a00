"""Help for people who write rule files, from a text that may be broken, and a place in it."""

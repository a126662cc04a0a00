"""One module per detector; each turns what it knows about a file into evidence."""

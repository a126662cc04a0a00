"""One reader per assistant's session format."""

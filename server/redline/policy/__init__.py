"""Rule files: what was written, what it means, and what it decides."""

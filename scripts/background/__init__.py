"""Counts the shipped background: how common tokens are, and what unrelated packages share."""

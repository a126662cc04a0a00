"""What people do in every editor, step by step."""

from __future__ import annotations

from maze import WALK

from .editor import eventually

FREE = 3
"""The line, from 0, where a grader ends and text is put."""
WALK_LINES = (FREE, FREE + 12)


def marked(editor):
    """The lines, from 0, of all findings that are shown now."""
    return [problem.lines for problem in editor.problems()]


def paste(editor, path, text=WALK):
    """Open a grader and paste an assistant's text behind its own; wait for the red line."""
    editor.open(path)
    editor.go(FREE, 0)
    editor.paste(text)
    eventually(lambda: marked(editor), "the pasted text is marked")

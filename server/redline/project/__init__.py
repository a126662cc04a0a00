"""One project: where its root is, which files it has, and what a lint of it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redline.lazily import lazily

if TYPE_CHECKING:
    from redline.project.changes import changed_lines
    from redline.project.engine import lint
    from redline.project.explain import Compared, Explanation
    from redline.project.files import UsageError, find_root, opened
    from redline.project.options import LintOptions

__all__ = [
    "Compared",
    "Explanation",
    "LintOptions",
    "UsageError",
    "changed_lines",
    "find_root",
    "lint",
    "opened",
]

if not TYPE_CHECKING:
    __getattr__ = lazily(
        __name__,
        {
            "Compared": "explain",
            "Explanation": "explain",
            "LintOptions": "options",
            "UsageError": "files",
            "changed_lines": "changes",
            "find_root": "files",
            "lint": "engine",
            "opened": "files",
        },
    )

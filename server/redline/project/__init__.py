"""One project: where its root is, which files it has, and what a lint of it finds."""

from .changes import changed_lines
from .engine import lint
from .explain import Compared, Explanation, explain
from .files import UsageError, find_root, opened
from .options import LintOptions

__all__ = [
    "Compared",
    "Explanation",
    "LintOptions",
    "UsageError",
    "changed_lines",
    "explain",
    "find_root",
    "lint",
    "opened",
]

"""One project: where its root is, which files it has, and what a lint of it finds."""

from .engine import lint
from .explain import Explanation, explain
from .files import UsageError, changed_lines, find_root, source
from .options import LintOptions

__all__ = [
    "Explanation",
    "LintOptions",
    "UsageError",
    "changed_lines",
    "explain",
    "find_root",
    "lint",
    "source",
]

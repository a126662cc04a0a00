"""What stands in a file otherwise than it reads: values, cells, fences, records."""

from .unfold import unfold
from .view import View

__all__ = ["View", "unfold"]

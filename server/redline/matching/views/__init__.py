"""What stands in a file otherwise than it reads: values, cells, fences, records."""

from .places import Places, places_of
from .unfold import unfold
from .view import View

__all__ = ["Places", "View", "places_of", "unfold"]

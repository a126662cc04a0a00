"""What stands in a file otherwise than it reads: values, cells, fences, records."""

from .kinds import Kind, kind_of
from .places import Places, places_of
from .unfold import unfold
from .view import View

__all__ = ["Kind", "Places", "View", "kind_of", "places_of", "unfold"]

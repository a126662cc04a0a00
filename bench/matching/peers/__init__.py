"""Published tools as contenders, each run as it comes, at its published defaults."""

from __future__ import annotations

from ..tools import Tool
from .copydetect import Copydetect
from .dolos import Dolos
from .jscpd import Jscpd
from .scanoss import Scanoss

PEERS: tuple[Tool, ...] = (Dolos(), Copydetect(), Scanoss(), Jscpd())
"""In the order of the page."""

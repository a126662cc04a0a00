"""What a rule file is called, and how large it may be."""

from __future__ import annotations

from typing import Final

NAME: Final = "redline.yaml"
MAX_BYTES: Final = 256 * 1024

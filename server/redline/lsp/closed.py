"""Documents that were closed a moment ago: editors read a file again by closing and opening it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from redline.lsp.opened import OpenDocument

_RELOAD_S = 1.0
"""Seconds between close and open that make the opening a reload."""
_MOST = 32
_LARGEST = 1 << 20
"""Characters of a text that is kept for its being opened again."""


class Closed:
    """The last closed documents, by URI."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, OpenDocument]] = {}

    def __iter__(self) -> Iterator[OpenDocument]:
        return iter([document for _, document in self._kept.values()])

    def keep(self, document: OpenDocument) -> None:
        """Take in what was just closed."""
        if sum(map(len, document.text.lines)) <= _LARGEST:
            self._kept[document.uri] = (time.monotonic(), document)
        while len(self._kept) > _MOST:
            del self._kept[next(iter(self._kept))]

    def take(self, uri: str) -> tuple[OpenDocument | None, bool]:
        """What is opened again, and whether that happens at once: as for a reload."""
        closed, document = self._kept.pop(uri, (float("-inf"), None))
        return document, time.monotonic() - closed < _RELOAD_S

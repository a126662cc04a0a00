"""What a data file repeats is its form, not its content: keys, and the few values of a column.

Two people's test cases have the same keys in the same order; that says nothing about who wrote
them. So in data a stretch of four tokens that stands three times or more tells nothing, on
either side.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_SIZE = 4
TIMES = 3
"""Uses of a stretch, or of a line, from which it is form."""
_BULK_FROM = 1 << 14
_DATA = frozenset(
    "json jsonc json5 geojson ipynb jsonl ndjson yaml yml toml ini cfg conf properties env csv tsv"
    " xml plist svg po lock".split()
)
_PAIR = re.compile(rb"^[ \t]*(?:- +)?[\"']?[\w./-]+[\"']?[ \t]*[:=](?:[ \t]|$)", re.MULTILINE)
_LINE = re.compile(rb"^[ \t]*\S", re.MULTILINE)
_JUDGED = 1 << 14
"""Bytes by which a text without a name is judged."""


def is_data(path: str | None, text: bytes) -> bool:
    """Tell whether a text is data: by its name, or, where it has none, by its looks."""
    if path:
        name = path.replace("\\", "/").rpartition("/")[2].lower()
        return name.rpartition(".")[2] in _DATA
    head = text[:_JUDGED]
    if head.lstrip()[:1] in (b"{", b"["):
        return True
    lines = len(_LINE.findall(head))
    return lines >= TIMES and 3 * len(_PAIR.findall(head)) >= 2 * lines


def repeated(codes: bytes) -> Sequence[bool]:
    """Which tokens lie in a stretch that ``codes`` (a byte a token) holds again and again."""
    if len(codes) >= _BULK_FROM:
        return _repeated_bulk(codes)
    stretches = [codes[at : at + _SIZE] for at in range(len(codes) - _SIZE + 1)]
    often = {stretch for stretch, times in Counter(stretches).items() if times >= TIMES}
    flags = [False] * len(codes)
    for at, stretch in enumerate(stretches):
        if stretch in often:
            flags[at : at + _SIZE] = [True] * _SIZE
    return flags


def _repeated_bulk(codes: bytes) -> Sequence[bool]:
    import numpy as np

    values = np.frombuffer(codes, np.uint8).astype(np.uint32)
    stretches = np.zeros(len(values) - _SIZE + 1, np.uint32)
    for step in range(_SIZE):
        stretches = (stretches << np.uint32(8)) | values[step : step + len(stretches)]
    _, which, times = np.unique(stretches, return_inverse=True, return_counts=True)
    often = times[which] >= TIMES
    flags = np.zeros(len(values), np.bool_)
    for step in range(_SIZE):
        flags[step : step + len(often)] |= often
    return flags  # type: ignore[return-value]

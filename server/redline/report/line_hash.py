"""Hash lines as GitHub code scanning does, so that its alerts follow moved code.

The algorithm is that of ``primaryLocationLineHash`` in github/codeql-action
(``src/fingerprints.ts``): a polynomial over the 100 UTF-16 units from the line's first one
that is no space or tab, with the file's end as 0xFFFF and zeros behind it.
"""

from __future__ import annotations

from collections.abc import Collection

_UNITS = 100
_BASE = 37
_MASK = (1 << 64) - 1
_BLANKS = str.maketrans("", "", " \t")


def line_hashes(data: bytes, wanted: Collection[int]) -> dict[int, str]:
    """Return ``hash:n`` for the ``wanted`` lines of ``data`` (from 1) that exist.

    ``n`` counts how often the hash came up so far in the file, from 1. The line behind a
    last line break exists.
    """
    if not wanted:
        return {}
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    text = text.translate(_BLANKS)
    starts = [0]
    units = (text + "\uffff").encode("utf-16-le")
    last = max(wanted)
    at = 0
    while len(starts) < last:
        at = _line_break(units, at)
        if at < 0:
            break
        starts.append(at)
    hashes: dict[int, str] = {}
    seen: dict[bytes, int] = {}
    lines = frozenset(wanted)
    for number, start in enumerate(starts, 1):
        # Equal windows have equal hashes; counting windows spares hashing lines nobody asked for.
        window = units[start : start + 2 * _UNITS]
        count = seen[window] = seen.get(window, 0) + 1
        if number in lines:
            hashes[number] = f"{_polynomial(window):x}:{count}"
    return hashes


def _line_break(units: bytes, at: int) -> int:
    """Return where the next line begins, in bytes of UTF-16, or -1."""
    while True:
        found = units.find(b"\n\x00", at)
        if found < 0:
            return -1
        if found % 2 == 0:
            return found + 2
        at = found + 1


def _polynomial(window: bytes) -> int:
    total = 0
    for index in range(0, 2 * _UNITS, 2):
        unit = int.from_bytes(window[index : index + 2], "little")
        total = (total * _BASE + unit) & _MASK
    return total

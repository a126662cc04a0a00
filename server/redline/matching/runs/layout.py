"""Where the columns of a run lie: one layout for files and for rows of the index.

``docs/formats/index.md`` describes it field by field. All numbers are little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import blake2b

MAGIC = b"RedlnRun"
VERSION = 1
FACTOR = 0x9E3779B97F4A7C15
"""Odd, so that multiplying loses nothing: 2^64 divided by the golden ratio."""
UNDO = pow(FACTOR, -1, 1 << 64)
MASK = (1 << 64) - 1
DIGEST_BYTES = 16
MOST_COUNT = (1 << 32) - 1
"""Fingerprints that one run can hold."""
MOST_HITS = 32
"""Places looked at for one fingerprint; more say no more, so no piece keeps more of one either."""
_FIELDS = struct.Struct("<8sIBBBxQQ16s")
HEADER_BYTES = _FIELDS.size + DIGEST_BYTES
_PER_BUCKET = 3
"""Two to this power is the least that a bucket is laid out for; it holds 4 to 8 on average."""


@dataclass(frozen=True, slots=True)
class Section:
    """A column: where it begins (bytes), how wide an item is (bytes) and how many there are."""

    start: int
    width: int
    items: int

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.start + self.width * self.items


@dataclass(frozen=True, slots=True)
class Layout:
    """All that tells where the columns of a run lie."""

    count: int
    """Fingerprints."""
    pieces: int
    """Pieces that they come from."""
    bits: int
    """Upper bits of a mixed hash that name its bucket."""
    tail_width: int
    """Bytes that hold what bucket and head leave of a mixed hash."""
    position_width: int
    """Bytes of a position: 4, or 8 for more than 2^32 places."""

    @classmethod
    def of(cls, count: int, pieces: int, span: int) -> Layout:
        """Lay out ``count`` fingerprints of ``pieces`` that have ``span`` places in all."""
        bits = max(1, (max(count, 1) - 1).bit_length() - _PER_BUCKET)
        rest = 32 - bits
        tail_width = 1 if rest <= 8 else 2 if rest <= 16 else 4
        return cls(count, pieces, bits, tail_width, 4 if span <= 1 << 32 else 8)

    def sections(self) -> dict[str, Section]:
        """The columns by name, in the order of the file; each begins at a multiple of 8."""
        shapes = (
            ("filter", 8, 1 << self.bits),
            ("bases", 8, self.pieces + 1),
            ("positions", self.position_width, self.count),
            ("heads", 4, self.count),
            ("offsets", 4, (1 << self.bits) + 1),
            ("ids", 4, self.pieces),
            ("counts", 4, self.pieces),
            ("tails", self.tail_width, self.count),
        )
        sections: dict[str, Section] = {}
        start = HEADER_BYTES
        for name, width, items in shapes:
            start += -start % 8
            sections[name] = Section(start, width, items)
            start = sections[name].end
        return sections

    def size(self) -> int:
        """Bytes of the whole run."""
        return self.sections()["tails"].end

    def header(self, content: bytes) -> bytes:
        """The first bytes of a run whose columns have the digest ``content``."""
        fields = _FIELDS.pack(
            MAGIC, VERSION, self.bits, self.tail_width, self.position_width,
            self.count, self.pieces, content,
        )  # fmt: skip
        return fields + digest_of(fields)


def digest_of(data: bytes) -> bytes:
    """The digest that runs use."""
    return blake2b(data, digest_size=DIGEST_BYTES).digest()


def read_header(data: bytes, size: int) -> tuple[Layout, bytes]:
    """Read a run's first bytes; return its layout and the digest of its columns.

    ``size``: bytes of the whole run. Raises ``ValueError`` saying what is wrong.
    """
    if len(data) < HEADER_BYTES:
        raise ValueError("it is cut short")
    magic, version, bits, tail_width, position_width, count, pieces, content = _FIELDS.unpack_from(
        data
    )
    if magic != MAGIC:
        raise ValueError("it is no run of fingerprints")
    if version != VERSION:
        raise ValueError(f"it has version {version}, this Redline reads {VERSION}")
    if digest_of(data[: _FIELDS.size]) != data[_FIELDS.size : HEADER_BYTES]:
        raise ValueError("its header is damaged")
    layout = Layout(count, pieces, bits, tail_width, position_width)
    odd = not 1 <= bits <= 31 or tail_width not in (1, 2, 4) or position_width not in (4, 8)
    if odd or 8 * tail_width < 32 - bits:
        raise ValueError("its header makes no sense")
    if layout.size() != size:
        raise ValueError(f"it has {size:,} bytes in place of {layout.size():,}")
    return layout, content

"""``python -m scripts.background.formats``: what forms of the set of common code cost.

All hold the same random members. Times are processor time of one process, the best of some
runs; sizes are as shipped and as a wheel compresses them. Writes the table into
``docs/background.md``.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import zstandard
from bench.told import into_page

from redline.matching.bulk import U64, Flags
from redline.matching.common import Common
from redline.matching.tokens import MASK, MIX_1, MIX_2, MIX_3

PAGE = Path(__file__).resolve().parents[2] / "docs" / "background.md"
MEMBERS = 2_000_000
ASKED = 1_000_000
_BLOOM_BITS = 12
_BLOOM_HASHES = 8


def main() -> None:
    """Measure, print and write."""
    rng = np.random.default_rng(1)
    members = rng.integers(0, 1 << 64, MEMBERS, np.uint64)
    asked = rng.integers(0, 1 << 64, ASKED, np.uint64)
    forms = [_ours(members), _sorted(members), _deltas(members), _bloom(members)]
    rows = [_row(*form, members, asked) for form in forms]
    text = "\n".join(
        (
            f"Measured with `python -m scripts.background.formats`: {MEMBERS:,} members, "
            f"{ASKED:,} strangers asked at once, times of one core.",
            "",
            "| form | bytes a member | in the wheel | to load | look-ups in a second | strangers |",
            "|---|---:|---:|---:|---:|---:|",
            *rows,
        )
    )
    print(text)
    into_page(PAGE, "formats", text)


U32: TypeAlias = npt.NDArray[np.uint32]
Form: TypeAlias = tuple[str, bytes, Callable[[bytes], Callable[[U64], Flags]]]


def _row(
    name: str,
    packed: bytes,
    load: Callable[[bytes], Callable[[U64], Flags]],
    members: U64,
    asked: U64,
) -> str:
    holds = load(packed)
    if not holds(members).all():
        raise RuntimeError(f"{name} lost a member")
    passed = 100 * np.count_nonzero(holds(asked)) / len(asked)
    loading = 1000 * _best(lambda: load(packed))
    rate = len(asked) / 1e6 / _best(lambda: holds(asked))
    size, wheel = len(packed) / len(members), len(zlib.compress(packed, 9)) / len(members)
    return _cells(name, f"{size:.2f}", f"{wheel:.2f}", f"{loading:.1f} ms", rate, passed)


def _cells(name: str, size: str, wheel: str, load: str, rate: float, passed: float) -> str:
    return f"| {name} | {size} | {wheel} | {load} | {rate:.1f} M | {passed:.2f} % |"


def _best(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def _ours(members: U64) -> Form:
    packed = Common.of(members).pack()
    return "buckets with 8-bit remainders", packed, lambda data: Common.unpack(data).holds


def _halves(values: U64, bits: int) -> U32:
    return (values >> np.uint64(64 - bits)).astype(np.uint32)


def _finder(known: U32, bits: int) -> Callable[[U64], Flags]:
    def holds(values: U64) -> Flags:
        halves = _halves(values, bits)
        places = np.searchsorted(known, halves)
        found: Flags = known.take(places, mode="clip") == halves
        return found

    return holds


def _sorted(members: U64) -> Form:
    packed = np.unique(_halves(members, 32)).astype("<u4").tobytes()
    return "sorted, 32 bits", packed, lambda data: _finder(np.frombuffer(data, "<u4"), 32)


def _deltas(members: U64) -> Form:
    values = np.unique(_halves(members, 30))
    steps = np.diff(values, prepend=np.uint32(0))
    columns = [(steps >> np.uint32(8 * byte)).astype(np.uint8).tobytes() for byte in range(3)]
    packed = zstandard.ZstdCompressor(19).compress(b"".join(columns))

    def load(data: bytes) -> Callable[[U64], Flags]:
        bytes_ = np.frombuffer(zstandard.ZstdDecompressor().decompress(data), np.uint8)
        planes = bytes_.reshape(3, -1).astype(np.uint32)
        steps = planes[0] | (planes[1] << np.uint32(8)) | (planes[2] << np.uint32(16))
        return _finder(np.cumsum(steps, dtype=np.uint32), 30)

    return "sorted, 30 bits, differences under zstd", packed, load


def _bloom(members: U64) -> Form:
    size = MEMBERS * _BLOOM_BITS

    def place(values: U64, number: int) -> U64:
        mixed = (values ^ np.uint64((number * MIX_3) & MASK)) * np.uint64(MIX_1)
        mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(MIX_2)
        return ((mixed >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32)

    bits = np.zeros(size, np.bool_)
    for number in range(_BLOOM_HASHES):
        bits[place(members, number)] = True

    def load(data: bytes) -> Callable[[U64], Flags]:
        packed = np.frombuffer(data, np.uint8)

        def holds(values: U64) -> Flags:
            rows = np.arange(len(values))
            for number in range(_BLOOM_HASHES):
                at = place(values[rows], number)
                bit = packed[at >> np.uint64(3)] >> (at & np.uint64(7)).astype(np.uint8)
                rows = rows[(bit & 1) != 0]
            found = np.zeros(len(values), np.bool_)
            found[rows] = True
            return found

        return holds

    packed = np.packbits(bits, bitorder="little").tobytes()
    return f"Bloom, {_BLOOM_BITS} bits and {_BLOOM_HASHES} hashes", packed, load


if __name__ == "__main__":
    main()

"""``python -m scripts.background FOLDER``: count the shipped background from pinned releases.

Writes ``rarity.bin`` and ``common.bin`` beside ``redline.matching``. With ``--fetch`` the
releases are downloaded into FOLDER first, some 500 MB; nothing of theirs is unpacked or run.
The same releases give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from bench.told import into_page

from redline.matching.common import Common

from .counts import Counts
from .fetch import Release, Unavailable, fetch, held
from .packages import ALONE, family, project
from .sharing import Shards, distinct, fingerprints
from .texts import Reader, Text

PAGE = Path(__file__).resolve().parents[2] / "docs" / "background.md"
COUNTED = 12 << 20
"""Bytes of one language that are counted at most, so that none drowns the others."""
SHARED = 2
"""Families of packages that must share a fingerprint to make it common."""
_BATCH = 1 << 19
_BETWEEN = b"\n\x00\n"
"""Keeps two files apart that are fingerprinted together."""


def main() -> int:
    """Build both files; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.background", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the archives lie")
    parser.add_argument("--fetch", action="store_true", help="download what is missing")
    target = Path(__file__).resolve().parents[2] / "server/redline/matching"
    parser.add_argument("--into", type=Path, default=target, help="where the files are written")
    options = parser.parse_args()
    try:
        releases = fetch(options.folder) if options.fetch else held(options.folder)
    except Unavailable as error:
        print(f"error: these could not be had:\n{error}", file=sys.stderr)
        return 2
    summary = build(releases, options.into)
    print(summary)
    if options.into == target:
        into_page(PAGE, "background", summary)
    return 0


def build(releases: list[Release], into: Path) -> str:
    """Count ``releases``, write ``rarity.bin`` and ``common.bin``, and say what was counted."""
    started = time.monotonic()
    reader = Reader()
    sizes: Counter[str] = Counter()
    samples: dict[str, list[tuple[bytes, bytes]]] = defaultdict(list)
    families: dict[str, list[Release]] = defaultdict(list)
    for release in releases:
        families[family(release.pin)].append(release)
    with tempfile.TemporaryDirectory() as scratch:
        shards = Shards(Path(scratch))
        for number, (name, members) in enumerate(sorted(families.items())):
            parts = []
            for release in members:
                texts = reader.texts(release)
                for text in texts:
                    sizes[text.language] += len(text.data)
                _sample(samples, release, texts)
                parts += [fingerprints(batch) for batch in _batches(texts)]
            if parts:
                own = distinct(np.concatenate(parts))
                # What is made to be copied is common by itself.
                for _ in range(SHARED if project(members[0].pin) in ALONE else 1):
                    shards.add(own)
            _progress(f"{number + 1}/{len(families)} {name}", started)
        shared = shards.shared(SHARED)
    counts = Counts()
    for language in sorted(samples):
        for batch in _joined(data for _, data in samples[language]):
            counts.add(batch)
        _progress(f"counted {language}", started)
    into.joinpath("rarity.bin").write_bytes(counts.pack())
    packed = Common.of(shared).pack()
    into.joinpath("common.bin").write_bytes(packed)
    return _summary(
        f"Counted with `python -m scripts.background`: {len(releases)} releases of "
        f"{len(families)} families. Megabytes read and, of these, counted into `rarity.bin`:",
        [
            (language, size, sum(len(data) for _, data in samples[language]))
            for language, size in sizes.most_common()
        ],
        reader.skipped,
        [
            *((f"tokens in the tables of {n}", c.tokens) for n, c in counts.channels.items()),
            ("common fingerprints", len(shared)),
            ("bytes of `common.bin`", len(packed)),
        ],
    )


def _summary(
    head: str,
    languages: Iterable[tuple[str, int, int]],
    skipped: Counter[str],
    totals: Iterable[tuple[str, int]],
) -> str:
    rows = [f"| {name} | {size / 1e6:.1f} | {used / 1e6:.1f} |" for name, size, used in languages]
    left = ", ".join(f"{count:,} {reason}" for reason, count in skipped.most_common())
    said = ", ".join(f"{count:,} {what}" for what, count in totals)
    table = ["| language | read | counted |", "|---|---:|---:|", *rows]
    return "\n".join([head, "", *table, "", f"Files left out: {left}.", "", f"Result: {said}."])


def _sample(
    samples: dict[str, list[tuple[bytes, bytes]]], release: Release, texts: list[Text]
) -> None:
    """Keep of every language the texts that chance puts first, ``COUNTED`` bytes of them."""
    from hashlib import blake2b

    for text in texts:
        rank = blake2b(f"{release.pin} {text.path}".encode(errors="replace"), digest_size=8)
        samples[text.language].append((rank.digest(), text.data))
    for language in {text.language for text in texts}:
        kept = samples[language]
        kept.sort()
        room = COUNTED
        for place, (_, data) in enumerate(kept):
            room -= len(data)
            if room < 0:
                del kept[place:]
                break


def _batches(texts: list[Text]) -> Iterator[bytes]:
    return _joined(text.data for text in texts)


def _joined(texts: Iterable[bytes]) -> Iterator[bytes]:
    """Texts put together to some half a megabyte: small ones cost more to call than to count."""
    batch: list[bytes] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= _BATCH:
            yield _BETWEEN.join(batch)
            batch, size = [], 0
    if batch:
        yield _BETWEEN.join(batch)


def _progress(what: str, started: float) -> None:
    print(f"{time.monotonic() - started:6.0f} s  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

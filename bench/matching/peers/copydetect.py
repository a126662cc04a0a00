"""copydetect: k-grams of characters after Pygments has made every name and string one letter.

Settings: its defaults (noise and guarantee threshold 25 characters, so every gram counts, and code
is filtered), but for three points. Its display threshold, which hides pairs of files with less than
a third in common, is a matter of its report: every slice is claimed, with its length in filtered
characters, by which it measures overlap itself, as the score. Markdown and JSON Lines are read
unfiltered, as it reads plain text by itself: its filter would take away all prose, and every value
of a record. And a pair is compared only where the two sets of fingerprints meet, which changes no
result, since no other pair has a slice.

It maps its slices back to the text by a table with a fault at class names, so that some end before
they begin; these are left out. It skips files that are not UTF-8, and so does this.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..tools import LANGUAGES, Answer, Claim
from .programs import best, installed, python, show
from .texts import Lines, files

if TYPE_CHECKING:
    from copydetect import CodeFingerprint

_UNFILTERED = frozenset({"markdown", "jsonl"})


class Copydetect:
    """The Python package, in a process of its own."""

    name = "copydetect"

    def version(self) -> str:
        """Name the installed version; raise ``Missing`` where there is none."""
        return installed("copydetect")

    def languages(self) -> frozenset[str]:
        """Say that it reads all: Pygments has a lexer for each."""
        return frozenset(LANGUAGES)

    def ask(self, language: str, told: Path, asked: Path) -> Answer:
        """Claim the slices of asked files that it finds in told ones."""
        return python(__name__, language, told, asked)


def main() -> None:
    """Print the claims of a language, a told and an asked folder: the process of its own."""
    language, told, asked = sys.argv[1:]
    show(best(_claims(language, Path(told), Path(asked))))


def _claims(language: str, told: Path, asked: Path) -> Iterator[Claim]:
    from copydetect import compare_files
    from copydetect.utils import find_fingerprint_overlap, get_copied_slices

    sources = dict(_fingerprints(language, told))
    holders = defaultdict(set)
    for name, fingerprint in sources.items():
        for gram in fingerprint.hashes:
            holders[gram].add(name)
    for path, fingerprint in _fingerprints(language, asked):
        lines = Lines(fingerprint.raw_code)
        met = set().union(*(holders[gram] for gram in fingerprint.hashes if gram in holders))
        for source in sorted(met):
            other = sources[source]
            _, _, (_, slices) = compare_files(other, fingerprint)
            _, places = find_fingerprint_overlap(
                other.hashes, fingerprint.hashes, other.hash_idx, fingerprint.hash_idx
            )
            filtered = get_copied_slices(places, fingerprint.k)
            lengths = (filtered[1] - filtered[0]).astype(int).tolist()
            for (start, end), length in zip(slices.T.astype(int).tolist(), lengths, strict=True):
                covered = lines.of(start, end) if start < end else None
                if covered:
                    yield Claim(path, *covered, length, source)


def _fingerprints(language: str, folder: Path) -> Iterator[tuple[str, CodeFingerprint]]:
    from copydetect import CodeFingerprint
    from copydetect.defaults import GUARANTEE_THRESHOLD, NOISE_THRESHOLD

    for name, path in files(folder).items():
        try:
            yield (
                name,
                CodeFingerprint(
                    str(path),
                    NOISE_THRESHOLD,
                    GUARANTEE_THRESHOLD - NOISE_THRESHOLD + 1,
                    filter=language not in _UNFILTERED,
                ),
            )
        except UnicodeDecodeError:
            print(f"skipped, not UTF-8: {name}", file=sys.stderr)

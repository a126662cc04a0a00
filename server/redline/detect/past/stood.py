"""Which fingerprints stood in the repository, and since when at the latest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from redline.git import GitError, Objects
from redline.git.ages import SECOND, Ages
from redline.matching.seen import Seen
from redline.syntax.languages import language_of

from .blobs import Blobs

I64 = npt.NDArray[np.int64]

NEVER = np.iinfo(np.int64).max
"""The time of what never stood there."""
_DAY = 24 * 3600 * SECOND
_STEP = 30 * _DAY
"""Moments between two multiples of this are compared with the tree at the first of them."""
_MOST_TREES = 32
"""Branches open at one moment that are looked at, the newest first."""
_MOST_FILES = 100_000
"""Files of one language that are looked at in all."""
_TREE = b"40000"
_FILES = (b"100644", b"100755", b"100664")
_KIN = {
    **dict.fromkeys(("javascript", "typescript", "tsx", "vue", "svelte"), "javascript"),
    **dict.fromkeys(("c", "cpp", "objc", "cuda"), "c"),
}
"""Languages between which code moves as it is."""


def kin_of(path: str) -> str:
    """Name the languages that text of this file may come from: by grammar, else by suffix."""
    language = language_of(path)
    if language is not None:
        return _KIN.get(language.name, language.name)
    name = path.rpartition("/")[2]
    return "." + name.rpartition(".")[2].lower() if "." in name else name


@dataclass(frozen=True, slots=True)
class _Run:
    """The files of one language that stood before a moment."""

    time: int = NEVER
    """When (ms) all of them had stood at the latest."""
    seen: Seen = field(default_factory=Seen)
    objects: frozenset[bytes] = frozenset()
    """Trees and files, by the names of their objects."""
    left_out: frozenset[str] = frozenset()
    """Objects and commits that were not looked at: too large, unreadable or too many."""


_NOTHING = _Run()


class Stood:
    """The files of HEAD's history, by the moments that are asked about; close it after use.

    What is said of a moment depends on that moment and the history alone, not on what else was
    asked: the same on every machine, whatever is judged there together.
    """

    def __init__(self, objects: Objects, ages: Ages, folder: Path | None) -> None:
        self._objects = objects
        self._ages = ages
        self._blobs = Blobs(objects, folder)
        self._runs: dict[tuple[str, tuple[str, ...], tuple[str, ...]], _Run] = {}

    def close(self) -> None:
        """Close the cache."""
        self._blobs.close()

    def known_at(self, moment: int) -> bool:
        """Tell whether it can be known what stood before ``moment`` (ms): history is there."""
        return bool(self._ages.before(moment)) or not self._ages.cut

    def left_out(self, kin: str, moment: int) -> frozenset[str]:
        """Objects and commits of that language and moment that were not looked at."""
        return frozenset().union(*(run.left_out for run in self._at(kin, moment)))

    def first(self, kin: str, moment: int, hashes: npt.NDArray[np.uint64]) -> I64:
        """Since when (ms) each fingerprint stood before ``moment`` (ms), at the latest."""
        times = np.full(len(hashes), NEVER, np.int64)
        for run in self._at(kin, moment):
            times[run.seen.holds(hashes)] = run.time
        # A gram that says nothing is 0, and never stood.
        times[hashes == 0] = NEVER
        return times

    def _at(self, kin: str, moment: int) -> tuple[_Run, _Run]:
        """What came since the month began, and what stood then."""
        early = self._ages.before(moment - moment % _STEP)
        base = self._run(kin, early, (), _NOTHING)
        return self._run(kin, self._ages.before(moment), early, base), base

    def _run(self, kin: str, tips: tuple[str, ...], early: tuple[str, ...], base: _Run) -> _Run:
        if not tips or tips == early:
            return _NOTHING
        key = (kin, tips, early)
        if key not in self._runs:
            self._runs[key] = self._made(kin, tips, base)
        return self._runs[key]

    def _made(self, kin: str, tips: tuple[str, ...], base: _Run) -> _Run:
        """Read what stands in the trees of these commits and not in those of ``base``."""
        left_out = set(tips[_MOST_TREES:])
        objects: set[bytes] = set()
        names: list[str] = []
        for commit in tips[:_MOST_TREES]:
            for name in self._files(kin, commit, base.objects, objects, left_out):
                if len(names) < _MOST_FILES:
                    names.append(name)
                else:
                    left_out.add(name)
        packed = self._blobs.prints(names).astype("<u4").tobytes()
        left_out |= self._blobs.left_out.intersection(names)
        # What stands in any of these trees stood by the newest's time.
        time = self._ages.times[tips[0]]
        return _Run(time, Seen(packed), frozenset(objects), frozenset(left_out))

    def _files(
        self, kin: str, commit: str, known: frozenset[bytes], fresh: set[bytes], failed: set[str]
    ) -> Iterator[str]:
        """Name the objects of a commit's files that are not known; put what is new to ``fresh``."""
        size = len(commit) // 2
        waiting = [f"{commit}^{{tree}}"]
        while waiting:
            tree = waiting.pop()
            try:
                data = self._objects.read(tree)
            except GitError:
                data = None
            if data is None:
                # An object that is missing (a partial clone).
                failed.add(tree)
                continue
            for mode, path, name in _entries(data, size):
                folder = mode == _TREE
                if not folder and (mode not in _FILES or kin_of(_text(path)) != kin):
                    continue
                if name in known or name in fresh:
                    continue
                fresh.add(name)
                if folder:
                    waiting.append(name.hex())
                else:
                    yield name.hex()


def _entries(data: bytes, size: int) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Read a tree object: mode, name and object of each entry (gitglossary(7), "tree object")."""
    at = 0
    while at < len(data):
        blank = data.find(b" ", at)
        end = data.find(b"\0", blank)
        if blank < 0 or end < 0 or end + 1 + size > len(data):
            return
        yield data[at:blank], data[blank + 1 : end], data[end + 1 : end + 1 + size]
        at = end + 1 + size


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")

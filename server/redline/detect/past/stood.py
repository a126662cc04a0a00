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
_FIRST_STEP = 30 * _DAY
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


@dataclass(slots=True)
class _Table:
    """What is known of the files of one language."""

    runs: list[tuple[int, Seen]] = field(default_factory=list)
    """Fingerprints with the time (ms) at which all of a run had stood."""
    asked: set[tuple[str, ...]] = field(default_factory=set)
    """Commits whose trees were looked at, as they were asked."""
    objects: dict[bytes, int] = field(default_factory=dict)
    """Trees and files that are in some run, and the time of their oldest."""
    since: int | None = None
    """The earliest moment that was looked at."""
    step: int = _FIRST_STEP
    files: int = 0
    left_out: set[str] = field(default_factory=set)


class Stood:
    """The files of HEAD's history, by the moments that are asked about; close it after use."""

    def __init__(self, objects: Objects, ages: Ages, folder: Path | None) -> None:
        self._objects = objects
        self._ages = ages
        self._blobs = Blobs(objects, folder)
        self._tables: dict[str, _Table] = {}

    def close(self) -> None:
        """Close the cache."""
        self._blobs.close()

    def look(self, kin: str, moment: int) -> bool:
        """Look at what stood before ``moment`` (ms); False if history is cut off before it.

        The first tree looked at is an older one, and each that is older still lies twice as far
        back: of the others only what differs is read.
        """
        table = self._tables.setdefault(kin, _Table())
        if table.since is None or moment < table.since:
            table.since = moment - table.step
            table.step *= 2
            self._add(table, kin, self._ages.before(table.since))
        tips = self._ages.before(moment)
        self._add(table, kin, tips)
        return bool(tips) or not self._ages.cut

    def left_out(self, kin: str) -> int:
        """Files and branches that were not looked at: too large, unreadable or too many."""
        return len(self._tables[kin].left_out) if kin in self._tables else 0

    def first(self, kin: str, hashes: npt.NDArray[np.uint64]) -> I64:
        """Since when (ms) each fingerprint stood at the latest, as far as was looked at."""
        times = np.full(len(hashes), NEVER, np.int64)
        for time, seen in self._tables[kin].runs if kin in self._tables else ():
            known = seen.holds(hashes)
            times[known] = np.minimum(times[known], time)
        # A gram that says nothing is 0, and never stood.
        times[hashes == 0] = NEVER
        return times

    def _add(self, table: _Table, kin: str, tips: tuple[str, ...]) -> None:
        table.left_out.update(tips[_MOST_TREES:])
        tips = tips[:_MOST_TREES]
        if not tips or tips in table.asked:
            return
        table.asked.add(tips)
        # What stands in any of these trees stood by the newest's time.
        time = self._ages.times[tips[0]]
        names: list[str] = []
        for commit in tips:
            for name in self._files(table, kin, commit, time):
                if table.files < _MOST_FILES:
                    table.files += 1
                    names.append(name)
                else:
                    table.left_out.add(name)
        prints = self._blobs.prints(names)
        table.left_out.update(self._blobs.left_out.intersection(names))
        if len(prints):
            table.runs.append((time, Seen(prints.astype("<u4").tobytes())))

    def _files(self, table: _Table, kin: str, commit: str, time: int) -> Iterator[str]:
        """Name the objects of a commit's files that no run of this time or an older one holds."""
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
                table.left_out.add(tree)
                continue
            for mode, path, name in _entries(data, size):
                folder = mode == _TREE
                if not folder and (mode not in _FILES or kin_of(_text(path)) != kin):
                    continue
                if table.objects.get(name, NEVER) <= time:
                    continue
                table.objects[name] = time
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

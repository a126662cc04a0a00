"""Where a file that is not committed under its name came from: moved, copied, renamed.

Git follows a rename once it is committed. Until then the commits and records that speak of a
file would be lost with its old name, so it is looked for among the files of HEAD that such
commits touched: by the very object, else by most of the lines.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import islice

from redline.git import GitError, Objects, Repository
from redline.git.listing import is_gone
from redline.matching.prints import INFORMATIVE

_FEWEST = 3
"""Telling lines of a text that is looked for: an empty file is nobody's copy."""
_FEWEST_ALIKE = 5
"""Telling lines in common from which an edited text may still be another file's."""
_ALIKE = 0.5
"""Share of the telling lines that both have, of those of the longer: git's rule for a rename."""
_MOST_BYTES = 4 << 20
"""Of a text that is compared line by line; larger ones are only known by the object."""
_MOST_FILES = 500
"""Files that vanished and are compared."""
_MOST_NAMESAKES = 20
_FRESH_SECONDS = 1.0
"""How long it is taken for granted which files have vanished."""
_MOST_KNOWN = 1000
_WORD = re.compile(rb"\w")


class Moves:
    """Finds old names of files among those that commits or records of interest touched."""

    def __init__(self, repository: Repository, objects: Objects, touched: frozenset[str]) -> None:
        self._repository = repository
        self._objects = objects
        self._touched = touched
        self._known: dict[tuple[str, str], tuple[float, str | None]] = {}
        self._lines: dict[str, frozenset[int]] = {}
        self._gone: tuple[float, tuple[str, ...]] = (0.0, ())

    def origin(self, path: str, text: bytes) -> str | None:
        """The file of HEAD that ``text``, the content of ``path``, came from; None: none known.

        Where the text stands under several names, one of which no assistant touched, it may be
        a copy of that one, and nothing is said. Raises ``GitError``.
        """
        if not self._touched or self._repository.head is None:
            return None
        oid = _blob_id(text, sha256=len(self._repository.head) == 64)
        if self._tree.get(path) == oid:
            return None
        when, known = self._known.get((path, oid), (0.0, None))
        if (path, oid) not in self._known or time.monotonic() - when > _FRESH_SECONDS:
            known = self._found(path, oid, text)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[path, oid] = (time.monotonic(), known)
        return known

    def _found(self, path: str, oid: str, text: bytes) -> str | None:
        own = path in self._tree
        twins = self._names.get(oid, [])
        if not twins and own:
            return None
        told = _telling(text)
        if len(told) < _FEWEST:
            return None
        if not twins:
            return self._alike(path, told) if len(text) <= _MOST_BYTES else None
        if not own and (gone := [name for name in twins if self._is_gone(name)]):
            return _nearest(path, (name for name in gone if name in self._touched))
        return _nearest(path, twins) if self._touched.issuperset(twins) else None

    def _alike(self, path: str, told: frozenset[int]) -> str | None:
        tail = path.rpartition("/")[2]
        namesakes = (name for name in self._held if name.rpartition("/")[2] == tail)
        names = dict.fromkeys(self._vanished)
        names |= dict.fromkeys(islice(namesakes, _MOST_NAMESAKES))
        names.pop(path, None)
        common = Counter[str]()
        for name in names:
            common[name] = len(told & self._lines_of(name))
        best: list[tuple[float, str]] = []
        for name, count in common.items():
            share = count / max(len(told), len(self._lines_of(name)))
            if count >= _FEWEST_ALIKE and share >= _ALIKE:
                best.append((share, name))
        most = max((share for share, _ in best), default=0.0)
        return _nearest(path, (name for share, name in best if share == most))

    @cached_property
    def _tree(self) -> dict[str, str]:
        head = self._repository.head
        return dict(self._repository.tree(head)) if head else {}

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for path, oid in self._tree.items():
            names.setdefault(oid, []).append(path)
        return names

    @cached_property
    def _held(self) -> list[str]:
        """The files of concern that HEAD holds."""
        return sorted(self._touched & self._tree.keys())

    @property
    def _vanished(self) -> tuple[str, ...]:
        """Those of them that are no longer on disk."""
        when, names = self._gone
        if time.monotonic() - when > _FRESH_SECONDS or not when:
            names = tuple(name for name in self._held if self._is_gone(name))[:_MOST_FILES]
            self._gone = (time.monotonic(), names)
        return names

    def _is_gone(self, path: str) -> bool:
        return is_gone(self._repository.root / path)

    def _lines_of(self, path: str) -> frozenset[int]:
        oid = self._tree[path]
        if oid not in self._lines:
            try:
                text = self._objects.read(oid, _MOST_BYTES)
            except GitError:
                text = None
            if len(self._lines) > 2 * _MOST_FILES:
                self._lines.clear()
            self._lines[oid] = _telling(text or b"")
        return self._lines[oid]


def _nearest(path: str, names: Iterable[str]) -> str | None:
    """Of several names the one that is most like ``path``: the same tail, then the same ending."""
    tail, ending = path.rpartition("/")[2], path.rpartition(".")[2]

    def rank(name: str) -> tuple[bool, bool, str]:
        return name.rpartition("/")[2] != tail, name.rpartition(".")[2] != ending, name

    return min(names, key=rank, default=None)


def _telling(text: bytes) -> frozenset[int]:
    """Hashes of the distinct lines that say something."""
    lines = {line.strip() for line in text.split(b"\n")}
    return frozenset(hash(line) for line in lines if len(_WORD.findall(line)) >= INFORMATIVE)


def _blob_id(text: bytes, *, sha256: bool) -> str:
    """The object id that git gives a blob of this content (gitformat-pack(5), git-hash-object)."""
    data = b"blob %d\0%b" % (len(text), text)
    if sha256:
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()

"""Where a file that is not committed under its name came from: moved, copied, renamed.

Until a rename is committed git does not follow it, and a copy never. The commits and records that
speak of a file would be lost with its old name, so that is looked for among the files of HEAD that
such commits touched: by the very object, else by most of the lines.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from heapq import nsmallest
from itertools import chain, islice

from redline.git import GitError, Objects, Repository
from redline.git.command import failure
from redline.git.listing import is_gone, records
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
"""Files that are compared without asking git which ones have some of the lines."""
_MOST_GREPS = 30
"""New files for which git is asked; for more of them all files of concern are read once."""
_SKETCH = 32
"""Lines that stand for a file, those of the smallest hashes: two texts of which a third is the
same share none of them in one of 400,000 cases (Broder 1997, bottom-k sketches)."""
_MOST_SKETCHED = 20_000
"""Files that are read so."""
_CHANGED = 0.1
"""Share of the telling lines that must be others before a text is looked for again."""
_SPREAD = 8
"""Lines by which it is asked."""
_SAMPLED = 3
"""Lines that a copy and its source have in common by which a clean source is looked for."""
_SECONDS = 10.0
_FRESH_SECONDS = 1.0
"""How long it is taken for granted which files have vanished."""
_REST = 10.0
"""Seconds for each second that this took."""
_FEW = 16
"""Files that are asked about one by one before all of HEAD is listed."""
_MOST_KNOWN = 1000
_MOST_PATTERN = 300
"""Bytes of a line that git is asked for: a part of it stands wherever all of it does."""
_WORD = re.compile(rb"\w")


class Moves:
    """Finds old names of files among those that commits or records of interest touched."""

    def __init__(self, repository: Repository, objects: Objects, touched: frozenset[str]) -> None:
        self._repository = repository
        self._objects = objects
        self._touched = touched
        self._known: dict[tuple[str, str], tuple[float, str | None]] = {}
        self._by_ending: dict[str, list[str]] = {}
        self._asked = 0
        self._greps = 0
        self._sketches: dict[str, dict[int, list[str]]] = {}
        """By ending: the files that have a line in their sketch."""
        self._searched: dict[str, tuple[frozenset[int], str | None]] = {}
        self._gone: tuple[float, dict[str, list[str]]] = (0.0, {})
        self._gone_took = 0.0

    def origin(self, path: str, text: bytes) -> str | None:
        """The file of HEAD that ``text``, the content of ``path``, came from; None: none known.

        Where the text stands under several names, one of which no assistant touched, it may be
        a copy of that one, and nothing is said. Raises ``GitError``.
        """
        if not self._touched or self._repository.head is None:
            return None
        if "_tree" not in self.__dict__ and self._asked < _FEW:
            # Listing a large tree costs more than all else about the one file of a hook.
            self._asked += 1
            if self._is_own(path, text):
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

    def is_committed(self, path: str) -> bool:
        """Tell whether HEAD holds a file of this name."""
        return path in self._tree

    def _is_own(self, path: str, text: bytes) -> bool:
        """Tell whether a text is what HEAD holds under its name, or that with edits."""
        try:
            held = self._objects.read(f"{self._repository.head}:{path}", _MOST_BYTES)
        except GitError:
            return False
        if held is None:
            return False
        told = _telling(text)
        return held == text or 2 * len(told & _telling(held)) > len(told)

    def _found(self, path: str, oid: str, text: bytes) -> str | None:
        own = path in self._tree
        twins = self._names.get(oid, [])
        # Whether few files are asked about or many makes no difference.
        if own and (not twins or self._is_own(path, text)):
            return None
        told = _telling(text)
        if len(told) < _FEWEST:
            return None
        if not twins:
            return self._alike(path, text, told) if len(text) <= _MOST_BYTES else None
        if not own and (gone := [name for name in twins if self._is_gone(name)]):
            return _nearest(path, (name for name in gone if name in self._touched))
        return _nearest(path, twins) if self._touched.issuperset(twins) else None

    def _alike(self, path: str, text: bytes, told: frozenset[int]) -> str | None:
        """The file that has most lines in common, if it has enough of them."""
        moved = self._closest(path, told, self._moved(path))
        if moved is not None:
            return moved
        before, copied = self._searched.get(path, (frozenset(), None))
        # A text that grows under somebody's hands is not looked for with every line.
        if not before or len(told ^ before) > _CHANGED * len(before):
            if len(self._searched) >= _MOST_KNOWN:
                self._searched.clear()
            copied = self._copied(path, text, told)
            self._searched[path] = (told, copied)
        return copied

    def _copied(self, path: str, text: bytes, told: frozenset[int]) -> str | None:
        copied = self._closest(path, told, self._candidates(path, text))
        if copied is None:
            return None
        common = _shared(text, self._lines_of(copied))
        # What stands in a file that no assistant touched may be a copy of that one.
        clean = not self._touched.issuperset(self._grep(common[:_SAMPLED], every=True))
        return None if clean else copied

    def _candidates(self, path: str, text: bytes) -> Sequence[str]:
        """The files that ``path`` may be a copy of: of many, those that have some lines of it."""
        ending = path.rpartition(".")[2]
        if ending not in self._by_ending:
            names = [name for name in self._held if name.rpartition(".")[2] == ending]
            self._by_ending[ending] = names
        names = self._by_ending[ending]
        if len(names) <= _MOST_FILES:
            return names
        if self._greps == _MOST_GREPS:
            return self._sketched(ending, _telling(text))
        self._greps += 1
        lines = _shared(text, None)
        some = set(self._grep(lines[:: max(1, len(lines) // _SPREAD)][:_SPREAD], every=False))
        return sorted(some & self._touched)[:_MOST_FILES]

    def _sketched(self, ending: str, told: frozenset[int]) -> list[str]:
        """The files of an ending that are likest by their sketches."""
        names = self._by_ending[ending]
        if ending not in self._sketches:
            if len(names) > _MOST_SKETCHED:
                raise GitError(
                    "too many files are new: it was not looked where this one may come from",
                    advice="commit them a part at a time",
                )
            sketches: dict[int, list[str]] = {}
            for name in names:
                for line in nsmallest(_SKETCH, self._lines_of(name)):
                    sketches.setdefault(line, []).append(name)
            self._sketches[ending] = sketches
        held = self._sketches[ending]
        common = Counter(name for line in nsmallest(_SKETCH, told) for name in held.get(line, ()))
        return sorted(common, key=lambda name: (-common[name], name))[:_MOST_FILES]

    def _closest(self, path: str, told: frozenset[int], names: Iterable[str]) -> str | None:
        best: dict[str, float] = {}
        for name in names:
            lines = self._lines_of(name)
            common = len(told & lines)
            if common >= _FEWEST_ALIKE and common >= _ALIKE * max(len(told), len(lines)):
                best[name] = common / max(len(told), len(lines))
        most = max(best.values(), default=0.0)
        return _nearest(path, (name for name, share in best.items() if share == most))

    def _grep(self, lines: Sequence[bytes], *, every: bool) -> list[str]:
        """The files of HEAD that hold all lines, or some."""
        asked = ["grep", "-l", "-z", "-a", "-F", "--full-name", "--no-color", "--no-textconv"]
        asked += ["--no-recurse-submodules", *(["--all-match"] if every else []), "-f", "-"]
        head = self._repository.head or ""
        # A command line can be read by everybody on the machine, a pipe cannot.
        patterns = b"\n".join(line[:_MOST_PATTERN] for line in lines)
        answer = self._repository.git.ask(*asked, head, "--", stdin=patterns, timeout=_SECONDS)
        if answer.code > 1:
            raise failure("grep", str(self._repository.root), answer.err)
        return [name.removeprefix(f"{head}:") for name in records(answer.out)]

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

    def _moved(self, path: str) -> list[str]:
        """Those of them that are no longer on disk: of many, those of the same name first."""
        when, names = self._gone
        # Of a large tree it is asked less often, so that asking never takes most of the time.
        if time.monotonic() - when > _FRESH_SECONDS + self._gone_took * _REST or not when:
            begun = time.monotonic()
            names = {}
            for name in self._held:
                if self._is_gone(name):
                    names.setdefault(name.rpartition("/")[2], []).append(name)
            self._gone = (time.monotonic(), names)
            self._gone_took = time.monotonic() - begun
        tail = path.rpartition("/")[2]
        others = (name for own, some in names.items() if own != tail for name in some)
        return list(islice(chain(names.get(tail, ()), others), _MOST_FILES))

    def _is_gone(self, path: str) -> bool:
        return is_gone(self._repository.root / path)

    def _lines_of(self, path: str) -> frozenset[int]:
        oid = self._tree[path]
        if oid not in _lines:
            try:
                text = self._objects.read(oid, _MOST_BYTES)
            except GitError:
                text = None
            if len(_lines) > 4 * _MOST_FILES:
                _lines.clear()
            _lines[oid] = _telling(text or b"")
        return _lines[oid]


_lines: dict[str, frozenset[int]] = {}
"""Telling lines of objects by their ids: true for good, whichever history is open."""


def _nearest(path: str, names: Iterable[str]) -> str | None:
    """Of several names the one that is most like ``path``: the same tail, then the same ending."""
    tail, ending = path.rpartition("/")[2], path.rpartition(".")[2]

    def rank(name: str) -> tuple[bool, bool, str]:
        return name.rpartition("/")[2] != tail, name.rpartition(".")[2] != ending, name

    return min(names, key=rank, default=None)


def _shared(text: bytes, lines: frozenset[int] | None) -> list[bytes]:
    """The telling lines of a text, or those of them that are among others, the longest first."""
    own = {line.strip() for line in text.split(b"\n")}
    wanted = _telling(text) if lines is None else lines
    # Git's patterns hold no zero byte.
    found = (line for line in own if hash(line) in wanted and b"\0" not in line)
    return sorted(found, key=lambda line: (-len(line), line))


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

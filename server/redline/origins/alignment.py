"""The new lines of a replacement: what stands in the new text and not in the old one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from redline.lines import common_ends

_MOST_LINES = 4_000
_MOST_STEPS = 10_000_000
"""difflib's worst case: it may look at all pairs of equal lines once for each line."""


def new_runs(old: str, new: str) -> Iterator[str]:
    """Yield each contiguous run of lines in ``new`` that ``old`` does not have in that place.

    Lines are compared without trailing blanks. A run that is wholly made of lines of
    ``old`` was only moved and is left out; so is a run without any text.
    """
    if not old.strip():
        if new.strip():
            yield new
        return
    lines = new.splitlines(keepends=True)
    before = [line.rstrip() for line in old.splitlines()]
    after = [line.rstrip() for line in lines]
    known = set(before)
    for start, end in _inserted(before, after, known):
        if any(line not in known for line in after[start:end] if line):
            yield "".join(lines[start:end])


def _inserted(before: list[str], after: list[str], known: set[str]) -> Iterator[tuple[int, int]]:
    head, tail = common_ends(before, after)
    old = before[head : len(before) - tail]
    new = after[head : len(after) - tail]
    if not _is_small(old, new):
        yield from _not_known(new, known, head)
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, _, _, start, end in matcher.get_opcodes():
        if tag in ("insert", "replace"):
            yield head + start, head + end


def _is_small(old: list[str], new: list[str]) -> bool:
    if len(old) > _MOST_LINES or len(new) > _MOST_LINES:
        return False
    counts = Counter(old)
    pairs = sum(counts[line] for line in new)
    return pairs * min(len(old), len(new)) <= _MOST_STEPS


def _not_known(lines: list[str], known: set[str], shift: int) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for index, line in enumerate(lines):
        if line in known:
            if start is not None:
                yield shift + start, shift + index
            start = None
        elif start is None:
            start = index
    if start is not None:
        yield shift + start, shift + len(lines)

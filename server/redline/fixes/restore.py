"""Put back what stood where a region stands now: by what an editor saw, or by what git keeps."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from redline.fixes.edits import Case, FileEdit, NoFixError
from redline.fixes.stretches import first_byte, newline_at, whole_lines
from redline.fixes.validity import still_well_formed
from redline.lines import common_ends
from redline.model import Span
from redline.syntax.languages import language_of

_MOST_STEPS = 10_000_000
"""difflib's worst case: it may look at all pairs of equal lines once for each line."""


def put_back(case: Case) -> tuple[tuple[FileEdit, ...], bool]:
    """Replace the region by what stood there; tell too whether the rest is well formed.

    Raises ``NoFixError`` where nothing stood there, where it cannot be told from what people
    changed about it, or where only a mark would go.
    """
    if case.marks_only:
        raise NoFixError("a mark is not taken away from the text that it speaks of")
    edits = _replaced(case) or _from_versions(case)
    language = language_of(case.path, case.text[:256])
    sound = still_well_formed(language, case.text, edits)
    if sound is False:
        raise NoFixError("what stood here does not fit any more")
    return edits, bool(sound)


def _replaced(case: Case) -> tuple[FileEdit, ...]:
    before = case.replaced or b""
    if not before.strip() or before == case.text[case.span.start : case.span.end]:
        return ()
    return (FileEdit(case.path, case.span, before),)


def _from_versions(case: Case) -> tuple[FileEdit, ...]:
    lines = whole_lines(case.text, case.span)
    if lines is None:
        raise NoFixError("only whole lines are put back")
    for version in case.earlier():
        edits = _aligned(case.path, version, case.text, lines)
        if edits:
            return edits
    raise NoFixError("nothing else is known to have stood here")


def _aligned(path: str, old: bytes, new: bytes, region: Span) -> tuple[FileEdit, ...]:
    """The edits that bring the old lines back in the region; none where that is not clear."""
    before, after = _lines(old), _lines(new)
    starts = [first_byte(new)]
    for line in after:
        starts.append(starts[-1] + len(line))
    first, last = starts.index(region.start), starts.index(region.end)
    end = newline_at(new, region.start)
    edits: list[FileEdit] = []
    brought = False
    for tag, i1, i2, j1, j2 in _changes(before, after):
        if j2 <= first or j1 >= last:
            continue
        if tag == "equal":
            if any(_tells(line) for line in after[max(j1, first) : min(j2, last)]):
                # These lines are older than this version: it does not tell what stood there.
                return ()
            continue
        outside = after[j1 : max(j1, first)] + after[min(j2, last) : j2]
        if any(line.strip() for line in outside):
            # Somebody else changed the lines beside it too; which old line is whose is a guess.
            return ()
        closed = j2 < len(after) or new.endswith(b"\n")
        lines = [line.rstrip(b"\r\n") for line in before[i1:i2]]
        replacement = end.join(lines) + (end if lines and closed else b"")
        brought = brought or bool(replacement.strip())
        edits.append(FileEdit(path, Span(starts[j1], starts[j2]), replacement))
    return tuple(edits) if brought else ()


def _lines(text: bytes) -> list[bytes]:
    """The lines with their ends, without a byte order mark."""
    lines = [line + b"\n" for line in text[first_byte(text) :].split(b"\n")]
    # The last piece has no line end of its own, and is no line where it is empty.
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _tells(line: bytes) -> bool:
    """A line that only closes something, or holds nothing, stands anywhere."""
    return any(byte >= 128 or chr(byte).isalnum() for byte in line)


def _changes(before: list[bytes], after: list[bytes]) -> list[tuple[str, int, int, int, int]]:
    """Align two lists of lines, line ends aside, as ``difflib`` tells it."""
    before = [line.rstrip(b"\r\n") for line in before]
    after = [line.rstrip(b"\r\n") for line in after]
    head, tail = common_ends(before, after)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    counts = Counter(old)
    if sum(counts[line] for line in new) * min(len(old), len(new)) > _MOST_STEPS:
        raise NoFixError("too much has changed to tell what stood here")
    changes = [("equal", 0, head, 0, head)] if head else []
    changes += [
        (tag, i1 + head, i2 + head, j1 + head, j2 + head)
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    ]
    if tail:
        i, j = len(before) - tail, len(after) - tail
        changes.append(("equal", i, len(before), j, len(after)))
    return changes

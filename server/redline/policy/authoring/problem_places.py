"""Where a problem of a rule file ends: its place says only where it begins."""

from __future__ import annotations

from redline.policy.authoring.outline import read_outline
from redline.policy.authoring.parts import Part, Point, Stretch
from redline.policy.authoring.scanning import lines_of
from redline.policy.nodes import MAX_BYTES
from redline.policy.problems import PolicyProblem


class Places:
    """Finds what stands at a place of one text."""

    def __init__(self, text: str) -> None:
        self._lines = lines_of(text)
        self._ends: dict[Point, Point] = {}
        # Of a text that is too long for a rule file only that is told.
        self._learn(read_outline(text if len(text) <= MAX_BYTES else ""))

    def stretch(self, line: int, column: int) -> Stretch:
        """What stands at a place (from 1): a key, a text, the head of a table, else the line.

        A place beyond the text is moved into it.
        """
        line = min(max(line, 1), len(self._lines))
        written = self._lines[line - 1]
        last = len(written.rstrip()) + 1
        start = Point(line, min(max(column, 1), last))
        end = self._ends.get(start, Point(line, last))
        if end.line > line:
            end = Point(line, last)
        if start not in self._ends:
            # Of a line without anything at that place the blanks before its words mean nothing.
            head = written[start.column - 1 : last - 1]
            start = Point(line, start.column + len(head) - len(head.lstrip()))
        if end <= start:
            # Nothing stands there: the whole line shows it better than a place without width.
            start = Point(line, min(len(written) - len(written.lstrip()) + 1, last))
            end = Point(line, last)
        return Stretch(start, end)

    def of(self, problem: PolicyProblem) -> Stretch:
        """Where a problem of this text stands."""
        return self.stretch(problem.line, problem.column)

    def _learn(self, part: Part) -> None:
        if part.kind == "text":
            self._ends[part.start] = part.end
        elif part.kind == "list":
            self._ends.setdefault(part.start, part.end)
        for entry in part.entries:
            self._learn(entry.key)
            self._learn(entry.value)
        for item in part.items:
            self._learn(item)

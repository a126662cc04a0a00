"""How far a function reaches, told from blank lines and indentation alone.

Behind a blank line another function may begin, and each is shaped like the next: what
follows by likeness has to stop there. Inside a function blank lines part paragraphs only.
"""

from __future__ import annotations

from .prints import Prints

_FARTHEST = 60
"""Lines that are looked over on either side."""


def above(prints: Prints, first: int, last: int) -> int:
    """The line (from 0) up to which what begins at line ``first`` may reach upwards."""
    base = _base(prints, first, last)
    least = max(0, first - _FARTHEST)
    line = first
    while line > least:
        if prints.lines[line - 1]:
            line -= 1
            base = min(base, _indent(prints, line))
            continue
        before = line - 1
        while before > least and not prints.lines[before]:
            before -= 1
        if not prints.lines[before]:
            break
        # What it is set in under is its own head; a line that others are set in under begins
        # a function, and what stands before is another one.
        if _indent(prints, before) >= _indent(prints, line):
            heads = _indent(prints, line) <= base and _deeper(prints, line)
            if heads or _indent(prints, before) < base:
                break
        line = before
        base = min(base, _indent(prints, line))
    return line


def below(prints: Prints, first: int, last: int) -> int:
    """The line down to which what ends at line ``last`` may reach."""
    base = _base(prints, first, last)
    headed = _indent(prints, first) <= base and _deeper(prints, first)
    most = min(len(prints.lines) - 1, last + _FARTHEST)
    line = last
    while line < most:
        after = line + 1
        while after < most and not prints.lines[after]:
            after += 1
        if not prints.lines[after]:
            break
        indent = _indent(prints, after)
        if after > line + 1 and (indent < base or (headed and indent == base)):
            break
        line = after
    return line


def enters(prints: Prints, line: int) -> bool:
    """Tell whether a line is the first of its paragraph with code."""
    code = prints.code.lines
    while line > 0 and prints.lines[line - 1]:
        line -= 1
        if code[line] < code[line + 1]:
            return False
    return True


def _base(prints: Prints, first: int, last: int) -> int:
    lines = range(first, min(last, first + _FARTHEST) + 1)
    return min((_indent(prints, line) for line in lines if prints.lines[line]), default=0)


def _deeper(prints: Prints, line: int) -> bool:
    """Whether the next line that is not blank is set in under this one."""
    after = line + 1
    while after < len(prints.lines) and not prints.lines[after]:
        after += 1
    return after < len(prints.lines) and _indent(prints, after) > _indent(prints, line)


def _indent(prints: Prints, line: int) -> int:
    """Bytes before the first token of a line that has one."""
    return int(prints.starts[prints.line_tokens[line]]) - int(prints.line_starts[line])

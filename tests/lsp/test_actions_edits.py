"""Edits of bytes as edits of an editor, whatever it counts in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.fixes import FileEdit, applied
from redline.lsp.edits import text_edits
from redline.model import Span

PIECES = st.sampled_from(["a", " ", "é", "→", "𝔄", "\n", "\r\n", "\r", "\u2028", "\x0c", "\udc80"])


def units(text: str, encoding: str) -> list[int]:
    """The width of each character."""
    if encoding == "utf-32":
        return [1] * len(text)
    if encoding == "utf-8":
        return [len(c.encode("utf-8", "surrogatepass")) for c in text]
    return [2 if ord(c) > 0xFFFF else 1 for c in text]


def offset(text: str, place, encoding: str) -> int:
    """The character at a place, lines ending as the protocol says."""
    at = 0
    for _ in range(place.line):
        ends = [(text.find(end, at), len(end)) for end in ("\r\n", "\n", "\r")]
        first = min(found for found, _ in ends if found >= 0)
        at = first + max(size for found, size in ends if found == first)
    left = place.character
    for width in units(text[at:], encoding):
        if left <= 0:
            break
        left -= width
        at += 1
    return at


@st.composite
def edited(draw):
    text = "".join(draw(st.lists(PIECES, max_size=20)))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    # A place between CR and LF is on no line of the protocol's.
    cuts = [cut for cut in cuts if text[cut - 1 : cut + 1] != "\r\n" or cut == 0]
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    return text, [(start, end, draw(PIECES)) for start, end in spans]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@given(edited())
def test_an_editor_gets_what_was_planned(encoding, case):
    text, changes = case

    def byte(at: int) -> int:
        return len(text[:at].encode("utf-8", "surrogatepass"))

    edits = [
        FileEdit("a", Span(byte(start), byte(end)), new.encode("utf-8", "surrogatepass"))
        for start, end, new in changes
    ]
    data = text.encode("utf-8", "surrogatepass")
    result = text
    for edit in reversed(text_edits(data, edits, encoding)):
        start = offset(text, edit.range.start, encoding)
        end = offset(text, edit.range.end, encoding)
        result = result[:start] + edit.new_text + result[end:]
    assert result.encode("utf-8", "surrogatepass") == applied(data, "a", edits)

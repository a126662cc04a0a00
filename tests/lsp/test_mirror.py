"""A session follows a client's document through any edits, in every encoding: text and regions."""

import io
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from redline.live.places import Extent
from redline.live.spans import ByteMap
from redline.live.tracker import Mark
from redline.lsp.server import Server
from redline.model import Span

ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
WIDTHS = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
LETTERS = st.text(st.sampled_from("ab \t\n\r\f\u2028\u0085\u00e9\u4e2d\U0001f600"), max_size=9)
OTHERS = str.maketrans("ab\u00e9\u4e2d\U0001f600", "pq\u00f6\u6587\U0001f680")
"""What is put in is told from what went: the same would count as an undo."""
SERVER = Server()
_numbers = count()


class Model:
    """The document as a plain string, each character with whether it belongs to the region."""

    def __init__(self, text, first, last):
        self.chars = [(char, first <= at < last) for at, char in enumerate(text)]

    @property
    def text(self):
        return "".join(char for char, _ in self.chars)

    def replace(self, start, end, text):
        self.chars[start:end] = [(char, False) for char in text]

    def position(self, at, encoding):
        """An offset as a client of this encoding counts."""
        place = ByteMap(self.text.encode()).place(len(self.text[:at].encode()))
        line = _lines(self.text)[place.line][: place.column]
        size = len(line.encode(ENCODINGS[encoding])) // WIDTHS[encoding]
        return types.Position(place.line, size)

    @property
    def reach(self):
        """All characters but white space between the region's first and last, blanks included."""
        mine = [at for at, (_, own) in enumerate(self.chars) if own]
        return "".join("".join(char for char, _ in self.chars[mine[0] : mine[-1] + 1]).split())

    @property
    def region(self):
        """The region's characters but white space."""
        return "".join(char for char, mine in self.chars if mine and not char.isspace())


def _lines(text):
    return [*io.StringIO(text, newline=""), ""]


def _inside_a_line_end(text, at):
    return 0 < at < len(text) and text[at - 1] == "\r" and text[at] == "\n"


@settings(max_examples=100, deadline=None)
@given(st.data(), st.sampled_from(list(ENCODINGS)))
def test_a_session_mirrors_its_client(data, encoding):
    text = data.draw(st.lists(LETTERS, min_size=2, max_size=6).map("xy\n".join), "text")
    first, last = sorted(data.draw(st.integers(0, len(text))) for _ in range(2))
    if _inside_a_line_end(text, first) or _inside_a_line_end(text, last):
        return
    session = SERVER.session
    session.encoding = encoding
    uri = f"untitled:mirror-{next(_numbers)}"
    document = session.open(types.TextDocumentItem(uri, "plaintext", 0, text))
    model = Model(text, first, last)
    offsets = [len(text[:at].encode()) for at in (first, last)]
    extent: Extent = ByteMap(text.encode()).extent(Span(*offsets))
    document.marks.add(Mark(extent, "mine"))
    for version in range(1, data.draw(st.integers(1, 8), "edits") + 1):
        changes = []
        for _ in range(data.draw(st.integers(1, 3), "changes")):
            now = model.text
            start, end = sorted(data.draw(st.integers(0, len(now))) for _ in range(2))
            # A client has no place between CR and LF.
            if _inside_a_line_end(now, start) or _inside_a_line_end(now, end):
                continue
            put = data.draw(LETTERS).translate(OTHERS) if start == end else ""
            range_ = types.Range(model.position(start, encoding), model.position(end, encoding))
            changes.append(types.TextDocumentContentChangePartial(range_, put))
            model.replace(start, end, put)
        told = types.VersionedTextDocumentIdentifier(version, uri)
        session.change(types.DidChangeTextDocumentParams(told, changes))
        assert str(document.text) == model.text
        _agree(document, model)
    session.close(uri)


def _agree(document, model):
    """What is marked misses none of the region's characters, and reaches no further than them."""
    marks = document.marks.marks
    told = "".join("".join(document.text.slice(mark.extent).split()) for mark in marks)
    if not model.region:
        assert not told
        return
    between = iter(told)
    assert all(char in between for char in model.region)
    assert told in model.reach

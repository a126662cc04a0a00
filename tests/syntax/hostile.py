"""Parse cuts, doublings and noise of a sample in this process: ``hostile.py LANGUAGE SAMPLE LAST``.

A grammar is C: what is wrong with it ends or stalls the process, so a test starts this one and
finds the text that did it in the file ``LAST``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from redline.model import Span
from redline.syntax.contexts import contexts
from redline.syntax.languages import language_named
from redline.syntax.units import enclosing_unit

WORDS = (
    b'( [ { < " \' ` \\ /* // # ${ #{ \\( $@" @" """ #" r#" R"( << <<A\\n <<~A <<<A [[ [=[ --[[ '
    b"x=> a< a?. a, a. :: -> => ? : ; , <? ?> <a <script> <!-- FROM RUN $$ CASE ( =begin\\n %w( "
    b"} ) ] > \\x00 \\xff @media #if template< => <a:b= **, *, :a & <p>"
).split(b" ")
LANGUAGE, SAMPLE, LAST = language_named(sys.argv[1]), Path(sys.argv[2]).read_bytes(), sys.argv[3]


@st.composite
def edited(draw: st.DrawFn) -> bytes:
    text = SAMPLE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 300)))
        word = draw(st.sampled_from(WORDS)) + draw(st.sampled_from([*WORDS, b"", b" ", b"\n"]))
        times = draw(st.sampled_from([1, 2, 40, 4000]))
        form = draw(st.sampled_from(["cut", "double", "insert"]))
        if form == "cut":
            text = text[:start] + text[end:]
        elif form == "double":
            text = text[:start] + text[start:end] * min(times, 40) + text[end:]
        else:
            text = text[:start] + word * times + text[start:]
    return text


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.one_of(edited(), st.binary(max_size=3000)))
def parse_all(text: bytes) -> None:
    Path(LAST).write_bytes(text)
    middle = Span(len(text) // 2, len(text) // 2 + 1)
    enclosing_unit(text, LANGUAGE, middle)
    contexts(text, LANGUAGE).at(middle)


if __name__ == "__main__":
    parse_all()
    line = SAMPLE.replace(b"\n", b" ")
    long = line * (5_000_000 // len(line))
    Path(LAST).write_bytes(long)
    contexts(long, LANGUAGE).at(Span(4_000_000, 4_000_001))

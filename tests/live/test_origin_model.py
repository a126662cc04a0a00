"""Whatever is edited: undoing it is never a block, and blocks lie in the text."""

from __future__ import annotations

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from typist import Typist

from redline.live.places import Extent, Place

_PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
WORDS = st.sampled_from(
    "total rows compute( value) return gather path.name for in if x = 1\n \n\n    \r\n é 語".split(
        " "
    )
)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)
PLACES = st.builds(Place, st.integers(0, 30), st.integers(0, 60))
EDITS = st.lists(st.tuples(PLACES, PLACES, TEXTS), min_size=1, max_size=4)


def lies_in(text, extent):
    return Place(0, 0) <= extent.start < extent.end <= text.end and extent.end.column <= len(
        text.lines[extent.end.line]
    )


@settings(deadline=None, max_examples=40, phases=_PHASES)
@given(TEXTS, st.lists(EDITS, max_size=8), st.floats(0.01, 5))
def test_blocks_lie_in_the_text_and_hold_something(before, batches, pause):
    editor = Typist(before)
    for batch in batches:
        editor.wait(pause)
        landing = editor.notify(*((Extent(start, end), text) for start, end, text in batch))
        for extent in landing.blocks:
            assert lies_in(editor.text, extent)
            assert editor.text.slice(extent).strip()


@settings(deadline=None, max_examples=40, phases=_PHASES)
@given(TEXTS, st.lists(EDITS, max_size=6))
def test_undo_is_never_a_block(before, batches):
    editor = Typist(before)
    past = []
    for batch in batches:
        editor.wait(1)
        edits = [
            editor.text.apply(start, end, text)
            for start, end, text in batch
            if min(start, end) != max(start, end) or text
        ]
        editor.version += 1
        editor.classifier.observe(editor.version, edits, editor.time)
        past.append(edits)
    while past:
        editor.wait(1)
        changes = [
            (Extent(edit.start, edit.new_end), edit.removed) for edit in reversed(past.pop())
        ]
        assert not editor.notify(*changes).blocks
    assert str(editor.text) == str(Typist(before).text)


@settings(deadline=None, max_examples=40, phases=_PHASES)
@given(st.lists(WORDS, max_size=40).map(" ".join), st.floats(0.05, 2))
def test_typing_is_never_a_block(text, pause):
    editor = Typist()
    assert not any(landing.blocks for landing in editor.type("import os\n", text, pause))

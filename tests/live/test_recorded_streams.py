"""Recorded traffic of editors: what hands did is no block, what landed is one."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.origins import OWN_STREAMS, kept_aside, play, scenes, table, wrong

from redline.live.landing import Kind

STREAMS = sorted(OWN_STREAMS.glob("*.rpc.jsonl"))
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "edit-streams"


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name.split(".rpc")[0])
def test_a_stream_is_told_right(stream):
    [scene] = play(stream, hints=False)
    assert scene.truth is not None
    assert not wrong(scene)


def test_typing_is_told_as_typing():
    [scene] = play(OWN_STREAMS / "nvim-0.11-type_function.rpc.jsonl", hints=False)
    assert {landing.kind for landing in scene.landings.values()} == {Kind.TYPE}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("move_function_up", Kind.MOVE),
        ("cut_to_other_file", Kind.MOVE),
        ("sort_lines", Kind.MOVE),
        ("indent_function", Kind.FORMAT),
        ("rename_word", Kind.COMMAND),
        ("delete_lines_and_undo", Kind.UNDO),
        ("agent_edits", Kind.UNKNOWN),
    ],
)
def test_what_is_known_by_its_changes_is_named(name, kind):
    [scene] = play(OWN_STREAMS / f"nvim-0.11-{name}.rpc.jsonl", hints=False)
    assert kind in {landing.kind for landing in scene.landings.values()}


def test_the_recordings_are_of_both_halves_and_of_every_outcome():
    played = scenes([OWN_STREAMS], hints=False)
    assert {kept_aside(scene.name) for scene in played} == {True, False}
    assert {bool(scene.blocks) for scene in played} == {True, False}
    assert "| typed | 1 | 0 | 0 | type 1 |" in table(played)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared recordings of five editors")
@pytest.mark.parametrize("hints", [False, True], ids=["changes alone", "with hints"])
def test_shared_recordings_are_told_right(hints):
    played = scenes([SHARED], hints=hints)
    assert len(played) > 200
    assert [(scene.editor, scene.name) for scene in played if wrong(scene)] == []

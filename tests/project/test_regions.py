"""Properties of regions and findings, whatever the text, the evidence and the zones."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from marked import MARK

from redline.check import check, regions
from redline.lines import LineIndex
from redline.model import Effect, Evidence, EvidenceKind, Span, Strength, ZoneHit
from redline.policy import load_policy

TEXTS = st.lists(
    st.sampled_from([b"x = 1", b"  y()", b"", b" \t ", "é = '→'".encode(), b"\xff\xfe", b"a\rb"]),
    max_size=12,
).flatmap(lambda lines: st.sampled_from([b"\n", b"\r\n"]).map(lambda end: end.join(lines)))


@st.composite
def judged(draw):
    """A text with evidence and zones anywhere in it, and a little past its end."""
    text = draw(TEXTS)
    edges = st.integers(0, len(text) + 3)
    spans = st.tuples(edges, edges).map(lambda pair: Span(min(pair), max(pair)))
    piece = st.builds(
        Evidence,
        kind=st.sampled_from(EvidenceKind),
        strength=st.sampled_from(Strength),
        span=spans,
        assistant=st.sampled_from(["claude-code", "codex"]),
        detail=st.sampled_from(["it says so", "it was seen"]),
        time=st.sampled_from([None, 1, 2]),
        session=st.sampled_from([None, "s1", "s2"]),
        share=st.sampled_from([0.5, 1.0]),
    )
    zone = st.builds(
        ZoneHit, st.sampled_from(["grader", "scaffolding"]), st.just("it is"), st.none() | spans
    )
    return text, draw(st.lists(piece, max_size=8)), tuple(draw(st.lists(zone, max_size=4)))


@given(judged())
def test_regions_lie_apart_and_inside_and_cover_what_the_evidence_covers(case):
    text, evidence, zones = case
    found = list(regions(text, evidence, zones))
    covered = set()
    for region in found:
        assert 0 <= region.span.start < region.span.end <= len(text)
        assert text[region.span.start : region.span.end].strip()
        bytes_here = set(range(region.span.start, region.span.end))
        assert not covered & bytes_here
        covered |= bytes_here
    assert found == sorted(found, key=lambda region: region.span)
    claimed = {at for piece in evidence for at in range(piece.span.start, piece.span.end)}
    blank = {at for at in range(len(text)) if not text[at : at + 1].strip()}
    assert {at for at in claimed if at < len(text)} - covered <= blank
    assert covered - claimed <= blank


@given(judged(), st.integers(0, 1000))
def test_the_order_of_evidence_does_not_show(case, seed):
    text, evidence, zones = case
    shuffled = evidence + evidence[:2]
    random.Random(seed).shuffle(shuffled)
    assert list(regions(text, evidence, zones)) == list(regions(text, shuffled, zones))


@given(judged())
def test_no_region_crosses_the_edge_of_a_unit(case):
    text, evidence, zones = case
    whole = {hit.zone for hit in zones if hit.span is None}
    for region in regions(text, evidence, zones):
        for hit in zones:
            if hit.span is not None and hit.zone not in whole and hit.span.overlaps(region.span):
                inside = text[region.span.start : region.span.end]
                left = text[region.span.start : max(region.span.start, hit.span.start)]
                right = text[min(region.span.end, hit.span.end) : region.span.end]
                assert not left.strip()
                assert not right.strip()
                assert inside.strip()


@given(TEXTS)
def test_positions_lead_back_to_their_bytes(text):
    index = LineIndex(text)
    lines = text.split(b"\n")
    for at in range(len(text) + 1):
        if text[at : at + 1] and 0x80 <= text[at] < 0xC0:
            # Inside a character, or a byte of none: people can point at neither.
            continue
        place = index.position(at)
        before = lines[place.line - 1][: at - index.start(place.line - 1)]
        assert index.start(place.line - 1) + len(before) == at
        assert place.column >= 1
        if before.isascii():
            assert place.column == len(before) + 1


def policy(tmp_path):
    return load_policy(tmp_path)


def claim(text, part, **more):
    start = text.index(part)
    evidence = Evidence(
        EvidenceKind.RECORD, Strength.RECORDED, Span(start, start + len(part)), "codex", "noted"
    )
    return replace(evidence, **more)


BODY = b"def grade(answer):\n    return answer == 42\n"


def test_a_finding_keeps_its_fingerprint_while_its_lines_move(tmp_path):
    rules = policy(tmp_path)
    zones = (ZoneHit("grader", "it is"),)

    def printed(text):
        found = check("graders/a.py", text, [claim(text, BODY)], zones, rules)
        return [finding.fingerprint for finding in found]

    moved = [
        BODY,
        b"import os\n\n\n" + BODY,
        BODY + b"\n\ndef other():\n    return 0\n",
        MARK + b"\r\n" + BODY + b"\n",
    ]
    assert [printed(text) for text in moved] == [printed(BODY)] * len(moved)
    assert len(printed(BODY)) == 1


def test_equal_regions_of_a_file_have_fingerprints_of_their_own(tmp_path):
    text = BODY + b"x = 1\n" + BODY
    second = claim(text, BODY, span=Span(len(text) - len(BODY), len(text)))
    zones = (ZoneHit("grader", "it is"),)
    found = check("graders/a.py", text, [claim(text, BODY), second], zones, policy(tmp_path))
    assert len({finding.fingerprint for finding in found}) == len(found) == 2


def test_the_strictest_zone_wins(tmp_path):
    rules = policy(tmp_path)
    both = (ZoneHit("scaffolding", "a helper"), ZoneHit("grader", "a grader"))
    for zones in (both, both[::-1]):
        (finding,) = check("graders/a.py", BODY, [claim(BODY, BODY)], zones, rules)
        assert (finding.zone, finding.effect) == ("grader", Effect.FORBID)


def test_a_zone_of_a_unit_paints_only_the_unit(tmp_path):
    text = b"a = 1\nb = 2\n" + BODY + b"c = 3\n"
    unit = Span(text.index(BODY), text.index(BODY) + len(BODY))
    zones = (ZoneHit("grader", "function grade is decorated @scorer", unit),)
    (finding,) = check("src/a.py", text, [claim(text, text)], zones, policy(tmp_path))
    assert finding.region.span == unit
    assert (finding.start.line, finding.end.line) == (3, 5)

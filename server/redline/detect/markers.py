"""Find the marks that assistants leave in the text itself, judged by where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from redline.detect.marker_catalogue import CATALOGUE, Grade, Marker, lowered
from redline.detect.marker_scan import named, present, regex
from redline.model import Evidence, EvidenceKind, Span, Strength
from redline.syntax.contexts import Context, contexts
from redline.syntax.languages import Family, language_of

_MATCHES_PER_MARKER = 1000
_PAIR_LINES = 10
_AROUND = 300
"""Bytes of a line that are read on each side of a match; a line of JSON can be the file."""


def detect(path: str, text: bytes, *, exempt: bool = False) -> list[Evidence]:
    """Give the marks in one file, in the order of their spans (bytes, whole lines).

    ``exempt`` files (rule files and catalogues, which quote the marks) have none. A mark that
    is certain in its place is ``declared``, a strong one ``suspected``; two different weak ones
    within ten lines are one ``suspected``. A header that names an assistant, an exported
    conversation and a bare patch speak for the whole file, and so does their span.
    """
    if exempt or not text:
        return []
    raw = [CATALOGUE[index] for index in present(text, anchored=False)]
    language = language_of(path, text[:256])
    flat = text
    if language is not None and language.name in ("json", "jsonl", "notebook"):
        # Lines inside a JSON string end in an escape. The same bytes with the escapes and the
        # quotes turned into line ends keep every offset and show those lines to `^` and `$`.
        flat = text.replace(b"\\n", b"\n\n").replace(b'"', b"\n")
        inner = [CATALOGUE[index] for index in present(flat, anchored=True)]
        raw = [marker for marker in raw if marker not in inner]
    else:
        inner = []
    if language is None or language.family is not Family.CODE:
        raw = [marker for marker in raw if marker.id != "G01"]
    # Most hits are single weak marks of a chat's data; they never count alone.
    heavy = any(max(m.grades.values()) > Grade.WEAK or m.id in _SPECIAL for m in (*raw, *inner))
    if not heavy and len(raw) + len(inner) < 2:
        return []
    file = _File(path, text)
    marks = [mark for marker in raw for mark in file.marks(marker, text)]
    marks += [mark for marker in inner for mark in file.marks(marker, flat)]
    return _evidence(sorted(marks, key=lambda mark: (mark.span, mark.marker.id)))


@dataclass(frozen=True, slots=True)
class _Mark:
    marker: Marker
    grade: Grade
    span: Span
    line: int
    assistant: str
    whole: bool


_META_PATH = re.compile(r"(?:^|/)(?:prompts|skills|\.cursor|\.claude|tests?/(?:[^/]+/)*fixtures)/")
# Frameworks of evaluation (inspect_ai, verifiers, lm_eval) are left out on purpose: with them
# every task and every grader, the very files that are guarded, would count as tooling.
_SDK = re.compile(
    rb"^\s*(?:import|from)\s+(?:openai|anthropic|litellm|langchain\w*|llama_index|mistralai"
    rb"|google\.(?:genai|generativeai)|cohere|ollama|autogen|crewai|smolagents|tiktoken"
    rb"|claude_agent_sdk|pydantic_ai)\b"
    rb"|(?:from|require\(|import\()\s*['\"](?:openai|@anthropic-ai/|@google/genai|ai['\"]"
    rb"|@ai-sdk/|langchain|@langchain/)",
    re.MULTILINE,
)
_META_WORDS = re.compile(
    rb"\b(?:regex(?:es|p)?|patterns?|strip(?:s|ped)?|removed?|replaced?|forbid(?:s|den)?|never"
    rb"|do not|must not|examples?)\b|\be\.g\.",
    re.IGNORECASE,
)
_ALLOW = re.compile(rb"provenance:[ \t]*allow[ \t]+([A-Z]\d\d[a-z]?)[ \t]+([^\n]*)")
_WORD = re.compile(rb"[^\W\d_]{2,}")
_DENIED = re.compile(
    rb"[:=][ \t]*['\"]?(?:no|none|false|0|n/?a|off|never|null|human)\b", re.IGNORECASE
)
_VISIBLE = re.compile(rb"\S")


class _File:
    def __init__(self, path: str, text: bytes) -> None:
        self._text = text
        self._path = path
        self._language = language_of(path, text[:256])
        self._contexts = contexts(text, self._language)
        self._first = text.find(text.lstrip()[:1])
        self._last = len(text.rstrip())

    @cached_property
    def _meta(self) -> bool:
        """The file is about assistants: their prompts, their tooling, recorded samples."""
        return bool(_META_PATH.search(self._path) or _SDK.search(self._text))

    def marks(self, marker: Marker, text: bytes) -> Iterator[_Mark]:
        """Judge every place of one marker; ``text`` is the file's or has the same offsets."""
        line, counted, seen = 1, 0, -1
        for found in islice(regex(marker.pattern).finditer(text), _MATCHES_PER_MARKER):
            match = _trimmed(text, Span(*found.span()))
            if marker.id in ("E03", "E04"):
                # Their leaders run over blank comment lines; the words stand on the last line.
                own = text.rfind(b"\n", match.start, match.end) + 1
                match = Span(max(match.start, own), match.end)
            lines = self._lines(match)
            if lines.start == seen:
                continue
            seen = lines.start
            line += self._text.count(b"\n", counted, lines.start)
            counted = lines.start
            context = self._contexts.at(match)
            grade = self._grade(marker, match, lines, context)
            if grade is Grade.HINT or self._allowed(marker.id, match, lines):
                continue
            whole = grade is Grade.CERTAIN and (
                marker.id == "A06"
                or (marker.id == "C01" and match.start == self._first)
                or (marker.id in ("A01", "A05") and context is Context.HEADER)
            )
            span = Span(0, len(self._text)) if whole else lines
            mark = self._text[match.start : match.end]
            # An address tells the tool; the name before it is only that of the model.
            mark = mark[mark.find(b"<") :] if marker.id == "A02" else mark
            who = marker.assistant or named(mark)
            yield _Mark(marker, grade, span, line, who, whole)

    def _grade(self, marker: Marker, match: Span, lines: Span, context: Context) -> Grade:
        grade = marker.grades[context]
        special = _SPECIAL.get(marker.id)
        if special is not None:
            grade = special(self, grade, match, context)
        if grade is Grade.HINT:
            return grade
        start, end = max(lines.start, match.start - _AROUND), min(lines.end, match.end + _AROUND)
        around = self._text[start : match.start] + b"\n" + self._text[match.end : end]
        if _META_WORDS.search(around):
            grade = lowered(grade)
        return lowered(grade) if self._meta else grade

    def _lines(self, span: Span) -> Span:
        end = self._text.find(b"\n", max(span.end - 1, span.start))
        start = self._text.rfind(b"\n", 0, span.start) + 1
        return Span(start, len(self._text) if end < 0 else end + 1)

    def _allowed(self, id: str, match: Span, lines: Span) -> bool:
        """The author says, with a reason, that this one is meant: ``provenance: allow``."""
        above = self._text.rfind(b"\n", 0, max(lines.start - 1, 0)) + 1
        before = self._text[max(above, match.start - 4 * _AROUND) : match.start]
        after = self._text[match.end : min(lines.end, match.end + 4 * _AROUND)]
        return any(
            found[1].decode() == id and _WORD.search(found[2])
            for found in _ALLOW.finditer(before + b"\0" + after)
        )

    def opens(self, match: Span) -> bool:
        """The match is the first thing in the file, or in a value of JSON."""
        if match.start == self._first:
            return True
        json = self._language is not None and self._language.name in ("json", "jsonl", "notebook")
        return json and self._text[match.start - 1 : match.start] == b'"'

    def after_opening(self, grade: Grade, match: Span, context: Context) -> Grade:
        """Raise what opens a file or a value."""
        if grade is Grade.HINT or not self.opens(match):
            return grade
        return Grade(min(grade + 1, Grade.CERTAIN))

    def self_description(self, grade: Grade, match: Span, context: Context) -> Grade:
        """``As an AI ...`` opens an answer only where it opens a value."""
        in_value = context is Context.VALUE and self.opens(match)
        return Grade.CERTAIN if in_value else grade

    def footer(self, grade: Grade, match: Span, context: Context) -> Grade:
        """At the foot of a page of prose a footer is one."""
        at_foot = context is Context.PROSE and self._last - match.end < 200
        return Grade.CERTAIN if at_foot else grade

    def disclosure(self, grade: Grade, match: Span, context: Context) -> Grade:
        """A tag that says no assistant helped discloses none."""
        denied = _DENIED.search(self._text, match.start, self._lines(match).end)
        return Grade.HINT if denied else grade

    def patch(self, grade: Grade, match: Span, context: Context) -> Grade:
        """A file that begins with the envelope is the patch itself."""
        return Grade.CERTAIN if match.start == self._first else grade

    def fence(self, grade: Grade, match: Span, context: Context) -> Grade:
        """A fence counts around code only, as its first or its last line."""
        code = self._language is not None and self._language.family is Family.CODE
        edge = match.start == self._first or match.end == self._last
        return grade if code and edge else Grade.HINT

    def maker(self, grade: Grade, match: Span, context: Context) -> Grade:
        """In rows of data a model's name says who made the row; elsewhere it configures."""
        rows = self._language is not None and self._language.name == "jsonl"
        return Grade.STRONG if rows and context is Context.KEY else grade

    def numbered(self, grade: Grade, match: Span, context: Context) -> Grade:
        """Numbers before arrows count where they run on by one."""
        rows = self._text[match.start : match.end].split(b"\n")[:3]
        first, *others = (int(row.split("→".encode())[0]) for row in rows)
        return grade if others == [first + 1, first + 2] else Grade.HINT


_SPECIAL: dict[str, Callable[[_File, Grade, Span, Context], Grade]] = {
    "A01": _File.footer,
    "A05": _File.disclosure,
    "C01": _File.patch,
    "C03": _File.numbered,
    "E01": _File.self_description,
    "E03": _File.after_opening,
    "E04": _File.after_opening,
    "G01": _File.fence,
    "H02": _File.maker,
}


def _evidence(marks: list[_Mark]) -> list[Evidence]:
    evidence = []
    weak: list[_Mark] = []
    for mark in _without_echoes(marks):
        if mark.grade is not Grade.WEAK:
            strength = Strength.DECLARED if mark.grade is Grade.CERTAIN else Strength.SUSPECTED
            detail = f"the file says so: it holds {mark.marker.what}" if mark.whole else ""
            evidence.append(_one(mark, strength, detail or mark.marker.what))
            continue
        weak = [w for w in weak if mark.line - w.line <= _PAIR_LINES]
        # The H group tells an API's data apart, whose parts always stand together.
        other = next(
            (
                w
                for w in weak
                if w.marker.id[:3] != mark.marker.id[:3]
                and not (w.marker.id[0] == "H" == mark.marker.id[0])
            ),
            None,
        )
        if other is None:
            weak.append(mark)
            continue
        weak.clear()
        both = replace(mark, span=Span(other.span.start, max(mark.span.end, other.span.end)))
        detail = f"two weak signs close together: {other.marker.what}, and {mark.marker.what}"
        pair = _one(both, Strength.SUSPECTED, detail)
        ids = f"markers {other.marker.id} and {mark.marker.id}"
        who = mark.assistant if other.assistant in ("unknown", mark.assistant) else other.assistant
        evidence.append(replace(pair, source=ids, assistant=who))
    return sorted(evidence, key=lambda found: (found.span, found.source or ""))


def _without_echoes(marks: list[_Mark]) -> list[_Mark]:
    """Drop the weaker readings of one line: ``A04w`` beside ``A04``, weak beside strong."""
    best: dict[int, Grade] = {}
    for mark in marks:
        best[mark.line] = max(mark.grade, best.get(mark.line, Grade.HINT))
    kept: dict[tuple[int, str], _Mark] = {}
    for mark in marks:
        if mark.grade is Grade.WEAK < best[mark.line]:
            continue
        # The footer A01 is a statement of the kind A04, in words of its own.
        key = mark.line, mark.marker.id[:3].replace("A01", "A04")
        if key not in kept or kept[key].grade < mark.grade:
            kept[key] = mark
    return list(kept.values())


def _one(mark: _Mark, strength: Strength, detail: str) -> Evidence:
    source = f"marker {mark.marker.id}"
    return Evidence(EvidenceKind.MARKER, strength, mark.span, mark.assistant, detail, source=source)


def _trimmed(text: bytes, span: Span) -> Span:
    found = _VISIBLE.search(text, span.start, span.end)
    start = found.start() if found else span.start
    return Span(start, max(start + 1, start + len(text[start : span.end].rstrip())))

"""The tests of a rule file, checked: files that exist in them alone, facts, expected findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from redline.model import Level, Strength
from redline.policy.problems import did_you_mean, shown
from redline.policy.raw_tests import DEFAULT_STRENGTH, RawTest, line_numbers
from redline.policy.shapes import Word
from redline.policy.unit_places import Report


@dataclass(frozen=True, slots=True)
class Fact:
    """These lines came from that assistant."""

    path: str
    first: int
    """From 1."""
    last: int
    """Included; 0 where the file is empty."""
    assistant: str
    model: str | None
    strength: Strength


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that must come out."""

    rule: str
    path: str
    level: Level
    lines: tuple[int, int] | None
    """First and last, from 1; None where they do not matter."""
    line: int
    column: int
    """Where the rule file says so."""


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One case of a rule file."""

    name: str
    file: str
    """The rule file, as messages name it."""
    line: int
    column: int
    texts: tuple[tuple[str, bytes], ...]
    facts: tuple[Fact, ...]
    expected: tuple[Expected, ...]
    guarantee: bool
    """It holds in files that extend this one, too."""


def read_tests(
    tests: Iterable[RawTest], file: str, folder: str, rules: Iterable[str], report: Report
) -> tuple[RuleTest, ...]:
    """Check the tests of one rule file, reporting what cannot be meant; give those that can run.

    ``folder`` is what their paths are relative to, ``rules`` are the ids that are defined.
    """
    names: dict[str, int] = {}
    known = sorted(rules)
    made = []
    for raw in tests:
        if raw.name.text in names:
            advice = f"The first is on line {names[raw.name.text]}."
            report(raw.name, f"two tests are named {shown(raw.name.text)}", advice)
        names.setdefault(raw.name.text, raw.name.line)
        made.append(_test(raw, file, f"{folder}/" if folder else "", known, report))
    return tuple(test for test in made if test is not None)


def _test(
    raw: RawTest, file: str, prefix: str, rules: list[str], report: Report
) -> RuleTest | None:
    texts = {path.text: text.text.encode("utf-8") for path, text in raw.files}
    guarantee = raw.guarantee is not None and raw.guarantee.text == "true"
    facts = []
    for fact in raw.facts:
        span = _span(fact.path, fact.lines, texts, report)
        if span is not None:
            strength = fact.strength.text if fact.strength else DEFAULT_STRENGTH
            facts.append(
                Fact(
                    prefix + fact.path.text,
                    *span,
                    fact.by.text,
                    fact.model.text if fact.model else None,
                    Strength[strength.upper()],
                )
            )
    expected = []
    for one in raw.expect:
        span = _span(one.path, one.lines, texts, report)
        if one.rule.text not in rules:
            advice = did_you_mean(one.rule.text, rules, "the rules are")
            report(one.rule, f"the rule {shown(one.rule.text)} is not defined", advice)
        elif span is not None:
            expected.append(
                Expected(
                    one.rule.text,
                    prefix + one.path.text,
                    Level[one.level.text.upper()],
                    span if one.lines else None,
                    one.line,
                    one.column,
                )
            )
    if guarantee and not raw.expect and raw.guarantee is not None:
        message = "a guarantee must expect a finding"
        report(raw.guarantee, message, "Files that extend this one may always find more.")
    if len(facts) < len(raw.facts) or len(expected) < len(raw.expect):
        return None
    return RuleTest(
        raw.name.text.strip(),
        file,
        raw.line,
        raw.column,
        tuple((prefix + path, text) for path, text in texts.items()),
        tuple(facts),
        tuple(expected),
        guarantee,
    )


def _span(
    path: Word, lines: Word | None, texts: dict[str, bytes], report: Report
) -> tuple[int, int] | None:
    """The lines meant, the whole file's without ``lines``; None after reporting."""
    text = texts.get(path.text)
    if text is None:
        advice = did_you_mean(path.text, texts, "its files are")
        report(path, f"the test has no file {shown(path.text)}", advice)
        return None
    size = text.count(b"\n") + (bool(text) and not text.endswith(b"\n"))
    if lines is None:
        return 1, size
    first, last = line_numbers(lines.text)
    if last > size:
        count = f"{size} line{'' if size == 1 else 's'}"
        report(lines, f"{shown(path.text)} has {count} in this test", "Lines count from 1.")
        return None
    return first, last

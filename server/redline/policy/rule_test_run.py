"""Run the tests of rule files through the same check as every other run, and tell what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from redline.lines import LineIndex
from redline.model import Evidence, EvidenceKind, Finding, Level, Span, Strength, ZoneHit
from redline.policy.load import Gathered
from redline.policy.policy import Policy
from redline.policy.rule_tests import Expected, Fact, RuleTest
from redline.syntax.trees import UnparsedError

Check: TypeAlias = Callable[
    [str, bytes, Iterable[Evidence], Sequence[ZoneHit], Policy], tuple[Finding, ...]
]
"""``redline.check.check``: it lies above this layer, so callers hand it in."""
FailureKind: TypeAlias = Literal["missing", "noisy", "level", "lines", "unjudged"]
_KINDS = {
    Strength.RECORDED: EvidenceKind.RECORD,
    Strength.MATCHED: EvidenceKind.SESSION,
    Strength.DECLARED: EvidenceKind.DECLARATION,
    Strength.SUSPECTED: EvidenceKind.MARKER,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which a test did not come out as it says."""

    kind: FailureKind
    message: str
    line: int
    column: int
    """In the rule file, from 1: the expectation, or the test where none is at fault."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one test."""

    test: RuleTest
    inherited: bool
    """A guarantee of a file that this one extends."""
    failures: tuple[Failure, ...]
    rules: frozenset[str]
    """Rules that found something."""
    places: frozenset[tuple[str, str, bool]]
    """What put assistant text of this test into zones: zone, line of the rule file, if a unit."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A rule, or places of a zone, that no test reaches."""

    what: Literal["rule", "zone"]
    name: str
    detail: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class TestReport:
    """All tests that concern one rule file."""

    __test__ = False  # what it is called is not meant for pytest

    files: tuple[str, ...]
    """What the policy is made of, base first."""
    outcomes: tuple[Outcome, ...]
    unreached: tuple[Unreached, ...]
    """Of what the file itself, and rule files in folders, say; not of what it extends."""

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The tests that did not come out as they say."""
        return tuple(outcome for outcome in self.outcomes if outcome.failures)


def run_tests(
    gathered: Gathered, check: Check, progress: Callable[[int, int], None] | None = None
) -> TestReport:
    """Run a file's own tests, those of rule files in folders, and its bases' guarantees.

    Raises ``PolicyError`` where the rule files cannot be used.
    """
    policy = gathered.usable()
    own = {file.name for file in gathered.files if file.own}
    wanted = [test for test in gathered.tests if test.file in own or test.guarantee]
    outcomes = []
    for count, test in enumerate(wanted, 1):
        outcomes.append(run_test(test, policy, check, inherited=test.file not in own))
        if progress is not None:
            progress(count, len(wanted))
    return TestReport(policy.files, tuple(outcomes), _unreached(policy, own, outcomes))


def run_test(test: RuleTest, policy: Policy, check: Check, *, inherited: bool = False) -> Outcome:
    """Run one test.

    An inherited guarantee holds where something at least as loud is found at each place, by
    whatever rule: a file may be stricter than what it extends.
    """
    findings: list[Finding] = []
    places: set[tuple[str, str, bool]] = set()
    zones_of: dict[str, tuple[ZoneHit, ...]] = {}
    failures: list[Failure] = []
    for path, text in test.texts:
        evidence = [_evidence(fact, text) for fact in test.facts if fact.path == path]
        zones = policy.zones_of(path)
        try:
            if policy.may_have_units(path, text):
                zones += policy.unit_zones(path, text)
        except UnparsedError as error:
            message = f"{path} could not be judged: {error}"
            failures.append(Failure("unjudged", message, test.line, test.column))
        zones_of[path] = zones
        findings.extend(check(path, text, evidence, zones, policy))
        places.update(
            (hit.zone, hit.origin, hit.span is not None)
            for hit in zones
            for piece in evidence
            if hit.origin and (hit.span is None or hit.span.overlaps(piece.span))
        )
    if inherited:
        failures += _weakened(test, findings, zones_of)
    else:
        failures += _different(test, findings, zones_of)
    rules = frozenset(finding.rule for finding in findings)
    return Outcome(test, inherited, tuple(failures), rules, frozenset(places))


def _evidence(fact: Fact, text: bytes) -> Evidence:
    index = LineIndex(text)
    return Evidence(
        kind=_KINDS[fact.strength],
        strength=fact.strength,
        span=Span(index.start(fact.first - 1), index.start(fact.last)),
        assistant=fact.assistant,
        model=fact.model,
        detail="A test of the rules says so",
    )


def _lines(finding: Finding) -> tuple[int, int]:
    ends_before = finding.end.column == 1 and finding.end.line > finding.start.line
    return finding.start.line, finding.end.line - ends_before


def _shown(lines: tuple[int, int]) -> str:
    first, last = lines
    return f"line {first}" if first == last else f"lines {first}-{last}"


def _different(
    test: RuleTest, findings: Sequence[Finding], zones_of: dict[str, tuple[ZoneHit, ...]]
) -> list[Failure]:
    left = list(findings)
    open_ = list(test.expected)

    def settle(fits: Callable[[Expected, Finding], bool]) -> list[tuple[Expected, Finding]]:
        pairs = []
        # What says more is served first, so that it is not left with what fits another.
        for one in sorted(open_, key=lambda one: one.lines is None):
            same = (f for f in left if (f.rule, f.path) == (one.rule, one.path))
            found = next((f for f in same if fits(one, f)), None)
            if found is not None:
                left.remove(found)
                open_.remove(one)
                pairs.append((one, found))
        return pairs

    def lines_fit(one: Expected, found: Finding) -> bool:
        return one.lines is None or one.lines == _lines(found)

    settle(lambda one, found: lines_fit(one, found) and one.level == found.level)
    failures = [
        Failure("level", _said_level(one, found), one.line, one.column)
        for one, found in settle(lines_fit)
    ]
    for one, found in settle(lambda one, found: True):
        covers = _shown(_lines(found))
        message = f"{one.rule} covers {covers} of {one.path}, and not {_shown(one.lines or (0, 0))}"
        failures.append(Failure("lines", message, one.line, one.column))
    failures += (
        Failure("missing", _said_missing(one, findings, test, zones_of), *_at(one)) for one in open_
    )
    for found in left:
        message = (
            f"found but not expected: {found.rule} ({found.level}) in {found.path}, "
            f"{_shown(_lines(found))}; {found.zone}: {found.reason}"
        )
        failures.append(Failure("noisy", message, test.line, test.column))
    return failures


def _weakened(
    test: RuleTest, findings: Sequence[Finding], zones_of: dict[str, tuple[ZoneHit, ...]]
) -> list[Failure]:
    failures = []
    for one in test.expected:
        first, last = one.lines or (1, 1 << 60)
        there = [
            found
            for found in findings
            if found.path == one.path and _lines(found)[0] <= last and first <= _lines(found)[1]
        ]
        loudest = max(there, key=lambda found: found.level, default=None)
        if loudest is None:
            message = _said_missing(one, findings, test, zones_of)
            failures.append(Failure("missing", message, *_at(one)))
        elif loudest.level < one.level:
            failures.append(Failure("level", _said_level(one, loudest), *_at(one)))
    return failures


def _at(one: Expected) -> tuple[int, int]:
    return one.line, one.column


def _said_level(one: Expected, found: Finding) -> str:
    return f"{found.rule} is {found.level} in {found.path}, and {one.level} is expected"


def _said_missing(
    one: Expected,
    findings: Sequence[Finding],
    test: RuleTest,
    zones_of: dict[str, tuple[ZoneHit, ...]],
) -> str:
    """Say what is missing and the likeliest reason."""
    where = f", {_shown(one.lines)}" if one.lines else ""
    said = f"expected but not found: {one.rule} ({one.level}) in {one.path}{where}"
    others = dict.fromkeys(found.rule for found in findings if found.path == one.path)
    if not any(fact.path == one.path for fact in test.facts):
        return f"{said}; no fact speaks of that file"
    if not zones_of[one.path]:
        return f"{said}; the file lies in no zone"
    if others:
        return f"{said}; what is found there is {' and '.join(others)}"
    zones = dict.fromkeys(hit.zone for hit in zones_of[one.path])
    return f"{said}; the file lies in {' and '.join(zones)}, and no rule objects"


def _unreached(policy: Policy, own: set[str], outcomes: Iterable[Outcome]) -> tuple[Unreached, ...]:
    ran = [outcome for outcome in outcomes if not outcome.failures]
    rules = frozenset[str]().union(*(outcome.rules for outcome in ran))
    places = frozenset[tuple[str, str, bool]]().union(*(outcome.places for outcome in ran))
    found = []
    for rule in policy.rules:
        silent = policy.table.level(rule.effect, Strength.RECORDED) is Level.NONE
        if rule.id not in rules and not silent:
            found.append(Unreached("rule", rule.id, rule.title, *_place(rule.origin)))
    for place in policy.table.file_places:
        if places.isdisjoint((place.zone, origin, False) for _, origin in place.globs):
            globs = ", ".join(glob for glob, _ in place.globs[:3])
            more = ", ..." if len(place.globs) > 3 else ""
            found.append(
                Unreached("zone", place.zone, f"globs {globs}{more}", *_place(place.globs[0][1]))
            )
    for unit in policy.table.unit_places:
        if (unit.zone, unit.origin, True) not in places:
            detail = f"{unit.language} {unit.form}"
            found.append(Unreached("zone", unit.zone, detail, *_place(unit.origin)))
    return tuple(sorted((one for one in found if one.file in own), key=lambda o: (o.file, o.line)))


def _place(origin: str) -> tuple[str, int]:
    file, _, line = origin.rpartition(":")
    return file, int(line)

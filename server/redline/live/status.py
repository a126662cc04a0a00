"""What the state of a text is, in few and calm words: what a status bar shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from redline.live.analysis import Analysis
from redline.model import UNDECLARED, Finding, Level
from redline.report.safe import one_line
from redline.report.summary import plural

_LEVELS = tuple(map(str, (Level.ERROR, Level.WARNING, Level.NOTE)))
_MOST_NAMED = 2
"""Zones that are named; of more the first, and how many others there are."""


class State(StrEnum):
    """What matters most about a text, as the protocol spells it."""

    OUTSIDE = "outside"
    """No zone protects it."""
    JUDGING = "judging"
    """It was not judged yet."""
    CLEAN = "clean"
    FINDINGS = "findings"
    ASKING = "asking"
    """Nothing but that somebody tells where a block is from."""
    NOT_JUDGED = "notJudged"
    """It could not be judged, or not wholly."""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of one text."""

    state: State
    zones: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_LEVELS, 0))
    """Findings by level, questions left out."""
    questions: int = 0
    reason: str = ""
    """Why it was not judged, or not wholly; empty where it was."""

    @property
    def words(self) -> str:
        """Say it for a status bar; nothing is said of what lies outside."""
        if self.state is State.OUTSIDE:
            return ""
        if self.state is State.JUDGING:
            return "judging"
        if self.state is State.NOT_JUDGED:
            return f"not judged: {self.reason}"
        found = sum(self.counts.values())
        told = [plural(found, "finding")] if found else []
        if self.questions:
            told.append(plural(self.questions, "paste to explain", "pastes to explain"))
        if self.reason:
            told.append("not wholly judged")
        return f"{_named(self.zones)}: {', '.join(told) or 'clean'}"


def status_of(analysis: Analysis | None, shown: Sequence[Finding], failure: str) -> Status:
    """The state of a text of a project.

    ``analysis`` is the last one, ``shown`` are the findings that are shown now, ``failure`` is
    why the judging failed since.
    """
    if failure:
        # Its kind alone: the words may quote the text.
        kind = one_line(failure.partition(":")[0])
        return _told(State.NOT_JUDGED, analysis, shown, f"judging failed ({kind}); see the log")
    if analysis is None:
        return Status(State.JUDGING)
    # Where nobody knows whether a zone protects it, what could not be read counts as well.
    asked = analysis.protected or not analysis.zones
    skip = next((skip for skip in analysis.skips if skip.protected and asked), None)
    reason = one_line(skip.reason) if skip is not None else ""
    if not analysis.protected and not shown and not reason:
        return _told(State.OUTSIDE, analysis, shown, "")
    questions = sum(map(_asks, shown))
    if questions < len(shown):
        state = State.FINDINGS
    elif reason:
        state = State.NOT_JUDGED
    else:
        state = State.ASKING if questions else State.CLEAN
    return _told(state, analysis, shown, reason)


def _told(state: State, analysis: Analysis | None, shown: Sequence[Finding], reason: str) -> Status:
    levels = Counter(str(one.level) for one in shown if not _asks(one))
    counts = {level: levels[level] for level in _LEVELS}
    zones = dict.fromkeys(hit.zone for hit in analysis.zones) if analysis is not None else {}
    return Status(state, tuple(zones), counts, sum(map(_asks, shown)), reason)


def _asks(finding: Finding) -> bool:
    return finding.assistant == UNDECLARED


def _named(zones: Sequence[str]) -> str:
    names = [one_line(zone) for zone in zones]
    if len(names) <= _MOST_NAMED:
        return ", ".join(names) or "protected"
    return f"{names[0]} and {len(names) - 1} more zones"

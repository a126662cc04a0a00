"""Everything known about one file, gathered: its zones, the evidence, what could not be judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..check import check
from ..detect.history import History
from ..detect.markers import detect as detect_markers
from ..ledger.declarations import Declarations
from ..model import Effect, Evidence, Finding, Skip, ZoneHit
from ..policy import Policy
from ..syntax.trees import UnparsedError
from .reading import Reader, Unreadable

if TYPE_CHECKING:
    from ..detect.past import Past
    from ..detect.sessions import SessionDetector


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one file, before any verdict."""

    path: str
    zones: tuple[ZoneHit, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    skips: tuple[Skip, ...] = ()
    lines: int = 0
    """Lines in protected places; 0 for a file in none."""


@dataclass(slots=True)
class Judge:
    """The detectors of one run. Not for sharing between processes: each opens its own."""

    root: str
    reader: Reader
    policy: Policy
    history: History | None
    sessions: SessionDetector | None
    exempt: frozenset[str]
    """The rule files in force, which name markers without bearing them."""
    past: Past | None = None
    """There where history and sessions are."""
    declarations: Declarations = field(default_factory=Declarations)
    """What people answered to "where is this from?"."""
    _protects: dict[frozenset[str], bool] = field(default_factory=dict)

    def facts(self, path: str, *, every: bool = False) -> tuple[Facts, bytes]:
        """Gather what is known about ``path``; with ``every`` outside all zones too."""
        zones = self.policy.zones_of(path)
        if not zones and not every and not self.policy.wants_text(path):
            return Facts(path), b""
        try:
            text = self.reader.read(path)
        except Unreadable as fault:
            if fault.media:
                return Facts(path, zones), b""
            # Without its bytes nobody knows whether it holds a protected unit: only globs protect.
            return Facts(path, zones, skips=self._skip(path, zones, fault)), b""
        skips: list[Skip] = []
        if self.policy.may_have_units(path, text):
            try:
                zones += self.policy.unit_zones(path, text)
            except UnparsedError as error:
                reason = f"its protected functions cannot be told: {error}"
                skips.append(Skip(path, reason, protected=True, advice="split the file"))
        if not zones and not every:
            return Facts(path, skips=tuple(skips)), b""
        evidence, more = self._evidence(path, text, protected=self._protected(zones))
        evidence = self.declarations.settle(path, text, zones, evidence)
        skips += more
        return Facts(path, zones, tuple(evidence), tuple(skips), _lines(text, zones)), text

    def verdict(self, facts: Facts, text: bytes) -> tuple[Finding, ...]:
        """Judge what is known."""
        return check(facts.path, text, facts.evidence, facts.zones, self.policy)

    def _protected(self, zones: tuple[ZoneHit, ...]) -> bool:
        """As ``protects``, remembered: a tree has few sets of zones and many files."""
        names = frozenset(hit.zone for hit in zones)
        if names not in self._protects:
            self._protects[names] = protects(self.policy, zones)
        return self._protects[names]

    def _skip(self, path: str, zones: tuple[ZoneHit, ...], fault: Unreadable) -> tuple[Skip, ...]:
        return (Skip(path, fault.reason, self._protected(zones), fault.advice),)

    def _evidence(
        self, path: str, text: bytes, *, protected: bool
    ) -> tuple[list[Evidence], list[Skip]]:
        evidence: list[Evidence] = []
        skips: list[Skip] = []
        if path not in self.exempt:
            evidence += detect_markers(path, text)
        if self.history is not None:
            evidence += self.history.evidence(path, text)
        if self.sessions is not None:
            found = self.sessions.evidence(path, self.root, text)
            if found and self.history is not None:
                # Blame costs far more than a look-up, so only a file that matches is asked about.
                found, more = self._younger(path, text, found, protected=protected)
                skips += more
            evidence += found
        if self.history is not None:
            skips += self.history.skips(path, text, protected=protected)
        return evidence, skips

    def _younger(
        self, path: str, text: bytes, found: list[Evidence], *, protected: bool
    ) -> tuple[list[Evidence], list[Skip]]:
        """Leave what is no older than the message, and tell what could not be compared."""
        sessions, history, past = self.sessions, self.history, self.past
        assert sessions is not None
        assert history is not None
        times = history.line_times(path, text)
        if times is None or past is None:
            return found, []

        def ask(times: list[int | None]) -> list[Evidence]:
            return sessions.evidence(path, self.root, text, times)

        return past.settle(path, text, times, ask), past.skips(path, protected=protected)


def protects(policy: Policy, zones: tuple[ZoneHit, ...]) -> bool:
    """Tell whether some rule forbids, or wants reviewed, what an unknown assistant puts there."""
    rules = policy.rules_for({hit.zone for hit in zones}, "unknown")
    return any(rule.effect >= Effect.REVIEW for rule in rules)


def _lines(text: bytes, zones: tuple[ZoneHit, ...]) -> int:
    if any(hit.span is None for hit in zones):
        return text.count(b"\n") + (not text.endswith(b"\n") and bool(text))
    total = 0
    last = 0
    for start, end in sorted((hit.span.start, hit.span.end) for hit in zones if hit.span):
        total += max(0, text.count(b"\n", max(start, last), end))
        last = max(last, end)
    return total

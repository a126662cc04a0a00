"""The words everyone shares: evidence, regions, zones, findings.

Everything here is frozen and imports nothing of ours. Offsets are bytes of the
file as it lies on disk; ``line`` and ``column`` count from 1, columns in Unicode
code points; every end is exclusive. Times are milliseconds since 1970 UTC.
Paths are relative to the project root, with ``/``, decoded by ``os.fsdecode``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Strength(IntEnum):
    """How sure a piece of evidence is, weakest first so that ``max`` picks the best."""

    SUSPECTED = 1
    """A weak marker or a paste of unknown origin. Never an error on its own."""
    DECLARED = 2
    """Someone says so for a larger unit: a commit trailer, a header, a certain marker."""
    MATCHED = 3
    """The text matches produced text beyond chance."""
    RECORDED = 4
    """An authorship record, a live edit or an identical write names these very lines."""

    def __str__(self) -> str:
        return self.name.lower()


class Effect(IntEnum):
    """What the policy says about assistant text in a place, mildest first."""

    ALLOW = 0
    RECORD = 1
    REVIEW = 2
    FORBID = 3

    def __str__(self) -> str:
        return self.name.lower()


class Level(IntEnum):
    """How loud a finding is. ``NONE`` findings are dropped."""

    NONE = 0
    NOTE = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


class EvidenceKind(StrEnum):
    """Where a piece of evidence was seen."""

    SESSION = "session"
    RECORD = "record"
    COMMIT = "commit"
    MARKER = "marker"
    EDIT = "edit"
    DECLARATION = "declaration"


UNDECLARED = "undeclared"
"""The assistant of text whose origin nobody has told: no assistant, and so of no class of them."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of bytes; ``end`` is exclusive."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share at least one byte."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Unit:
    """A syntactic unit, for messages, fixes and reviews."""

    kind: str
    """``function``, ``class``, ``key``, ``heading``, ``cell``, ..."""
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact: these bytes of this file came from that assistant."""

    kind: EvidenceKind
    strength: Strength
    span: Span
    assistant: str
    """``claude-code``, ``codex``, ``copilot``, ...; ``unknown`` where nothing names one;
    ``undeclared`` where it may as well be a person's."""
    detail: str
    """One sentence without a full stop, safe to print: it never quotes a session."""
    model: str | None = None
    session: str | None = None
    time: int | None = None
    commit: str | None = None
    source: str | None = None
    """Where it was read: a session file, a notes ref, a marker id."""
    share: float = 1.0
    """How much of the span is still the assistant's text, 0 to 1."""
    bits: float | None = None
    """Rarity of what matched, in bits; None where nothing was matched."""
    position: int | None = field(default=None, compare=False)
    """Where the record begins in ``source``, in bytes after decompression, where it is known."""


@dataclass(frozen=True, slots=True)
class Region:
    """A byte range with its merged evidence, strongest first."""

    span: Span
    evidence: tuple[Evidence, ...]
    share: float
    unit: Unit | None = None

    @property
    def best(self) -> Evidence:
        """The strongest piece of evidence."""
        return self.evidence[0]


@dataclass(frozen=True, slots=True)
class ZoneHit:
    """A place that lies in a zone, and why."""

    zone: str
    reason: str
    """``matches 'evals/tasks/**'``, ``function maze is decorated @task``, ..."""
    span: Span | None = None
    """The bytes concerned; None means the whole file."""
    origin: str | None = None
    """The rule file, and its line, that says so: ``redline.yaml:12``."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place for people: line and column, both from 1, columns in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A region that a rule objects to."""

    rule: str
    level: Level
    effect: Effect
    path: str
    zone: str
    assistant: str
    model: str | None
    region: Region
    start: Position
    end: Position
    message: str
    help: str
    reason: str
    """Why the place lies in its zone."""
    origin: str | None
    """The rule file, and its line, that puts it there: ``redline.yaml:12``."""
    fingerprint: str
    """Stable across runs and line moves: 32 hex digits."""
    fixes: tuple[str, ...] = ()
    suppressed: str | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """Something that was not judged, and why."""

    path: str
    reason: str
    protected: bool
    """It lies in a protected zone, so the run is incomplete (exit 3)."""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One source of evidence: whether it was consulted, how much it held, up to when."""

    name: str
    """``sessions``, ``git-ai notes``, ``commit trailers``, ``agent trace``, ``markers``."""
    consulted: bool
    detail: str
    count: int = 0
    until: int | None = None
    """The newest record seen."""


@dataclass(frozen=True, slots=True)
class LintResult:
    """All that a run found; what every report format prints."""

    root: str
    policy_sha256: str
    policy_files: tuple[str, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Skip, ...]
    sources: tuple[Source, ...]
    files_seen: int
    files_protected: int
    lines_protected: int
    seconds: float = 0.0
    zone_files: dict[str, int] = field(default_factory=dict)
    """Files per zone that were judged."""

    @property
    def incomplete(self) -> bool:
        """Something in a protected zone could not be judged."""
        return any(skip.protected for skip in self.skipped)

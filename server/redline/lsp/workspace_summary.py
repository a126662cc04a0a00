"""What a check of all files came to, in words and as tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redline.git.command import GitError
from redline.live.analyst import AnalystError
from redline.live.scan import FileReport, Part
from redline.lsp.convert import MOST, Wire, diagnostic, range_of, surplus
from redline.matching.fault import IndexFault
from redline.policy.problems import PolicyError
from redline.project.files import UsageError
from redline.report.summary import plural

if TYPE_CHECKING:
    from redline.lsp.session import Folder, Session

FAULTS = (PolicyError, UsageError, IndexFault, GitError, AnalystError, OSError)
"""What keeps a project from being checked."""


def uri_of(folder: Folder, path: str) -> str:
    """The URI by which a file that is not open is told of."""
    return (folder.root / path).as_uri()


@dataclass(slots=True)
class Summary:
    """What a check of all files came to."""

    files: int = 0
    protected: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    with_findings: int = 0
    not_judged: list[str] = field(default_factory=list)
    """Protected places, each with its reason."""
    faults: list[str] = field(default_factory=list)
    """Why a project could not be checked, or not to its end."""
    cancelled: bool = False

    def take(self, part: Part) -> None:
        """Count a part in."""
        self.protected += part.protected
        self.levels.update(dict(part.levels))
        self.with_findings += len(part.reports)
        self.not_judged += (f"{skip.path}: {skip.reason}" for skip in part.skips)

    def words(self) -> str:
        """Say it in a sentence or two."""
        found = [
            plural(number, level)
            for level in ("error", "warning", "note")
            if (number := self.levels[level])
        ]
        # An open text may hold more, or less, than its file.
        head = f"Found {', '.join(found)}" if found else "No findings"
        where = f" in {plural(self.with_findings, 'saved file')}" if found else " in saved files"
        looked = f"{head}{where}; {plural(self.protected, 'protected file')} looked at."
        # Where no project could be looked at, that nothing was found says nothing.
        told = [] if self.faults and not self.protected else [looked]
        if self.not_judged:
            told.append(f"{plural(len(self.not_judged), 'protected place')} could not be judged.")
        if self.cancelled:
            told.append("Stopped before the end.")
        return " ".join([*told, *self.faults])

    def record(self) -> dict[str, Any]:
        """The summary for programs."""
        counts = {f"{level}s": self.levels[level] for level in ("error", "warning", "note")}
        return {
            "files": self.files,
            "protected": self.protected,
            **counts,
            "notJudged": self.not_judged,
            "faults": self.faults,
            "cancelled": self.cancelled,
            "complete": not (self.cancelled or self.faults or self.not_judged),
            "summary": self.words(),
        }


def wires_of(report: FileReport, uri: str, root: Path, session: Session) -> list[Wire]:
    """The diagnostics of a file that is not open, as tables."""
    wires: list[Wire] = []
    for finding, (start, end) in zip(report.findings, report.ranges, strict=True):
        whole = range_of(start, end)
        if len(wires) >= MOST:
            wires.append(surplus(len(report.findings) - MOST, whole))
            break
        wire = diagnostic(finding, uri, root, session.capabilities)
        first = session.settings.underline == "first-line" and end[0] > start[0]
        wire["range"] = range_of(start, (start[0] + 1, 0)) if first else whole
        if related := wire.get("relatedInformation"):
            related[-1]["location"]["range"] = whole
        wires.append(wire)
    return wires

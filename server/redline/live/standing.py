"""Which findings stand, and what is news about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from redline.model import Finding, LintResult, Skip


@dataclass(frozen=True, slots=True)
class Change:
    """How findings differ from those that were told before."""

    fresh: tuple[Finding, ...] = ()
    """Not told before, or at another level."""
    gone: tuple[Finding, ...] = ()
    """Told before, and no longer there. Not those that only changed: they are among ``fresh``."""


class Standing:
    """All findings that stand, by file."""

    def __init__(self) -> None:
        self._by_path: dict[str, dict[str, Finding]] = {}
        self._skips: dict[str, tuple[Skip, ...]] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those that stand and are not suppressed."""
        return tuple(finding for found in self._by_path.values() for finding in found.values())

    @property
    def incomplete(self) -> bool:
        """Something in a protected zone could not be judged when it was last looked at."""
        return any(skip.protected for skips in self._skips.values() for skip in skips)

    def take(self, result: LintResult, paths: Collection[str] | None) -> Change:
        """Take what a run over ``paths`` (None: over all files) found; tell what is new in it."""
        found: dict[str, dict[str, Finding]] = {}
        for finding in result.findings:
            if finding.suppressed is None:
                found.setdefault(finding.path, {})[finding.fingerprint] = finding
        skips: dict[str, tuple[Skip, ...]] = {}
        for skip in result.skipped:
            skips[skip.path] = (*skips.get(skip.path, ()), skip)
        before = self._forgotten(self._by_path.keys() if paths is None else paths)
        for path in list(self._skips) if paths is None else paths:
            self._skips.pop(path, None)
        self._skips |= skips
        self._by_path |= found
        return _change(before, found)

    def drop(self, gone: str) -> Change:
        """Forget a file, or a folder with all in it, that is no longer there."""
        below = f"{gone}/"
        for path in [path for path in self._skips if path == gone or path.startswith(below)]:
            del self._skips[path]
        paths = [path for path in self._by_path if path == gone or path.startswith(below)]
        return _change(self._forgotten(paths), {})

    def _forgotten(self, paths: Collection[str]) -> dict[str, dict[str, Finding]]:
        return {path: self._by_path.pop(path) for path in list(paths) if path in self._by_path}


def _change(before: dict[str, dict[str, Finding]], now: dict[str, dict[str, Finding]]) -> Change:
    fresh: list[Finding] = []
    gone: list[Finding] = []
    for path in sorted(before.keys() | now.keys()):
        old, new = before.get(path, {}), now.get(path, {})
        came = [
            finding
            for fingerprint, finding in new.items()
            if fingerprint not in old or old[fingerprint].level is not finding.level
        ]
        went = [finding for fingerprint, finding in old.items() if fingerprint not in new]
        # A region that was edited is the same finding to people, whatever its fingerprint.
        follows = Counter(map(_likeness, came))
        for finding in went:
            if follows[_likeness(finding)] > 0:
                follows[_likeness(finding)] -= 1
            else:
                gone.append(finding)
        fresh += sorted(came, key=lambda finding: finding.region.span)
    return Change(tuple(fresh), tuple(gone))


def _likeness(finding: Finding) -> tuple[str, str, str]:
    return finding.path, finding.rule, finding.assistant

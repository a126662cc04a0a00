"""When each commit of HEAD's history was made at the earliest that its ancestors allow.

Whoever commits sets the dates, the committer's too. But a commit cannot be older than what it
stands on: a date before that of an ancestor is a broken clock or a forgery, and the ancestor's
holds. So a false date reaches back no further than the last honest commit below it. Author
dates are not looked at: they survive every rebase and say least.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from dataclasses import dataclass, field

from redline.git.repository import Repository

SECOND = 1000
"""Commit times have whole seconds; a moment inside the same second is no later."""


@dataclass(slots=True)
class Ages:
    """The history of HEAD by time; times in ms."""

    times: dict[str, int] = field(default_factory=dict)
    """Each commit's time, or its newest ancestor's where that is later; parents come first."""
    parents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Those that are here."""
    cut: bool = False
    """History ends early (a shallow clone): there were commits before the first ones."""
    _ordered: list[tuple[int, str]] = field(default_factory=list)
    _known: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def before(self, moment: int) -> tuple[str, ...]:
        """Name the last commits before ``moment`` (ms), newest first: one for each open branch.

        All that was committed by then stands in their trees or in trees before them.
        """
        if not self._ordered:
            self._ordered = sorted((at, commit) for commit, at in self.times.items())
        # The time of a commit is the start of its second.
        count = bisect_left(self._ordered, (moment - SECOND + 1, ""))
        if count not in self._known:
            there = [commit for _, commit in self._ordered[:count]]
            followed = {parent for commit in there for parent in self.parents[commit]}
            tips = [commit for commit in reversed(there) if commit not in followed]
            self._known[count] = tuple(tips)
        return self._known[count]


def read_ages(repository: Repository, now: int | None = None) -> Ages:
    """Read the history of HEAD; ``now`` in ms, by default this machine's. Raises ``GitError``.

    A date that has not come yet is not handed on: one broken clock would make all later work
    look new.
    """
    ages = Ages()
    if repository.head is None:
        return ages
    limit = time.time_ns() // 1_000_000 if now is None else now
    handed: dict[str, int] = {}
    asked = ("rev-list", "--topo-order", "--reverse", "--parents", "--timestamp", repository.head)
    for row in repository.git.tell(*asked, "--").decode("ascii", "replace").splitlines():
        stamp, commit, *parents = row.split()
        own = int(stamp) * SECOND
        least = max((handed.get(parent, 0) for parent in parents), default=0)
        ages.times[commit] = max(own, least)
        ages.parents[commit] = tuple(parent for parent in parents if parent in handed)
        handed[commit] = least if own > limit else max(own, least)
    ages.cut = not repository.shallow_commits.isdisjoint(ages.times)
    return ages

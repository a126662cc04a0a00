"""What a run is asked to do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LintOptions:
    """The options of one lint."""

    paths: tuple[Path, ...] = ()
    """Files and folders to judge; none: everything under the root."""
    root: Path | None = None
    policy: Path | None = None
    index: Path | None = None
    staged: bool = False
    """Judge what is staged, as git would commit it, never the working tree."""
    since: str | None = None
    """Judge only files changed since the merge base with this revision."""
    jobs: int = 0
    """Processes; 0: as many as there are cores."""
    cache: bool = True


def default_index() -> Path:
    """The origin index of this user: ``REDLINE_INDEX``, or in the state folder."""
    if told := os.environ.get("REDLINE_INDEX"):
        return Path(told)
    # Imported here: reading one index that is named needs no knowledge of platforms.
    from platformdirs import user_state_path

    return user_state_path("redline", appauthor=False) / "index.sqlite"


def cache_folder() -> Path:
    """Where what can be computed again is kept: ``REDLINE_CACHE``, or the platform's place."""
    if told := os.environ.get("REDLINE_CACHE"):
        return Path(told)
    from platformdirs import user_cache_path

    return user_cache_path("redline", appauthor=False)

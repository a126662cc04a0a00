"""The pages about the shipped rules, as they lie beside the code."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def _folder() -> Path | None:
    package = Path(__file__).resolve().parents[1]
    # In a wheel the pages lie in the package; in a checkout, where people edit them, in docs.
    places = (package / "pages" / "rules", package.parents[1] / "docs" / "rules")
    return next((folder for folder in places if folder.is_dir()), None)


@cache
def rule_page(rule: str) -> Path | None:
    """The page of a rule; None for one that no shipped pack defines."""
    folder = _folder()
    # Rule ids are words and hyphens; anything else could climb out of the folder.
    if folder is None or not rule.replace("-", "").isalnum():
        return None
    page = folder / f"{rule}.md"
    return page if page.is_file() else None

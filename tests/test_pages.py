"""The pages lead where they say, and a reader who starts at the index comes to all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
_BLOCKS = re.compile(r"^```.*?^```|^ {4}[^\n]*", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`\n]*`")


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """Each file that the page links to, and the anchor in it."""
    for link in _LINK.findall(_CODE.sub("", _BLOCKS.sub("", page.read_text(encoding="utf-8")))):
        if not re.match(r"[a-z]+:", link):
            path, _, anchor = link.partition("#")
            yield (page.parent / path).resolve() if path else page, anchor


def anchors(page: Path) -> set[str]:
    """What GitHub names the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page):
    broken = [
        f"{path}#{anchor}"
        for path, anchor in links(page)
        if not path.exists() or (anchor and anchor not in anchors(path))
    ]
    assert broken == []


def test_every_page_is_reached_from_the_index():
    reached = {DOCS / "index.md"}
    waiting = [*reached]
    while waiting:
        here = waiting.pop()
        for path, _ in links(here):
            if path.suffix == ".md" and path not in reached:
                reached.add(path)
                waiting.append(path)
    decisions = set((DOCS / "decisions").iterdir())  # the index links the first of a series
    assert set(DOCS.rglob("*.md")) - reached - decisions == set()

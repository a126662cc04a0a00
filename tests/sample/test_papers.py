"""What the papers point to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
CODE = re.compile(r"^```.*?^```|^(?: {4}|\t).*?$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_links_lead_somewhere(paper):
    # Patterns and examples look like links; in code nothing is one.
    prose = CODE.sub("", paper.read_text(encoding="utf-8"))
    targets = LINK.findall(prose)
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (paper.parent / target).exists()] == []


def test_the_readme_names_the_two_commands_before_anything_else():
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^    (\S.*?)(?:  |$)", readme, re.MULTILINE)[:2] == [
        "make try",
        "make test",
    ]


def test_every_command_of_the_papers_is_a_target():
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set()
    for name in ("README.md", "CONTRIBUTING.md", "docs/benchmarks.md"):
        text = (CHECKOUT / name).read_text(encoding="utf-8")
        named |= set(re.findall(r"(?:`|^    )make ([a-z]+)", text, re.MULTILINE))
    assert named <= targets

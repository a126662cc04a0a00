"""The page of languages says what the code does."""

from __future__ import annotations

from pathlib import Path

from redline.syntax.languages_page import page

PAGE = Path(__file__).parents[2] / "docs" / "languages.md"


def test_the_page_is_as_the_code():
    assert PAGE.read_text(encoding="utf-8") == page()

"""What tools put before lines, and what it leaves when it is taken off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redline.origins.sessions.listings import views


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x = 1\ny = 2\n", ["x = 1\ny = 2\n"]),
        ("     1→x = 1\n    12→y = 2\n", ["x = 1\ny = 2\n"]),
        ("     1\tx = 1\n", ["x = 1\n"]),
        ("a.py:3:x = 1\na.py-4-y = 2\n", ["a.py:3:x = 1\na.py-4-y = 2\n", "x = 1\ny = 2\n"]),
        ("1. x = 1\n2. \n", ["1. x = 1\n2. \n", "x = 1\n\n"]),
        (" 9 | x = 1\n10 | y = 2\n", [" 9 | x = 1\n10 | y = 2\n", "x = 1\ny = 2\n"]),
        ("@@ -1 +1 @@\n-x\n+y\n z\n", ["@@ -1 +1 @@\n-x\n+y\n z\n", "@@ -1 +1 @@\nx\ny\nz\n"]),
        (
            r'{"text": "a = \"b\"\nc\n\td\n"}',
            [r'{"text": "a = \"b\"\nc\n\td\n"}', '{"text": "a = "b"\nc\n\td\n"}'],
        ),
        ("", [""]),
    ],
)
def test_a_listing_is_shown_without_its_prefixes(text, shown):
    assert list(views(text)) == shown


@given(st.text("1-:→\t |+@ a\\n\"'.\n", max_size=60))
def test_any_text_has_a_few_views_and_none_is_longer(text):
    shown = list(views(text))
    assert 1 <= len(shown) <= 6
    assert all(len(one) <= len(text) for one in shown)


@pytest.mark.parametrize("part", ["a-1", "-1-", "1:", " ", "\\n", "1 |", "@@ ", "12345", "\n1-"])
def test_hostile_listings_take_no_quadratic_time(part):
    assert list(views(part * 400_000))

"""Fixtures that more than one test file uses."""

from __future__ import annotations

from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real sessions and notes, kept beside the checkout; users do not have them."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the recorded sessions in ../shared/data (not part of the project)")
    return folder

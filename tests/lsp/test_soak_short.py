"""A short piece of a long day: memory and descriptors do not grow with what was edited."""

from __future__ import annotations

import sys

import pytest
from bench.soak import growth, samples, started

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="reads /proc: needs Linux"
)

WARM, EDITS, EVERY = 1_500, 6_000, 300
MOST = 1_024
"""Bytes that an edit may leave behind here, documents opened and closed on the way included.

A server that keeps each change, as a plain pygls does, leaves twice as much.
"""


@pytest.fixture
def desk(tmp_path):
    client, desk = started(tmp_path, files=25, keys=150)
    yield desk
    assert client.end() == 0


def test_memory_and_descriptors_stay_flat(desk):
    taken = list(samples(desk, lambda: desk.edits < EDITS, EVERY))
    warm = [one for one in taken if one.edits > WARM]
    assert growth(warm, lambda one: one.server) < MOST
    # With all documents closed nothing is held open for them.
    assert taken[-1].descriptors <= min(one.descriptors for one in warm[:-1]) + 2

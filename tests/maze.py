"""Texts that an assistant may have written, and their ways to change."""

from __future__ import annotations

import re

WALK = '''\
def shortest_walk(labyrinth, entrance, treasure):
    """Breadth first, because every corridor costs one torch."""
    frontier = deque([(entrance, ())])
    visited = {entrance}
    while frontier:
        chamber, torches = frontier.popleft()
        if chamber == treasure:
            return torches
        for corridor, beyond in labyrinth.corridors(chamber):
            if beyond not in visited:
                visited.add(beyond)
                frontier.append((beyond, (*torches, corridor)))
    return None
'''

PENALTY = '''\
def wasted_torches(labyrinth, answer, entrance, treasure):
    """Share of torches beyond the ideal, clipped at 1 for the lost."""
    ideal = shortest_walk(labyrinth, entrance, treasure)
    if ideal is None or not answer.torches:
        raise ValueError(f"no walk from {entrance!r} to {treasure!r}")
    surplus = len(answer.torches) - len(ideal)
    return min(1.0, max(0.0, surplus / max(len(ideal), 1)))
'''

TIDES = '''\
def spring_tides(harbour, almanac, margin):
    """Days on which the quay of a harbour is under water at noon."""
    flooded = []
    for day, moon in almanac.phases(harbour.longitude):
        swell = harbour.mean_level + moon.pull * harbour.funnel
        if moon.is_new or moon.is_full:
            swell += harbour.spring_surplus
        if swell > harbour.quay_height - margin:
            flooded.append((day, round(swell - harbour.quay_height, 2)))
    return sorted(flooded, key=lambda entry: -entry[1])
'''

FERRY = '''\
def cancelled_ferries(timetable, storms, captain):
    """Crossings that the captain refuses, with the storm that decided it."""
    refused = {}
    for crossing in timetable.crossings():
        worst = max(storms.along(crossing.route), key=lambda storm: storm.gusts, default=None)
        if worst is None or worst.gusts < captain.nerve * crossing.vessel.tonnage ** 0.5:
            continue
        refused[crossing.number] = (worst.name, crossing.departs - worst.arrives)
    return refused
'''

OWN = """\
import os

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes a coffee")


@pytest.fixture
def lantern(tmp_path):
    oil = tmp_path / "oil.txt"
    oil.write_text("full", encoding="utf-8")
    return oil
"""

RENAMED = {
    "labyrinth": "graph", "entrance": "begin", "treasure": "finish", "frontier": "queue",
    "visited": "known", "chamber": "node", "torches": "trail", "corridor": "edge",
    "beyond": "other", "shortest_walk": "bfs",
}  # fmt: skip


def renamed(text: str) -> str:
    """The same program with other names; attributes keep theirs."""
    names = re.compile(rf"(?<!\.)\b({'|'.join(RENAMED)})\b")
    return names.sub(lambda name: RENAMED[name[0]], text)


def lines(text: str) -> int:
    """Lines of a text that ends with a line end."""
    return text.count("\n")

"""What a person does in an editor, and how long it takes until its diagnostics are there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import inputs
from .client import Client, Document, Place

_TIMES = 4
"""So often the script is typed: 200 keys."""
PASTED = 2_000
CURSORS = 200
LONG_LINE_KEYS = 20
_GAP = 0.01
"""Seconds between two keys."""
_ENOUGH = 15.0
"""Seconds after which a slow server has typed enough: its figures say of how many keys."""
_IDLE = 5.0
_SCRIPT = "\n    weight = weight(alpha)\n    total = weight + 1"
"""Typed whole: what stands there at the end has no syntax error to hide findings behind."""
_REMARK = "  # what a hand in a hurry taps without looking up"


@dataclass(frozen=True, slots=True)
class Run:
    """One server's figures over one file; times in milliseconds, memory in bytes."""

    lines: int
    first: float
    """From the start of the process to the first diagnostics."""
    found: int
    """Findings in the file as opened."""
    keys: tuple[float, ...]
    """Each key, to the first diagnostics of its version or a later one."""
    key_cpu: float
    """Processor time of one key, what was settled afterwards included."""
    key_bytes: int
    """Size of one answer to a key."""
    burst: float
    """50 keys without a pause, to the diagnostics of the last."""
    paste: float
    """2,000 lines, to the diagnostics of that version."""
    landing: float
    """A function with a finding is pasted, to the diagnostics that show one more."""
    cursors: float
    """One change in 200 places, to its diagnostics."""
    memory: int
    idle: float
    """Processor time in each second of rest."""
    long_line: float = 0.0
    """The median key in a line of 500,000 bytes."""


@dataclass
class Contender:
    """A server and all that is known of it."""

    name: str
    start: Callable[[], Client]
    runs: list[Run] = field(default_factory=list)


def run(contender: Contender, made: inputs.Inputs, lines: int) -> Run:
    """Start the server, go through all gestures in the file of ``lines`` lines, end it."""
    client = contender.start()
    try:
        return _gestures(client, made, lines)
    finally:
        client.end()


def _gestures(client: Client, made: inputs.Inputs, lines: int) -> Run:
    path = made.files[lines]
    text = path.read_text(encoding="utf-8")
    client.initialize()
    document = client.open(path, text)
    first = client.wait(document, 1)
    started = (first.time - client.started) * 1000
    # The findings themselves may come a little later than the first word.
    client.settle()
    assert document.told is not None
    found = len(document.told.diagnostics)
    assert found, "a file without findings measures nothing"

    before = client.cpu()
    times, sizes = _keys(client, document, inputs.typing_place(document.lines))
    client.settle()
    key_cpu = (client.cpu() - before) * 1000 / len(times)

    burst = _burst(client, document)
    client.settle()
    paste = _paste(client, document, inputs.pasted(PASTED))
    client.settle()
    landing = _landing(client, document, made.landing)
    client.settle()
    cursors = _cursors(client, document)
    client.settle()
    memory = client.memory()
    before, since = client.cpu(), time.perf_counter()
    client.rest(_IDLE)
    idle = (client.cpu() - before) * 1000 / (time.perf_counter() - since)
    return Run(
        lines=lines,
        first=started,
        found=found,
        keys=tuple(times),
        key_cpu=key_cpu,
        key_bytes=sorted(sizes)[len(sizes) // 2],
        burst=burst,
        paste=paste,
        landing=landing,
        cursors=cursors,
        memory=memory,
        idle=idle,
        long_line=_long_line(client, made.long_line),
    )


def _keys(client: Client, document: Document, at: Place) -> tuple[list[float], list[int]]:
    """Type below a line, key by key, each after the last one's diagnostics and a short gap."""
    line, column = at
    times, sizes = [], []
    end = time.perf_counter() + _ENOUGH
    for number, key in enumerate(_SCRIPT * _TIMES):
        sent = client.insert(document, [((line, column), key)])
        line, column = (line + 1, 0) if key == "\n" else (line, column + 1)
        told = client.wait(document, document.version)
        times.append((told.time - sent) * 1000)
        sizes.append(told.size)
        if told.time > end and (number + 1) % len(_SCRIPT) == 0:
            break
        time.sleep(_GAP)
    return times, sizes


def _burst(client: Client, document: Document) -> float:
    line, column = inputs.typing_place(document.lines)
    since = None
    for number, key in enumerate(_REMARK):
        sent = client.insert(document, [((line, column + number), key)])
        since = since or sent
    assert since is not None
    return (client.wait(document, document.version).time - since) * 1000


def _paste(client: Client, document: Document, text: str) -> float:
    line, _ = _between(document.lines)
    sent = client.insert(document, [((line, 0), text)])
    return (client.wait(document, document.version).time - sent) * 1000


def _landing(client: Client, document: Document, text: str) -> float:
    assert document.told is not None
    before = len(document.told.diagnostics)
    line, _ = _between(document.lines)
    sent = client.insert(document, [((line, 0), text + "\n\n")])
    return (
        client.wait_until(document, lambda told: len(told.diagnostics) > before).time - sent
    ) * 1000


def _cursors(client: Client, document: Document) -> float:
    bodies = [
        (number, len(line))
        for number, line in enumerate(document.lines)
        if line.startswith("    ") and line.endswith(")")
    ]
    places = sorted(bodies[:: max(1, len(bodies) // CURSORS)][:CURSORS], reverse=True)
    sent = client.insert(document, [(place, " ") for place in places])
    return (client.wait(document, document.version).time - sent) * 1000


def _long_line(client: Client, path: Path) -> float:
    document = client.open(path, path.read_text(encoding="utf-8"))
    client.wait(document, 1)
    client.settle()
    line = next(n for n, text in enumerate(document.lines) if len(text) > 400_000)
    times = []
    for number in range(LONG_LINE_KEYS):
        sent = client.insert(document, [((line, 250_001 + number), "1")])
        times.append((client.wait(document, document.version).time - sent) * 1000)
        time.sleep(_GAP)
    return percentile(times, 50)


def _between(lines: list[str]) -> Place:
    """The start of a person's function, about the middle of the file."""
    line = len(lines) // 2
    while not lines[line].startswith("def "):
        line += 1
    return line, 0


def percentile(values: Sequence[float], share: int) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]

"""``python -m bench.soak``: edit for an hour, and see whether memory and descriptors stay flat."""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import contests, corpus
from .measure import Command, once
from .server import inputs
from .server.client import Client, Document

FILES = 10_000
"""Documents that are opened, one after another and then from the first again."""
_OPEN = 8
"""So many are open at a time."""
_KEYS = 24
"""Keys typed into each of them, one for each edit."""
_PASTE_EVERY, _SAVE_EVERY, _REOPEN_EVERY = 5, 7, 11
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Sample:
    """What the server and its children held after so many edits; memory in bytes."""

    edits: int
    opened: int
    seconds: float
    server: int
    children: int
    descriptors: int


class Desk:
    """One server and somebody who edits without end."""

    def __init__(
        self, client: Client, root: Path, blocks: list[str], files: int, keys: int
    ) -> None:
        self._client = client
        self._root = root
        self._blocks = blocks
        self._files = files
        self._keys = keys
        self._open: list[tuple[Document, Path]] = []
        self._rng = random.Random(11)
        self._since = time.perf_counter()
        self.edits = 0
        self.opened = 0

    def work(self) -> None:
        """Open the next document, edit it, and close the one that was open longest."""
        number = self.opened % self._files
        path = self._root / "graders" / f"part_{number % 100:02}" / f"grader_{number}.py"
        own = [inputs.function(random.Random(number + part), assistant=False) for part in range(4)]
        # With a finding in it the server has something to say after every key.
        text = "\n\n".join([self._blocks[0], *own])
        document = self._opened(path, text)
        if number % _REOPEN_EVERY == 0:
            self._client.close(document)
            document = self._opened(path, document.text)
        self._type(document)
        if number % _PASTE_EVERY == 0:
            self._paste(document)
        # By the file's number: from the second round on the project has no more files than before.
        if number % _SAVE_EVERY == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(document.text, encoding="utf-8")
            named = {"textDocument": {"uri": document.uri}}
            self._client.notify("textDocument/didSave", named)
        self._open.append((document, path))
        if len(self._open) > _OPEN:
            self._client.close(self._open.pop(0)[0])

    def leave(self) -> None:
        """Close all documents."""
        while self._open:
            self._client.close(self._open.pop()[0])
        self._client.rest(1.0)

    def sample(self) -> Sample:
        """What is held now."""
        first, *others = self._client.processes()
        return Sample(
            self.edits,
            self.opened,
            time.perf_counter() - self._since,
            self._client.resident(first),
            sum(self._client.resident(pid) for pid in others),
            self._client.descriptors(),
        )

    def _opened(self, path: Path, text: str) -> Document:
        document = self._client.open(path, text)
        self.opened += 1
        self._client.wait(document, 1)
        return document

    def _type(self, document: Document) -> None:
        line, column = inputs.typing_place(document.lines)
        digits = "".join(self._rng.choices("123456789", k=self._keys))
        for key in f"\n    total = {digits}"[: self._keys]:
            self._client.insert(document, [((line, column), key)])
            line, column = (line + 1, 0) if key == "\n" else (line, column + 1)
            self._changed(document)

    def _paste(self, document: Document) -> None:
        """Paste what an assistant wrote, see the finding, take it out, see it go."""
        block = self._rng.choice(self._blocks)
        at = (len(document.lines) - 1, 0)
        before = len(document.told.diagnostics) if document.told else 0
        self._client.insert(document, [(at, block)])
        self.edits += 1
        self._client.wait_until(document, lambda told: len(told.diagnostics) > before)
        self._client.delete(document, at, (len(document.lines) - 1, 0))
        self._changed(document)
        self._client.wait_until(document, lambda told: len(told.diagnostics) <= before)

    def _changed(self, document: Document) -> None:
        self.edits += 1
        self._client.wait(document, document.version)


def started(folder: Path, files: int = FILES, keys: int = _KEYS) -> tuple[Client, Desk]:
    """Start ``redline serve`` over a new repository below ``folder``; the caller ends it."""
    made = inputs.made(folder, (1_000,))
    (made.root / "redline.yaml").write_text(contests.POLICY, encoding="utf-8")
    corpus.commit(made.root)
    environment = contests.own_environment(folder) | {
        "REDLINE_INDEX": str(folder / "index.db"),
        "HOME": str(folder / "home"),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    update = [contests.REDLINE, "index", "update", "--quiet", "--root", made.sessions]
    once(Command("index", update, folder, environment=environment))
    client = Client([contests.REDLINE, "serve"], made.root, environment)
    client.initialize()
    return client, Desk(client, made.root, [made.landing], files, keys)


def samples(desk: Desk, goes_on: Callable[[], bool], every: int) -> Iterator[Sample]:
    """Work while ``goes_on``; a sample after each ``every`` edits, and one at the end."""
    due = every
    while goes_on():
        desk.work()
        if desk.edits >= due:
            due += every
            yield desk.sample()
    desk.leave()
    yield desk.sample()


def growth(taken: list[Sample], of: Callable[[Sample], int]) -> float:
    """Bytes (or descriptors) for each edit, by least squares over the samples."""
    edits = [one.edits for one in taken]
    return statistics.linear_regression(edits, [of(one) for one in taken]).slope


def main() -> int:
    """Edit for as long as the command line says; 1 when memory grew."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument("--every", type=int, default=5_000, help="edits between two samples")
    options = parser.parse_args()
    end = time.monotonic() + options.minutes * 60
    taken: list[Sample] = []
    with tempfile.TemporaryDirectory(prefix="redline-soak-") as folder:
        client, desk = started(Path(folder))
        print("| minutes | edits | opened | server | children | descriptors |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: |")
        try:
            for one in samples(desk, lambda: time.monotonic() < end, options.every):
                taken.append(one)
                print(_row(one), flush=True)
        finally:
            code = client.end()
    print(f"\nexit code of the server: {code}")
    return _verdict(taken)


def _row(one: Sample) -> str:
    cells = (
        f"{one.seconds / 60:.1f}",
        f"{one.edits:,}",
        f"{one.opened:,}",
        f"{one.server / MIB:.1f} MiB",
        f"{one.children / MIB:.1f} MiB",
        f"{one.descriptors}",
    )
    return f"| {' | '.join(cells)} |"


def _verdict(taken: list[Sample]) -> int:
    """Compare the last third with the middle one: the first is for warming up."""
    third = len(taken) // 3
    if not third:
        print("too few samples to tell")
        return 1
    middle, last = taken[third : 2 * third], taken[2 * third :]
    code = 0
    for name, of in (("server", _server), ("children", _children)):
        before = statistics.median(of(one) for one in middle)
        after = statistics.median(of(one) for one in last)
        grew = (after - before) / before
        each = growth(taken[third:], of)
        print(f"{name}: {before / MIB:.1f} to {after / MIB:.1f} MiB, {each:+.1f} bytes an edit")
        # A heap breathes; what grows without end passes this in any long run.
        code |= grew > 0.05
    return code


def _server(one: Sample) -> int:
    return one.server


def _children(one: Sample) -> int:
    return one.children


if __name__ == "__main__":
    sys.exit(main())

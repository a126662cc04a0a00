"""Pipes are read and written without anybody waiting, on every kind of system."""

import asyncio
import os
import select

import pytest

from redline.lsp import wire_pipe
from redline.lsp.wire_pipe import PipeWriter, ThreadWriter, read_in_thread, read_pipe

LARGE = bytes(range(256)) * 4096

writers = pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            PipeWriter,
            marks=pytest.mark.skipif(not hasattr(select, "poll"), reason="a system with poll()"),
        ),
        ThreadWriter,
    ],
)


async def all_of(source, read):
    """What ``read`` hands over until it says that the other end has gone."""
    taken, gone = [], asyncio.Event()
    read(source, taken.append, gone.set)
    await asyncio.wait_for(gone.wait(), 30)
    return b"".join(taken)


@writers
@pytest.mark.parametrize("read", [read_pipe, read_in_thread])
def test_all_comes_through_in_order(kind, read):
    async def story():
        source, sink = os.pipe()
        taking = asyncio.ensure_future(all_of(source, read))
        writer = kind(sink, lambda: None)
        for piece in (b"a", LARGE, b"", b"z" * 5000, LARGE, b"end"):
            writer.write(piece)
        await asyncio.wait_for(writer.drain(), 30)
        writer.close()
        os.close(sink)
        assert await taking == b"a" + LARGE + b"z" * 5000 + LARGE + b"end"
        os.close(source)

    asyncio.run(story())


@writers
def test_a_reader_that_went_away_is_noticed(kind):
    async def story():
        source, sink = os.pipe()
        os.close(source)
        gone = asyncio.Event()
        writer = kind(sink, gone.set)
        writer.write(b"a")
        await asyncio.wait_for(gone.wait(), 30)
        writer.write(b"b")
        writer.close()
        os.close(sink)

    asyncio.run(story())


@pytest.mark.skipif(not hasattr(select, "poll"), reason="a system with poll()")
def test_a_reader_that_never_reads_counts_as_gone_in_the_end(monkeypatch):
    monkeypatch.setattr(wire_pipe, "_MOST_HELD", 10_000_000)

    async def story():
        source, sink = os.pipe()
        lost = []
        writer = PipeWriter(sink, lambda: lost.append(True))
        for _ in range(9):
            writer.write(LARGE)
        assert not lost
        writer.write(LARGE)
        assert lost
        writer.close()
        os.close(source)
        os.close(sink)

    asyncio.run(story())


def test_a_file_is_read_to_its_end(tmp_path):
    (tmp_path / "session").write_bytes(LARGE)

    async def story():
        source = os.open(tmp_path / "session", os.O_RDONLY)
        assert await all_of(source, read_pipe) == LARGE
        os.close(source)

    asyncio.run(story())

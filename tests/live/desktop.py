"""An open text and the room it is judged in, in one process: what is asked can be held up."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

from redline.live.blocks import Block
from redline.live.document import Document
from redline.live.places import Extent, Place
from redline.live.text import LiveText
from redline.live.tracker import Tracker
from redline.model import UNDECLARED

PATIENCE = 60
"""Seconds after which something that never comes counts as hung."""


class Office:
    """Asks a real room, at once; what is asked can be made to wait, or to fail."""

    def __init__(self, room):
        self.room = room
        self.asked = []
        """The names of what was asked, in order."""
        self.faults = {}
        """Exceptions to raise instead, by name; each once."""
        self._doors = {}

    async def ask(self, function, /, *arguments, background=False):
        name = str(function)
        self.asked.append(name)
        # An answer never comes in the same turn.
        await asyncio.sleep(0)
        if name in self._doors:
            reached, opened = self._doors[name]
            reached.set()
            await opened.wait()
        if self.faults.get(name):
            raise self.faults[name].pop(0)
        return function(self.room, *arguments)

    @asynccontextmanager
    async def held_up(self, name):
        """Go on once ``name`` was asked; it is answered when the block ends."""
        reached, opened = self.hold(name)
        await asyncio.wait_for(reached.wait(), PATIENCE)
        try:
            yield
        finally:
            self._doors.pop(name, None)
            opened.set()

    def hold(self, name):
        return self._doors.setdefault(name, (asyncio.Event(), asyncio.Event()))


class Open:
    """A text that is open at a path, and what a client does with it."""

    def __init__(self, office, path, text="", delay=0.01, **known):
        self.office = office
        self.path = path
        self.told = 0
        self.text = LiveText(text)
        self.marks = Tracker(self.text.slice)
        self.document = Document(
            path, self.text, office.ask, self._changed, delay, self.marks, **known
        )
        self.reception = self.document.reception
        self.document.judge_soon(0)

    def _changed(self):
        self.told += 1

    def edit(self, first, last, text):
        """Put ``text`` in place of whole lines, from 0; return where it lies."""
        edit = self.text.apply(Place(first, 0), Place(last, 0), text)
        self.document.follow(edit)
        return Extent(edit.start, edit.new_end)

    def key(self, line, column, text):
        """Type."""
        at = Place(line, column)
        self.document.follow(self.text.apply(at, at, text))
        self.document.landed([])

    def paste(self, line, text, **more):
        """Put a block in before a line; return where it lies."""
        extent = self.edit(line, line, text)
        self.document.landed([Block(extent, "paste", via="paste", **more)])
        return extent

    def undo(self, extent):
        """Take a block out again."""
        self.document.follow(self.text.apply(extent.start, extent.end, ""))
        self.document.landed([])

    async def quiet(self):
        """Wait until nothing is under way."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.document.settled()
                work = {*self.document._receiving, *self.reception._learning}
                if not work:
                    return
                await asyncio.wait(work)

    async def asked_about(self):
        """The texts that are asked about, once nothing is under way."""
        await self.quiet()
        return [
            self.text.slice(mark.extent)
            for mark in self.marks.marks
            if mark.payload.assistant == UNDECLARED
        ]

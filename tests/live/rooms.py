"""A project in a folder of its own, and the room in which its texts are judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from redline.live.workroom import Project, Workroom
from repositories import Sample

CLAUDE = ("Claude", "noreply@anthropic.com")


@dataclass
class Desk:
    """A repository, an index beside it, and the room."""

    folder: Path
    sample: Sample = field(init=False)
    room: Workroom = field(init=False)

    def __post_init__(self):
        self.sample = Sample.new(self.folder / "project")
        self.room = Workroom(Project(self.sample.root.resolve(), self.index))

    @property
    def index(self):
        return self.folder / "index.db"

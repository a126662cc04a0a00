"""A project that is open, and the process that judges it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from redline.live.analyst import Analyst
from redline.live.project import Project
from redline.lsp.settings import Settings
from redline.project.options import default_index

T = TypeVar("T")


class Folder:
    """A project: what a workspace folder, or a file opened alone, belongs to."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.uri = root.as_uri()
        self.other_names: set[Path] = set()
        """Folders as the client names them that lead into the project by links."""
        self.policy_files: tuple[str, ...] = ()
        """The rule files that were in force at the last analysis, by their shown names."""
        self.analyst = Analyst(self._project(settings))

    def _project(self, settings: Settings) -> Project:
        index = Path(settings.index).expanduser() if settings.index else default_index()
        policy = self.root / settings.policy if settings.policy else None
        return Project(self.root, index, policy)

    def open(self, settings: Settings) -> None:
        """Judge by the index and the rules that the settings name now."""
        self.analyst.close()
        self.analyst = Analyst(self._project(settings))

    async def ask(
        self, function: Callable[..., T], /, *arguments: object, background: bool = False
    ) -> T:
        """Run ``function(room, *arguments)`` in the process that judges this project."""
        return await self.analyst.ask(function, *arguments, background=background)

    def relative(self, path: Path) -> str | None:
        """Name a file as the project does; None for one outside.

        A link within the project keeps its own name, wherever it leads.
        """
        named = [
            _resolved(other) / path.relative_to(other)
            for other in self.other_names
            if path.is_relative_to(other)
        ]
        for name in (path, *named, _resolved(path.parent) / path.name, _resolved(path)):
            if name.is_relative_to(self.root):
                return name.relative_to(self.root).as_posix()
        return None


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path

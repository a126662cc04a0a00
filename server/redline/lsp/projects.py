"""Which projects are open: those of the workspace, and those of files that were opened alone."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from redline.lsp.folder import Folder
from redline.lsp.paths import path_of, untitled_name
from redline.lsp.settings import Settings
from redline.policy.file import NAME
from redline.project.files import find_root

_MOST_UNUSED = 4
"""Projects of files that were opened alone, kept though none of their files is open."""

_log = logging.getLogger(__name__)


class Projects:
    """The projects of one session, each once."""

    def __init__(self, settings: Callable[[], Settings], changed: Callable[[], None]) -> None:
        """``changed`` is called when a project was opened for a file that is opened alone."""
        self.of_workspace: dict[str, Folder] = {}
        """By the workspace folder's URI as the client spells it."""
        self._alone: dict[Path, Folder] = {}
        self._settings = settings
        self._changed = changed

    @property
    def all(self) -> tuple[Folder, ...]:
        """Each project once."""
        return tuple(dict.fromkeys((*self.of_workspace.values(), *self._alone.values())))

    def add(self, uri: str) -> bool:
        """Take a workspace folder in; one that is no folder on this machine is left out."""
        path = path_of(uri)
        if path is None or not os.path.isdir(path):
            _log.warning("the workspace folder %s is not on this machine", uri)
            return False
        root = find_root(path)
        same = next((one for one in self.all if one.root == root), None)
        folder = self.of_workspace[uri] = same or Folder(root, self._settings())
        if not path.is_relative_to(root):
            folder.other_names.add(path)
        self._alone.pop(root, None)
        return True

    def remove(self, uri: str) -> Folder | None:
        """Let a workspace folder go; give its project where no other folder lies in it."""
        folder = self.of_workspace.pop(uri, None)
        return None if folder in self.of_workspace.values() else folder

    def of(self, path: Path, *, new: bool = True) -> Folder | None:
        """The project that a file belongs to: the innermost of the workspace's.

        Where the client has no workspace the file's own project is found, and opened unless
        ``new`` is false: a repository, or a folder with a rule file. A file in neither, or outside
        a workspace that is there, is no concern of ours.
        """
        inside = [one for one in self.of_workspace.values() if one.relative(path) is not None]
        if inside:
            return max(inside, key=lambda one: len(one.root.parts))
        if self.of_workspace:
            return None
        try:
            root = find_root(path.parent)
        except (OSError, ValueError):
            # No file of this machine can be called so.
            return None
        if root not in self._alone and not (new and _is_project(root)):
            return None
        if root not in self._alone:
            self._alone[root] = Folder(root, self._settings())
            self._changed()
        return self._alone[root]

    def place_of(self, uri: str, language_id: str) -> tuple[Folder | None, str | None]:
        """The project of a document and its path there; None and None where it has no project.

        One that has no file yet belongs to the workspace's first project.
        """
        path = path_of(uri)
        if path is not None:
            folder = self.of(path)
            return folder, folder.relative(path) if folder is not None else None
        name = untitled_name(uri, language_id)
        folder = next(iter(self.of_workspace.values()), None)
        return (folder, name) if folder is not None and name is not None else (None, None)

    def take_unused(self, used: Iterable[Folder | None]) -> list[Folder]:
        """Take out projects of files that were opened alone and are closed again."""
        busy = {id(folder) for folder in used}
        unused = [root for root, folder in self._alone.items() if id(folder) not in busy]
        # Where there is a workspace nothing is opened alone.
        keep = 0 if self.of_workspace else _MOST_UNUSED
        return [self._alone.pop(root) for root in unused[: max(0, len(unused) - keep)]]


def _is_project(root: Path) -> bool:
    # A folder that merely holds a file, somebody's home perhaps, is not to be watched.
    return any(os.path.lexists(root / name) for name in (".git", NAME))

"""Hear of what happens below some folders, each folder for itself, links never followed.

A thread does all of it (walking, asking git, waiting), so that an event loop only takes what is
ready. On Linux each folder has a watch of its own: a recursive one of the library would walk
through links, out of the project, and into folders that nobody asked about. Elsewhere the system
watches whole trees.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redline.live.mailbox import Mailbox, Touched
from redline.live.on_disk import entries, identity, is_folder, is_readable, is_unicode

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

MOST_FOLDERS = 100_000
_QUIET_MS = 100
"""What happens within so short a time is told together..."""
_LONGEST_MS = 400
"""...but never later than this."""
_LOOK_MS = 1_000
"""How often folders that were not there are looked for."""
_POLL_MS = 2_000
_PER_FOLDER = sys.platform == "linux"
_ADDED = 1
"""How the library numbers what came to be..."""
_GONE = 3
"""...and what went."""
_MOST_TRIES = 20

Prune = Callable[[Sequence[str]], set[str]]
"""Given folders, tells those that are not watched, nor anything below them. Runs in the thread."""


class WatchError(Exception):
    """Nothing can be watched: why, and what to do."""

    def __init__(self, what: str, help: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.help = help


@dataclass(frozen=True, slots=True)
class Root:
    """A folder to watch; it need not exist yet."""

    path: str
    """Absolute."""
    deep: bool = True
    """With all folders below it."""


def require_watchfiles() -> None:
    """Raise ``WatchError`` unless the library is there; it is an extra."""
    try:
        import watchfiles  # noqa: F401 - asked whether it is there
    except ImportError as error:
        raise WatchError(
            "watching needs the library watchfiles", "pip install 'redline-lint[lsp]'"
        ) from error


async def touched(
    roots: Callable[[], Iterable[Root]], prune: Prune, *, again: str = ""
) -> AsyncGenerator[Touched]:
    """Yield what happens below the roots; the first as soon as they are watched, with no paths.

    ``roots`` is asked every second, for one that was not there may come. ``again`` is the name of
    files that decide about pruning: where one changes, all folders are gone through anew. What
    happens while the caller is busy is gathered. Close the iterator to end it.

    Raises ``WatchError``.
    """
    require_watchfiles()
    box = Mailbox(asyncio.get_running_loop())
    watch = _Watch(roots, prune, again, box)
    watch.start()
    try:
        while True:
            yield await box.taken()
    finally:
        watch.stop.set()


class _Watch(threading.Thread):
    """Waits for the system's events, and keeps the set of watched folders."""

    def __init__(
        self, roots: Callable[[], Iterable[Root]], prune: Prune, again: str, box: Mailbox
    ) -> None:
        super().__init__(name="redline-watch", daemon=True)
        self.stop = threading.Event()
        self._roots = roots
        self._prune = prune
        self._again = again
        self._box = box
        self._known: dict[str, Root] = {}
        """Roots that are there."""
        self._identities: dict[str, tuple[int, int]] = {}
        """Device and inode of each: another folder may take the name."""
        self._folders: dict[str, None] = {}
        self._notify: RustNotify | None = None
        self._wide: list[str] = []
        """The roots that it was opened for."""
        self._polls = False
        self._notes: list[str] = []

    def run(self) -> None:
        """Watch until told to stop."""
        try:
            self._find_roots()
            self._tell(())
            looked = time.monotonic()
            while not self.stop.is_set():
                heard = self._heard()
                if heard is None:
                    return
                if time.monotonic() - looked >= _LOOK_MS / 1000:
                    looked = time.monotonic()
                    heard |= self._find_roots()
                if heard or self._notes:
                    self._tell(heard)
        except Exception as error:
            self._box.fail(error)
        finally:
            if self._notify is not None:
                self._notify.close()

    def _tell(self, paths: Iterable[str]) -> None:
        self._box.put(paths, notes=self._notes)
        self._notes = []

    def _heard(self) -> set[str] | None:
        if self._notify is None:
            # There is nothing to watch yet.
            self.stop.wait(_LOOK_MS / 1000)
            return set()
        from watchfiles._rust_notify import WatchfilesRustInternalError

        try:
            raw = self._notify.watch(_LONGEST_MS, _QUIET_MS, _LOOK_MS, self.stop)
        except WatchfilesRustInternalError:
            # It knows no names but Unicode, and gives up for good at the first other one.
            self.stop.wait(_LONGEST_MS / 1000)
            self._wide = []
            self._reopen()
            self._box.put((), much=True)
            return set()
        if isinstance(raw, str):
            return set() if raw == "timeout" else None
        # Where the system watches whole trees, it tells of folders that were pruned as well; files
        # in a folder that has just come are found below.
        paths = {
            path
            for _, path in raw
            if path in self._folders or os.path.dirname(path) in self._folders
        }
        for kind, path in raw:
            if kind == _GONE:
                self._identities.pop(path, None)
        if self._again and any(os.path.basename(path) == self._again for path in paths):
            # Of what lies there only the folders count: the caller looks at everything.
            self._folders = {}
            for _ in self._watched(list(self._known)):
                pass
        folders = [
            path
            for kind, path in raw
            if path in paths
            # A folder that is watched and came anew is another one under the old name.
            and (kind == _ADDED or path not in self._folders)
            and is_folder(path)
        ]
        return paths.union(self._follow(folders)) if folders else paths

    def _find_roots(self) -> set[str]:
        """Begin to watch roots that have come to be; return what lies there already."""
        there = {root.path: root for root in self._roots() if is_folder(root.path)}
        identities = {path: identity(path) for path in there}
        fresh = [path for path, one in identities.items() if self._identities.get(path) != one]
        self._known, self._identities = there, identities
        if fresh:
            self._wide = []
        return set(self._watched(fresh))

    def _follow(self, folders: Sequence[str]) -> Iterator[str]:
        """Watch folders that have come to be; yield the files in them."""
        return self._watched(self._kept(folders))

    def _watched(self, tops: Sequence[str]) -> Iterator[str]:
        """Watch folders and those below them; yield the files in them.

        They are listed once they are watched: what comes between would be missed.
        """
        while tops:
            fresh = list(self._below(tops))
            self._folders.update(dict.fromkeys(fresh))
            self._reopen()
            later: list[str] = []
            for folder in fresh:
                for entry in entries(folder):
                    if not entry.is_dir(follow_symlinks=False):
                        yield entry.path
                    elif self._is_deep(folder) and entry.path not in self._folders:
                        later.append(entry.path)
            tops = self._kept(later)

    def _is_deep(self, folder: str) -> bool:
        root = self._known.get(folder)
        return root is None or root.deep

    def _kept(self, folders: Sequence[str]) -> list[str]:
        """Those that may be watched: of a root that is not deep the folder itself alone."""
        inside = [
            folder
            for folder in folders
            if folder in self._known
            or any(
                root.deep and folder.startswith(root.path.rstrip(os.sep) + os.sep)
                for root in self._known.values()
            )
        ]
        pruned = self._prune(inside) if inside else set()
        return [folder for folder in inside if folder not in pruned]

    def _below(self, tops: Sequence[str]) -> Iterator[str]:
        """Yield folders and all below them, a level at a time: pruning asks for many at once."""
        level = list(tops)
        seen: set[str] = set()
        while level:
            following: list[str] = []
            for folder in level:
                if folder in seen:
                    continue
                seen.add(folder)
                yield folder
                if self._is_deep(folder):
                    following += (
                        entry.path
                        for entry in entries(folder)
                        if entry.is_dir(follow_symlinks=False)
                    )
            if len(seen) + len(following) > MOST_FOLDERS:
                self._notes.append(
                    f"there are more than {MOST_FOLDERS:,} folders; those beyond are not watched"
                )
                return
            level = self._kept(following)

    def _reopen(self) -> None:
        """Watch all folders of the list, the new watch open before the old one is closed."""
        if not _PER_FOLDER and self._notify is not None and self._wide == [*self._known]:
            # The system watches all that lies below them.
            return
        before, self._wide = self._notify, [*self._known]
        self._notify = self._opened()
        if before is not None:
            before.close()

    def _opened(self) -> RustNotify | None:
        from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

        for _ in range(_MOST_TRIES):
            self._folders = {path: None for path in self._folders if is_readable(path)}
            named = list(self._folders) if _PER_FOLDER else [*self._known]
            wanted = [path for path in named if is_unicode(path)]
            if len(wanted) < len(named):
                self._notes.append("folders whose names are no UTF-8 are not watched")
            if not wanted:
                return None
            try:
                return RustNotify(wanted, False, self._polls, _POLL_MS, not _PER_FOLDER, False)
            except (FileNotFoundError, PermissionError):
                # One has gone since it was asked.
                continue
            except (OSError, WatchfilesRustInternalError) as error:
                if self._polls:
                    raise WatchError(f"the folders cannot be watched: {error}") from error
                self._polls = True
                self._notes.append(_why_polling(error))
        raise WatchError("the folders come and go too fast to be watched", "watch it again later")


def _why_polling(error: Exception) -> str:
    said = str(error)
    if "limit" in said or "Too many" in said:
        said = "the system's limit of watches is reached (on Linux sysctl fs.inotify tells it)"
    return f"looking every {_POLL_MS // 1000} seconds instead of being told: {said}"

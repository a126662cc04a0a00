"""Where assistants keep their sessions, and the files below such a folder."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_PART = re.compile(r"^(.+\.jsonl)\.\d{3,}$")
_SKIPPED_FOLDERS = frozenset((".git", "node_modules", "__pycache__", ".venv", "file-history"))
_SUFFIXES = frozenset((".jsonl", ".json", ".zst", ".md", ".txt", ".db", ".vscdb"))
_EDITORS = ("Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf")


@dataclass(frozen=True, slots=True)
class Home:
    """One folder in which an assistant keeps sessions; it need not exist."""

    assistant: str
    folder: Path


def homes(
    environment: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    user: Path | None = None,
) -> tuple[Home, ...]:
    """Return the known homes of all assistants, each folder once.

    ``platform`` is as in ``sys.platform``; ``user`` is the home folder of the person.
    The variables are those that the assistants themselves honour: ``CLAUDE_CONFIG_DIR``
    (a list separated by commas), ``CODEX_HOME``, ``COPILOT_HOME``, ``CURSOR_CONFIG_DIR``,
    ``XDG_CONFIG_HOME``, ``XDG_DATA_HOME``, ``APPDATA``.
    """
    user = Path.home() if user is None else user
    config = _config(environment, platform, user)
    xdg_config = Path(environment.get("XDG_CONFIG_HOME") or user / ".config")
    xdg_data = Path(environment.get("XDG_DATA_HOME") or user / ".local" / "share")
    found: list[tuple[str, Path]] = []
    named = [part.strip() for part in environment.get("CLAUDE_CONFIG_DIR", "").split(",")]
    for claude in [Path(part) for part in named if part] or [
        user / ".claude",
        xdg_config / "claude",
    ]:
        projects = claude if claude.name == "projects" else claude / "projects"
        found.append(("claude-code", projects))
    found.append(("claude-code", config / "Claude" / "local-agent-mode-sessions"))
    codex = Path(environment.get("CODEX_HOME") or user / ".codex")
    found += [("codex", codex / "sessions"), ("codex", codex / "archived_sessions")]
    copilot = Path(environment.get("COPILOT_HOME") or user / ".copilot")
    found += [
        ("copilot", copilot / "session-state"),
        ("copilot", copilot / "history-session-state"),
    ]
    for editor in _EDITORS:
        settings = config / editor / "User"
        found += [
            ("copilot", settings / "workspaceStorage"),
            ("copilot", settings / "globalStorage" / "emptyWindowChatSessions"),
        ]
    cursor = Path(environment.get("CURSOR_CONFIG_DIR") or user / ".cursor")
    found += [
        ("cursor", cursor / "projects"),
        ("gemini-cli", user / ".gemini" / "tmp"),
        ("windsurf", user / ".windsurf" / "transcripts"),
        ("continue", user / ".continue" / "sessions"),
        ("opencode", xdg_data / "opencode"),
        ("amp", xdg_data / "amp" / "threads"),
        ("junie", user / ".junie" / "sessions"),
    ]
    return tuple(Home(*item) for item in dict.fromkeys(found))


def project_homes(root: Path) -> tuple[Home, ...]:
    """Return the folders inside a project in which assistants keep its sessions."""
    return (
        Home("codex", root / ".codex" / "sessions"),
        Home("specstory", root / ".specstory" / "history"),
    )


def session_files(
    roots: Iterable[Path], on_error: Callable[[OSError], None] | None = None
) -> Iterator[Path]:
    """Yield the files below the roots that may be sessions, sorted within their folder.

    Links inside a root are not followed, neither to folders nor to files. Of a plain
    file and its compressed twin only the plain one is given, of the parts of a chunked
    transcript only the first. Which file *is* a session, its content decides. What
    cannot be read is handed to ``on_error`` and passed over.
    """
    seen: set[tuple[int, int]] = set()
    for root in roots:
        waiting = [root]
        while waiting:
            folder = waiting.pop()
            try:
                status = folder.stat()
                if folder is root and stat.S_ISREG(status.st_mode):
                    yield folder
                    continue
                # Roots may lie inside each other.
                if (status.st_dev, status.st_ino) in seen and status.st_ino:
                    continue
                seen.add((status.st_dev, status.st_ino))
                with os.scandir(folder) as entries:
                    folders, files = _sorted_entries(entries)
            except FileNotFoundError:
                continue  # most assistants are not installed; a file may vanish meanwhile
            except OSError as error:
                if on_error is not None:
                    on_error(error)
                continue
            names = {file.name for file in files}
            yield from (file for file in files if _is_candidate(file.name, names))
            waiting.extend(reversed(folders))


def session_file_of(path: Path) -> Path | None:
    """Return the file to read when ``path`` was written; None where it can be no session's.

    A database is written through files beside it, a long transcript in parts, and what its owner
    compresses lies beside the plain file for a moment.
    """
    name = path.name
    for suffix in ("-wal", "-shm", "-journal"):
        name = name.removesuffix(suffix)
    if part := _PART.match(name):
        name = part[1]
    elif name.endswith(".zst") and path.with_name(name.removesuffix(".zst")).is_file():
        name = name.removesuffix(".zst")
    file = path.with_name(name)
    return file if _is_candidate(name, set()) and file.is_file() else None


def is_session_folder(path: Path) -> bool:
    """Tell whether ``session_files`` would look into a folder of that name."""
    return path.name not in _SKIPPED_FOLDERS


def parts_of(path: Path) -> tuple[Path, ...]:
    """Return the files that make up one transcript, in order: itself and ``.001``, ``.002``...

    Entire stores long transcripts so (entireio/cli ``agent/chunking.go``).
    """
    parts = [path]
    while (following := path.with_name(f"{path.name}.{len(parts):03}")).is_file():
        parts.append(following)
    return tuple(parts)


def _config(environment: Mapping[str, str], platform: str, user: Path) -> Path:
    if platform == "darwin":
        return user / "Library" / "Application Support"
    if platform == "win32":
        return Path(environment.get("APPDATA") or user / "AppData" / "Roaming")
    return Path(environment.get("XDG_CONFIG_HOME") or user / ".config")


def _sorted_entries(entries: Iterable[os.DirEntry[str]]) -> tuple[list[Path], list[Path]]:
    folders: list[Path] = []
    files: list[Path] = []
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _SKIPPED_FOLDERS:
                folders.append(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            files.append(Path(entry.path))
    return sorted(folders), sorted(files)


def _is_candidate(name: str, names: set[str]) -> bool:
    if name.endswith(".zst") and name.removesuffix(".zst") in names:
        return False
    if part := _PART.match(name):
        return part[1] not in names
    suffix = os.path.splitext(name)[1].lower()
    return not suffix or suffix in _SUFFIXES

"""JSON under its SHA-256, in files that may vanish or be damaged: a cache, never a record."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path

from redline.git.repository import Repository


def folder_for(repository: Repository, cache: Path) -> Path:
    """Choose a repository's folder in the user's cache: one per working tree."""
    name = hashlib.sha256(os.fsencode(repository.git_dir)).hexdigest()[:24]
    return cache / "git" / name


def state_of(repository: Repository) -> str:
    """Digest where history is cut off: a deepened clone tells more about the same commits."""
    cut = " ".join(sorted(repository.shallow_commits))
    return hashlib.sha256(cut.encode()).hexdigest()[:16]


def load(path: Path) -> dict[str, object]:
    """Read an object; empty if the file is missing, damaged or no object."""
    try:
        digest, _, text = path.read_bytes().partition(b"\n")
        # Damage that is still JSON would be believed: a bad disk, a copy that was cut.
        if hashlib.sha256(text).hexdigest().encode() != digest:
            return {}
        value = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def save(path: Path, value: dict[str, object]) -> None:
    """Write an object whole or not at all; a cache that cannot be written is done without."""
    text = json.dumps(value, separators=(",", ":")).encode()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
            os.replace(name, path)
        except OSError:
            os.unlink(name)

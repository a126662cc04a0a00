"""All that facts about a file depend on besides its text, as one digest."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from .. import __version__, ledger
from ..policy import Policy
from .cache import Stamp, is_settled, stamp_of
from .files import Tree

_TRACE_FILE = ".agent-trace/traces.jsonl"


def key_of(tree: Tree, policy: Policy, index: Path | None, begun: int) -> str | None:
    """Digest the rules, the code, the history's state and the index's; None: nothing may be kept.

    That is so where a file that counts changed just before ``begun`` (ns since 1970): its stamp
    would not tell the next change. Raises ``GitError``.
    """
    repository = tree.repository
    parts = [__version__, *_code(), os.fspath(tree.root), tree.no_git]
    parts += [policy.sha256, *policy.files]
    stamps: list[Stamp | None] = []
    if index is not None:
        log = stamp_of(index.with_name(index.name + "-wal"))
        # A reader leaves an empty log beside the index.
        stamps += [stamp_of(index.resolve()), log if log and log[0] else None]
        parts.append(os.fspath(index))
    if repository is not None:
        stamps.append(stamp_of(tree.root / _TRACE_FILE))
        parts += [repository.head or "", *sorted(repository.shallow_commits)]
        parts += repository.record_refs
    declared = ledger.stamps(tree.root)
    if any(stamp is not None and not is_settled(stamp, begun) for stamp in [*stamps, *declared]):
        return None
    stamps += declared
    text = "\0".join([*parts, *map(str, stamps)])
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _code() -> list[str]:
    """Tell this code, and what is installed beside it, from what a later run may use."""
    package = Path(__file__).parents[1]
    told = [sys.version]
    for folder, _, files in os.walk(package):
        if not folder.endswith("__pycache__"):
            stamps = [stamp_of(Path(folder, name)) for name in sorted(files)]
            told.append(f"{folder} {stamps}")
    # Installing a grammar makes or removes a folder here.
    beside = [Path(entry) for entry in sys.path if entry.endswith("-packages")]
    return told + [f"{path} {path.stat().st_mtime_ns}" for path in beside if path.is_dir()]

"""What is known about files, kept between runs: facts alone, for every verdict is made anew.

One file for each root, in the user's cache: a SHA-256 of the rest in hex, a line feed, then JSON.
It can vanish or be damaged at any time and is then done without.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from ..model import Evidence, EvidenceKind, Source, Span, Strength, ZoneHit
from .judge import Facts

RACY_NS = 2_000_000_000
"""A file changed so shortly before the run may change again within one tick of its clock."""

Stamp = tuple[int, int, int, int]
"""Size in bytes, mtime and ctime in ns, inode."""


@dataclass(slots=True)
class Memory:
    """Facts by path, each true as long as the file bears its stamp and ``key`` is the same."""

    key: str
    """Digest of all that facts depend on besides the files: rules, history, index, code."""
    sources: tuple[Source, ...] = ()
    files: dict[str, tuple[Stamp, Facts]] = field(default_factory=dict)

    def recall(self, path: str, stamp: Stamp | None) -> Facts | None:
        """Give the facts of a file whose stamp is as it was."""
        held = self.files.get(path)
        return held[1] if held is not None and stamp is not None and held[0] == stamp else None


def stamp_of(path: str | Path) -> Stamp | None:
    """Take a file's stamp; None for a link, whose target may change unseen, and for no file."""
    try:
        info = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(info.st_mode):
        return None
    return info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino


def is_settled(stamp: Stamp, begun: int) -> bool:
    """Tell whether a stamp taken after ``begun`` (ns since 1970) tells every later change."""
    return max(stamp[1], stamp[2]) < begun - RACY_NS


def file_of(cache: Path, root: Path) -> Path:
    """Where the facts of a root are kept."""
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:24]
    return cache / "facts" / f"{name}.json"


def load(file: Path, key: str) -> Memory | None:
    """Read what is kept under ``key``; None if there is nothing, or it is damaged."""
    try:
        digest, _, body = file.read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            return None
        value = json.loads(body)
        return _decoded(value) if value["key"] == key else None
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def save(file: Path, memory: Memory) -> None:
    """Write whole or not at all; a cache that cannot be written is done without."""
    import tempfile  # costs start-up, and most runs find nothing new

    body = json.dumps(_encoded(memory), separators=(",", ":")).encode()
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name, suffix=".new")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            os.replace(name, file)
        except BaseException:
            os.unlink(name)
            raise


def merged(
    old: Memory,
    found: Iterable[tuple[Facts, Stamp | None]],
    begun: int,
    *,
    only: Collection[str] | None,
    listed: Collection[str] | None,
) -> Memory | None:
    """Add what a run found to what was known; None if that changes nothing.

    Facts of a file that could not be wholly judged, or that changed shortly before ``begun``,
    are left out. ``only``: the files that may be kept (None: all); ``listed``: all files that
    there are, if the run saw them all.
    """
    fresh = {
        facts.path: (stamp, facts)
        for facts, stamp in found
        if stamp is not None
        and not facts.skips
        and is_settled(stamp, begun)
        and (only is None or facts.path in only)
    }
    gone = old.files.keys() - set(listed) if listed is not None else set()
    if not fresh and not gone:
        return None
    kept = {path: held for path, held in old.files.items() if path not in gone}
    return Memory(old.key, old.sources, kept | fresh)


def _encoded(memory: Memory) -> dict[str, object]:
    # A tree has few sets of zones, and many files.
    sets: dict[tuple[ZoneHit, ...], int] = {}
    files = {
        path: [
            *stamp,
            sets.setdefault(facts.zones, len(sets)),
            facts.lines,
            [_evidence_row(piece) for piece in facts.evidence],
        ]
        for path, (stamp, facts) in memory.files.items()
    }
    return {
        "key": memory.key,
        "sources": [astuple(source) for source in memory.sources],
        "zones": [[_zone_row(hit) for hit in zones] for zones in sets],
        "files": files,
    }


def _zone_row(hit: ZoneHit) -> list[object]:
    span = None if hit.span is None else [hit.span.start, hit.span.end]
    return [hit.zone, hit.reason, span, hit.origin]


def _evidence_row(piece: Evidence) -> list[object]:
    row: list[object] = [str(piece.kind), int(piece.strength), piece.span.start, piece.span.end]
    row += [piece.assistant, piece.detail, piece.model, piece.session, piece.time, piece.commit]
    return [*row, piece.source, piece.share, piece.bits]


def _decoded(value: dict[str, Any]) -> Memory:
    sets = [
        tuple(
            ZoneHit(zone, reason, None if span is None else Span(*span), origin)
            for zone, reason, span, origin in zones
        )
        for zones in value["zones"]
    ]
    files: dict[str, tuple[Stamp, Facts]] = {}
    for path, (size, mtime, ctime, inode, zones, lines, evidence) in value["files"].items():
        pieces = tuple(map(_piece, evidence))
        facts = Facts(path, sets[zones], pieces, (), lines)
        files[path] = ((size, mtime, ctime, inode), facts)
    return Memory(value["key"], tuple(Source(*row) for row in value["sources"]), files)


def _piece(row: list[Any]) -> Evidence:
    kind, strength, start, end, *rest = row
    return Evidence(EvidenceKind(kind), Strength(strength), Span(start, end), *rest)

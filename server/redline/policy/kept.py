"""Rule files on disk, and the merged policy kept between runs so that YAML is read once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redline.policy.packs import builtin_pack
from redline.policy.table import PolicyTable, dump, restore

_MAX_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Identity:
    """Which rule file: a shipped pack (``builtin``) or a path on disk."""

    name: str
    """What messages show."""
    path: Path | None = None
    builtin: str = ""


def bytes_of_file(identity: Identity) -> bytes:
    """Read a rule file, as much of it as the reader may want to refuse. Raises OSError."""
    if identity.builtin:
        return builtin_pack(identity.builtin)
    assert identity.path is not None  # the two kinds of identity
    with identity.path.open("rb") as file:
        return file.read(_MAX_BYTES)


def recall(kept: Path, bytes_of: Callable[[Identity], bytes]) -> PolicyTable | None:
    """Give the table that was kept, if every file it was made of is still the same."""
    import json  # the standard one: it is loaded faster than any other for one small file

    try:
        data = json.loads(kept.read_bytes())
        for builtin, path, digest in data["made_of"]:
            identity = Identity(path, Path(path) if path else None, builtin)
            if hashlib.sha256(bytes_of(identity)).hexdigest() != digest:
                return None
        return restore(data["table"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # absent, torn or of another version: read the files instead


def keep(
    kept: Path, table: PolicyTable, made_of: list[Identity], read: dict[Identity, bytes]
) -> None:
    """Keep a merged table, atomically."""
    import json

    listed = [
        (one.builtin, str(one.path or ""), hashlib.sha256(read[one]).hexdigest()) for one in made_of
    ]
    text = json.dumps({"made_of": listed, "table": dump(table)})
    draft = kept.with_suffix(f".{os.getpid()}.draft")
    # A cache that cannot be written is no reason to fail a run.
    with suppress(OSError, UnicodeEncodeError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, kept)

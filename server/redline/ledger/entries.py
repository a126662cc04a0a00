"""Entries of the ledger: each an immutable file of canonical JSON that is named by its hash.

An entry lies at ``.redline/ledger/4b/4b1f...json``: the name is the SHA-256 of its JSON, the
folder the first two digits of it. Canonical means: one object, keys sorted, no space between
tokens, UTF-8, no number but integers. A line feed follows, which the hash does not cover, so
that neither a formatter's last line break nor a checkout with CR LF damages an entry.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

FOLDER = ".redline/ledger"
"""Relative to the project's root."""
LARGEST = 64 << 10
"""Bytes of the largest entry."""
MOST = 200_000
"""Files that are read; each is a statement that a person made."""
_FAN = re.compile("[0-9a-f]{2}")
_NAME = re.compile(r"([0-9a-f]{64})\.json")
_SURROGATE = re.compile("[\ud800-\udfff]")


class LedgerError(Exception):
    """A statement cannot be written: what is wrong, and what to do."""

    def __init__(self, what: str, help: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.help = help


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole entry."""

    path: str
    """Relative to the root, with ``/``."""
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in the ledger that is no whole entry, and so counts for nothing."""

    path: str
    """Relative to the root, with ``/``."""
    reason: str


@dataclass(frozen=True, slots=True)
class Entries:
    """All that the ledger holds, by name."""

    entries: tuple[Entry, ...] = ()
    damaged: tuple[Damage, ...] = ()
    present: bool = False
    """There is a ledger, empty or not."""


def canonical(value: dict[str, Any]) -> bytes:
    """Write a value in the one way that its hash is taken of.

    Raises ``ValueError`` for a number that is no integer, at whatever depth.
    """
    _refuse_floats(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A name that is no UTF-8 has lone surrogates, which only an escape can carry.
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()


def write_entry(root: Path, value: dict[str, Any]) -> Path:
    """Add an entry, whole or not at all; the same entry again changes nothing.

    Raises ``LedgerError`` where it cannot be written, or a damaged file bears its name.
    """
    data = canonical(value)
    if len(data) > LARGEST:
        raise LedgerError("the entry is larger than 64 KiB", "say it in fewer words")
    name = hashlib.sha256(data).hexdigest()
    try:
        folder = _made(root, name[:2])
        return _placed(folder, f"{name}.json", data + b"\n")
    except OSError as error:
        raise LedgerError(
            f"the ledger cannot be written: {error.strerror or error}",
            f"check the permissions of {FOLDER}",
        ) from error


def read_entries(root: Path) -> Entries:
    """Read all entries; what is damaged is told and passed over, links are never followed."""
    place = root
    for part in FOLDER.split("/"):
        place = place / part
        try:
            mode = os.lstat(place).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return Entries()
        except OSError as error:
            return Entries((), (_unreadable(root, place, error),), present=True)
        if not stat.S_ISDIR(mode):
            said = "it is a link" if stat.S_ISLNK(mode) else "it is no folder"
            return Entries((), (Damage(_name(root, place), said),), present=True)
    entries: list[Entry] = []
    damaged: list[Damage] = []
    for count, path in enumerate(_files(root, place, damaged)):
        if count == MOST:
            damaged.append(Damage(FOLDER, f"it holds more than {MOST:,} entries"))
            break
        read = _read(root, path)
        if isinstance(read, Entry):
            entries.append(read)
        else:
            damaged.append(read)
    return Entries(tuple(entries), tuple(damaged), present=True)


def stamps(root: Path) -> list[tuple[int, int, int, int]]:
    """Size, mtime and ctime (ns) and inode of each file, in their order.

    Two equal answers mean one ledger.
    """
    found = []
    for path in _files(root, root / FOLDER, []):
        with suppress(OSError):
            info = os.lstat(path)
            found.append((info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino))
    return found


def folder_stamps(root: Path) -> tuple[tuple[str, int], ...]:
    """Name and mtime (ns) of each folder: cheap, and changed by each entry that comes or goes."""
    found = []
    top = os.path.join(root, *FOLDER.split("/"))
    for name in ("", *_names(top)):
        with suppress(OSError):
            found.append((name, os.lstat(os.path.join(top, name)).st_mtime_ns))
    return tuple(found)


def _names(folder: str | Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _files(root: Path, ledger: Path, damaged: list[Damage]) -> Iterator[Path]:
    """Name what may be an entry; other files, such as signatures, are somebody else's."""
    for fan in _names(ledger):
        folder = ledger / fan
        if not _FAN.fullmatch(fan):
            if fan.endswith(".json"):
                damaged.append(Damage(_name(root, folder), "it lies in no folder of the ledger"))
            continue
        try:
            if not stat.S_ISDIR(os.lstat(folder).st_mode):
                damaged.append(Damage(_name(root, folder), "it is a link, or no folder"))
                continue
            names = sorted(os.listdir(folder))
        except OSError as error:
            damaged.append(_unreadable(root, folder, error))
            continue
        yield from (folder / name for name in names if name.endswith(".json") and name[:1] != ".")


def _read(root: Path, path: Path) -> Entry | Damage:
    name = _name(root, path)
    matched = _NAME.fullmatch(path.name)
    if matched is None or path.parent.name != matched[1][:2]:
        return Damage(name, "its name is no hash, or it lies in the wrong folder")
    try:
        data = _bytes(path)
    except OSError as error:
        return _unreadable(root, path, error)
    if data is None:
        return Damage(name, "it is a link, or no regular file")
    if len(data) > LARGEST + 2:
        return Damage(name, "it is larger than 64 KiB")
    body = data.removesuffix(b"\n").removesuffix(b"\r")
    if hashlib.sha256(body).hexdigest() != matched[1]:
        return Damage(name, "it was changed: its name is not the hash of what it holds")
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_once,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
        if not isinstance(value, dict) or canonical(value) != body:
            return Damage(name, "it is not written in the canonical form")
    except (ValueError, RecursionError) as error:
        said = str(error) if isinstance(error, _Refused) else "it is no JSON"
        return Damage(name, said)
    return Entry(name, value)


def _bytes(path: Path) -> bytes | None:
    """Read a regular file that is no link, a little more than the most that it may hold."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        return None
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(path, "rb", opener=lambda name, mode: os.open(name, mode | flags)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        return file.read(LARGEST + 3)


class _Refused(ValueError):
    """JSON that is no entry, with the reason."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise _Refused("it gives a key twice")
    return value


def _refuse_number(_text: str) -> NoReturn:
    raise _Refused("it holds a number that is no integer")


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise _Refused("an entry holds no number but integers")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _refuse_floats(item)


def _made(root: Path, fan: str) -> Path:
    place = root
    for part in (*FOLDER.split("/"), fan):
        place = place / part
        with suppress(FileExistsError):
            os.mkdir(place)
            _sync(place.parent)
        if not stat.S_ISDIR(os.lstat(place).st_mode):
            raise LedgerError(
                f"{_name(root, place)} is a link, or no folder", "put a folder in its place"
            )
    return place


def _placed(folder: Path, name: str, data: bytes) -> Path:
    import secrets  # costs start-up, and reading needs none

    target = folder / name
    if os.path.lexists(target):
        return _same(target, data)
    fresh = folder / f".{name}.{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(fresh, flags, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, target)
        except FileExistsError:
            return _same(target, data)
        except OSError:
            # Some file systems have no links. A rename may at worst replace the same entry.
            os.rename(fresh, target)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(fresh)
    _sync(folder)
    return target


def _same(target: Path, data: bytes) -> Path:
    if _bytes(target) in (data, data[:-1], data[:-1] + b"\r\n"):
        return target
    raise LedgerError(
        f"{target.name} is there already and damaged",
        "restore it from git, or remove it, and try again",
    )


def _sync(folder: Path) -> None:
    """Make a new name survive a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unreadable(root: Path, path: Path, error: OSError) -> Damage:
    return Damage(_name(root, path), f"it cannot be read: {error.strerror or error}")


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()

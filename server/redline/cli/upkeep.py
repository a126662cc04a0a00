"""``redline index status|prune|export|import``: look after the origin index."""

from __future__ import annotations

import argparse
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from redline.cli import output
from redline.cli.failure import INCOMPLETE, Failure

if TYPE_CHECKING:
    from redline.indexer import IndexStatus

_DAYS = re.compile(r"^(\d{1,5})d?$")
_MOST_UNREAD = 20


def add_index(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the index."""
    parser.add_argument(
        "--index",
        metavar="FILE",
        type=Path,
        help="the origin index (default: the one in your state folder)",
    )


def index_of(args: argparse.Namespace) -> Path:
    """The index that was named, or this user's."""
    from redline.project.options import default_index

    return args.index or default_index()


def configure_status(parser: argparse.ArgumentParser) -> None:
    """Describe ``status``."""
    parser.usage = "redline index status [--index FILE]"
    add_index(parser)
    parser.set_defaults(run=_status)


def configure_prune(parser: argparse.ArgumentParser) -> None:
    """Describe ``prune``."""
    parser.usage = "redline index prune [--older-than DAYS] [--keep-gone]"
    parser.add_argument(
        "--older-than",
        metavar="DAYS",
        type=_days,
        help="forget session files last written more than DAYS ago, too",
    )
    parser.add_argument(
        "--keep-gone",
        action="store_true",
        help="keep what is known from files that are no longer there",
    )
    add_index(parser)
    parser.set_defaults(run=_prune)


def configure_export(parser: argparse.ArgumentParser) -> None:
    """Describe ``export``."""
    parser.usage = "redline index export FILE --key-file KEY"
    parser.add_argument("file", metavar="FILE", type=Path, help="the file to write")
    _add_key(parser, "the team's secret; made if it is not there")
    add_index(parser)
    parser.set_defaults(run=_export)


def configure_import(parser: argparse.ArgumentParser) -> None:
    """Describe ``import``."""
    parser.usage = "redline index import FILE --key-file KEY"
    parser.add_argument("file", metavar="FILE", type=Path, help="what `index export` wrote")
    _add_key(parser, "the secret that it was exported with")
    add_index(parser)
    parser.set_defaults(run=_import)


def _add_key(parser: argparse.ArgumentParser, words: str) -> None:
    parser.add_argument("--key-file", metavar="KEY", type=Path, required=True, help=words)


def _days(text: str) -> int:
    found = _DAYS.match(text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days")
    return int(found[1])


def _existing(args: argparse.Namespace) -> Path:
    path = index_of(args)
    if not path.exists():
        raise Failure(f"there is no index {path}", "make it with: redline index update")
    return path


def _status(args: argparse.Namespace) -> int:
    from redline.indexer import status

    known = status(_existing(args))
    output.write_text(_described(known))
    return INCOMPLETE if known.complaint else 0


def _described(known: IndexStatus) -> Iterator[str]:
    from redline.report.safe import one_line
    from redline.report.summary import moment, plural

    yield f"{known.path}: {known.bytes / (1 << 20):,.1f} MiB, "
    runs = f" in {plural(known.runs, 'run')}" if known.runs else ""
    yield f"{plural(known.fingerprints, 'fingerprint')}{runs}, no text\n"
    gone = f", {known.gone:,} of them gone since" if known.gone else ""
    yield f"{plural(known.files, 'session file')} read{gone}\n"
    if known.live:
        told = ", ".join(f"{one_line(who)} {pieces:,}" for who, pieces, _ in known.live)
        landed = sum(pieces for _, pieces, _ in known.live)
        yield f"{plural(landed, 'piece')} of text landed in an editor: {told}\n"
    if known.imported:
        yield f"{plural(known.imported, 'import')} from other machines\n"
    yield "\n"
    rows = [("assistant", "sessions", "pieces of text", "up to")]
    for assistant, _, sessions, pieces, newest in known.assistants:
        rows.append((assistant, f"{sessions:,}", f"{pieces:,}", moment(newest) or "-"))
    yield from _table(rows)
    if known.kinds:
        yield "\n"
        yield from _table(
            [
                ("kind or outcome", "pieces"),
                *((k, f"{n:,}") for k, n in sorted(known.kinds.items())),
            ]
        )
    if known.unread:
        yield "\nNot read:\n"
        for path, reason, count in known.unread[:_MOST_UNREAD]:
            yield f"  {one_line(path)}: {one_line(reason)} ({count:,})\n"
        if len(known.unread) > _MOST_UNREAD:
            yield f"  and {len(known.unread) - _MOST_UNREAD:,} more\n"
    else:
        yield "\nEvery record was read.\n"
    if known.complaint:
        yield f"\nerror: the file is damaged: {one_line(known.complaint)}\n"
        yield "help: move it away and run: redline index update\n"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Align columns: the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        line = "  ".join((first.strip().ljust(widths[0]), *others))
        yield f"  {line.rstrip()}\n"


def _prune(args: argparse.Namespace) -> int:
    import time

    from redline.indexer import prune
    from redline.report.summary import plural

    before = None
    if args.older_than is not None:
        before = int((time.time() - args.older_than * 86_400) * 1000)
    removed = prune(_existing(args), gone=not args.keep_gone, before=before)
    if not args.quiet:
        output.write_text([f"{plural(removed, 'piece')} of text forgotten.\n"])
    return 0


def _export(args: argparse.Namespace) -> int:
    from redline.indexer import export
    from redline.report.summary import plural

    index = _existing(args)
    key = _key(args.key_file, make=True)
    try:
        count = export(index, args.file, key)
    except OSError as error:
        raise Failure(
            f"cannot write {args.file}: {error.strerror}", "choose a folder that can be written"
        ) from error
    if not args.quiet:
        output.write_text(
            [
                f"{plural(count, 'piece')} of text, as hashes under {args.key_file}, "
                f"to {args.file}.\n",
                "Keep the key apart from it: who has both can test a text against the export.\n",
            ]
        )
    return 0


def _import(args: argparse.Namespace) -> int:
    from redline.indexer import import_
    from redline.report.summary import plural

    if not args.file.exists():
        raise Failure(f"there is no {args.file}", "name a file that `redline index export` wrote")
    added = import_(index_of(args), args.file, _key(args.key_file, make=False))
    if not args.quiet:
        output.write_text([f"{plural(added, 'piece')} of text added.\n"])
    return 0


def _key(path: Path, *, make: bool) -> bytes:
    """Read the secret, 32 hex digits; make it where it may be made."""
    from redline.indexer.upkeep import KEY_BYTES

    try:
        if make and not path.exists():
            # Opened so that nobody else can read it, and never over a file that just appeared.
            number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(KEY_BYTES) + "\n")
        text = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no hexadecimal number"
        raise Failure(f"cannot use the key {path}: {reason}", "it holds 32 hex digits") from error
    if len(key) != KEY_BYTES:
        raise Failure(f"cannot use the key {path}: it is too short", "it holds 32 hex digits")
    return key

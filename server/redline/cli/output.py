"""Where reports go: the standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from redline.cli.failure import Failure
from redline.report.look import in_ci, is_terminal
from redline.report.safe import neutralise


def write_text(pieces: Iterable[str]) -> None:
    """Write text for people to the standard output.

    Where no person but perhaps a CI service reads, nothing in it is left that a CI log would
    run. What the output's encoding lacks is written as an escape.
    """
    guard = in_ci() or not is_terminal(sys.stdout)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    _write_bytes(
        (neutralise(piece) if guard else piece).encode(encoding, "backslashreplace")
        for piece in pieces
    )


def write_data(pieces: Iterable[str]) -> None:
    """Write a machine's format to the standard output, in UTF-8 whatever the locale says."""
    _write_bytes(piece.encode("utf-8", "backslashreplace") for piece in pieces)


def write_file(path: Path, pieces: Iterable[str], *, text: bool = False) -> None:
    """Write ``path`` in UTF-8, atomically; a device or a pipe is written to as it is.

    Raises ``Failure`` where the folder is missing or cannot be written to.
    """
    encoded = (
        (neutralise(piece) if text else piece).encode("utf-8", "backslashreplace")
        for piece in pieces
    )
    try:
        # Asked before links are followed: /dev/stdout leads to a pipe, which has no path.
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                device.writelines(encoded)
            return
        _replace(Path(os.path.realpath(path)), encoded)
    except OSError as error:
        raise Failure(
            f"cannot write {path}: {error.strerror}",
            "name a file in a folder that exists and that you may write to",
        ) from error


def append_file(path: Path, pieces: Iterable[str]) -> None:
    """Append to ``path`` in UTF-8; raises ``OSError``."""
    with path.open("ab") as file:
        file.writelines(piece.encode("utf-8", "backslashreplace") for piece in pieces)


def say(text: str) -> None:
    """Write a line for people to the standard error, if there is one."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
            safe = neutralise(text).encode(encoding, "backslashreplace").decode(encoding)
            sys.stderr.write(safe + "\n")


def flush() -> None:
    """Push what is buffered out now, so that a failure to write is seen here."""
    if sys.stdout is not None:
        sys.stdout.flush()


def silence() -> None:
    """Send the rest of the standard output nowhere: the interpreter flushes it at exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)


def _write_bytes(pieces: Iterable[bytes]) -> None:
    stream = sys.stdout
    if stream is None:
        raise Failure("there is no standard output", "redirect it, or name a file with --output")
    binary = getattr(stream, "buffer", None)
    try:
        stream.flush()
        for piece in pieces:
            if binary is None:
                stream.write(piece.decode("utf-8", "replace"))
            else:
                binary.write(piece)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is still buffered would fail once more when the interpreter ends.
        silence()
        raise Failure(
            f"cannot write the report: {error.strerror}", "is the disk full?", code=3
        ) from error


def _replace(target: Path, pieces: Iterable[bytes]) -> None:
    import tempfile  # only a report in a file needs it; it costs five milliseconds

    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

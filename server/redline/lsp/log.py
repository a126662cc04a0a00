"""What the server notes for whoever looks for a fault: never a document's text."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

from redline.report.safe import one_line

LEVELS = ("debug", "info", "warning", "error")


def start(level: str, file: Path | None) -> None:
    """Write the notes of this process to ``file``, or else to the standard error.

    Raises ``OSError`` where the file cannot be written.
    """
    handler: logging.Handler = (
        logging.StreamHandler(sys.stderr)
        if file is None
        else logging.FileHandler(file, encoding="utf-8", errors="backslashreplace")
    )
    layout = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    handler.setFormatter(_OneLine(layout))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    # They would note whole messages, and with them what people type.
    for name in ("pygls", "cattrs", "asyncio", "watchfiles"):
        logging.getLogger(name).setLevel(logging.WARNING)


def describe(error: BaseException) -> str:
    """Tell an error's kind and where it arose.

    Its words are left out unless they are the system's: they may quote a document.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "redline" in Path(frame.filename).parts]
    last = (ours or frames)[-1:]
    place = "".join(f" in {Path(one.filename).name}:{one.lineno}, {one.name}" for one in last)
    said = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__}{said}{place}"


class _OneLine(logging.Formatter):
    """A formatter for notes that hold names from outside, which must not forge lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return one_line(super().formatMessage(record))

"""What the server notes for whoever looks for a fault: never a document's text."""

from __future__ import annotations

import logging
import sys
import traceback
from copy import copy
from pathlib import Path
from typing import Any

from redline.report.safe import one_line


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
    handler.setFormatter(_Discreet(layout))
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
    return _kind(error) + "".join(f" in {_place(frame)}" for frame in last)


class _Discreet(logging.Formatter):
    """A formatter for notes with names from outside, and errors that may quote documents."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole note; what another formatter made of the same error is not used."""
        record = copy(record)
        record.exc_text = None
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the note as one line, whatever line breaks stand in it."""
        return one_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: ANN401 -- as the library has it
        """Return where an error passed, without its words and without source lines."""
        error: BaseException | None = ei[1]
        lines: list[str] = []
        while error is not None:
            lines += [f"  {_place(frame)}" for frame in traceback.extract_tb(error.__traceback__)]
            lines.append(f"  {_kind(error)}")
            error = error.__cause__
        return "\n".join(lines)


def _kind(error: BaseException) -> str:
    said = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__}{said}"


def _place(frame: traceback.FrameSummary) -> str:
    return f"{Path(frame.filename).name}:{frame.lineno}, {frame.name}"

"""A terminal that a program runs in: keys go to it, and what it draws can be read."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyte

from .editor import needed, on_path

ROWS, COLUMNS = 60, 160


class _Screen(pyte.Screen):
    """Answers what programs ask a terminal about itself."""

    def __init__(self, answer: int) -> None:
        super().__init__(COLUMNS, ROWS)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        os.write(self._answer, data.encode())

    def select_graphic_rendition(self, *attributes: int, private: bool = False) -> None:
        # A private one is about keys, not colours.
        if not private:
            super().select_graphic_rendition(*attributes)


class Terminal:
    """One program with a controlling terminal of its own."""

    def __init__(
        self, command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]
    ) -> None:
        setsid = needed(on_path("setsid"), "setsid", "apt install util-linux")
        self._side, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        # setsid makes the terminal the controlling one; it execs, so the process is the program.
        self.process = subprocess.Popen(
            [str(word) for word in (setsid, "--ctty", *command)],
            cwd=folder,
            env={**environment, "TERM": "xterm-256color", "LANG": "C.UTF-8"},
            stdin=inner,
            stdout=inner,
            stderr=inner,
        )
        os.close(inner)
        self._screen = _Screen(self._side)
        self._drawn = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def press(self, keys: str) -> None:
        """Send keys, control characters and all."""
        assert self.process.poll() is None, f"it ended early:\n{self.shown()}"
        data = keys.encode()
        while data:
            data = data[os.write(self._side, data) :]

    def paste(self, text: str) -> None:
        """Send what a terminal sends when its user pastes."""
        self.press(f"\x1b[200~{text}\x1b[201~")

    def shown(self) -> str:
        """What stands on the screen now, without the blanks at the ends of lines."""
        with self._lock:
            return "\n".join(line.rstrip() for line in self._screen.display)

    def close(self) -> None:
        """End the program, if it has not ended by itself a while after it was told to."""
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            self.process.wait()
            os.close(self._side)
            self._reader.join(10)

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._side, 65536)
            except OSError:
                return
            if not piece:
                return
            with self._lock:
                self._drawn.feed(piece)

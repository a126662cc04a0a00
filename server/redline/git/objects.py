"""Read many objects through one ``git cat-file --batch`` (git-cat-file(1), "BATCH OUTPUT")."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import IO

from redline.git.command import Git, GitError, first_line

_CHUNK = 1 << 20


class Objects:
    """A reader of blobs by name: an object id, ``REV:path`` or ``:path`` for what is staged.

    Safe for threads: one request at a time. The process starts with the first request and is
    started anew after a damaged object has ended it. Use as a context manager, or call ``close``.
    """

    def __init__(self, git: Git) -> None:
        self._git = git
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    def __enter__(self) -> Objects:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, name: str, limit: int | None = None) -> bytes | None:
        """Read a whole object; None if there is none.

        Raises ``GitError`` if it is damaged or larger than ``limit`` bytes.
        """
        with self._lock:
            size = self._request(name)
            if size is None:
                return None
            if limit is not None and size > limit:
                for _ in self._chunks(name, size):
                    pass
                raise GitError(
                    f"an object of {size} bytes exceeds the limit of {limit} bytes", _shown(name)
                )
            return b"".join(self._chunks(name, size))

    def stream(self, name: str) -> Iterator[bytes]:
        """Read an object in pieces of at most 1 MiB; nothing if there is none.

        Other requests wait until the iterator is exhausted or closed. Raises ``GitError`` if it
        is damaged.
        """
        with self._lock:
            size = self._request(name)
            if size is None:
                return
            finished = False
            try:
                yield from self._chunks(name, size)
                finished = True
            finally:
                if not finished:
                    self._stop()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _request(self, name: str) -> int | None:
        raw = os.fsencode(name)
        if b"\n" in raw or b"\0" in raw:
            # A request ends at a line feed; such a path is looked up on the command line instead.
            if b"\0" in raw:
                return None
            answer = self._git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", name)
            if answer.code:
                return None
            raw = answer.out.strip()
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(raw + b"\n")
            process.stdin.flush()
            header = process.stdout.readline()
        except OSError:
            header = b""
        if not header.endswith(b"\n"):
            raise self._broken(name)
        words = header.split()
        if words[-1] in (b"missing", b"ambiguous"):
            if self._errors is not None and os.fstat(self._errors.fileno()).st_size:
                # A damaged object is called missing too, but not without a complaint.
                raise self._broken(name)
            return None
        return int(words[-1])

    def _chunks(self, name: str, size: int) -> Iterator[bytes]:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        left = size
        while left:
            chunk = process.stdout.read(min(left, _CHUNK))
            if not chunk:
                raise self._broken(name)
            left -= len(chunk)
            yield chunk
        process.stdout.read(1)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            # A file, not a pipe: nobody drains a pipe while an object is being read.
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
            try:
                self._process = subprocess.Popen(
                    self._git.command(["cat-file", "--batch"]),
                    cwd=self._git.folder,
                    env=self._git.environment(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._errors,
                )
            except OSError as error:
                self._stop()
                raise GitError(
                    f"git cat-file could not be started: {error}", self._git.folder
                ) from error
        return self._process

    def _broken(self, name: str) -> GitError:
        text = ""
        if self._errors is not None:
            self._errors.seek(0)
            text = self._errors.read(10_000).decode("utf-8", "replace")
        self._stop()
        return GitError(f"git cat-file failed: {first_line(text)}", _shown(name), "run git fsck")

    def _stop(self) -> None:
        process, self._process = self._process, None
        errors, self._errors = self._errors, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        continue  # a request that never reached a process that had ended
            process.kill()
            process.wait()
        if errors is not None:
            errors.close()


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)[:200]

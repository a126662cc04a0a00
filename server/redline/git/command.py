"""Run git without letting the repository run anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

# Where the user, not the repository, says something: which settings are his and how far git looks.
_KEPT = frozenset(
    {
        "GIT_CEILING_DIRECTORIES",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_SYSTEM",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    }
)
_KEPT_PREFIXES = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")

_ENVIRONMENT = {
    "LC_ALL": "C",  # the messages below are told apart by their English text
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # a replace ref would let a branch rewrite who wrote what
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "",
    "GIT_TERMINAL_PROMPT": "0",
}

# Each of these names a program, a network or a view of history that a repository's own
# configuration could choose.
_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.quotePath=false",
    "core.sshCommand=false",
    "credential.helper=",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
    "log.showSignature=false",
    "blame.ignoreRevsFile=",
    f"diff.orderFile={os.devnull}",
    "diff.renameLimit=1000",
    "diff.suppressBlankEmpty=false",
    "i18n.logOutputEncoding=UTF-8",
)


class GitError(Exception):
    """Git could not answer: what went wrong, where, and what to do."""

    def __init__(self, what: str, where: str = "", advice: str = "") -> None:
        self.what = what
        self.where = where
        self.advice = advice
        place = f" ({where})" if where else ""
        super().__init__(f"{what}{place}" + (f"; {advice}" if advice else ""))


class GitMissing(GitError):
    """There is no git program on the PATH."""


class BareRepository(GitError):
    """The place lies in a repository without a working tree, or in a ``.git`` folder."""


class UnsafeRepository(GitError):
    """The repository belongs to another user and git refuses to read it."""


class UnknownRevision(GitError):
    """A revision that this repository does not hold."""


class NoMergeBase(GitError):
    """Two revisions share no commit here: a shallow clone or unrelated histories."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one run of git printed."""

    code: int
    out: bytes
    err: str


@dataclass(frozen=True, slots=True)
class Git:
    """The git program bound to a folder and an environment."""

    program: str
    folder: str
    index_file: str | None = None

    @staticmethod
    def at(folder: str, index_file: str | None = None) -> Git:
        """Find git on the PATH; raises ``GitMissing``."""
        program = shutil.which("git")
        if program is None:
            raise GitMissing("git is not installed", "PATH", "install git or add it to the PATH")
        return Git(os.path.abspath(program), folder, index_file)

    def command(self, arguments: Sequence[str], settings: Sequence[str] = ()) -> list[str]:
        """Build the command line, every dangerous setting overruled."""
        line = [self.program, "--no-pager"]
        for setting in (*_SETTINGS, *settings):
            line += ["-c", setting]
        return [*line, *arguments]

    def environment(self) -> dict[str, str]:
        """Drop the caller's ``GIT_*``: a hook's or a shell's must not redirect the check."""
        return _scrubbed(os.environ, self.index_file)

    def ask(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        settings: Sequence[str] = (),
        timeout: float | None = None,
    ) -> Answer:
        """Run git to its end, whatever its exit code; ``timeout`` in seconds."""
        try:
            done = subprocess.run(
                self.command(arguments, settings),
                cwd=self.folder,
                env=self.environment(),
                input=stdin,
                stdin=subprocess.DEVNULL if stdin is None else None,
                capture_output=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise GitError(
                f"git {arguments[0]} took longer than {timeout:g} seconds",
                self.folder,
                "run git gc, or check fewer files at once",
            ) from None
        except (OSError, ValueError) as error:
            raise GitError(
                f"git {arguments[0]} could not be started: {error}", self.folder
            ) from error
        return Answer(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))

    def tell(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        settings: Sequence[str] = (),
        timeout: float | None = None,
    ) -> bytes:
        """Run git and return what it printed; raises ``GitError`` unless it succeeded."""
        answer = self.ask(*arguments, stdin=stdin, settings=settings, timeout=timeout)
        if answer.code:
            raise failure(arguments[0], self.folder, answer.err)
        return answer.out

    def records(self, *arguments: str, stdin: bytes | None = None) -> Iterator[bytes]:
        """Run git and yield its NUL-separated output as it comes.

        Raises ``GitError`` after the last record if git failed.
        """
        with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as given:
            # Files, not pipes: nobody needs to feed or drain them while the output is read.
            given.write(stdin or b"")
            given.seek(0)
            try:
                process = subprocess.Popen(
                    self.command(arguments),
                    cwd=self.folder,
                    env=self.environment(),
                    stdin=given,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                )
            except OSError as error:
                raise GitError(
                    f"git {arguments[0]} could not be started: {error}", self.folder
                ) from error
            assert process.stdout is not None
            try:
                held = b""
                while chunk := process.stdout.read(1 << 18):
                    *whole, held = (held + chunk).split(b"\0")
                    yield from whole
                if held:
                    yield held
            finally:
                process.stdout.close()
                # Closing the pipe ends a git that still writes, if the reader stopped early.
                process.wait()
            if process.returncode:
                errors.seek(0)
                text = errors.read(10_000).decode("utf-8", "replace")
                raise failure(arguments[0], self.folder, text)


def failure(verb: str, where: str, stderr: str) -> GitError:
    """Turn git's complaint into an error that says what to do."""
    text = first_line(stderr)
    if "dubious ownership" in stderr or "unsafe repository" in stderr:
        return UnsafeRepository(
            "git refuses to read a repository of another user",
            where,
            f"if you trust it, run: git config --global --add safe.directory '{where}'",
        )
    if "cannot use bare repository" in stderr or "must be run in a work tree" in stderr:
        return BareRepository("the repository has no working tree here", where, "use a clone")
    advice = "run git fsck"
    if any(word in stderr for word in ("promisor", "lazy fetch", "transport")):
        advice = "objects are missing from a partial clone; run git fetch --refetch --no-filter"
    elif "index file" in stderr:
        advice = "the index is damaged; run git status"
    return GitError(f"git {verb} failed: {text}", where, advice)


def first_line(stderr: str) -> str:
    """Pick the line that says most, printable and short."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    text = (fatal or lines or ["no message"])[0]
    text = text.removeprefix("fatal:").removeprefix("error:").strip()
    return "".join(c if c.isprintable() else "?" for c in text)[:200]


def _scrubbed(inherited: Mapping[str, str], index_file: str | None) -> dict[str, str]:
    kept = {
        name: value
        for name, value in inherited.items()
        if not name.startswith("GIT_") or name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }
    kept.update(_ENVIRONMENT)
    if index_file is not None:
        kept["GIT_INDEX_FILE"] = index_file
    return kept

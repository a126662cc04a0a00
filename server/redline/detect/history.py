"""What the repository itself tells about a file: notes, traces, checkpoints, commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from redline.detect.commits import DIGEST_VERSION, commit_evidence, digest, marks_of
from redline.detect.records import note_evidence, trace_evidence
from redline.detect.trace_records import trace_lines
from redline.git import Blame, Blames, GitError, Hunk, Log, Objects, Repository, read_log
from redline.git.ages import Ages, read_ages
from redline.model import Evidence, Skip, Source
from redline.origins.records import agent_trace, entire, git_ai
from redline.origins.records.agent_trace import TraceRange
from redline.origins.records.entire import Checkpoint
from redline.origins.records.git_ai import Note
from redline.origins.records.trailers import Marks

if TYPE_CHECKING:
    from redline.detect.moved import Moves

_NOTES = "refs/notes/ai"
_FETCH_NOTES = "git fetch origin 'refs/notes/*:refs/notes/*'"


class History:
    """The evidence of one repository, gathered once per run; close it after use.

    Paths are relative to the repository's top. Only files that a commit of interest ever touched
    are blamed, so the work grows with what assistants did, not with the tree.
    """

    def __init__(self, repository: Repository, cache: Path | None = None) -> None:
        """``cache`` is a folder for what can be computed anew; None keeps nothing.

        Raises ``GitError`` if the history cannot be read.
        """
        self.repository = repository
        self.unread: Counter[str] = Counter()
        """Records that could not be read, by reason."""
        self._objects: Objects = repository.objects()
        self._blames = Blames(repository, cache)
        self._failed: dict[str, GitError] = {}
        self._cut: dict[str, int] = {}
        self._incomplete: set[str] = set()
        self._note_objects = self._listed_notes()
        self._notes: dict[str, Note | None] = {}
        self._damaged: dict[str, str] = {}
        """Why the note of a commit is not known whole."""
        self._unread_notes: dict[str, str] = {}
        """Per file a commit that brought lines and has such a note."""
        self._checkpoints: dict[str, Checkpoint | None] = {}
        self._marks: dict[str, Marks] = {}
        self._log: Log = read_log(
            repository, digest, DIGEST_VERSION, self._note_objects.keys(), cache
        )

    def __enter__(self) -> History:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the git process that reads objects."""
        self._objects.close()

    def concerns(self, path: str) -> bool:
        """Tell whether a commit or record of interest ever touched the file."""
        return path in self._touched

    def prefetch(self, texts: Iterable[tuple[str, bytes]]) -> None:
        """Blame many files at once, those of no concern left out."""
        self._blames.prefetch((path, text) for path, text in texts if self.concerns(path))

    def evidence(self, path: str, text: bytes) -> list[Evidence]:
        """Gather what notes, traces and commits say about the lines of a text, in order.

        A file that cannot be blamed gives none and is told by ``skips``.
        """
        try:
            came = self._came_from(path, text)
        except GitError as error:
            self._failed[path] = error
            return []
        if came is None and not self.concerns(path):
            return []
        blame = self.blame(path, text)
        if blame is None:
            return []
        offsets = line_offsets(text)
        found = note_evidence(blame.hunks, offsets, self._note, _NOTES)
        damaged = [hunk.commit for hunk in blame.hunks if hunk.commit in self._damaged]
        if damaged:
            self._unread_notes[path] = damaged[0] or ""
        found += self._traced(path, text, blame.hunks, offsets)
        found += commit_evidence(blame.hunks, offsets, self._marked, self._checkpoint)
        if came is not None:
            told = f"; the text came here from {came}"
            found = [replace(piece, detail=piece.detail + told) for piece in found]
            found += self._of_its_own(path, text, offsets)
        return sorted(found, key=lambda evidence: (evidence.span, -evidence.strength))

    def begin(self, path: str, text: bytes) -> None:
        """Forget what other texts of the file came to: another version of it is judged now."""
        for told in (self._failed, self._cut, self._unread_notes):
            told.pop(path, None)
        self._incomplete.discard(path)
        self._blames.keep_only(path, text)

    def _of_its_own(self, path: str, text: bytes, offsets: list[int]) -> list[Evidence]:
        """What a committed file's own history tells, of text that came from another file too."""
        if not self.concerns(path) or not self._moves.is_committed(path):
            return []
        try:
            hunks = self._blames.of(path, text).hunks
        except GitError as error:
            self._failed[path] = error
            return []
        return note_evidence(hunks, offsets, self._note, _NOTES) + commit_evidence(
            hunks, offsets, self._marked, self._checkpoint
        )

    def blame(self, path: str, text: bytes) -> Blame | None:
        """Tell which commit brought each line; None if git failed (see ``skips``).

        A file that is not committed under its name is blamed under the one it came from.
        """
        try:
            blame = self._blames.of(self._came_from(path, text) or path, text)
        except GitError as error:
            self._failed[path] = error
            return None
        if not blame.complete:
            self._incomplete.add(path)
        if self.repository.is_shallow:
            self._cut[path] = sum(hunk.count for hunk in blame.hunks if hunk.boundary)
        return blame

    def line_times(self, path: str, text: bytes) -> list[int | None] | None:
        """List when each line was committed, in ms; None for a line that is not yet.

        None in all if git failed. A line at which a shallow history ends has the time of that
        commit, though it may be older. No commit is taken for older than those it stands on.
        """
        blame = self.blame(path, text)
        if blame is None:
            return None
        try:
            known = self.ages.times
        except GitError as error:
            self._failed[path] = error
            return None
        return [
            known.get(hunk.commit, hunk.time) if hunk.commit else None
            for hunk in blame.hunks
            for _ in range(hunk.count)
        ]

    @cached_property
    def ages(self) -> Ages:
        """When each commit was made at the earliest; raises ``GitError``."""
        return read_ages(self.repository)

    def skips(self, path: str, text: bytes, *, protected: bool) -> list[Skip]:
        """Tell what could not be judged in a file: git failed, or history is cut off there."""
        if self.repository.is_shallow and path not in self._failed:
            self.blame(path, text)
        if path in self._failed:
            error = self._failed[path]
            return [Skip(path, error.what, protected, error.advice)]
        if commit := self._unread_notes.get(path):
            why = self._damaged[commit]
            told = f"the git-ai note of commit {commit[:7]}, which brought lines, {why}"
            return [Skip(path, told, protected, f"look at it: git notes --ref=ai show {commit}")]
        if path in self._incomplete:
            told = "objects of its history are missing: a rename may not have been followed"
            return [Skip(path, told, protected, "run git fetch --refetch --no-filter")]
        if lines := self._cut.get(path):
            told = f"history is cut off: {lines} lines may be older than this clone tells"
            return [Skip(path, told, protected, "run git fetch --unshallow")]
        return []

    def sources(self) -> list[Source]:
        """Say which sources were consulted, how much each held, and up to when."""
        log = self._log
        noted = [commit for commit in self._note_objects if commit in log.ids]
        marked = list(log.digests)
        traces = [held for ranges in self._traces.values() for held in ranges]
        missing = f"there is no {_NOTES} in this clone; clones do not fetch notes: {_FETCH_NOTES}"
        count = len(noted)
        return [
            Source(
                "git-ai notes",
                bool(self._note_objects),
                f"{count} of {len(log.ids)} commits have a note" if self._note_objects else missing,
                count,
                max((log.times.get(commit, 0) for commit in noted), default=None),
            ),
            Source(
                "commit trailers",
                log.head is not None,
                f"{len(marked)} of {len(log.ids)} commits name an assistant"
                + ("; history is cut off (shallow clone)" if self.repository.is_shallow else ""),
                len(marked),
                max((log.times.get(commit, 0) for commit in marked), default=None),
            ),
            Source(
                "agent trace",
                bool(traces),
                (f"{len(traces)} ranges recorded" if traces else "there are no Agent Trace records")
                + self._unread_traces(),
                len(traces),
                max((held.time for held in traces if held.time), default=None),
            ),
        ]

    def _unread_traces(self) -> str:
        """Add what was passed over to what is said of the traces."""
        told = [f"{n} {key}" for key, n in sorted(self.unread.items()) if key.startswith("Agent T")]
        return f"; not read: {', '.join(told)}" if told else ""

    def _came_from(self, path: str, text: bytes) -> str | None:
        return self._moves.origin(path, text) if self._touched else None

    @cached_property
    def _moves(self) -> Moves:
        # Most repositories that no assistant touched do without.
        from redline.detect.moved import Moves

        return Moves(self.repository, self._objects, self._touched)

    @cached_property
    def _touched(self) -> frozenset[str]:
        interesting = {*self._log.digests, *self._log.paths}
        traced = set(self._traces)
        for path in list(traced):
            traced.update(self._log.renames.get(path, ()))
        return self._log.touched(interesting) | traced

    def _listed_notes(self) -> dict[str, str]:
        held: dict[str, str] = {}
        for ref in sorted(self.repository.refs("refs/notes/ai-remote")):
            held |= self.repository.notes(ref)
        if self.repository.refs(_NOTES):
            held |= self.repository.notes(_NOTES)
        return held

    def _note(self, commit: str) -> Note | None:
        if commit not in self._note_objects:
            return None
        if commit not in self._notes:
            try:
                data = self._objects.read(self._note_objects[commit], git_ai.NOTE_LIMIT)
            except GitError:
                data = None
                self.unread["a git-ai note that git cannot read"] += 1
            note = None if data is None else git_ai.parse(data)
            if note is None:
                self._damaged[commit] = "cannot be read"
            elif note.unread:
                reasons = ", ".join(sorted(note.unread))
                self._damaged[commit] = f"cannot be read whole: {reasons}"
                self.unread.update({f"git-ai note: {key}": n for key, n in note.unread.items()})
            self._notes[commit] = note
        return self._notes[commit]

    def _marked(self, commit: str) -> Marks:
        if commit not in self._marks:
            self._marks[commit] = marks_of(self._log.digests.get(commit))
        return self._marks[commit]

    def _checkpoint(self, id: str) -> Checkpoint | None:
        if id not in self._checkpoints:
            self._checkpoints[id] = entire.checkpoint(self._objects, self._checkpoint_roots, id)
        return self._checkpoints[id]

    @cached_property
    def _checkpoint_roots(self) -> tuple[str, ...]:
        return entire.branches(self.repository)

    def _traced(
        self, path: str, text: bytes, hunks: tuple[Hunk, ...], offsets: list[int]
    ) -> list[Evidence]:
        if not self._traces:
            return []
        paths = {path, *(hunk.path for hunk in hunks)}
        ranges = [held for name in sorted(paths) for held in self._traces.get(name, ())]
        if not ranges:
            return []
        head = self.repository.head
        return trace_evidence(path, text, hunks, offsets, ranges, self._parents, head)

    @cached_property
    def _traces(self) -> dict[str, list[TraceRange]]:
        found: dict[str, list[TraceRange]] = {}
        unread: Counter[str] = Counter()
        for held in agent_trace.read(
            trace_lines(self.repository, self._objects, self.unread), unread
        ):
            found.setdefault(held.path, []).append(held)
        self.unread.update({f"Agent Trace: {reason}": count for reason, count in unread.items()})
        return found

    def _parents(self, commit: str) -> tuple[str, ...]:
        return self._all_parents.get(commit, ())

    @cached_property
    def _all_parents(self) -> dict[str, tuple[str, ...]]:
        lines = self.repository.git.tell("rev-list", "--parents", "HEAD").decode().splitlines()
        return {words[0]: tuple(words[1:]) for words in (line.split() for line in lines)}


def line_offsets(text: bytes) -> list[int]:
    """List the byte at which each line begins, and the text's end; lines end at ``\\n``."""
    offsets = [0]
    at = text.find(b"\n")
    while at != -1:
        offsets.append(at + 1)
        at = text.find(b"\n", at + 1)
    if offsets[-1] != len(text):
        offsets.append(len(text))
    return offsets

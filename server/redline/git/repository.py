"""One working tree: its files, what is staged, what changed, who brought each line."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from redline.git.blame import Blame
from redline.git.blaming import ask_blame
from redline.git.command import (
    BareRepository,
    Git,
    GitError,
    NoMergeBase,
    UnknownRevision,
    failure,
)
from redline.git.listing import SUBMODULE, Files, is_gone, parse_listing, records, unopened
from redline.git.objects import Objects

_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Repository:
    """A repository with a working tree. Build it with ``find``.

    Every path given and returned is relative to ``root``, with ``/``, by ``os.fsdecode``.
    """

    root: Path
    """The top folder of the working tree."""
    git_dir: Path
    """This working tree's own git folder."""
    common_dir: Path
    """The git folder that all working trees share."""
    git: Git = field(repr=False)

    @staticmethod
    def find(path: Path, *, index_file: str | None = None) -> Repository | None:
        """Find the repository that a file or folder lies in; None if it lies in none.

        Inherited ``GIT_*`` variables are ignored, so ``--staged`` within a hook passes git's
        ``GIT_INDEX_FILE`` as ``index_file`` (``git commit -a`` stages into another index).
        Raises ``GitMissing``, ``BareRepository``, ``UnsafeRepository`` or ``GitError``.
        """
        folder = Path(os.path.abspath(path))
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        git = Git.at(str(folder))
        asked = ("--is-inside-work-tree", "--show-toplevel", "--absolute-git-dir")
        answer = git.ask("rev-parse", *asked, "--git-common-dir")
        if answer.code:
            if "not a git repository" in answer.err and "GIT_DIR" not in answer.err:
                _refuse_broken_link(folder)
                return None
            raise failure("rev-parse", str(folder), answer.err)
        if answer.out.startswith(b"false"):
            raise BareRepository(
                "the repository has no working tree here", str(folder), "use a clone"
            )
        lines = os.fsdecode(answer.out).split("\n")
        if len(lines) != 5:
            raise GitError(
                "the folder's name holds a line feed", str(folder).replace("\n", "?"), "rename it"
            )
        root, git_dir, common = (Path(line) for line in lines[1:4])
        if not folder.resolve().is_relative_to(root.resolve()):
            # core.worktree may point anywhere; what lies there is not what was asked about.
            raise GitError(
                "the repository's working tree lies elsewhere", str(folder), "unset core.worktree"
            )
        if index_file is not None:
            # Git runs its hooks at the top of the working tree and names the index from there.
            index_file = str(root / index_file)
        common = Path(os.path.normpath(folder / common))
        return Repository(root, git_dir, common, Git(git.program, str(root), index_file))

    def relative(self, path: Path) -> str | None:
        """Name a file as git does; None if it lies outside."""
        absolute = Path(os.path.abspath(path))
        for root in (self.root, self.root.resolve()):
            if absolute.is_relative_to(root):
                return absolute.relative_to(root).as_posix()
        return None

    @cached_property
    def head(self) -> str | None:
        """The checked-out commit; None in a repository without commits."""
        return self.resolve("HEAD")

    @cached_property
    def shallow_commits(self) -> frozenset[str]:
        """The commits at which history is cut off; empty in a complete clone."""
        try:
            text = (self.common_dir / "shallow").read_text("ascii", "replace")
        except OSError:
            return frozenset()
        return frozenset(text.split())

    @property
    def is_shallow(self) -> bool:
        """Tell whether history is cut off."""
        return bool(self.shallow_commits)

    def resolve(self, revision: str) -> str | None:
        """Find the commit that a revision names; None if there is none here."""
        if not revision or revision.startswith("-") or "\0" in revision:
            return None
        name = f"{revision}^{{commit}}"
        answer = self.git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        found = answer.out.decode("ascii", "replace").strip()
        return found if not answer.code and found else None

    def has_commit(self, revision: str) -> bool:
        """Tell whether a revision names a commit that is here."""
        return self.resolve(revision) is not None

    def is_ancestor(self, old: str, new: str) -> bool:
        """Tell whether a commit is contained in another; False if either is not here."""
        return self.git.ask("merge-base", "--is-ancestor", old, new).code == 0

    def files(self, under: str = "") -> Files:
        """List tracked and untracked files, without ignored ones, in a folder or of one file."""
        asked = ["ls-files", "-z", "-t", "--stage", "--cached", "--others", "--exclude-standard"]
        if under not in ("", "."):
            asked += ["--", under]
        answer = self.git.ask(*asked)
        if answer.code:
            raise failure("ls-files", str(self.root), answer.err)
        return parse_listing(answer.out, answer.err)

    def staged(self) -> dict[str, str]:
        """Map each path that is staged otherwise than last committed to its mode.

        Deletions are left out; a path in conflict has the mode 000000.
        """
        if self.head is None:
            told = self.git.tell("ls-files", "-z", "--stage")
            split = (entry.partition("\t") for entry in records(told))
            return dict(sorted((path, mode[:6]) for mode, _, path in split))
        asked = ("diff-index", "--cached", "-z", "--raw", "--no-renames", "--diff-filter=d")
        told = self.git.tell(*asked, "--ignore-submodules=none", self.head)
        fields = records(told)
        # ":100644 120000 OLD NEW T", then the path (git-diff-index(1), "RAW OUTPUT FORMAT").
        return dict(
            sorted((path, change[8:14]) for change, path in zip(fields, fields, strict=False))
        )

    def staged_paths(self) -> list[str]:
        """List the files whose staged content differs from the last commit, without deletions."""
        return [path for path, mode in self.staged().items() if mode != SUBMODULE]

    def staged_mode(self, path: str) -> str | None:
        """Tell the mode of one staged file; None if there is none of that name."""
        entries = records(self.git.tell("ls-files", "-z", "--stage", "--", path))
        split = (entry.partition("\t") for entry in entries)
        return next((mode[:6] for mode, _, name in split if name == path), None)

    def merge_base(self, revision: str, other: str = "HEAD") -> str:
        """Find the commit at which two revisions parted.

        Raises ``UnknownRevision`` or ``NoMergeBase``, each with the command that helps.
        """
        ends = []
        for name in (revision, other):
            commit = self.resolve(name)
            if commit is None:
                raise UnknownRevision(
                    f"there is no revision {name!r}", str(self.root), _fetch_advice(name)
                )
            ends.append(commit)
        answer = self.git.ask("merge-base", *ends)
        base = answer.out.decode("ascii", "replace").strip()
        if answer.code == 0 and base:
            return base
        if answer.code not in (0, 1):
            raise failure("merge-base", str(self.root), answer.err)
        if self.is_shallow:
            advice = "the clone is shallow; run: git fetch --unshallow"
        else:
            advice = "their histories are unrelated; name a revision that this one started from"
        raise NoMergeBase(f"{revision!r} and {other!r} share no commit", str(self.root), advice)

    def changed(self, revision: str) -> Files:
        """List what differs on disk from where ``revision`` and HEAD parted, no deletions.

        Untracked files are among it; a file whose stamp alone changed may be too, since telling
        would run the repository's filters. Raises ``UnknownRevision`` or ``NoMergeBase``.
        """
        asked = ("-z", "--no-renames", "--ignore-submodules=all", "--name-status")
        changes = records(self.git.tell("diff-index", *asked, self.merge_base(revision)))
        paths = {
            path
            for kind, path in zip(changes, changes, strict=False)
            # Git takes a file whose folder it may not enter for deleted.
            if kind != "D" or not is_gone(self.root / path)
        }
        others = self.git.ask("ls-files", "-z", "--others", "--exclude-standard")
        if others.code:
            raise failure("ls-files", str(self.root), others.err)
        paths.update(name for name in records(others.out) if not name.endswith("/"))
        return Files(tuple(sorted(paths)), (), unreadable=unopened(others.err))

    def changed_paths(self, revision: str, *, committed_only: bool = False) -> list[str]:
        """List the files of ``changed``; with ``committed_only`` those that HEAD changed."""
        if not committed_only:
            return list(self.changed(revision).paths)
        asked = ("-r", "-z", "--name-only", "--no-renames", "--diff-filter=d")
        ends = ("--ignore-submodules=all", self.merge_base(revision), "HEAD")
        return sorted(records(self.git.tell("diff-tree", *asked, *ends)))

    def refs(self, prefix: str) -> frozenset[str]:
        """Name the refs that are ``prefix`` or lie below it."""
        top = prefix.rstrip("/")
        return frozenset(n for n in self._refs if n == top or n.startswith(f"{top}/"))

    @cached_property
    def _refs(self) -> dict[str, str]:
        """All refs with what they name: asked once, a process costs more than some names."""
        told = os.fsdecode(self.git.tell("for-each-ref", "--format=%(refname) %(objectname)"))
        return {name: oid for name, _, oid in (line.partition(" ") for line in told.splitlines())}

    @property
    def record_refs(self) -> tuple[str, ...]:
        """Name each ref that is no branch or tag of people's, with the object it names.

        Notes and checkpoints lie there; two equal answers tell that they are the same.
        """
        plain = ("refs/heads/", "refs/tags/", "refs/remotes/")
        return tuple(
            f"{name} {oid}"
            for name, oid in sorted(self._refs.items())
            if not name.startswith(plain) or "checkpoint" in name
        )

    def tree(self, revision: str) -> list[tuple[str, str]]:
        """List path and object id of each file in a tree, submodules left out."""
        entries = []
        for entry in records(self.git.tell("ls-tree", "-r", "-z", "--end-of-options", revision)):
            kind, _, path = entry.partition("\t")
            _, what, oid = kind.split(" ")
            if what == "blob":
                entries.append((path, oid))
        return entries

    def notes(self, ref: str) -> dict[str, str]:
        """Map each commit that has a note to the note's object id (any fan-out)."""
        return {path.replace("/", ""): oid for path, oid in self.tree(ref)}

    def objects(self) -> Objects:
        """Open a reader of blobs; close it after use."""
        return Objects(self.git)

    def blame(
        self, path: str, contents: bytes | None = None, *, revision: str | None = None
    ) -> Blame:
        """Tell which commit brought each line, moves within the file and renames followed.

        Of ``contents`` (an unsaved or staged text), else of ``revision``'s file, else of the file
        on disk. Space-only changes keep the older commit. Raises ``GitError``.
        """
        commit = None
        if contents is None and revision is not None:
            commit = self.resolve(revision)
            if commit is None:
                raise UnknownRevision(
                    f"there is no revision {revision!r}", str(self.root), _fetch_advice(revision)
                )
        return ask_blame(self.git, path, contents, commit, self.shallow_commits)


def _fetch_advice(revision: str) -> str:
    remote, _, branch = revision.partition("/")
    if branch and remote not in ("refs", "heads", "tags"):
        return f"run: git fetch {remote} +refs/heads/{branch}:refs/remotes/{remote}/{branch}"
    if len(revision) >= 40 and _HEX.issuperset(revision):
        return f"run: git fetch origin {revision}"
    return f"run: git fetch origin {revision}" if revision != "HEAD" else "commit something first"


def _refuse_broken_link(folder: Path) -> None:
    """Tell "no repository" from a ``.git`` that points to nowhere (a moved worktree)."""
    for parent in (folder, *folder.parents):
        link = parent / ".git"
        if link.is_file():
            raise GitError(
                "the .git file points to a repository that is not there",
                str(link),
                "run git worktree repair in the main working tree",
            )
        if link.is_dir():
            raise GitError("the .git folder is not a repository", str(link), "run git init")

"""Find the rule files of a project, follow what they extend, and keep the merged result."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from redline import __version__
from redline.policy.kept import Identity, bytes_of_file, keep, recall
from redline.policy.packs import DEFAULT, builtin_names
from redline.policy.policy import Policy
from redline.policy.problems import PolicyError, PolicyProblem, did_you_mean, shown
from redline.policy.table import PolicyTable

if TYPE_CHECKING:
    from redline.policy.raw import RawExtends, RawPolicy

NAME: Final = "redline.yaml"
_MISSPELT: Final = ("redline.yml", ".redline.yaml", ".redline.yml")
_MAX_DEPTH: Final = 8
_MAX_FILES: Final = 200


@dataclass(slots=True)
class _Closure:
    """All files that a policy is made of, base first."""

    root: Path
    read: Callable[[Identity], bytes]
    problems: list[PolicyProblem] = field(default_factory=list)
    files: dict[Identity, tuple[RawPolicy, str]] = field(default_factory=dict)
    """Each file with the SHA-256 of its bytes."""

    def follow(
        self,
        identity: Identity,
        said_by: tuple[Identity, RawExtends] | None = None,
        chain: tuple[Identity, ...] = (),
    ) -> None:
        from redline.policy.nodes import Unreadable
        from redline.policy.raw import read_raw

        if identity in chain:
            names = " -> ".join(one.name for one in (*chain[chain.index(identity) :], identity))
            self._report(said_by, f"the files extend each other: {names}", "Break the circle.")
            return
        if identity in self.files and not (said_by and said_by[1].sha256):
            return
        if len(chain) >= _MAX_DEPTH or len(self.files) >= _MAX_FILES:
            message = f"more than {_MAX_DEPTH} files deep, or more than {_MAX_FILES} files"
            self._report(said_by, message, "Extend fewer files.")
            return
        try:
            data = self.read(identity)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            advice = "Check the path; it is relative to the file that names it."
            self._report(said_by, f"cannot read {shown(identity.name)}: {reason}", advice)
            return
        digest = hashlib.sha256(data).hexdigest()
        pin = said_by[1].sha256 if said_by else None
        if pin is not None and pin.text != digest:
            message = f"{shown(identity.name)} is not the file that was pinned"
            self._report(said_by, message, f"Its SHA-256 is {digest}. Review it, then pin that.")
            return
        try:
            raw = read_raw(data, identity.name, self.problems)
        except Unreadable as unreadable:
            self.problems.append(unreadable.problem)
            return
        if raw is None:
            return
        for extends in self._extends_of(raw):
            base = self._resolve(extends, identity)
            if base is None:
                continue
            if pin is not None and base.path is not None and extends.sha256 is None:
                message = f"{shown(base.name)} is not pinned, and the file that extends it is"
                self._report((identity, extends), message, "Add its sha256: a pin covers all.")
            self.follow(base, (identity, extends), (*chain, identity))
        self.files.setdefault(identity, (raw, digest))

    def _extends_of(self, raw: RawPolicy) -> tuple[RawExtends, ...]:
        from redline.policy.raw import RawExtends
        from redline.policy.shapes import Word

        if raw.extends is not None:
            return raw.extends
        return (RawExtends(line=1, column=1, ref=Word(f"builtin:{DEFAULT}", 1, 1)),)

    def _resolve(self, extends: RawExtends, by: Identity) -> Identity | None:
        kind, colon, name = extends.ref.text.partition(":")
        if kind == "builtin" and colon:
            if name in builtin_names():
                return Identity(f"builtin:{name}", builtin=name)
            advice = did_you_mean(name, builtin_names(), "the shipped packs are")
            self._report((by, extends), f"no shipped pack is named {shown(name)}", advice)
            return None
        if kind == "file" and name and by.path is not None:
            return self._resolve_file(name, by.path, (by, extends))
        message = f"{shown(extends.ref.text)} cannot be extended"
        names = ", ".join(builtin_names())
        advice = f"Write 'builtin:NAME' (one of {names}) or 'file:PATH'."
        self._report((by, extends), message, advice)
        return None

    def _resolve_file(
        self, name: str, said_in: Path, said_by: tuple[Identity, RawExtends]
    ) -> Identity | None:
        try:
            target = (said_in.parent / name).resolve()
        except (OSError, RuntimeError, ValueError):
            self._report(said_by, f"{shown(name)} is not a usable path", "Check its links.")
            return None
        if not target.is_relative_to(self.root):
            message = f"{shown(name)} lies outside the repository"
            self._report(said_by, message, "Copy the file into the repository, and pin its sha256.")
            return None
        return Identity(target.relative_to(self.root).as_posix(), target)

    def _report(
        self, said_by: tuple[Identity, RawExtends] | None, message: str, advice: str
    ) -> None:
        place = (said_by[0].name, said_by[1].line, said_by[1].column) if said_by else (NAME, 1, 1)
        self.problems.append(PolicyProblem(*place, message, advice))


def load_policy(
    root: Path,
    explicit: Path | None = None,
    *,
    nested: Iterable[str] = (),
    cache: Path | None = None,
) -> Policy:
    """Load the policy of a project, or raise ``PolicyError`` with all that is wrong in it.

    ``explicit`` replaces the root's ``redline.yaml``; with neither, the shipped default applies.
    ``nested`` lists the ``redline.yaml`` files below the root, as paths relative to it: they
    add zones for their own folder. ``cache`` is a folder of the user's (never one inside the
    repository, which others can write) that keeps the merged policy between runs.
    """
    root = root.resolve()
    entry = _entry(root, explicit)
    below = tuple(_nested(root, path) for path in sorted(set(nested) - {NAME}))
    read: dict[Identity, bytes] = {}

    def bytes_of(identity: Identity) -> bytes:
        if identity not in read:
            read[identity] = bytes_of_file(identity)
        return read[identity]

    key = hashlib.sha256(
        "\0".join(
            [__version__, str(root), *(str(one.path or one.name) for one in (entry, *below))]
        ).encode("utf-8", "surrogatepass")
    ).hexdigest()
    kept = cache / f"policy-{key[:32]}.json" if cache else None
    if kept is not None and (table := recall(kept, bytes_of)):
        return Policy(table)
    closure = _Closure(_inside(entry, root), bytes_of)
    closure.follow(entry)
    table = _merged(closure, entry, below)
    if kept is not None:
        keep(kept, table, [*closure.files, *below], read)
    return Policy(table)


def check_bytes(data: bytes, name: str = NAME, root: Path | None = None) -> Policy:
    """Load a rule file that is not on disk yet: an editor's buffer, a revision, a proposal.

    ``root`` is where its ``file:`` refs may point into; without one they are refused.
    """
    entry = Identity(name, root.resolve() / NAME if root else None)
    closure = _Closure(
        root.resolve() if root else Path("/"),
        lambda one: data if one == entry else bytes_of_file(one),
    )
    closure.follow(entry)
    return Policy(_merged(closure, entry, ()))


def nested_files(paths: Iterable[str]) -> tuple[str, ...]:
    """Of a project's files, the rule files below its root: what ``load_policy`` wants."""
    return tuple(path for path in paths if path.endswith(f"/{NAME}"))


def _merged(closure: _Closure, entry: Identity, below: tuple[Identity, ...]) -> PolicyTable:
    from redline.policy.merge import Merge
    from redline.policy.nodes import Unreadable
    from redline.policy.raw import read_raw

    merge = Merge(closure.problems)
    for identity, (raw, _) in closure.files.items():
        # Also of a pack that lies in a folder: what it says is meant for the whole repository.
        merge.add(raw, identity.name)
    digests = [(one.name, digest) for one, (_, digest) in closure.files.items()]
    for identity in below:
        try:
            data = closure.read(identity)
            raw_nested = read_raw(data, identity.name, closure.problems)
        except Unreadable as unreadable:
            closure.problems.append(unreadable.problem)
            continue
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"cannot read it: {reason}"
            closure.problems.append(PolicyProblem(identity.name, 1, 1, message))
            continue
        if raw_nested is not None:
            merge.add(raw_nested, identity.name, identity.name.rpartition("/")[0], nested=True)
        digests.append((identity.name, hashlib.sha256(data).hexdigest()))
    if closure.problems:
        raise PolicyError(closure.problems)
    listed = "".join(f"{name}\0{digest}\n" for name, digest in digests)
    digest = hashlib.sha256(listed.encode("utf-8", "surrogatepass")).hexdigest()
    return merge.result(digest, tuple(name for name, _ in digests))


def _entry(root: Path, explicit: Path | None) -> Identity:
    if explicit is not None:
        path = explicit.resolve()
        if not path.is_file():
            problem = PolicyProblem(str(explicit), 1, 1, "there is no such rule file")
            raise PolicyError([problem])
        inside = path.is_relative_to(root)
        return Identity(path.relative_to(root).as_posix() if inside else path.name, path)
    path = root / NAME
    if os.path.lexists(path):
        return Identity(NAME, _not_escaping(path, root))
    for name in _MISSPELT:
        if os.path.lexists(root / name):
            # Ignoring it would leave the team without the rules that they believe in.
            problem = PolicyProblem(name, 1, 1, "is not read", f"Rename it to {NAME}.")
            raise PolicyError([problem])
    return Identity(f"builtin:{DEFAULT}", builtin=DEFAULT)


def _nested(root: Path, path: str) -> Identity:
    return Identity(path, _not_escaping(root / path, root))


def _not_escaping(path: Path, root: Path) -> Path:
    name = path.relative_to(root).as_posix()
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        advice = "It is a broken or circular link; restore the file."
        raise PolicyError([PolicyProblem(name, 1, 1, "cannot be read", advice)]) from None
    if not target.is_relative_to(root):
        advice = "Copy the file into the repository: the rules must travel with it."
        problem = PolicyProblem(name, 1, 1, "is a link that leads out of the repository", advice)
        raise PolicyError([problem])
    return path


def _inside(entry: Identity, root: Path) -> Path:
    """The folder that ``file:`` refs may not leave: the root, or an outside file's own folder."""
    if entry.path is None or entry.path.is_relative_to(root):
        return root
    return entry.path.parent

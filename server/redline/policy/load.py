"""Find the rule files of a project, follow what they extend, and keep the merged result."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from redline import __version__
from redline.policy.closure import Closure
from redline.policy.file import NAME as NAME
from redline.policy.kept import Identity, bytes_of_file, keep, recall
from redline.policy.packs import DEFAULT
from redline.policy.policy import Policy
from redline.policy.problems import PolicyError, PolicyProblem

if TYPE_CHECKING:
    from redline.policy.raw import RawPolicy
    from redline.policy.rule_tests import RuleTest

_MISSPELT: Final = ("redline.yml", ".redline.yaml", ".redline.yml")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One of the files that a policy is made of."""

    identity: Identity
    raw: RawPolicy
    """What it says, without what could not be read."""
    sha256: str
    folder: str
    """What its globs are relative to; empty for the root."""
    own: bool
    """The file itself, or a rule file in a folder: not one that is extended."""

    @property
    def name(self) -> str:
        """What messages show: a path relative to the root, or ``builtin:NAME``."""
        return self.identity.name

    @property
    def path(self) -> Path | None:
        """None for a shipped pack."""
        return self.identity.path


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that was read for one policy, usable or not: for editors and for tests of rules."""

    files: tuple[RuleFile, ...]
    """Base first, rule files in folders last."""
    problems: tuple[PolicyProblem, ...]
    """All that is wrong, in reading order."""
    policy: Policy | None
    """None where something is wrong."""
    tests: tuple[RuleTest, ...]

    def usable(self) -> Policy:
        """The policy; raises ``PolicyError`` where something is wrong."""
        if self.policy is None:
            raise PolicyError(self.problems)
        return self.policy


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
    gathered = _merged(Closure(_inside(entry, root), bytes_of), entry, below)
    policy = gathered.usable()
    if kept is not None:
        keep(kept, policy.table, [file.identity for file in gathered.files], read)
    return policy


def gather(
    root: Path,
    explicit: Path | None = None,
    *,
    nested: Iterable[str] = (),
    overlay: Mapping[Path, bytes] | None = None,
) -> Gathered:
    """Read the rule files of a project, those that are wrong too; never raises.

    ``explicit`` and ``nested`` are as for ``load_policy``. ``overlay`` holds texts that are not
    saved yet, by path, as it is spelt below the root or resolved; they outweigh the disk.
    """
    root = root.resolve()
    texts = dict(overlay or {})

    def bytes_of(identity: Identity) -> bytes:
        path = identity.path
        text = texts.get(path, texts.get(path.resolve())) if path is not None else None
        return bytes_of_file(identity) if text is None else text

    problems: list[PolicyProblem] = []
    try:
        entry = _entry(root, explicit, texts)
    except PolicyError as error:
        return Gathered((), error.problems, None, ())
    below = []
    for path in sorted(set(nested) - {NAME}):
        try:
            below.append(_nested(root, path, texts))
        except PolicyError as error:
            problems.extend(error.problems)
    return _merged(Closure(_inside(entry, root), bytes_of, problems), entry, tuple(below))


def check_bytes(data: bytes, name: str = NAME, root: Path | None = None) -> Policy:
    """Load a rule file that is not on disk yet: a revision, a proposal.

    ``root`` is where its ``file:`` refs may point into; without one they are refused.
    """
    entry = Identity(name, root.resolve() / NAME if root else None)
    closure = Closure(
        root.resolve() if root else Path("/"),
        lambda one: data if one == entry else bytes_of_file(one),
    )
    return _merged(closure, entry, ()).usable()


def gather_builtin(name: str) -> Gathered:
    """Read a shipped pack and what it extends. Raises KeyError for an unknown name."""
    identity = Identity(f"builtin:{name}", builtin=name)
    return _merged(Closure(Path("/"), bytes_of_file), identity, ())


def nested_files(paths: Iterable[str]) -> tuple[str, ...]:
    """Of a project's files, the rule files below its root: what ``load_policy`` wants."""
    return tuple(path for path in paths if path.endswith(f"/{NAME}"))


def _merged(closure: Closure, entry: Identity, below: tuple[Identity, ...]) -> Gathered:
    from redline.policy.merge import Merge
    from redline.policy.nodes import Unreadable
    from redline.policy.raw import read_raw

    closure.follow(entry)
    merge = Merge(closure.problems)
    files = [
        # Also of a pack that lies in a folder: what it says is meant for the whole repository.
        RuleFile(one, raw, digest, "", one == entry)
        for one, (raw, digest) in closure.files.items()
    ]
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
            folder = identity.name.rpartition("/")[0]
            digest = hashlib.sha256(data).hexdigest()
            files.append(RuleFile(identity, raw_nested, digest, folder, own=True))
    for file in files:
        merge.add(file.raw, file.name, file.folder, nested=bool(file.folder))
    policy = None
    if not closure.problems:
        listed = "".join(f"{file.name}\0{file.sha256}\n" for file in files)
        whole = hashlib.sha256(listed.encode("utf-8", "surrogatepass")).hexdigest()
        policy = Policy(merge.result(whole, tuple(file.name for file in files)))
    problems = tuple(sorted(set(closure.problems)))
    return Gathered(tuple(files), problems, policy, tuple(merge.tests))


def _entry(root: Path, explicit: Path | None, unsaved: Collection[Path] = ()) -> Identity:
    if explicit is not None:
        path = explicit.resolve()
        if not path.is_file() and path not in unsaved:
            problem = PolicyProblem(str(explicit), 1, 1, "there is no such rule file")
            raise PolicyError([problem])
        inside = path.is_relative_to(root)
        return Identity(path.relative_to(root).as_posix() if inside else path.name, path)
    path = root / NAME
    if path in unsaved and not os.path.lexists(path):
        return Identity(NAME, path)
    if os.path.lexists(path):
        return Identity(NAME, _not_escaping(path, root))
    for name in _MISSPELT:
        if os.path.lexists(root / name):
            # Ignoring it would leave the team without the rules that they believe in.
            problem = PolicyProblem(name, 1, 1, "is not read", f"Rename it to {NAME}.")
            raise PolicyError([problem])
    return Identity(f"builtin:{DEFAULT}", builtin=DEFAULT)


def _nested(root: Path, path: str, unsaved: Collection[Path] = ()) -> Identity:
    if root / path in unsaved and not os.path.lexists(root / path):
        return Identity(path, root / path)
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

"""Follow what a rule file extends, base first, within bounds and within the repository."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from redline.policy.file import NAME
from redline.policy.kept import Identity
from redline.policy.packs import DEFAULT, builtin_names
from redline.policy.problems import PolicyProblem, did_you_mean, shown

if TYPE_CHECKING:
    from redline.policy.raw import RawExtends, RawPolicy

_MAX_DEPTH: Final = 8
_MAX_FILES: Final = 200


@dataclass(slots=True)
class Closure:
    """All files that a policy is made of, base first; ``problems`` collects what is wrong."""

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
        """Read a file and all that it extends; ``said_by`` names it, ``chain`` led to it."""
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

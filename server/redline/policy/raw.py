"""A rule file as it is written: every key, its shape and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Final

from redline.model import Effect, Strength
from redline.policy.globs import GlobError, translate
from redline.policy.nodes import Unreadable, read_nodes
from redline.policy.problems import PolicyProblem
from redline.policy.raw_tests import RawTest
from redline.policy.shapes import Choice, Key, Many, Reader, Table, Text, Word, table_schema
from redline.policy.vocabulary import ID, LEVEL, NAME, PROSE

SCHEMA: Final = "policy/1"
FIXES: Final = (
    "remove",
    "restore",
    "blank-body",
    "move",
    "quarantine",
    "request-review",
    "declare",
)


def _glob_problem(glob: str) -> tuple[str, str] | None:
    try:
        translate(glob)
    except GlobError as error:
        return error.message, error.help
    return None


def _regex_problem(pattern: str) -> tuple[str, str] | None:
    import re2  # only a file with a 'content' key needs it here

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "invalid"
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        return f"not a regex of the RE2 syntax: {said}", "RE2 has no look-around or backreference."
    return None


_GLOB = Text(check=_glob_problem)
_REGEX = Text(check=_regex_problem, most=500)
_IDENTIFIER = Text(r"[^\s\"'()@\\]+", "a name as the code spells it", most=200)
_SHA256 = Text("[0-9a-f]{64}", "a SHA-256 in 64 small hex digits")
_EFFECT = Choice(tuple(str(effect) for effect in reversed(Effect)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RawExtends:
    """A pack that this file builds on."""

    line: int
    column: int
    ref: Annotated[Word, Key("`builtin:NAME`, or `file:PATH` relative to this file.", Text())]
    sha256: Annotated[Word | None, Key("Refuse the pack if its bytes differ.", _SHA256)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPack:
    """What a shipped rule file says about itself."""

    line: int
    column: int
    id: Annotated[Word, Key("The name of the pack, as in `builtin:NAME`.", ID)]
    version: Annotated[
        Word, Key("Of the rules, not of the tool.", Text(r"\d+\.\d+\.\d+", "three numbers: 1.0.0"))
    ]
    title: Annotated[Word, Key("One line: what the pack is for.", PROSE)]
    why: Annotated[Word, Key("Why a team would want it.", PROSE)]
    sources: Annotated[
        tuple[Word, ...], Key("Where its rules or its layouts come from.", Many(PROSE))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAssistants:
    """Assistants of one class; whoever no entry names is external."""

    line: int
    column: int
    class_: Annotated[
        Word, Key("Whether your organisation trains the model.", Choice(("external", "in-house")))
    ]
    names: Annotated[
        tuple[Word, ...], Key("Tools, such as `claude-code*`; `*` is any letters.", Many(NAME))
    ] = ()
    models: Annotated[
        tuple[Word, ...],
        Key("Models, such as `gpt-*`. A model that is known outweighs the tool.", Many(NAME)),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawUnit:
    """Syntactic units that lie in the zone wherever their file is. Give exactly one form."""

    line: int
    column: int
    lang: Annotated[Word, Key("The language of the files: `python`, `yaml`, ...", Text(most=40))]
    decorated: Annotated[
        tuple[Word, ...],
        Key(
            "Functions and classes with one of these decorators, annotations or attributes.",
            Many(_IDENTIFIER),
        ),
    ] = ()
    subclass_of: Annotated[
        tuple[Word, ...], Key("Classes with one of these bases or interfaces.", Many(_IDENTIFIER))
    ] = ()
    named: Annotated[
        tuple[Word, ...],
        Key("Functions, classes and the like of these names.", Many(_IDENTIFIER)),
    ] = ()
    calls: Annotated[
        tuple[Word, ...],
        Key("Calls of these functions.", Many(_IDENTIFIER)),
    ] = ()
    keys: Annotated[tuple[Word, ...], Key("The values of these keys.", Many(_IDENTIFIER))] = ()
    query: Annotated[
        Word | None,
        Key("A tree-sitter query that captures `@unit`; `@name` names it.", Text(most=8_000)),
    ] = None
    files: Annotated[
        tuple[Word, ...], Key("Only in files that match one of these globs.", Many(_GLOB))
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawZone:
    """Places with one meaning. Entries with the same id add up; none takes places away."""

    line: int
    column: int
    id: Annotated[Word, Key("`grader`, `eval-task`, ...: what rules refer to.", ID)]
    title: Annotated[Word | None, Key("What the zone is; required in its first entry.", PROSE)] = (
        None
    )
    globs: Annotated[
        tuple[Word, ...],
        Key(
            "Files, by gitignore globs relative to the root, or to the folder of a nested file.",
            Many(_GLOB),
        ),
    ] = ()
    not_: Annotated[
        tuple[Word, ...], Key("Exceptions to the globs of this entry alone.", Many(_GLOB))
    ] = ()
    content: Annotated[
        tuple[Word, ...],
        Key(
            "RE2 patterns that must all be found in the first 64 KiB of a file that the globs "
            "match. For formats whose paths say nothing.",
            Many(_REGEX),
        ),
    ] = ()
    units: Annotated[
        tuple[RawUnit, ...], Key("Units that lie in the zone in any file.", Many(Table(RawUnit)))
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRule:
    """What is said about assistant text in some zones. All rules take part; the strictest wins."""

    line: int
    column: int
    id: Annotated[Word, Key("Words joined by `-`. An id of a base rule tightens it.", ID)]
    effect: Annotated[
        Word, Key("`forbid`, `review` (a person must have read it), `record`, `allow`.", _EFFECT)
    ]
    title: Annotated[Word | None, Key("The rule in a line.", PROSE)] = None
    zones: Annotated[tuple[Word, ...], Key("The zones that it speaks of.", Many(ID))] = ()
    by: Annotated[
        tuple[Word, ...],
        Key("`external`, `in-house`, `any`, or names of assistants.", Many(NAME)),
    ] = ()
    message: Annotated[Word | None, Key("What the finding says.", PROSE)] = None
    help: Annotated[Word | None, Key("What the developer should do now.", PROSE)] = None
    why: Annotated[Word | None, Key("What goes wrong without the rule.", PROSE)] = None
    fixes: Annotated[
        tuple[Word, ...], Key("Quick fixes to offer, the best first.", Many(Choice(FIXES)))
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCells:
    """The level for each strength of the evidence."""

    line: int
    column: int
    recorded: Annotated[Word | None, Key("A record names these very lines.", LEVEL)] = None
    matched: Annotated[Word | None, Key("The text matches beyond chance.", LEVEL)] = None
    declared: Annotated[Word | None, Key("Someone says so of a larger unit.", LEVEL)] = None
    suspected: Annotated[Word | None, Key("A weak marker or an unknown paste.", LEVEL)] = None

    def of(self, strength: Strength) -> Word | None:
        """The cell of one strength."""
        cell: Word | None = getattr(self, str(strength))
        return cell


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLevels:
    """How loud a finding is, by effect and strength. A file may raise levels, never lower them."""

    line: int
    column: int
    forbid: Annotated[RawCells | None, Key("For rules that forbid.", Table(RawCells))] = None
    review: Annotated[RawCells | None, Key("For rules that ask.", Table(RawCells))] = None
    record: Annotated[RawCells | None, Key("For rules that record.", Table(RawCells))] = None

    def of(self, effect: Effect) -> RawCells | None:
        """The row of one effect; ``allow`` has none."""
        row: RawCells | None = getattr(self, str(effect), None)
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPolicy:
    """A Redline rule file: where output of AI assistants may land in this repository."""

    line: int
    column: int
    schema: Annotated[Word, Key("The format of this file: `policy/1`.", Choice((SCHEMA,)))]
    pack: Annotated[RawPack | None, Key("For files that are shipped.", Table(RawPack))] = None
    extends: Annotated[
        tuple[RawExtends, ...] | None,
        Key(
            "Packs to build on; without this key `builtin:evals-default`, with `[]` none. "
            "What they say is a floor: this file may tighten it, not loosen it.",
            Many(Table(RawExtends, short="ref"), least=0),
        ),
    ] = None
    assistants: Annotated[
        tuple[RawAssistants, ...], Key("Whose output is meant.", Many(Table(RawAssistants)))
    ] = ()
    zones: Annotated[tuple[RawZone, ...], Key("Which places matter.", Many(Table(RawZone)))] = ()
    rules: Annotated[
        tuple[RawRule, ...], Key("What may not land there.", Many(Table(RawRule)))
    ] = ()
    levels: Annotated[RawLevels | None, Key("How loud findings are.", Table(RawLevels))] = None
    tests: Annotated[
        tuple[RawTest, ...], Key("Cases that the rules must judge so.", Many(Table(RawTest)))
    ] = ()


def read_raw(data: bytes, path: str, problems: list[PolicyProblem]) -> RawPolicy | None:
    """Read a file's bytes, appending every problem; raises ``nodes.Unreadable`` if it is no YAML.

    ``path`` is the name that problems show.
    """
    read, found = _read(data, path)
    problems.extend(found)
    if isinstance(read, Unreadable):
        raise Unreadable(read.problem)
    return read


@lru_cache(maxsize=64)
def _read(
    data: bytes, path: str
) -> tuple[RawPolicy | Unreadable | None, tuple[PolicyProblem, ...]]:
    # An editor asks with every key, and only one of the files has changed.
    problems: list[PolicyProblem] = []
    try:
        root = read_nodes(data, path, problems)
    except Unreadable as unreadable:
        return Unreadable(unreadable.problem), tuple(problems)
    policy = Table(RawPolicy).read(root, "a rule file", Reader(path, problems))
    return policy if isinstance(policy, RawPolicy) else None, tuple(problems)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a rule file, for editors."""
    defs: dict[str, Any] = {}
    body = table_schema(RawPolicy, defs)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Redline rule file",
        **body,
        "$defs": dict(sorted(defs.items())),
    }

"""Rule files as documents: completion, hover, definitions, references, previews, tests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from redline.live import jobs
from redline.live.analyst import AnalystError
from redline.live.places import Extent, Place
from redline.live.rule_state import Spot
from redline.lsp.markup import Ink, Markdown, Plain
from redline.lsp.rule_problems import readable
from redline.policy.authoring.parts import Point, Stretch
from redline.report.safe import one_line
from redline.report.summary import plural

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import Folder, OpenDocument
    from redline.policy.authoring.completion import Completion
    from redline.policy.authoring.hover import Hover
    from redline.policy.authoring.preview import Preview, Query

PREVIEW: Final = "redline.previewMatches"
TESTS: Final = "redline.runRuleTests"
_PATIENCE: Final = 3.0
"""Seconds that a hover waits for what has to be counted; the rest of it is told then."""
_KINDS: Final = {
    "key": types.CompletionItemKind.Property,
    "word": types.CompletionItemKind.EnumMember,
    "name": types.CompletionItemKind.Reference,
    "path": types.CompletionItemKind.File,
    "pack": types.CompletionItemKind.Module,
}


def open_rule_file(server: Server, uri: str) -> tuple[OpenDocument, Folder, str] | None:
    """An open rule file with its project and its path there; None for any other document."""
    document = server.session.document(uri)
    if document is None or document.folder is None or document.path is None:
        return None
    if not server.rule_problems.is_rule_file(document):
        return None
    return document, document.folder, document.path


async def hover(server: Server, uri: str, position: types.Position) -> types.Hover | None:
    """Tell what a key or a name of a rule file means, and what a glob or a unit matches."""
    found = open_rule_file(server, uri)
    if found is None:
        return None
    document, folder, path = found
    version, point = document.version, _point(document, position)
    texts = server.rule_problems.texts(folder)
    try:
        told = await folder.ask(jobs.tell, path, texts, point)
    except AnalystError:
        return None
    if told is None:
        return None
    matched = await _matched(folder, path, readable(document.text), point, _PATIENCE)
    if document.version != version:
        return None
    markdown = server.session.capabilities.markdown
    ink: Ink = Markdown() if markdown else Plain()
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    value = _hover_text(told, matched, ink, markdown)
    return types.Hover(types.MarkupContent(kind, value), _range(document, told.stretch))


async def lenses(server: Server, uri: str) -> list[types.CodeLens]:
    """Lines above the tests of a rule file, to run them, and above its zones, to match them."""
    found = open_rule_file(server, uri)
    if found is None or not server.session.settings.lenses:
        return []
    document, folder, path = found
    version = document.version
    try:
        spots = await folder.ask(jobs.offers, path, readable(document.text))
    except AnalystError:
        return []
    if document.version != version:
        return []
    made = []
    for what, spot in spots:
        range_ = _range(document, spot.stretch)
        if what == "tests":
            command = types.Command("Run tests", TESTS, arguments=[{"uri": uri}])
        else:
            start = {"line": range_.start.line, "character": range_.start.character}
            told = {"uri": uri, "position": start}
            command = types.Command("Preview matches", PREVIEW, arguments=[told])
        made.append(types.CodeLens(range_, command))
    return made


async def _matched(
    folder: Folder, path: str, text: str, point: Point, patience: float
) -> tuple[Query, Preview] | None:
    try:
        asked = folder.ask(jobs.match, path, text, point, background=True)
        return await asyncio.wait_for(asked, patience)
    except (AnalystError, TimeoutError):
        return None


def _hover_text(
    told: Hover, matched: tuple[Query, Preview] | None, ink: Ink, markdown: bool
) -> str:
    if told.foreign:
        lines = [f"{ink.bold(told.name)}: {ink.text(told.doc)}".removesuffix(": ")]
    else:
        doc = told.doc if markdown else told.doc.replace("`", "")
        lines = [f"{ink.code(told.name)}: {doc}"]
    facts = [f"- {label}: {ink.text(words)}" for label, words in told.facts]
    if matched is not None:
        facts.append(f"- {_match_text(*matched, ink)}")
    return "\n".join([*lines, "", *facts] if facts else lines)


def _match_text(query: Query, found: Preview, ink: Ink) -> str:
    what = {"glob": "The glob", "unit": "The unit", "zone": "This entry of the zone"}[query.kind]
    least = "" if found.complete else "at least "
    count = plural(found.files, "file")
    units = f" ({plural(found.units, 'unit')})" if found.units else ""
    first = ", ".join(ink.code(place) for place in found.first[:5])
    more = ", ..." if found.files > 5 else ""
    return (
        f"{what} matches {least}{count} of this project{units}{f': {first}{more}' if first else ''}"
    )


def _item(document: OpenDocument, number: int, one: Completion, ink: Ink) -> types.CompletionItem:
    folder = one.kind == "path" and one.label.endswith("/")
    ours = one.kind == "key"
    doc = one.doc if ours and isinstance(ink, Markdown) else ink.text(one.doc.replace("`", ""))
    kind = types.MarkupKind.Markdown if isinstance(ink, Markdown) else types.MarkupKind.PlainText
    return types.CompletionItem(
        one.label,
        kind=types.CompletionItemKind.Folder if folder else _KINDS[one.kind],
        detail=one_line(one.detail) or None,
        documentation=types.MarkupContent(kind, doc) if doc else None,
        sort_text=f"{number:04}",
        text_edit=types.TextEdit(_range(document, one.stretch), one.insert),
    )


def _point(document: OpenDocument, position: types.Position) -> Point:
    place = document.extent_of(types.Range(position, position)).start
    return Point(place.line + 1, place.column + 1)


def _range(document: OpenDocument, stretch: Stretch) -> types.Range:
    start, end = (Place(point.line - 1, point.column - 1) for point in stretch)
    return document.range_of(Extent(start, end))


def _locations(server: Server, spots: Sequence[Spot]) -> list[types.Location]:
    found = []
    for spot in spots:
        uri, range_ = server.rule_problems.place(spot)
        start, end = (types.Position(**range_[edge]) for edge in ("start", "end"))
        found.append(types.Location(uri, types.Range(start, end)))
    return found


def _asked(server: Server, argument: object) -> tuple[OpenDocument, Folder, str]:
    """The rule file that a command's argument names; a client may send anything."""
    uri = argument.get("uri") if isinstance(argument, Mapping) else argument
    found = open_rule_file(server, uri) if isinstance(uri, str) else None
    if found is None:
        raise JsonRpcInvalidParams("give the URI of an open rule file")
    return found


def _position(argument: object) -> types.Position:
    told = argument.get("position") if isinstance(argument, Mapping) else None
    try:
        return types.Position(int(told["line"]), int(told["character"]))  # type: ignore[index] # caught below
    except (KeyError, TypeError, ValueError):
        raise JsonRpcInvalidParams("give a position in the rule file") from None


async def _preview(server: Server, argument: object) -> dict[str, Any]:
    document, folder, path = _asked(server, argument)
    point = _point(document, _position(argument))
    found = await folder.ask(jobs.match, path, readable(document.text), point, background=True)
    if found is None:
        raise JsonRpcInvalidParams("no glob, unit or zone stands there")
    query, seen = found
    said = f"{query.zone}: {_match_text(query, seen, Plain())}"
    server.window_show_message(types.ShowMessageParams(types.MessageType.Info, said))
    return {
        "kind": query.kind,
        "zone": query.zone,
        "words": query.words,
        "files": seen.files,
        "units": seen.units,
        "first": list(seen.first),
        "complete": seen.complete,
    }


async def _try_out(server: Server, argument: object) -> dict[str, Any]:
    document, folder, path = _asked(server, argument)
    version = document.version
    texts = server.rule_problems.texts(folder)
    run = await folder.ask(jobs.try_out, path, texts, background=True)
    if run.broken:
        said = f"The tests cannot run: {plural(run.broken, 'problem')} in the rule files."
        kind = types.MessageType.Warning
    else:
        tests = plural(run.passed + run.failed, "test")
        said = f"{tests}: {run.passed:,} passed, {run.failed:,} failed."
        kind = types.MessageType.Warning if run.failed else types.MessageType.Info
    if document.version == version:
        server.rule_problems.tried(folder, run)
    server.window_show_message(types.ShowMessageParams(kind, said))
    failures = [{"test": one.test, "message": one.message} for one in run.troubles]
    return {
        "passed": run.passed,
        "failed": run.failed,
        "broken": run.broken,
        "failures": failures,
    }


def register(server: Server) -> None:
    """Answer what concerns rule files, and keep their problems told."""
    problems = server.rule_problems
    session = server.session
    session.on_findings.append(problems.changed)
    session.on_save.append(problems.saved)
    session.on_close.append(problems.closed)
    session.on_rules.append(problems.rules_changed)
    session.on_folders.append(problems.follow)
    ink: Ink = Markdown() if session.capabilities.markdown else Plain()

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["[", "{", "/"])
    )
    async def completed(params: types.CompletionParams) -> types.CompletionList | None:
        found = open_rule_file(server, params.text_document.uri)
        if found is None:
            return None
        document, folder, path = found
        version, point = document.version, _point(document, params.position)
        try:
            listed = await folder.ask(jobs.propose, path, problems.texts(folder), point)
        except AnalystError:
            return None
        if document.version != version:
            return None
        items = [_item(document, number, one, ink) for number, one in enumerate(listed)]
        # Paths are proposed one folder at a time.
        return types.CompletionList(any(one.kind == "path" for one in listed), items)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def defined(params: types.DefinitionParams) -> list[types.Location] | None:
        found = open_rule_file(server, params.text_document.uri)
        if found is None:
            return None
        document, folder, path = found
        point, texts = _point(document, params.position), problems.texts(folder)
        try:
            return _locations(server, await folder.ask(jobs.define, path, texts, point))
        except AnalystError:
            return None

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def referred(params: types.ReferenceParams) -> list[types.Location] | None:
        found = open_rule_file(server, params.text_document.uri)
        if found is None:
            return None
        document, folder, path = found
        point, texts = _point(document, params.position), problems.texts(folder)
        declaration = params.context.include_declaration
        try:
            spots = await folder.ask(jobs.refer, path, texts, point, declaration)
        except AnalystError:
            return None
        return _locations(server, spots)

    @server.command(PREVIEW)
    async def preview(argument: Any = None) -> dict[str, Any]:  # noqa: ANN401 -- from a client
        return await _preview(server, argument)

    @server.command(TESTS)
    async def try_out(argument: Any = None) -> dict[str, Any]:  # noqa: ANN401 -- from a client
        return await _try_out(server, argument)

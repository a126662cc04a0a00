"""Quick fixes: what can be done about the findings at a place, and for a whole document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from lsprotocol import types

from redline.lsp.commands import ANSWERS, DECLARE, FIX, Commands, say
from redline.lsp.convert import SOURCE
from redline.lsp.hover import touches
from redline.lsp.planner import Judged, Planner, Refusal
from redline.model import Finding

if TYPE_CHECKING:
    from redline.fixes import Offer
    from redline.lsp.server import Server
    from redline.lsp.session import OpenDocument, Session

QUICK_FIX = "quickfix.redline"
FIX_ALL = "source.fixAll.redline"
_NEW_FILES = frozenset({"quarantine"})
"""Fixes that cannot be without a new file."""
_MOST_FINDINGS = 5
"""Findings at one place whose fixes are offered: a menu is read, not searched."""

_Action: TypeAlias = types.CodeAction | types.Command


class Actions:
    """Answers requests for code actions. What a client sends along is a hint, not to be trusted."""

    def __init__(self, server: Server, planner: Planner) -> None:
        self._server = server
        self._planner = planner

    @property
    def _session(self) -> Session:
        return self._server.session

    async def at(self, params: types.CodeActionParams) -> list[_Action]:
        """What can be done at a place; in the order of the text, then of the rule."""
        document = self._session.document(params.text_document.uri)
        only = params.context.only
        if document is None or not document.shown:
            return []
        found: list[_Action] = []
        if wants(only, QUICK_FIX):
            found += await self._quick_fixes(document, params)
        # Not unasked: nobody means to change a whole file from the menu of one place.
        if only and wants(only, FIX_ALL):
            found += await self._fix_all(document)
        return found

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Work out the edit of an action that was chosen, for the text as it is now."""
        told = _data(action.data)
        uri, fingerprint, name = told.get("uri"), told.get("fingerprint"), told.get("fix")
        if not (isinstance(uri, str) and isinstance(fingerprint, str) and isinstance(name, str)):
            return action
        try:
            action.edit = await self._planner.plan_named(uri, fingerprint, name)
        except Refusal as refusal:
            say(self._server, str(refusal))
        return action

    async def _quick_fixes(
        self, document: OpenDocument, params: types.CodeActionParams
    ) -> list[_Action]:
        wanted = self._wanted(document, params)
        judged = await self._planner.judged(document) if wanted else None
        if judged is None:
            return []
        findings = [one for name in wanted if (one := judged.finding(name)) is not None]
        diagnostics = {fingerprint_of(one): one for one in params.context.diagnostics}
        found: list[_Action] = []
        for finding, offers in await self._planner.offers(judged, findings):
            preferred = next((offer.name for offer in offers if offer.safe), None)
            for offer in offers:
                if not wants(params.context.only, _kind(offer)):
                    continue
                if offer.name == "declare":
                    found += self._questions(judged, finding, diagnostics)
                    continue
                action = await self._action(judged, finding, offer)
                if isinstance(action, types.CodeAction):
                    diagnostic = diagnostics.get(finding.fingerprint)
                    action.diagnostics = [diagnostic] if diagnostic is not None else None
                    if self._session.capabilities.prefers and offer.name == preferred:
                        action.is_preferred = True
                if action is not None:
                    found.append(action)
        return found

    def _wanted(self, document: OpenDocument, params: types.CodeActionParams) -> list[str]:
        """The findings that a request is about: those at its range, and of its diagnostics."""
        told = {fingerprint_of(one) for one in params.context.diagnostics}
        extent = document.extent_of(params.range)
        near = (
            one.finding.fingerprint
            for one in document.shown
            if one.finding.fingerprint in told
            or one.extent.overlaps(extent)
            or (extent.is_empty and touches(one.extent, extent.start))
        )
        return list(dict.fromkeys(near))[:_MOST_FINDINGS]

    async def _action(self, judged: Judged, finding: Finding, offer: Offer) -> _Action | None:
        client = self._session.capabilities
        told = {"uri": judged.target.uri, "fingerprint": finding.fingerprint}
        kind = _kind(offer)
        if offer.name in _NEW_FILES and not (client.document_changes and client.creates_files):
            return None
        told["fix"] = offer.name
        if not client.action_literals:
            return types.Command(offer.title, FIX, arguments=[told])
        if client.resolves_edits:
            return types.CodeAction(offer.title, kind=kind, data={"redline": 1, **told})
        try:
            edit = await self._planner.plan(judged, finding, offer.name)
        except Refusal:
            return None
        return types.CodeAction(offer.title, kind=kind, edit=edit)

    def _questions(
        self,
        judged: Judged,
        finding: Finding,
        diagnostics: Mapping[str | None, types.Diagnostic],
    ) -> list[_Action]:
        """One entry for each answer to where a text is from: to give one takes one key."""
        found: list[_Action] = []
        diagnostic = diagnostics.get(finding.fingerprint)
        for answer, title in ANSWERS.items():
            told = {"uri": judged.target.uri, "fingerprint": finding.fingerprint}
            command = types.Command(title, DECLARE, arguments=[{**told, "answer": answer.value}])
            if not self._session.capabilities.action_literals:
                found.append(command)
                continue
            about = [diagnostic] if diagnostic is not None else None
            kind = f"{QUICK_FIX}.declare"
            found.append(types.CodeAction(title, kind=kind, diagnostics=about, command=command))
        return found

    async def _fix_all(self, document: OpenDocument) -> list[_Action]:
        if not self._session.capabilities.action_literals:
            return []
        judged = await self._planner.judged(document)
        if judged is None:
            return []
        try:
            edit = await self._planner.plan_all(judged)
        except Refusal:
            return []
        title = "Apply all safe fixes of Redline"
        return [types.CodeAction(title, kind=FIX_ALL, edit=edit)] if edit is not None else []


def wants(only: Sequence[str] | None, kind: str) -> bool:
    """Tell whether a client asks for actions of this kind, or of some below or above it.

    Kinds are paths with dots: ``quickfix`` holds ``quickfix.redline.remove``.
    """
    if not only:
        return True
    return any(
        one == "" or kind == one or kind.startswith(f"{one}.") or one.startswith(f"{kind}.")
        for one in map(_word, only)
    )


def _word(kind: str | types.CodeActionKind) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind


def _kind(offer: Offer) -> str:
    return f"{QUICK_FIX}.{offer.name}"


def fingerprint_of(diagnostic: types.Diagnostic) -> str | None:
    """The finding that a diagnostic of ours is about, as far as the client kept what we sent."""
    found = _data(diagnostic.data).get("fingerprint")
    return found if diagnostic.source == SOURCE and isinstance(found, str) else None


def _data(value: object) -> Mapping[str, Any]:
    """What we put into a message, as far as it came back."""
    return value if isinstance(value, Mapping) and value.get("redline") == 1 else {}


def register(server: Server) -> None:
    """Offer fixes, and the commands behind them."""
    planner = Planner(server)
    actions = Actions(server, planner)
    commands = Commands(server, planner)
    kinds: list[types.CodeActionKind | str] = [QUICK_FIX, FIX_ALL]
    resolves = server.session.capabilities.resolves_edits
    options = types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=resolves)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(params: types.CodeActionParams) -> list[_Action]:
        return await actions.at(params)

    if resolves:

        @server.feature(types.CODE_ACTION_RESOLVE)
        async def resolve(params: types.CodeAction) -> types.CodeAction:
            return await actions.resolve(params)

    @server.command(FIX)
    async def fix(argument: Any = None) -> bool:  # noqa: ANN401 -- from a client
        return await commands.fix(argument)

    @server.command(DECLARE)
    async def declare(argument: Any = None) -> str | None:  # noqa: ANN401 -- from a client
        return await commands.declare(argument)

"""Fixes of open documents: asked for where texts are judged, given as edits of one version."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lsprotocol import types

from redline.fixes.edits import Fix, NoFixError, Offer
from redline.live.analyst import AnalystError
from redline.live.jobs import fix_all, offers_of, plan_of
from redline.live.landing import Kind
from redline.live.subject import Subject
from redline.lsp.edits import Target, possible, target_of, text_of, workspace_edit
from redline.model import Finding

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import Folder, OpenDocument, Session

CHANGED = "The text has changed since this was offered; nothing was done."
_MOST_KEPT = 64

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """A document with its findings, all of one version."""

    document: OpenDocument
    folder: Folder
    target: Target
    subject: Subject
    policy: str
    """SHA-256 of the rules."""

    def finding(self, fingerprint: str) -> Finding | None:
        """The finding that goes by this fingerprint."""
        found = (one for one in self.subject.findings if one.fingerprint == fingerprint)
        return next(found, None)


class Refusal(Exception):
    """Nothing was planned; the message tells the person at the editor why."""


class Planner:
    """Plans fixes; what it gives is right for the version that it names, or is not given."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._kept: OrderedDict[tuple[object, ...], tuple[Offer, ...]] = OrderedDict()
        """A menu is asked for at every move of the cursor."""

    @property
    def _session(self) -> Session:
        return self._server.session

    async def judged(self, document: OpenDocument) -> Judged | None:
        """The findings of the present text; None where it was closed or could not be judged."""
        analysis = await document.settled()
        folder, path = document.folder, document.path
        if analysis is None or folder is None or path is None:
            return None
        if self._session.document(document.uri) is not document:
            return None
        target = target_of(document)
        notebook = self._server.notebooks.of(document)
        subject = Subject(
            path=path,
            text=target.text,
            findings=analysis.findings,
            replaced=document.replaced.over(analysis.extents),
            notebook=notebook.live() if notebook is not None else None,
            cell=document.uri if notebook is not None else "",
            language_id=document.language_id,
        )
        return Judged(document, folder, target, subject, analysis.policy)

    async def offers(
        self, judged: Judged, findings: Sequence[Finding]
    ) -> list[tuple[Finding, tuple[Offer, ...]]]:
        """What can be done about each finding, as far as the client can take it."""
        document = judged.document
        state = (document.uri, document.opened, judged.target.version, judged.policy)
        keys = [(*state, finding.fingerprint) for finding in findings]
        missing = [n for n, key in enumerate(keys) if key not in self._kept]
        if missing:
            asked = replace(judged.subject, findings=tuple(findings[n] for n in missing))
            try:
                answers = await judged.folder.ask(offers_of, asked)
            except AnalystError as error:
                _log.error("no fixes for %s: %s", judged.subject.path, error)
                return []
            self._kept.update((keys[n], one) for n, one in zip(missing, answers, strict=True))
        found = [(one, self._kept[key]) for one, key in zip(findings, keys, strict=True)]
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return found

    async def plan_named(self, uri: str, fingerprint: str, name: str) -> types.WorkspaceEdit:
        """Plan one fix of one finding of an open document; raises ``Refusal``."""
        document = self._session.document(uri)
        judged = await self.judged(document) if document is not None else None
        finding = judged.finding(fingerprint) if judged is not None else None
        if judged is None or finding is None:
            raise Refusal(CHANGED)
        return await self.plan(judged, finding, name)

    async def plan(self, judged: Judged, finding: Finding, name: str) -> types.WorkspaceEdit:
        """Plan one fix; raises ``Refusal``."""
        subject = replace(judged.subject, findings=(finding,))
        try:
            fix, others = await judged.folder.ask(plan_of, subject, name)
            held = {path: one for path in others if (one := self._open(judged, path)) is not None}
            if held:
                # It goes to the end of what an editor holds of that file, saved or not.
                texts = {path: target.text for path, target in held.items()}
                subject = replace(subject, held=texts)
                fix, others = await judged.folder.ask(plan_of, subject, name)
        except NoFixError as reason:
            raise Refusal(f"{_sentence(str(reason))}; nothing was done.") from None
        except AnalystError as error:
            _log.error("no fix for %s: %s", subject.path, error)
            raise Refusal("The fix could not be worked out; nothing was done.") from None
        targets = {subject.own_path: judged.target}
        for path, text in others.items():
            closed = Target((judged.folder.root / path).as_uri(), text, None)
            targets[path] = held.get(path, closed)
        return self._edit(judged, [fix], targets)

    async def plan_all(self, judged: Judged) -> types.WorkspaceEdit | None:
        """All safe fixes of a document in one edit; None where there is none.

        Raises ``Refusal``.
        """
        client = self._session.capabilities
        creates = client.document_changes and client.creates_files
        try:
            fixes = await judged.folder.ask(fix_all, judged.subject, creates)
        except AnalystError as error:
            _log.error("no fixes for %s: %s", judged.subject.path, error)
            return None
        if not fixes:
            return None
        return self._edit(judged, fixes, {judged.subject.own_path: judged.target})

    def _edit(
        self, judged: Judged, fixes: Sequence[Fix], targets: dict[str, Target]
    ) -> types.WorkspaceEdit:
        if not all(possible(fix, self._session) for fix in fixes):
            raise Refusal("This editor cannot create files; nothing was done.")
        for target in targets.values():
            document = self._session.document(target.uri)
            if target.version is not None and (
                document is None or document.version != target.version
            ):
                raise Refusal(CHANGED)
        # What goes to another document is the assistant's still, and is to be traced as such.
        own, text = judged.subject.own_path, judged.target.text
        edits = [edit for fix in fixes for edit in fix.edits if edit.path == own]
        pairs = [(text[e.span.start : e.span.end], e.replacement) for e in edits]
        told = [(text_of(old), text_of(new)) for old, new in pairs]
        self._session.offer(judged.target.uri, Kind.CODE_ACTION, told)
        return workspace_edit(fixes, targets, judged.folder.root, self._session)

    def _open(self, judged: Judged, path: str) -> Target | None:
        opened = next(self._session.documents_at(judged.folder.root / path), None)
        return target_of(opened) if opened is not None else None


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]

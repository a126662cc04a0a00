"""What is open: folders with their projects, documents with their findings."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from redline.live.cuts import Cuts
from redline.live.hints import EditOrigin
from redline.live.landing import Kind
from redline.live.origin import Classifier
from redline.live.removals import Removals
from redline.live.replaced import Replacements
from redline.live.text import LiveText
from redline.live.tracker import Tracker
from redline.lsp.capabilities import Capabilities
from redline.lsp.closed import Closed
from redline.lsp.folder import Folder
from redline.lsp.leaving import Leaving
from redline.lsp.opened import OpenDocument
from redline.lsp.projects import Projects
from redline.lsp.settings import Settings
from redline.model import Evidence

if TYPE_CHECKING:
    from redline.lsp.server import Server

__all__ = ["Folder", "OpenDocument", "Session"]

_LARGEST_HELD = 16 << 20
"""Characters of open documents that are sent with a look-up; of others the file is read."""
_log = logging.getLogger(__name__)


class Session:
    """Everything that is open. Only the event loop's thread may touch it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.capabilities = Capabilities()
        self.settings = Settings()
        self.encoding = "utf-16"
        self.documents: dict[str, OpenDocument] = {}
        self.on_findings: list[Callable[[OpenDocument], None]] = []
        """Called when a document's findings have changed, or moved with an edit."""
        self.on_open: list[Callable[[OpenDocument], None]] = []
        """Called when a document, or a cell, was opened."""
        self.on_close: list[Callable[[OpenDocument], None]] = []
        self.on_save: list[Callable[[OpenDocument], None]] = []
        self.on_rules: list[Callable[[Folder], None]] = []
        """Called when rule files of a project may have changed on disk."""
        self.on_ready: list[Callable[[], None]] = []
        """Called once the client has heard what the server can do."""
        self.on_settings: list[Callable[[], None]] = []
        """Called when a setting has changed."""
        self.on_folders: list[Callable[[], None]] = []
        """Called when a project has come or gone."""
        self.on_end: list[Callable[[], None]] = []
        self.client = ""
        """The editor's name, as it gives it."""
        self._projects = Projects(lambda: self.settings, self._tell_folders)
        self._opened = 0
        self._cuts: Cuts[Evidence] = Cuts()
        """What was cut anywhere: text that is moved between files keeps what is known of it."""
        self._removals = Removals()
        self._leaving = Leaving()
        self._closed = Closed()

    def document(self, uri: str) -> OpenDocument | None:
        """The open document of this URI."""
        return self.documents.get(uri)

    def documents_at(self, path: Path) -> Iterator[OpenDocument]:
        """The open documents that show the file at ``path``."""
        for document in list(self.documents.values()):
            folder, name = document.folder, document.path
            if folder is not None and name is not None and folder.root / name == path:
                yield document

    @property
    def folders(self) -> dict[str, Folder]:
        """The projects of the workspace, by its folders' URIs as the client spells them."""
        return self._projects.of_workspace

    def add_folder(self, uri: str) -> None:
        """Take a workspace folder in; one that is no folder on this machine is left out."""
        if self._projects.add(uri):
            # What was opened before its workspace came belongs to it now.
            self._place_all()
            self._tell_folders()

    def remove_folder(self, uri: str) -> None:
        """Let a workspace folder go."""
        folder = self._projects.remove(uri)
        if folder is not None:
            self._place_all()
            self._tell_folders()
            self._leaving.folder(folder)

    def projects(self) -> tuple[Folder, ...]:
        """Each project once."""
        return self._projects.all

    def folder_of(self, path: Path, *, new: bool = True) -> Folder | None:
        """The project that a file belongs to, as ``Projects.of`` tells."""
        return self._projects.of(path, new=new)

    def place_of(self, uri: str, language_id: str) -> tuple[Folder | None, str | None]:
        """The project of a document and its path there, as ``Projects.place_of`` tells."""
        return self._projects.place_of(uri, language_id)

    def held(self, folder: Folder) -> dict[str, str]:
        """The texts of a project's open documents, by path, for look-ups of where text is from.

        Without what has landed in them and may itself be from elsewhere.
        """
        texts: dict[str, str] = {}
        left = _LARGEST_HELD
        for document in self.documents.values():
            if document.folder is folder and document.path and document.document is not None:
                size = sum(map(len, document.text.lines))
                if size <= left:
                    left -= size
                    texts[document.path] = document.document.reception.known_text()
        return texts

    def open(self, item: types.TextDocumentItem) -> OpenDocument:
        """Take a document in and judge it."""
        if item.uri in self.documents:
            self.close(item.uri)
        self._opened += 1
        before, at_once = self._closed.take(item.uri)
        edit = None
        if before is None:
            document = self.fresh(item, LiveText(item.text))
        else:
            if before.document is not None:
                before.document.abandon()
            document = self.fresh(item, before.text)
            document.marks, document.questions = before.marks, before.questions
            document.classifier, document.replaced = before.classifier, before.replaced
            edit = document.text.replace(item.text)
            document.replaced.follow(edit)
            document.marks.move(edit)
            document.questions.move(edit)
        document.opened = self._opened
        self.documents[item.uri] = document
        self._place(document)
        if edit is not None and (edit.removed or edit.inserted):
            document.observe([edit], reload=at_once)
        for told in self.on_open:
            told(document)
        return document

    def fresh(self, item: types.TextDocumentItem, text: LiveText) -> OpenDocument:
        """A document of which nothing is known yet, in no project."""
        return OpenDocument(
            item.uri,
            item.version,
            item.language_id,
            self,
            None,
            None,
            text,
            Classifier(self._removals),
            Tracker(text.slice, self._cuts),
        )

    def change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Apply changes in order, whatever their version: the client's text is what counts."""
        document = self.documents.get(params.text_document.uri)
        if document is None:
            _log.warning(
                "a change of a document that is not open: %.200s", params.text_document.uri
            )
            return
        if not document.change(params.text_document.version, params.content_changes):
            self._start_over(document)
            return
        self._tell(document)

    def _start_over(self, document: OpenDocument) -> None:
        """Judge a text anew of which nothing can be followed any more."""
        document.marks = Tracker(document.text.slice, self._cuts)
        document.questions = Tracker()
        document.replaced = Replacements()
        document.classifier = Classifier(self._removals)
        self._place(document, anew=True)
        self._tell(document)

    def hear(self, hint: EditOrigin) -> None:
        """Take in what a plugin says about an edit, before or after the edit itself."""
        document = self.documents.get(hint.uri)
        if document is not None:
            for landing in document.classifier.hear(hint, time.monotonic()):
                document.receive(landing)

    def offer(self, uri: str, kind: Kind, edits: Iterable[tuple[str, str]]) -> None:
        """Note edits that the server itself proposes: for each the text replaced and the new."""
        document = self.documents.get(uri)
        if document is not None:
            document.classifier.offered(kind, edits, time.monotonic())

    def save(self, uri: str) -> None:
        """A save tells nothing about who wrote the text; rule files may have changed."""
        document = self.documents.get(uri)
        if document is None:
            return
        if document.document is not None:
            document.document.saved()
        for told in self.on_save:
            told(document)

    def close(self, uri: str) -> None:
        """Let a document go."""
        document = self.documents.pop(uri, None)
        if document is None:
            return
        if document.document is not None:
            document.document.close()
        self._closed.keep(document)
        for told in self.on_close:
            told(document)
        self._let_unused_go()

    def rules_changed(self, folder: Folder) -> None:
        """Judge the open documents of a project anew."""
        for document in self.documents.values():
            if document.folder is folder and document.document is not None:
                document.document.judge_soon(0)
        for told in self.on_rules:
            told(folder)

    def settings_changed(self) -> None:
        """Let what is open follow the settings."""
        for document in self.documents.values():
            if document.document is not None:
                document.document.delay = self.settings.delay / 1000
                document.document.reception.asks = self.settings.ask
        for told in (*self.on_settings, *self.on_folders):
            told()
        for document in self.documents.values():
            self._tell(document)

    def reopen(self) -> None:
        """Judge every project anew, by another index or other rules."""
        for folder in self.projects():
            folder.open(self.settings)
            self.rules_changed(folder)

    @property
    def is_learning(self) -> bool:
        """Something that has landed is not in the index yet."""
        return self._leaving.is_busy or any(
            one.document is not None and one.document.reception.is_learning for one in self._known
        )

    async def last_words(self) -> None:
        """End everything once what has landed is in the index, or a while later."""
        for document in self._known:
            self._leaving.document(document)
        await self._leaving.done()
        self.end()

    def end(self) -> None:
        """End everything that runs."""
        for document in self._known:
            if document.document is not None:
                document.document.abandon()
        for folder in self.projects():
            folder.analyst.close()
        for told in self.on_end:
            told()

    @property
    def _known(self) -> tuple[OpenDocument, ...]:
        """The open documents, and those that may still be looked up."""
        return (*self.documents.values(), *self._closed)

    def _tell_folders(self) -> None:
        for told in self.on_folders:
            told()

    def _place_all(self) -> None:
        """Find the projects of all documents anew."""
        for document in list(self.documents.values()):
            self._place(document)
        self._let_unused_go()

    def _place(self, document: OpenDocument, *, anew: bool = False) -> None:
        """Find the project of a document, and begin to judge it there."""
        if self.server.notebooks.place(document, anew=anew):
            return
        folder, path = self.place_of(document.uri, document.language_id)
        there = (folder, path) == (document.folder, document.path)
        if there and document.document is not None and not anew:
            return
        self.leave(document)
        if folder is None or path is None:
            document.folder, document.path = folder, path
            self._tell(document)
            return
        judged = document.judge_in(folder, path, folder.ask, lambda: self._tell(document))
        judged.reception.held = lambda: self.held(folder)

    def leave(self, document: OpenDocument) -> None:
        """Judge a document no more where it belonged; what has landed in it is still learnt."""
        if document.document is not None:
            document.document.abandon()
            self._leaving.document(document)
            document.document = None

    def _let_unused_go(self) -> None:
        gone = self._projects.take_unused(one.folder for one in self.documents.values())
        for folder in gone:
            self._leaving.folder(folder)
        if gone:
            self._tell_folders()

    def _tell(self, document: OpenDocument) -> None:
        if document.folder is not None and document.analysis is not None:
            document.folder.policy_files = document.analysis.policy_files
        for told in self.on_findings:
            try:
                told(document)
            except Exception:
                # One listener must not keep the others from hearing.
                _log.exception("the findings of %s could not be told", document.path)

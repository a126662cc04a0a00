"""Notebooks by cell: what a client tells of them, and the one file that they are judged as."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types

from redline.live.analysis import Analysis, LiveMark
from redline.live.beside import Beside
from redline.live.jobs import analyse, analyse_notebook, beside_cell
from redline.live.notebook import LiveNotebook
from redline.live.notebook_text import Cell
from redline.live.places import Extent
from redline.live.text import LiveText
from redline.lsp.session import Folder, OpenDocument

if TYPE_CHECKING:
    from redline.lsp.server import Server
    from redline.lsp.session import Session

T = TypeVar("T")

_log = logging.getLogger(__name__)

SYNC = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithNotebook(
            notebook=types.NotebookDocumentFilterNotebookType(notebook_type="jupyter-notebook")
        )
    ]
)
"""Cells of every language: a rule may speak of any."""


class Notebook:
    """One open notebook; its cells are documents of the session."""

    def __init__(self, uri: str, folder: Folder | None, path: str | None) -> None:
        self.uri = uri
        self.folder = folder
        self.path = path
        """Relative to the folder's root; None outside all folders and for one without a file."""
        self.cells: list[types.NotebookCell] = []
        self.documents: dict[str, OpenDocument] = {}
        self._marks: dict[str, tuple[LiveMark, ...]] = {}
        self._last: tuple[LiveNotebook, asyncio.Task[dict[str, Analysis]]] | None = None
        """The state judged last, or being judged: all cells ask about the same one."""
        self._served: set[str] = set()
        """The cells that have had that answer: who asks again wants a new one."""

    def live(self) -> LiveNotebook:
        """The notebook as it is now."""
        assert self.path is not None
        cells = []
        for cell in self.cells:
            document = self.documents.get(cell.document)
            if document is not None:
                code = cell.kind == types.NotebookCellKind.Code
                cells.append(Cell(cell.document, code, str(document.text), _id(cell)))
        return LiveNotebook(self.path, tuple(cells), tuple(sorted(self._marks.items())))

    async def judged(self, key: str, marks: tuple[LiveMark, ...]) -> Analysis:
        """Judge the notebook for one of its cells; other cells that it changes are told."""
        self._mark(key, marks)
        state = self.live()
        assert self.folder is not None
        if self._last is None or self._last[0] != state or key in self._served:
            asked = self.folder.ask(analyse_notebook, state)
            self._last = state, asyncio.get_running_loop().create_task(_told(asked))
            self._served.clear()
        self._served.add(key)
        task = self._last[1]
        # One cell that is closed must not take the answer from the others.
        found = await asyncio.shield(task)
        self._tell_others(key, found)
        # A cell that is being moved is in no notebook for a moment.
        return found.get(key) or Analysis(self.path or "", (), (), (), ())

    async def beside(self, key: str, extent: Extent, *, full: bool) -> Beside:
        """Explain a part of a cell."""
        assert self.folder is not None
        return await self.folder.ask(beside_cell, self.live(), key, extent, full)

    def begin_anew(self) -> None:
        """Forget what was judged: the notebook belongs to another project."""
        self._last = None
        self._served.clear()

    def judge_soon(self) -> None:
        """Judge all cells anew: one came, went, or changed its kind."""
        for document in self.documents.values():
            if document.document is not None:
                document.document.judge_soon()

    def _mark(self, key: str, marks: tuple[LiveMark, ...]) -> None:
        if marks:
            self._marks[key] = marks
        else:
            self._marks.pop(key, None)

    def forget(self, key: str) -> None:
        """Let a cell go."""
        self.documents.pop(key, None)
        self._marks.pop(key, None)

    def _tell_others(self, key: str, found: Mapping[str, Analysis]) -> None:
        """Have those cells judged again that see something else now: text spans cells."""
        for other, document in self.documents.items():
            known = document.analysis
            if other == key or known is None or document.document is None or other not in found:
                continue
            if _seen(known) != _seen(found[other]):
                document.document.judge_soon(0)


async def _told(asked: Any) -> dict[str, Analysis]:  # noqa: ANN401 -- an awaitable of just that
    found: dict[str, Analysis] = await asked
    return found


def _seen(analysis: Analysis) -> object:
    told = [(one.rule, one.level, one.message, one.fingerprint) for one in analysis.findings]
    return told, len(analysis.evidence), analysis.skips


def _id(cell: types.NotebookCell) -> str | None:
    """The cell's id in its file, which VS Code keeps in the metadata."""
    metadata: Any = cell.metadata
    found = metadata.get("id") if isinstance(metadata, Mapping) else getattr(metadata, "id", None)
    return found if isinstance(found, str) and found else None


class Notebooks:
    """All open notebooks of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.open_ones: dict[str, Notebook] = {}
        self._opened = 0

    def of(self, document: OpenDocument) -> Notebook | None:
        """The notebook that a document is a cell of."""
        for notebook in self.open_ones.values():
            if notebook.documents.get(document.uri) is document:
                return notebook
        return None

    def opened(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """Take a notebook in and judge it."""
        told = params.notebook_document
        if told.uri in self.open_ones:
            self.closed(told.uri)
        folder, path = self._session.place_of(told.uri, "notebook")
        notebook = Notebook(told.uri, folder, path)
        notebook.cells = list(told.cells)
        self.open_ones[told.uri] = notebook
        for item in params.cell_text_documents:
            self._open_cell(notebook, item)

    def changed(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """Follow what happened to a notebook; what makes no sense is passed over."""
        notebook = self.open_ones.get(params.notebook_document.uri)
        cells = params.change.cells
        if notebook is None:
            _log.warning("a change of a notebook that is not open")
            return
        if cells is None:
            return
        if cells.structure is not None:
            self._restructured(notebook, cells.structure)
        for cell in cells.data or ():
            for at, known in enumerate(notebook.cells):
                if known.document == cell.document:
                    notebook.cells[at] = cell
        for content in cells.text_content or ():
            self._edited(notebook, content.document, content.changes)
        if cells.structure is not None or cells.data:
            notebook.judge_soon()

    def closed(self, uri: str) -> None:
        """Let a notebook and its cells go."""
        notebook = self.open_ones.pop(uri, None)
        if notebook is not None:
            for key in list(notebook.documents):
                self._session.close(key)

    def saved(self, uri: str) -> None:
        """A save says nothing about who wrote; outputs on disk may have changed."""
        notebook = self.open_ones.get(uri)
        if notebook is not None:
            notebook.judge_soon()

    def let_go(self, document: OpenDocument) -> None:
        """Forget a cell that the session closed."""
        notebook = self.of(document)
        if notebook is not None:
            notebook.forget(document.uri)

    def _restructured(
        self, notebook: Notebook, change: types.NotebookDocumentCellChangeStructure
    ) -> None:
        start = min(max(0, change.array.start), len(notebook.cells))
        stop = start + max(0, change.array.delete_count)
        notebook.cells[start:stop] = change.array.cells or ()
        for gone in change.did_close or ():
            if gone.uri in notebook.documents:
                self._session.close(gone.uri)
        for item in change.did_open or ():
            self._open_cell(notebook, item)

    def _edited(
        self,
        notebook: Notebook,
        told: types.VersionedTextDocumentIdentifier,
        changes: Sequence[types.TextDocumentContentChangeEvent],
    ) -> None:
        document = notebook.documents.get(told.uri)
        if document is None:
            _log.warning("a change of a cell that is not open")
            return
        self._session.change(types.DidChangeTextDocumentParams(told, changes))

    def _open_cell(self, notebook: Notebook, item: types.TextDocumentItem) -> None:
        session = self._session
        if item.uri in session.documents:
            session.close(item.uri)
        self._opened += 1
        document = session.fresh(item, LiveText(item.text))
        document.opened = self._opened
        session.documents[item.uri] = document
        notebook.documents[item.uri] = document
        self._judge(notebook, document)
        for told in session.on_open:
            told(document)

    def place(self, document: OpenDocument, *, anew: bool = False) -> bool:
        """Let a cell go where its notebook belongs by now; False for what is no cell."""
        notebook = self.of(document)
        if notebook is None:
            return False
        notebook.folder, notebook.path = self._session.place_of(notebook.uri, "notebook")
        there = (document.folder, document.path) == (notebook.folder, notebook.path)
        if anew or not there:
            notebook.begin_anew()
            self._judge(notebook, document)
            _tell(self._session, document)
        return True

    def _judge(self, notebook: Notebook, document: OpenDocument) -> None:
        session = self._session
        session.leave(document)
        if notebook.folder is None or notebook.path is None:
            document.folder, document.path = notebook.folder, notebook.path
            return
        ask = _asks_for(notebook, document.uri)
        document.judge_in(notebook.folder, notebook.path, ask, lambda: _tell(session, document))


def _asks_for(notebook: Notebook, key: str) -> Callable[..., Any]:
    """Ask as a cell does: whoever judges the cell judges its notebook."""

    async def ask(
        function: Callable[..., T],
        /,
        *arguments: Any,  # noqa: ANN401 -- what the function takes
        background: bool = False,
    ) -> Any:  # noqa: ANN401 -- what the function returns
        assert notebook.folder is not None
        if function is analyse:
            _, _, marks = arguments
            return await notebook.judged(key, marks)
        return await notebook.folder.ask(function, *arguments, background=background)

    return ask


def _tell(session: Session, document: OpenDocument) -> None:
    for told in session.on_findings:
        told(document)


def register(server: Server) -> None:
    """Follow notebooks."""
    notebooks = server.notebooks
    server.session.on_close.append(notebooks.let_go)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenNotebookDocumentParams) -> None:
        notebooks.opened(params)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeNotebookDocumentParams) -> None:
        notebooks.changed(params)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveNotebookDocumentParams) -> None:
        notebooks.saved(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseNotebookDocumentParams) -> None:
        notebooks.closed(params.notebook_document.uri)

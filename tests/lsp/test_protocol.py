"""Each thing that a client may do gets one answer, and the connection lives on.

A small server is spoken to in this process, in bytes; what it says is read back from bytes.
"""

import asyncio
import logging
import threading

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from lsp.client import frame
from redline.live.text import LiveText
from redline.lsp.protocol import Protocol
from redline.lsp.wire import Framer, decode

PARSE_ERROR, INVALID_REQUEST, NO_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602
INTERNAL, NOT_INITIALIZED, CANCELLED = -32603, -32002, -32800


class Shelf:
    """Keeps texts as they are told."""

    def __init__(self):
        self.texts = {}
        self.saved = []

    def open(self, item):
        self.texts[item.uri] = LiveText(item.text)

    def change(self, params):
        text = self.texts[params.text_document.uri]
        for one in params.content_changes:
            if isinstance(one, types.TextDocumentContentChangePartial):
                ends = (one.range.start, one.range.end)
                text.apply(*(text.place(at.line, at.character, "utf-16") for at in ends), one.text)
            else:
                text.replace(one.text)

    def save(self, uri):
        self.saved.append(uri)

    def close(self, uri):
        del self.texts[uri]


class Library(LanguageServer):
    """A server with a handler of each sort."""

    def __init__(self):
        super().__init__("library", "1", protocol_cls=Protocol)
        self.session = Shelf()
        self.heard = []
        self.opened = asyncio.Event()
        self.at_work = threading.Event()
        self.go_on = threading.Event()

        @self.feature(types.TEXT_DOCUMENT_HOVER)
        async def hover(params: types.HoverParams):
            self.heard.append("hover")
            await self.opened.wait()
            return types.Hover(types.MarkupContent(types.MarkupKind.PlainText, "\ud83d"))

        @self.feature(types.TEXT_DOCUMENT_DEFINITION)
        def definition(params: types.DefinitionParams):
            raise ValueError("secret text of a document")

        @self.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
        def symbols(params: types.DocumentSymbolParams):
            raise JsonRpcException("no symbols today", types.LSPErrorCodes.RequestFailed, [5])

        @self.feature(types.TEXT_DOCUMENT_CODE_LENS)
        def lenses(params: types.CodeLensParams):
            return {1, 2}

        @self.feature("library/plain")
        def plain(params):
            return params

        @self.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
        async def configured(params: types.DidChangeConfigurationParams):
            raise KeyError("secret text of a document")

        @self.command("library.wait")
        async def wait():
            self.heard.append("command")
            try:
                await self.opened.wait()
            finally:
                self.heard.append("command ended")

        @self.thread()
        @self.command("library.work")
        def work():
            self.at_work.set()
            self.go_on.wait()
            return 5

        @self.command("library.add")
        def add(left: int, right: int):
            return left + right


class Talk:
    """Bytes to a library and messages back, on a running loop."""

    def __init__(self):
        self.library = Library()
        self.protocol = self.library.protocol
        self.codes = []
        self.protocol.ended = self.codes.append
        self.protocol.set_writer(self)
        self._framer = Framer()
        self.said = []
        self._news = asyncio.Event()

    def write(self, data):
        self.said += map(decode, self._framer.feed(data))
        self._news.set()

    def close(self):
        pass

    def send(self, *messages):
        self.protocol.feed(b"".join(map(frame, messages)))

    def ask(self, number, method, params=None):
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})

    def tell(self, method, params=None):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    async def until(self, wanted):
        while True:
            for one in self.said:
                if wanted(one):
                    return one
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 30)

    async def answer(self, number):
        return await self.until(lambda one: one.get("id") == number and "method" not in one)

    async def result(self, number):
        return (await self.answer(number))["result"]

    async def code(self, number):
        return (await self.answer(number))["error"]["code"]

    async def alive(self):
        self.ask("alive?", "library/plain", [1])
        assert await self.result("alive?") == [1]
        return True

    async def greet(self, **more):
        params = {"processId": None, "rootUri": None, "capabilities": {}, **more}
        self.ask("hello", "initialize", params)
        return await self.result("hello")


def talk(story, *, greeted=True, **more):
    """Run a test's story with a talk."""

    async def run():
        one = Talk()
        if greeted:
            await one.greet(**more)
        try:
            await story(one)
        finally:
            one.library.go_on.set()
            one.protocol.abandon()
            if one.library._thread_pool:
                one.library._thread_pool.shutdown()

    asyncio.run(run())


URI = "file:///maze.py"
PLACE = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}


def test_documents_go_to_whoever_keeps_them():
    async def story(one):
        item = {"uri": URI, "languageId": "python", "version": 1, "text": "a\fb\n"}
        one.tell("textDocument/didOpen", {"textDocument": item})
        at = {"line": 1, "character": 99}
        edits = [{"range": {"start": at, "end": at}, "text": "c"}, {"text": "a\fb\nd"}]
        document = {"uri": URI, "version": 2}
        one.tell("textDocument/didChange", {"textDocument": document, "contentChanges": edits[:1]})
        assert str(one.library.session.texts[URI]) == "a\fb\nc"
        one.tell("textDocument/didChange", {"textDocument": document, "contentChanges": edits[1:]})
        assert str(one.library.session.texts[URI]) == "a\fb\nd"
        one.tell("textDocument/didSave", {"textDocument": {"uri": URI}})
        assert one.library.session.saved == [URI]
        one.tell("textDocument/didClose", {"textDocument": {"uri": URI}})
        assert one.library.session.texts == {}
        assert one.library.workspace.text_documents == {}

    talk(story)


def test_documents_are_synchronised_by_edits():
    async def story(one):
        told = (await one.greet())["capabilities"]["textDocumentSync"]
        assert (told["openClose"], told["change"], bool(told["save"])) == (True, 2, True)

    talk(story, greeted=False)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"{", PARSE_ERROR),
        (b"\xff", PARSE_ERROR),
        (b"[" * 50_000, PARSE_ERROR),
        (b"[]", INVALID_REQUEST),
        (b"5", INVALID_REQUEST),
        (b"null", INVALID_REQUEST),
        (b"{}", INVALID_REQUEST),
        ({"id": None, "method": "library/plain"}, INVALID_REQUEST),
        ({"id": [1], "method": "library/plain"}, INVALID_REQUEST),
        ({"id": True, "method": "library/plain"}, INVALID_REQUEST),
        ({"id": 1.5, "method": "library/plain"}, INVALID_REQUEST),
        ({"method": 5}, INVALID_REQUEST),
    ],
)
def test_what_is_no_request_is_refused_without_an_id(message, code):
    async def story(one):
        one.send(message)
        assert await one.code(None) == code
        assert await one.alive()

    talk(story)


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("library/none", None, NO_METHOD),
        ("\u2028" * 5000, None, NO_METHOD),
        ("textDocument/hover", None, INVALID_PARAMS),
        ("textDocument/hover", {"textDocument": 5}, INVALID_PARAMS),
        ("textDocument/hover", [[[]]], INVALID_PARAMS),
        ("textDocument/hover", {**PLACE, "position": {"line": -1, "character": 0}}, INVALID_PARAMS),
        ("textDocument/definition", PLACE, INTERNAL),
        ("textDocument/documentSymbol", PLACE, -32803),
        ("textDocument/codeLens", PLACE, INTERNAL),
        ("workspace/executeCommand", {"command": "none"}, INVALID_PARAMS),
        ("workspace/executeCommand", {"command": "library.add", "arguments": [1]}, INVALID_PARAMS),
        (
            "workspace/executeCommand",
            {"command": "library.add", "arguments": ["x", {}]},
            INVALID_PARAMS,
        ),
        ("initialize", {"capabilities": {}}, INVALID_REQUEST),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(method, params, code):
    async def story(one):
        one.ask(7, method, params)
        assert await one.code(7) == code
        assert await one.alive()
        assert "secret" not in str(one.said)

    talk(story)


def test_a_feature_may_say_more_with_its_refusal():
    async def story(one):
        one.ask(1, "textDocument/documentSymbol", PLACE)
        error = {"code": -32803, "message": "no symbols today", "data": [5]}
        assert (await one.answer(1))["error"] == error

    talk(story)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("library/none", None),
        ("$/none", {}),
        ("textDocument/didChange", {"textDocument": {}}),
        ("textDocument/didChange", None),
        ("textDocument/didClose", {"textDocument": {"uri": "file:///never/opened"}}),
        ("textDocument/hover", PLACE),
        ("workspace/didChangeConfiguration", {"settings": None}),
        ("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": []}}),
        ("$/cancelRequest", {"id": "nothing"}),
        ("$/cancelRequest", {"id": [1]}),
        ("$/cancelRequest", None),
        ("$/setTrace", {"value": "loud"}),
        ("window/workDoneProgress/cancel", {"token": "nothing"}),
        ("initialized", None),
    ],
)
def test_a_notification_never_gets_an_answer(method, params, caplog):
    async def story(one):
        before = len(one.said)
        one.tell(method, params)
        assert await one.alive()
        answers = [message for message in one.said[before:] if "id" in message]
        assert [message["id"] for message in answers] == ["alive?"]
        assert "secret" not in str(one.said) + caplog.text

    talk(story)


def test_before_the_greeting_only_the_greeting_is_heard():
    async def story(one):
        one.ask(1, "textDocument/hover", PLACE)
        one.ask(2, "shutdown")
        one.tell("textDocument/didOpen", {"textDocument": {}})
        assert [await one.code(1), await one.code(2)] == [NOT_INITIALIZED] * 2
        one.ask(3, "initialize", 5)
        assert await one.code(3) == INVALID_PARAMS
        await one.greet()
        assert await one.alive()

    talk(story, greeted=False)


def test_after_the_shutdown_only_the_exit_is_heard():
    async def story(one):
        one.ask(1, "shutdown")
        assert await one.result(1) is None
        one.ask(2, "library/plain", 1)
        assert await one.code(2) == INVALID_REQUEST
        one.tell("textDocument/didClose", {"textDocument": {"uri": URI}})
        one.tell("exit")
        assert one.codes == [0]

    talk(story)


@pytest.mark.parametrize("greeted", [True, False])
def test_an_exit_without_a_shutdown_is_a_failure(greeted):
    async def story(one):
        one.tell("exit")
        assert one.codes == [1]

    talk(story, greeted=greeted)


def test_a_shutdown_cancels_what_runs_and_waits_for_nothing():
    async def story(one):
        one.ask(1, "textDocument/hover", PLACE)
        one.ask(2, "workspace/executeCommand", {"command": "library.wait"})
        one.ask(3, "workspace/executeCommand", {"command": "library.work"})
        await asyncio.to_thread(one.library.at_work.wait)
        one.ask(4, "shutdown")
        assert await one.result(4) is None
        assert [await one.code(number) for number in (1, 2, 3)] == [CANCELLED] * 3
        assert one.library.heard[-1] == "command ended"

    talk(story)


def test_a_shutdown_may_take_its_time_to_tidy_up():
    async def story(one):
        @one.library.feature(types.SHUTDOWN)
        async def tidy(params):
            await asyncio.sleep(0)

        one.ask(1, "shutdown")
        assert await one.result(1) is None

    talk(story)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("textDocument/hover", PLACE),
        ("workspace/executeCommand", {"command": "library.wait"}),
        ("workspace/executeCommand", {"command": "library.work"}),
    ],
)
def test_what_runs_can_be_cancelled(method, params):
    async def story(one):
        one.ask("x", method, params)
        await asyncio.sleep(0)
        one.tell("$/cancelRequest", {"id": "x"})
        assert await one.code("x") == CANCELLED
        one.tell("$/cancelRequest", {"id": "x"})
        assert await one.alive()
        assert one.library.heard in ([], ["hover"], ["command", "command ended"])

    talk(story)


def test_a_request_whose_cancellation_came_with_it_is_never_begun():
    async def story(one):
        one.send(
            {"id": 1, "method": "textDocument/hover", "params": PLACE},
            {"method": "$/cancelRequest", "params": {"id": 1}},
        )
        assert await one.code(1) == CANCELLED
        assert one.library.heard == []

    talk(story)


def test_two_requests_of_one_id_get_an_answer_each():
    async def story(one):
        one.ask(1, "textDocument/hover", PLACE)
        one.ask(1, "library/plain", 5)
        assert await one.code(1) == INVALID_REQUEST
        one.said.clear()
        one.library.opened.set()
        assert (await one.result(1))["contents"]["value"] == "\ud83d"

    talk(story)


def test_a_handler_in_a_thread_leaves_the_server_listening():
    async def story(one):
        for number in range(40):
            one.ask(number, "workspace/executeCommand", {"command": "library.work"})
        assert await one.alive()
        one.library.go_on.set()
        assert [await one.result(number) for number in range(40)] == [5] * 40

    talk(story)


def test_a_key_named_jsonrpc_inside_parameters_is_only_a_key():
    async def story(one):
        inside = {"jsonrpc": "2.0", "id": 5, "method": "exit"}
        one.ask(1, "library/plain", [inside])
        assert await one.result(1) == [inside]
        assert one.codes == []

    talk(story)


def test_the_client_is_asked_and_its_answers_are_read():
    async def story(one):
        server = one.library
        item = types.ConfigurationItem(section="redline")
        params = types.ConfigurationParams([item])
        asked = asyncio.ensure_future(server.workspace_configuration_async(params))
        question = await one.until(lambda message: message.get("method") is not None)
        one.send({"id": question["id"], "result": [{"delay": 5}]})
        assert list(await asked) == [{"delay": 5}]
        assert one.protocol._asked == {}

    talk(story)


@pytest.mark.parametrize(
    "answer",
    [
        {"error": {"code": -32601, "message": "no such thing"}},
        {"error": 5},
        {"error": {"code": "x"}},
        {"result": 5},
    ],
)
def test_an_answer_that_is_none_ends_the_waiting(answer):
    async def story(one):
        params = types.ShowDocumentParams(URI)
        asked = asyncio.ensure_future(one.library.window_show_document_async(params))
        question = await one.until(lambda message: "method" in message)
        one.send({"id": question["id"], **answer})
        with pytest.raises(JsonRpcException):
            await asyncio.wait_for(asked, 30)
        one.send({"id": question["id"], "result": None}, {"id": None, "result": 1})
        assert await one.alive()

    talk(story)


def test_a_question_that_nobody_awaits_any_more_is_withdrawn():
    async def story(one):
        params = types.ShowDocumentParams(URI)
        asked = asyncio.ensure_future(one.library.window_show_document_async(params))
        question = await one.until(lambda message: "method" in message)
        asked.cancel()
        await one.until(lambda message: message.get("method") == "$/cancelRequest")
        one.send({"id": question["id"], "result": {"success": True}})
        assert await one.alive()
        assert one.protocol._asked == {}

    talk(story)


def test_nothing_is_kept_of_messages_that_are_done():
    async def story(one):
        protocol = one.protocol
        item = {"uri": URI, "languageId": "python", "version": 1, "text": ""}
        one.tell("textDocument/didOpen", {"textDocument": item})
        for version in range(500):
            document = {"uri": URI, "version": version}
            change = {"textDocument": document, "contentChanges": [{"text": "a"}]}
            one.tell("textDocument/didChange", change)
            one.ask(version, "library/plain", 1)
        for number in range(1500):
            one.library.client_register_capability(types.RegistrationParams([]))
            progress = types.WorkDoneProgressBegin("scan")
            one.library.work_done_progress.begin(number, progress)
            one.library.work_done_progress.end(number, types.WorkDoneProgressEnd())
        kept = (protocol._request_futures, protocol._result_types, protocol.progress.tokens)
        assert kept == ({}, {}, {})
        assert len(protocol._asked) == 1000
        assert (protocol._answering, protocol._working) == ({}, set())

    talk(story)


def test_messages_are_traced_without_what_they_hold():
    async def story(one):
        one.tell("$/setTrace", {"value": "verbose"})
        one.ask(1, "library/plain", "secret")
        await one.result(1)
        told = [message["params"] for message in one.said if message.get("method") == "$/logTrace"]
        assert [line["message"] for line in told] == [
            "received library/plain (1)",
            "sent library/plain (1)",
        ]
        assert "bytes" in told[0]["verbose"]
        assert "secret" not in str(told)
        one.tell("$/setTrace", {"value": "off"})
        one.said.clear()
        assert await one.alive()
        assert len(one.said) == 1

    talk(story)


def test_a_log_of_everything_holds_no_text(caplog):
    async def story(one):
        item = {"uri": URI, "languageId": "python", "version": 1, "text": "secret"}
        one.tell("textDocument/didOpen", {"textDocument": item})
        one.ask(1, "textDocument/definition", PLACE)
        one.tell("textDocument/didChange", {"textDocument": "secret"})
        one.library.window_show_message(types.ShowMessageParams(types.MessageType.Info, "secret"))
        assert await one.alive()
        assert "textDocument/didOpen" in caplog.text
        assert "secret" not in caplog.text

    caplog.set_level(logging.DEBUG, "redline")
    talk(story)


def test_a_server_may_overrule_the_encoding_that_a_client_prefers():
    async def story(one):
        @one.library.feature(types.INITIALIZE)
        def greeted(params):
            one.protocol.position_encoding = types.PositionEncodingKind.Utf16

        told = await one.greet(capabilities={"general": {"positionEncodings": ["utf-32"]}})
        assert told["capabilities"]["positionEncoding"] == "utf-16"
        assert one.library.workspace.position_encoding == "utf-16"

    talk(story, greeted=False)


def test_a_greeting_that_fails_may_be_said_again():
    async def story(one):
        fail = [True]

        @one.library.feature(types.INITIALIZE)
        async def greeted(params):
            await asyncio.sleep(0)
            if fail.pop():
                fail.append(False)
                raise OSError(5, "not now")

        one.ask(1, "initialize", {"capabilities": {}})
        assert await one.code(1) == INTERNAL
        await one.greet()
        assert await one.alive()

    talk(story, greeted=False)


def test_messages_may_be_sent_from_any_thread():
    async def story(one):
        seen = []
        write = one.write

        def noting(data):
            seen.append(threading.current_thread() is threading.main_thread())
            write(data)

        one.write = noting
        await asyncio.to_thread(one.protocol.publish_raw, "library/news", {"a": 1})
        await one.until(lambda message: message.get("method") == "library/news")
        assert seen == [True]

    talk(story)

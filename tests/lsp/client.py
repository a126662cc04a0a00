"""A plain client of the Language Server Protocol: bytes out, JSON in, nothing understood.

It can send what no real client would. Tests await what the server says; the time limit only
ends a test that waits for ever.
"""

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from itertools import count

PATIENCE = float(os.environ.get("REDLINE_TEST_PATIENCE", "60"))
"""Seconds after which a server that says nothing counts as hung."""


def frame(message):
    """A message as bytes; bytes are taken for a body as they are."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Client:
    """One connection. ``source`` and ``sink`` are binary streams."""

    def __init__(self, source, sink):
        self.seen = []
        """All that the server has said and that was taken, in order."""
        self.answers = {}
        """What to answer the server's requests with, by method; null for all others."""
        self._sink = sink
        self._numbers = count(1)
        self._inbox = queue.Queue()
        threading.Thread(target=self._read, args=(source,), daemon=True).start()

    def send_bytes(self, data):
        self._sink.write(data)
        self._sink.flush()

    def send(self, *messages):
        """Send messages in one write."""
        self.send_bytes(b"".join(map(frame, messages)))

    def notify(self, method, params=None):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method, params=None, number=None):
        """Send a request; return its id."""
        number = next(self._numbers) if number is None else number
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return number

    def request(self, method, params=None):
        """Send a request and return its result; raises ``Refused``."""
        return self.answer(self.ask(method, params))

    def answer(self, number):
        """The result of the request ``number``; raises ``Refused``."""
        message = self.until(lambda one: one.get("id") == number and "method" not in one)
        if "error" in message:
            raise Refused(message["error"])
        return message["result"]

    def notification(self, method):
        """The parameters of the next notification of ``method``."""
        return self.until(lambda one: one.get("method") == method)["params"]

    def until(self, wanted):
        """The next message for which ``wanted`` holds; those before it are in ``seen``."""
        while True:
            message = self.receive()
            if wanted(message):
                return message

    def receive(self):
        """The next message; raises ``Ended`` where the server has gone."""
        try:
            message = self._inbox.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"the server said nothing for {PATIENCE:.0f} s") from None
        if message is None:
            self._inbox.put(None)
            raise Ended
        self.seen.append(message)
        if "id" in message and "method" in message:
            result = self.answers.get(message["method"])
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        return message

    def initialize(self, root=None, capabilities=None, **more):
        """Say hello and return what the server can do."""
        params = {"processId": None, "rootUri": root, "capabilities": capabilities or {}, **more}
        result = self.request("initialize", params)
        self.notify("initialized", {})
        return result["capabilities"]

    def open(self, uri, text, version=1, language="python"):
        item = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri, version, *changes):
        """Send changes; each is a text, or ``(line, character, line, character, text)``."""
        document = {"uri": uri, "version": version}
        told = [one if isinstance(one, dict) else _change(one) for one in changes]
        params = {"textDocument": document, "contentChanges": told}
        self.notify("textDocument/didChange", params)

    def shut_down(self):
        self.request("shutdown")
        self.notify("exit")

    def close(self):
        with suppress(OSError):
            self._sink.close()

    def _read(self, source):
        # Whatever ends the stream, also in the middle of a message.
        with suppress(OSError, ValueError):
            while head := source.readline():
                size = 0
                while head.strip():
                    name, _, value = head.partition(b":")
                    if name.lower() == b"content-length":
                        size = int(value)
                    head = source.readline()
                if len(body := source.read(size)) < size:
                    break
                self._inbox.put(json.loads(body))
        self._inbox.put(None)


class Process(Client):
    """A server in a process of its own, on its standard streams."""

    def __init__(self, *words, environ=None, folder=None, prefix=()):
        """Start ``redline serve`` with ``words``; ``prefix`` goes before the command."""
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "redline", "serve", *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1", **(environ or {})},
        )
        self.said = []
        """What it wrote to the standard error, by line."""
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        super().__init__(self.process.stdout, self.process.stdin)

    def wait(self):
        """The exit code."""
        code = self.process.wait(PATIENCE)
        self._listener.join(PATIENCE)
        return code

    def errors(self):
        """All that it wrote to the standard error, once it has ended."""
        self.wait()
        return "".join(self.said)

    def __enter__(self):
        return self

    def __exit__(self, *_fault):
        self.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()
        self._listener.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()

    def said_that(self, words):
        """Wait until it has written ``words`` to the standard error."""
        limit = time.monotonic() + PATIENCE
        while not any(words in line for line in self.said):
            assert time.monotonic() < limit, f"the server never said {words!r}"
            time.sleep(0.01)

    def _listen(self):
        with suppress(ValueError):
            for line in self.process.stderr:
                self.said.append(line.decode(errors="replace"))


class Socket(Client):
    """A connection to a port of this machine."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        super().__init__(self.socket.makefile("rb"), self.socket.makefile("wb"))

    def close(self):
        super().close()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]


class Ended(Exception):
    """The server has closed the connection."""


def _change(told):
    if isinstance(told, str):
        return {"text": told}
    line, character, last, beyond, text = told
    start, end = {"line": line, "character": character}, {"line": last, "character": beyond}
    return {"range": {"start": start, "end": end}, "text": text}

"""Nothing that still runs keeps the process, and the editor's end is noticed on any system."""

import asyncio
import os
import subprocess
import sys

import pytest

from redline.lsp import life

from .client import PATIENCE, Client

LIBRARY = """
import sys, threading, time
from pygls.lsp.server import LanguageServer
from redline.lsp import life
from redline.lsp.protocol import Protocol

class Session:
    def end(self):
        raise ValueError

server = LanguageServer("library", "1", protocol_cls=Protocol)
server.session = Session()

@server.thread()
@server.command("library.work")
def work():
    server.protocol.publish_raw("library/began", {})
    threading.Event().wait()

@server.command("library.wait")
async def wait():
    while True:
        try:
            server.protocol.publish_raw("library/began", {})
            await life.asyncio.sleep(3600)
        except life.asyncio.CancelledError:
            pass

sys.exit(life.leave(life.serve_stdio(server)))
"""


@pytest.mark.parametrize("command", ["library.work", "library.wait"])
def test_work_that_never_ends_keeps_no_process(command):
    with subprocess.Popen(
        [sys.executable, "-c", LIBRARY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        client = Client(process.stdout, process.stdin)
        client.initialize()
        client.ask("workspace/executeCommand", {"command": command})
        client.notification("library/began")
        client.shut_down()
        assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize("told", [True, False], ids=["told by the system", "looked for"])
def test_the_end_of_a_process_is_noticed(told, monkeypatch):
    if told and not hasattr(os, "pidfd_open"):
        pytest.skip("needs a system that tells of the end of processes: Linux 5.3")
    if not told:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
        monkeypatch.setattr(life, "_BETWEEN_LOOKS", 0.01)

    async def story():
        gone = asyncio.Event()
        command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as editor:
            life._watch(editor.pid, gone.set)
            await asyncio.sleep(0)
            assert not gone.is_set()
            editor.stdin.close()
            editor.wait(PATIENCE)
            await asyncio.wait_for(gone.wait(), PATIENCE)

    asyncio.run(story())


def test_a_process_that_is_not_there_is_not_watched():
    async def story():
        with subprocess.Popen([sys.executable, "-c", ""]) as editor:
            editor.wait(PATIENCE)
        life._watch(editor.pid, lambda: pytest.fail("watched"))
        await asyncio.sleep(0)

    asyncio.run(story())


def test_types_are_loaded_with_all_that_counts():
    code = (
        "import attrs; define = attrs.define\n"
        "from redline.lsp.wire_types import load_types; load_types()\n"
        "from lsprotocol import types\n"
        "assert attrs.define is define\n"
        "assert types.FileEvent.__repr__ is object.__repr__\n"
        "hover = types.Hover('a'); assert hover == types.Hover('a') != types.Hover('b')\n"
        "from pygls.protocol import default_converter\n"
        "assert default_converter().unstructure(hover) == {'contents': 'a'}\n"
        "load_types()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

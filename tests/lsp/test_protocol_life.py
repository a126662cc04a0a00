"""The server as a process: how it starts, what reaches its streams, when and how it ends."""

import os
import select
import signal
import socket
import subprocess
import sys
import time

import pytest

from lsp.client import PATIENCE, Client, Ended, Process, Refused, Socket, frame
from redline import __version__

posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")


@pytest.fixture(autouse=True)
def _nobodys_home(maze):
    """Whatever the server looks for, it finds nothing of whoever runs the tests."""


def test_a_session_that_ends_in_order_ends_with_0():
    with Process() as server:
        assert server.initialize()["textDocumentSync"]["change"] == 2
        server.shut_down()
        assert server.wait() == 0
        assert server.said == []


def test_an_exit_without_shutdown_ends_with_1():
    with Process("--stdio") as server:
        server.initialize()
        server.notify("exit")
        assert server.wait() == 1


def test_an_exit_before_all_else_ends_with_1():
    with Process() as server:
        server.notify("exit")
        assert server.wait() == 1


@pytest.mark.parametrize("asked", [True, False])
def test_the_end_of_the_input_ends_the_server(asked):
    with Process() as server:
        server.initialize()
        if asked:
            server.request("shutdown")
        server.close()
        assert server.wait() == (0 if asked else 1)


def test_the_input_may_end_inside_a_message():
    with Process() as server:
        server.send_bytes(b'Content-Length: 500\r\n\r\n{"jsonrpc": "2.0", ')
        server.close()
        assert server.wait() == 1


@posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_ends_the_server(name):
    with Process() as server:
        server.initialize()
        server.process.send_signal(getattr(signal, name))
        assert server.wait() == 128 + getattr(signal, name)


def test_the_server_ends_with_the_editor():
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as editor, Process() as server:
        server.initialize(processId=editor.pid)
        assert server.process.poll() is None
        editor.stdin.close()
        assert editor.wait(PATIENCE) == 0
        assert server.wait() == 1


@pytest.mark.parametrize("process", [0, -1, 2**31 - 1])
def test_an_editor_that_cannot_be_seen_is_not_watched(process):
    with Process() as server:
        server.initialize(processId=process)
        server.shut_down()
        assert server.wait() == 0


def test_what_is_printed_reaches_the_standard_error_only(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, os, subprocess, sys\n"
        "def noise():\n"
        "    print('printed')\n"
        "    os.system('echo from a child')\n"
        "    os.write(1, b'written\\n')\n"
        "if 'serve' in sys.argv:\n"
        "    atexit.register(noise)\n"
    )
    with Process(environ={"PYTHONPATH": str(tmp_path)}) as server:
        server.initialize()
        server.shut_down()
        with pytest.raises(Ended):
            server.receive()
        assert sorted(server.errors().split("\n")) == ["", "from a child", "printed", "written"]


def test_a_client_that_does_not_read_blocks_nothing():
    """Answers wait until they are read; what is sent meanwhile is heard."""
    reading, writing = os.pipe()
    taking, giving = os.pipe()
    command = [sys.executable, "-m", "redline", "serve"]
    with subprocess.Popen(command, stdin=reading, stdout=giving) as process:
        os.close(reading)
        os.close(giving)
        with open(writing, "wb") as sink, open(taking, "rb") as source:
            hello = {"processId": None, "rootUri": None, "capabilities": {}}
            sink.write(frame({"id": 0, "method": "initialize", "params": hello}))
            # More than any pipe holds, on both ways.
            for number in range(1, 5000):
                sink.write(frame({"id": number, "method": "nothing/" + "x" * 90}))
            sink.write(frame({"id": 5000, "method": "shutdown"}))
            sink.flush()
            client = Client(source, sink)
            assert client.answer(0)["serverInfo"]["name"] == "redline"
            with pytest.raises(Refused):
                client.answer(4999)
            assert client.answer(5000) is None
            client.notify("exit")
            assert process.wait(PATIENCE) == 0


@posix
def test_the_standard_streams_may_be_a_socket():
    """As editors that run on Node give them."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "redline", "serve"]
    with ours, subprocess.Popen(command, stdin=theirs, stdout=theirs) as process:
        theirs.close()
        client = Client(ours.makefile("rb"), ours.makefile("wb"))
        client.initialize()
        client.notify("$/setTrace", {"value": "verbose"})
        for _ in range(2000):
            client.ask("nothing/" + "x" * 90)
        client.shut_down()
        assert process.wait(PATIENCE) == 0
        assert not select.select([], [], [], 0)[0]


@posix
def test_the_input_may_be_a_file(tmp_path):
    hello = {"processId": None, "rootUri": None, "capabilities": {}}
    told = [
        {"id": 1, "method": "initialize", "params": hello},
        {"id": 2, "method": "shutdown"},
        {"method": "exit"},
    ]
    (tmp_path / "session").write_bytes(b"".join(map(frame, told)))
    with (tmp_path / "session").open("rb") as source, (tmp_path / "out").open("wb") as sink:
        command = [sys.executable, "-m", "redline", "serve"]
        done = subprocess.run(command, stdin=source, stdout=sink, timeout=PATIENCE, check=False)
    assert done.returncode == 0
    assert (tmp_path / "out").read_bytes().count(b"Content-Length") == 2


@posix
def test_a_client_that_closed_its_ears_has_gone():
    hearing, saying = os.pipe()
    command = [sys.executable, "-m", "redline", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=saying) as process:
        os.close(saying)
        os.close(hearing)
        process.stdin.write(frame({"id": 1, "method": "library/none"}))
        process.stdin.flush()
        assert process.wait(PATIENCE) == 1


def listening(server):
    """The port that a server says it listens on."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for line in list(server.said):
            if line.startswith("listening on 127.0.0.1:"):
                return int(line.rsplit(":", 1)[1])
        server._listener.join(0.02)
    raise AssertionError("the server does not listen")


def hung_up(connection):
    try:
        return not connection.recv(100)
    except ConnectionResetError:
        return True


def test_a_client_on_a_port_of_this_machine():
    with Process("--tcp", "0") as server:
        client = Socket(listening(server))
        client.initialize()
        client.open("untitled:a", "x" * 1_000_000)
        client.shut_down()
        assert server.wait() == 0
        client.close()


def test_a_client_on_a_port_that_hangs_up():
    with Process("--tcp", "0") as server:
        client = Socket(listening(server))
        client.initialize()
        client.close()
        assert server.wait() == 1


def test_a_page_in_a_browser_is_hung_up_on():
    with Process("--tcp", "0") as server:
        port = listening(server)
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as page:
            page.sendall(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
            assert hung_up(page)
        client = Socket(port)
        client.initialize()
        client.shut_down()
        assert server.wait() == 0
        client.close()


def test_only_the_loopback_address_is_listened_on():
    with Process("--tcp", "0") as server:
        port = listening(server)
        with socket.socket() as other:
            assert other.connect_ex(("127.0.0.2", port)) != 0
        server.process.terminate()
        assert server.wait() == 128 + signal.SIGTERM


def run(*words, **more):
    command = [sys.executable, "-m", "redline", "serve", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


def test_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--tcp", port)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: cannot listen on port {port}: ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--tcp", "70000"], "'70000' is not a port"),
        (["--tcp", "-1"], "is not a port"),
        (["--tcp", "1", "--stdio"], "not allowed with"),
        (["--log-level", "loud"], "loud"),
        (["--log-file", "no/such/folder/log"], "cannot write no/such/folder/log"),
    ],
)
def test_a_wrong_command_line_is_said_and_ends_with_2(words, told):
    done = run(*words, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


@posix
@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_streams_that_are_closed_are_said_and_end_with_2(closed):
    command = f'"{sys.executable}" -m redline serve {closed}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot use the standard streams: ")


@posix
def test_without_a_standard_error_all_goes_on(tmp_path):
    told = [{"id": 1, "method": "initialize", "params": {"capabilities": {}}}, {"method": "exit"}]
    (tmp_path / "session").write_bytes(b"".join(map(frame, told)))
    command = f'"{sys.executable}" -m redline serve 2>&- < "{tmp_path / "session"}"'
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith(b"Content-Length")
    assert b"serverInfo" in done.stdout


def test_the_version_is_printed():
    assert run("--version").stdout == f"redline {__version__}\n"


def test_without_the_extra_the_way_to_it_is_said(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nfor name in ('pygls', 'lsprotocol'):\n    sys.modules[name] = None\n"
    )
    done = run(env={**os.environ, "PYTHONPATH": str(tmp_path)}, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "the language server is not installed" in done.stderr
    assert "pip install 'redline-lint[lsp]'" in done.stderr


def test_the_log_file_tells_what_happened_and_holds_no_text(tmp_path):
    log = tmp_path / "log"
    with Process("--log-file", log, "--log-level", "debug") as server:
        server.initialize()
        server.open("untitled:a\n2026 forged", "secret")
        server.shut_down()
        assert server.wait() == 0
        assert server.said == []
    told = log.read_text("utf-8")
    assert "received textDocument/didOpen" in told
    assert "secret" not in told
    assert not any(line.startswith("2026 forged") for line in told.splitlines())


def test_a_message_that_comes_in_single_bytes_is_heard():
    with Process() as server:
        hello = {"processId": None, "rootUri": None, "capabilities": {}}
        for byte in frame({"id": 1, "method": "initialize", "params": hello}):
            server.send_bytes(bytes([byte]))
        assert server.answer(1)["serverInfo"]["version"] == __version__


def test_a_server_in_the_middle_of_nonsense_stays_alive():
    with Process() as server:
        server.initialize()
        server.send_bytes(b"nonsense\r\n\r\n" + frame(b"{") + b"Content-Length: 9999999999\r\n\r\n")
        server.send(b"[" * 100_000, [], 5, {"id": {}}, {"id": 5, "method": None})
        with pytest.raises(Refused, match="-32601"):
            server.request("library/none")
        server.shut_down()
        assert server.wait() == 0

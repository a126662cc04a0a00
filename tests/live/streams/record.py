"""Records what Neovim tells a language server while somebody edits; needs pynvim and Neovim.

``python tests/live/streams/record.py NVIM`` plays every scenario to the editor and writes a
file for each beside this one: opened texts, changes and marks, one message a line.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pynvim

HERE = Path(__file__).resolve().parent
SERVER = """
import json, sys, time
log, begun = open(sys.argv[1], "a"), time.monotonic()
def send(message):
    body = json.dumps(message).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    sys.stdout.buffer.flush()
while True:
    size = 0
    while (line := sys.stdin.buffer.readline()).strip():
        if line.lower().startswith(b"content-length"):
            size = int(line.split(b":")[1])
    if not line:
        break
    message = json.loads(sys.stdin.buffer.read(size))
    log.write(json.dumps({"t": round(time.monotonic() - begun, 4), "msg": message}) + "\\n")
    log.flush()
    if message.get("method") == "initialize":
        sync = {"openClose": True, "change": 2}
        able = {"positionEncoding": "utf-16", "textDocumentSync": sync}
        send({"jsonrpc": "2.0", "id": message["id"], "result": {"capabilities": able}})
    elif "id" in message and "method" in message:
        send({"jsonrpc": "2.0", "id": message["id"], "result": None})
    if message.get("method") == "exit":
        break
"""
TEXT = """\
import os
import sys
from pathlib import Path


def gather(folder):
    names = sorted(os.listdir(folder))
    paths = [Path(folder, name) for name in names]
    return [path for path in paths if path.is_file()]


def report(paths, stream=sys.stdout):
    for path in paths:
        stream.write(f"{path.name}: {path.stat().st_size}\\n")
    stream.flush()


# A comment that is long enough to be broken into two lines when somebody asks for one.
LIMIT = 100
"""
TYPED = """\
def largest(paths):
best = None
for path in paths:
if best is None or path.stat().st_size > best.stat().st_size:
best = path
return best"""
PASTED = """\
def summarise(values):
    total = sum(value.amount for value in values)
    average = total / len(values)
    return {"total": total, "average": average}
"""


class Session:
    """One Neovim with a project of two files and a recording server."""

    def __init__(self, nvim: str, folder: Path) -> None:
        self._log = folder / "log.jsonl"
        server = folder / "server.py"
        server.write_text(SERVER, encoding="utf-8")
        self.folder = folder / "project"
        self.folder.mkdir()
        (self.folder / "one.py").write_text(TEXT, encoding="utf-8")
        (self.folder / "two.py").write_text("import json\n", encoding="utf-8")
        (self.folder / "more.txt").write_text(PASTED, encoding="utf-8")
        self.nvim = pynvim.attach(
            "child", argv=[nvim, "--embed", "--headless", "-u", "NONE", "-n", "-i", "NONE"]
        )
        self.nvim.command(f"cd {self.folder}")
        self.nvim.command("set hidden autoindent expandtab shiftwidth=4 textwidth=72 nomodeline")
        command = json.dumps([sys.executable, str(server), str(self._log)])
        self.nvim.exec_lua("Command, Root = ..., vim.fn.getcwd()", json.loads(command))
        self.edit("one.py")

    def edit(self, name: str) -> None:
        self.nvim.command(f"edit {name}")
        self.nvim.command("set filetype=python")
        self.nvim.exec_lua("vim.lsp.start{name='recorder', cmd=Command, root_dir=Root}")
        self.settle()

    def settle(self) -> None:
        time.sleep(0.4)

    def mark(self, name: str) -> None:
        self.settle()
        self.nvim.exec_lua(
            "for _, c in ipairs(vim.lsp.get_clients()) do c:notify('lab/editHint', {mark=...}) end",
            name,
        )

    def keys(self, keys: str, pause: float = 0.0) -> None:
        """Press keys; ``<CR>`` and the like as Neovim writes them."""
        for key in _keys(keys) if pause else [keys]:
            self.nvim.input(key)
            time.sleep(pause)
        self.settle()

    def command(self, command: str) -> None:
        self.nvim.command(command)
        self.settle()

    def paste(self, text: str) -> None:
        self.nvim.api.paste(text, True, -1)
        self.settle()

    def close(self) -> list[dict]:
        self.nvim.command("qall!", async_=True)
        time.sleep(0.5)
        self.nvim.close()
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]


def _keys(keys: str) -> Iterator[str]:
    at = 0
    while at < len(keys):
        end = keys.index(">", at) + 1 if keys[at] == "<" and ">" in keys[at:] else at + 1
        yield keys[at:end]
        at = end


def type_function(session: Session) -> None:
    session.keys("Go" + TYPED.replace("<", "<lt>").replace("\n", "<CR>") + "<Esc>", pause=0.04)


def paste_in_insert_mode(session: Session) -> None:
    session.keys("Go")
    session.paste(PASTED)


def move_function_up(session: Session) -> None:
    session.command("12,15move 4")


def move_function_down(session: Session) -> None:
    session.command("6,9move $")


def delete_lines_and_undo(session: Session) -> None:
    session.keys("6Gdddddddd")
    session.keys("uuuu", pause=0.05)
    session.keys("<C-r><C-r><C-r><C-r>", pause=0.05)
    session.command("earlier 8")


def retype_session_undo_redo(session: Session) -> None:
    session.keys("Go" + TYPED.replace("\n", "<CR>") + "<Esc>", pause=0.03)
    session.keys("u")
    session.keys("<C-r>")


def reflow_comment(session: Session) -> None:
    session.keys("18Ggqap")


def indent_function(session: Session) -> None:
    session.keys("6GV3j>")
    session.keys("6G=3j")


def block_insert(session: Session) -> None:
    session.keys("6G<C-v>3jI# note <Esc>")


def append_to_every_line(session: Session) -> None:
    session.command("6,9global/./normal A  # checked")


def macro(session: Session) -> None:
    session.keys("GoLIMIT_1 = checked(first, 1)<Esc>", pause=0.04)
    session.keys("qqyyp<C-a>q", pause=0.04)
    session.keys("8@q")


def sort_lines(session: Session) -> None:
    session.command("%sort")


def filter_lines(session: Session) -> None:
    session.command("6,9!sort -r")


def cut_to_other_file(session: Session) -> None:
    session.keys("6G4dd")
    session.edit("two.py")
    session.keys("Gp")


def copy_function(session: Session) -> None:
    session.keys("6G4yyGp")


def read_file_in(session: Session) -> None:
    session.command("$read more.txt")


def agent_edits(session: Session) -> None:
    """A program that puts lines in at several places."""
    session.nvim.exec_lua(
        """
        local text = vim.split(..., '\\n')
        vim.api.nvim_buf_set_text(0, 17, 0, 17, 0, text)
        vim.api.nvim_buf_set_lines(0, 6, 6, false, {'    checked = validate(folder)'})
        vim.api.nvim_buf_set_lines(0, 4, 4, false, {'logger = logging.getLogger(__name__)'})
        """,
        PASTED,
    )
    session.settle()


def rename_word(session: Session) -> None:
    session.command("%s/paths/every_path_of_it/g")


def join_lines(session: Session) -> None:
    session.keys("6G4J")


SCENARIOS: tuple[Callable[[Session], None], ...] = (
    type_function,
    paste_in_insert_mode,
    move_function_up,
    move_function_down,
    delete_lines_and_undo,
    retype_session_undo_redo,
    reflow_comment,
    indent_function,
    block_insert,
    append_to_every_line,
    macro,
    sort_lines,
    filter_lines,
    cut_to_other_file,
    copy_function,
    read_file_in,
    agent_edits,
    rename_word,
    join_lines,
)


def kept(rows: list[dict], folder: Path) -> Iterator[str]:
    """What a recording needs, without where it was made."""
    wanted = ("textDocument/did", "lab/", "initialize")
    seen_initialize = False
    for row in rows:
        message = row["msg"]
        method = message.get("method", "")
        if not method.startswith(wanted) or method == "initialized":
            continue
        if method == "initialize":
            if seen_initialize:
                continue
            seen_initialize = True
            name = message["params"]["clientInfo"]["name"]
            message = {"method": method, "id": 1, "params": {"clientInfo": {"name": name}}}
        text = json.dumps({"t": row["t"], "dir": "c2s", "msg": message})
        yield text.replace(folder.as_uri(), "file:///project")


def main() -> int:
    """Record all scenarios, or those that are named behind the editor's path."""
    nvim, *names = sys.argv[1:]
    for scenario in SCENARIOS:
        if names and scenario.__name__ not in names:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            session = Session(nvim, Path(scratch).resolve())
            session.mark("start")
            scenario(session)
            session.mark("end")
            rows = list(kept(session.close(), session.folder))
        path = HERE / f"nvim-0.11-{scenario.__name__}.rpc.jsonl"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        print(path.name, len(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

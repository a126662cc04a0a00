"""What a tool call writes, told by the names of its arguments.

Tool names differ between assistants, versions and forks, and servers add their own;
the arguments that carry text hardly do. The names here are those of Claude Code,
Codex, Copilot (command line and editor), Cursor, Gemini and common MCP servers.
"""

from __future__ import annotations

from typing import Any

from ..events import Kind
from ..patches import BEGIN, envelope
from .telling import Teller, tables_at, text_at

_PATHS = (
    "file_path",
    "filePath",
    "notebook_path",
    "path",
    "filepath",
    "file",
    "target_file",
    "uri",
    "filename",
)
_FOLDERS = ("workdir", "working_directory", "cwd", "directory")
_WHOLE = ("content", "contents", "file_text", "new_content", "text")
_FRAGMENT = ("code", "code_edit", "insert_text")
_CELL = ("new_source", "newCode", "new_code")
_OLD = ("old_string", "oldString", "old_str", "old_text", "oldText")
_NEW = ("new_string", "newString", "new_str", "new_text", "newText")
_LISTS = ("edits", "replacements")
_COMMANDS = ("command", "cmd", "chars", "script")
_SHELLS = ("sh", "bash", "zsh", "dash", "ksh", "pwsh", "powershell")
_MOST_NESTED = 3
_TEXTUAL = frozenset(("plan", "tool_uses", *_WHOLE, *_FRAGMENT, *_CELL, *_OLD, *_NEW, *_LISTS))


def tell_call(tell: Teller, call: str | None, name: str, arguments: object, depth: int = 0) -> None:
    """Tell what a call produced, once; ``arguments`` is an object or a patch as text."""
    if isinstance(arguments, str):
        if BEGIN in arguments and tell.begin(call):
            tell.patch(envelope(arguments))
        return
    if not isinstance(arguments, dict):
        return
    if not tell.begin(call, text_at(arguments, *_FOLDERS)) and depth == 0:
        return
    if not _TEXTUAL.isdisjoint(arguments):
        _tell_texts(tell, call, name, arguments, depth)
    _tell_commands(tell, arguments)
    for key, value in arguments.items():
        if isinstance(value, str) and BEGIN in value and key not in _COMMANDS + _WHOLE:
            tell.patch(envelope(value))


def _tell_texts(
    tell: Teller, call: str | None, name: str, arguments: dict[str, Any], depth: int
) -> None:
    for use in tables_at(arguments, "tool_uses") if depth < _MOST_NESTED else ():
        # multi_tool_use.parallel: several calls in one
        inner = use.get("parameters")
        tell_call(tell, call, text_at(use, "recipient_name") or name, inner, depth + 1)
    if plan := text_at(arguments, "plan"):
        tell.write(Kind.PLAN, plan)
    path = text_at(arguments, *_PATHS)
    if _tell_edits(tell, arguments, path):
        return
    if (cell := _cell(arguments)) is not None:
        if text_at(arguments, "edit_mode") != "delete":
            tell.write(Kind.NOTEBOOK, cell, path)
    elif (whole := text_at(arguments, *_WHOLE)) is not None:
        tell.write(Kind.WRITE, whole, path)
    elif (fragment := text_at(arguments, *_FRAGMENT)) is not None:
        tell.edit("", fragment, path)


def _tell_edits(tell: Teller, arguments: dict[str, Any], path: str | None) -> bool:
    edits = [edit for key in _LISTS for edit in tables_at(arguments, key)] or [arguments]
    found = False
    for edit in edits:
        old, new = text_at(edit, *_OLD), text_at(edit, *_NEW)
        if old is None and new is None:
            continue
        found = True
        tell.edit(old or "", new or "", text_at(edit, *_PATHS) or path)
    return found


def _cell(arguments: dict[str, Any]) -> str | None:
    for key in _CELL:
        value = arguments.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return "\n".join(line for line in value if isinstance(line, str))
    return None


def _tell_commands(tell: Teller, arguments: dict[str, Any]) -> None:
    for key in _COMMANDS:
        value = arguments.get(key)
        if isinstance(value, str):
            tell.shell(value)
        elif isinstance(value, list):
            tell_argv(tell, [item for item in value if isinstance(item, str)])


def tell_argv(tell: Teller, argv: list[str]) -> None:
    """Tell what a command given as an argument vector writes."""
    if len(argv) < 2:
        return
    program = argv[0].replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".exe")
    if program in _SHELLS:
        tell.shell(argv[-1])
    elif any(BEGIN in argument for argument in argv):
        tell.patch(envelope("\n".join(argv)))
    elif "\n" in argv[-1] and argv[-2] in ("-c", "-e"):
        tell.write(Kind.SHELL, argv[-1])

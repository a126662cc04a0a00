"""``python -m bench.origins``: how well edits are told apart, into docs/live-origin.md.

Plays recorded traffic between editors and a language server to the classifier: first as any
client sends it, then with what a plugin says of each edit. Nothing is timed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from redline.live.hints import HintError, parse
from redline.live.landing import Basis, Kind, Landing
from redline.live.origin import Classifier
from redline.live.places import Extent, Place
from redline.live.removals import Removals
from redline.live.text import LiveText

from . import page

CHECKOUT = Path(__file__).resolve().parents[1]
OWN_STREAMS = CHECKOUT / "tests" / "live" / "streams"


@dataclass(frozen=True)
class Truth:
    """What was done in a scenario."""

    row: str
    """The row of the table."""
    block: bool = False
    """A block of the asking size came in from outside the document."""


TYPED, UNDONE, MOVED = Truth("typed"), Truth("undo, redo"), Truth("moved")
FORMATTED, OWN = Truth("formatted, indented"), Truth("the server's own edit")
COMMANDED, REPLAYED = Truth("editor's command"), Truth("replayed keys")
SMALL = Truth("small: paste, completion, snippet")
PASTED, PROGRAM = Truth("pasted", True), Truth("put in by a program", True)
READ, RELOADED = Truth("file put in", True), Truth("read again from disk", True)
COPIED = Truth("copied within the document", True)

TRUTHS = {
    # Neovim
    "typing80": TYPED,
    "typing200": TYPED,
    "typed_newline_indent": TYPED,
    "abbrev_autopair": TYPED,
    "put_register": PASTED,
    "put_clipboard_plus": PASTED,
    "paste_api": PASTED,
    "paste_api_chunked": PASTED,
    "insert_ctrl_r": PASTED,
    "terminal_stream_no_bracketed": PASTED,
    "read_file": READ,
    "undo_redo": UNDONE,
    "undo_typing": UNDONE,
    "reindent": FORMATTED,
    "lsp_format": FORMATTED,
    "external_checktime": RELOADED,
    "external_full_rewrite": RELOADED,
    "code_action": OWN,
    "server_apply_edit": OWN,
    "copilot_vim_style": SMALL,
    "copilot_lua_style": SMALL,
    "omni_complete": SMALL,
    "snippet_expand": SMALL,
    "move_lines_dd_p": MOVED,
    "move_ex": MOVED,
    "dot_and_macro": REPLAYED,
    "substitute": COMMANDED,
    "api_set_lines": PROGRAM,
    "type_function": TYPED,
    "paste_in_insert_mode": PASTED,
    "move_function_up": MOVED,
    "move_function_down": MOVED,
    "cut_to_other_file": MOVED,
    "sort_lines": MOVED,
    "filter_lines": MOVED,
    "delete_lines_and_undo": UNDONE,
    "retype_session_undo_redo": UNDONE,
    "reflow_comment": FORMATTED,
    "indent_function": FORMATTED,
    "join_lines": FORMATTED,
    "block_insert": COMMANDED,
    "append_to_every_line": COMMANDED,
    "rename_word": COMMANDED,
    "macro": COPIED,
    "copy_function": COPIED,
    "read_file_in": READ,
    "agent_edits": PROGRAM,
    # VS Code
    "typing": TYPED,
    "typing_newline": TYPED,
    "typing_fast": TYPED,
    "paste_plain": PASTED,
    "paste_html": PASTED,
    "paste_short": SMALL,
    "paste_contextmenu": PASTED,
    "paste_palette": PASTED,
    "paste_reindent": SMALL,
    "multi_cursor_paste": SMALL,
    "copy_paste_inside": SMALL,
    "copy_paste_other_file": SMALL,
    "cut_paste_move": MOVED,
    "alt_move_line": MOVED,
    "drag_drop_text": MOVED,
    "undo_paste": PASTED,
    "undo_paste/undo": UNDONE,
    "undo_paste/redo": UNDONE,
    "ghost_ext": TYPED,
    "ghost_ext/accept": SMALL,
    "ghost_ext_word": TYPED,
    "ghost_ext_word/accept-word": SMALL,
    "ghost_typed_through": TYPED,
    "ghost_typed_through/type-through": TYPED,
    "ghost_lsp": TYPED,
    "ghost_lsp/accept": OWN,
    "suggest_accept": TYPED,
    "suggest_accept/accept": SMALL,
    "snippet_accept": TYPED,
    "snippet_accept/accept": SMALL,
    "snippet_accept/fill": TYPED,
    "quickfix/apply": OWN,
    "format": TYPED,
    "format/format": FORMATTED,
    "indent_tab/indent": FORMATTED,
    "comment_toggle": COMMANDED,
    "ext_apply_edit": PROGRAM,
    "editor_edit": SMALL,
    "external_clean": RELOADED,
    "replace_all/replaceAll": COMMANDED,
    "type": TYPED,
    "paste": SMALL,
    # Emacs
    "emacs/typing": TYPED,
    "emacs/yank": PASTED,
    "emacs/undo": UNDONE,
    "emacs/codeaction": OWN,
    "emacs/format": FORMATTED,
    "emacs/revert": RELOADED,
}


@dataclass
class Scene:
    """One scenario as it was played."""

    editor: str
    name: str
    landings: dict[tuple[str, int], Landing] = field(default_factory=dict)

    @property
    def truth(self) -> Truth | None:
        """What was done; None for what is not scored."""
        return TRUTHS.get(self.name)

    @property
    def kept_aside(self) -> bool:
        """It was not looked at when the limits were chosen."""
        return kept_aside(self.name)

    @property
    def blocks(self) -> list[Landing]:
        """The landings with a block in them."""
        return [one for one in self.landings.values() if one.blocks]


def kept_aside(name: str) -> bool:
    """Half of the scenarios, chosen by the hash of the name without its stage."""
    return hashlib.sha256(name.partition("/")[0].encode()).digest()[0] % 2 == 1


def play(stream: Path, *, hints: bool) -> list[Scene]:
    """Play a recording; scenes are what lies between its marks."""
    rows = [json.loads(line) for line in stream.read_text(encoding="utf-8").splitlines()]
    marks = stream.with_name(stream.name.replace(".rpc.", ".events."))
    player = _Player(stream, hints=hints)
    for time, row in _merged(rows, marks):
        if isinstance(row, str):
            player.mark(row)
        else:
            player.take(time, row["dir"], row["msg"])
    return [scene for scene in player.scenes if scene.landings]


def _merged(rows: list[dict], marks: Path) -> Iterator[tuple[float, dict | str]]:
    """Messages and marks by time, in s; VS Code's marks lie in a file of their own."""
    told = [(row["t"], 1, row) for row in rows if "msg" in row]
    if marks.name.startswith("vscode") and marks.exists():
        begun = rows[0]["wall"]
        for line in marks.read_text(encoding="utf-8", errors="replace").splitlines():
            event = json.loads(line)
            if event.get("kind") == "MARK" and "wall" in event:
                told.append((event["wall"] - begun, 0, event["name"]))
    for time, _, row in sorted(told, key=lambda one: one[:2]):
        yield time, row


class _Player:
    """The server's side of a recording, reduced to texts and classifiers."""

    def __init__(self, stream: Path, *, hints: bool) -> None:
        self.scenes: list[Scene] = []
        self._hints = hints
        editor, _, scenario = stream.name.removesuffix(".rpc.jsonl").partition("-")
        version, _, scenario = scenario.partition("-")
        self._editor = f"{editor} {version}".rstrip() if editor == "nvim" else editor
        self._scenario = scenario
        self._scene: Scene | None = None
        self._removals = Removals()
        self._encoding = "utf-16"
        self._texts: dict[str, LiveText] = {}
        self._classifiers: dict[str, Classifier] = {}
        self._closed: dict[str, tuple[float, LiveText]] = {}
        self._asked: dict[object, tuple[str, dict]] = {}

    def mark(self, name: str) -> None:
        """Begin or end a scene."""
        if name.startswith("BEGIN "):
            # All scenarios of VS Code are in one session and paste the same text: each begins
            # with nothing remembered.
            self._removals = Removals()
            self._classifiers.clear()
            self._begin(name.removeprefix("BEGIN "))
        elif name == "end" or name.startswith("END "):
            self._scene = None
        elif name.startswith("start"):
            if self._scene is None:
                self._begin(self._scenario)
        elif self._editor.startswith("emacs"):
            self._begin(f"emacs/{name}")
        elif self._scene:
            self._begin(f"{self._scene.name.partition('/')[0]}/{name}")

    def take(self, time: float, direction: str, message: dict) -> None:
        """Take one message."""
        method, params = message.get("method", ""), message.get("params")
        if direction == "s2c":
            self._offer(time, message, method, params)
            return
        if "id" in message and method:
            self._asked[message["id"]] = (method, params or {})
        if method == "lab/editHint" and isinstance(params.get("mark"), str):
            self.mark(params["mark"])
        elif method == "textDocument/didOpen":
            self._open(time, params["textDocument"])
        elif method == "textDocument/didClose":
            uri = params["textDocument"]["uri"]
            self._closed[uri] = (time, self._texts.pop(uri))
        elif method == "textDocument/didChange":
            self._change(time, params)
        elif method in ("provenance/editHint", "redline/editOrigin") and self._hints:
            self._hint(time, params)

    def _begin(self, name: str) -> None:
        self._scene = Scene(self._editor, name)
        self.scenes.append(self._scene)

    def _open(self, time: float, document: dict) -> None:
        uri, text = document["uri"], LiveText(document["text"])
        self._texts[uri] = text
        closed_at, before = self._closed.pop(uri, (0.0, None))
        if before is not None and str(before) != str(text) and time - closed_at < 1.0:
            edit = before.replace(str(text))
            landing = self._classifier(uri).observe(document["version"], [edit], time, reload=True)
            self._note(uri, landing)

    def _change(self, time: float, params: dict) -> None:
        uri, version = params["textDocument"]["uri"], params["textDocument"]["version"]
        text = self._texts[uri]
        edits = []
        for change in params["contentChanges"]:
            if "range" in change:
                start, end = (self._place(text, change["range"][side]) for side in ("start", "end"))
                edits.append(text.apply(start, end, change["text"]))
            else:
                edits.append(text.replace(change["text"]))
        self._note(uri, self._classifier(uri).observe(version, edits, time))

    def _classifier(self, uri: str) -> Classifier:
        if uri not in self._classifiers:
            self._classifiers[uri] = Classifier(self._removals)
        return self._classifiers[uri]

    def _place(self, text: LiveText, position: dict) -> Place:
        return text.place(position["line"], position["character"], self._encoding)

    def _hint(self, time: float, params: dict) -> None:
        if "textDocument" not in params:
            return
        try:
            hint = parse(_as_plugins_send_it(params))
        except HintError as error:
            raise SystemExit(f"a recorded hint is wrong: {error}: {params}") from error
        for landing in self._classifier(hint.uri).hear(hint, time):
            self._note(hint.uri, landing)

    def _note(self, uri: str, landing: Landing) -> None:
        for scene in self.scenes:
            if (uri, landing.version) in scene.landings:
                scene.landings[uri, landing.version] = landing
                return
        if self._scene:
            self._scene.landings[uri, landing.version] = landing

    def _offer(self, time: float, message: dict, method: str, params: dict | None) -> None:
        if method == "workspace/applyEdit":
            for uri, edits in params["edit"].get("changes", {}).items():
                self._offered(uri, Kind.APPLY_EDIT, edits, time)
        if "id" not in message or "result" not in message:
            return
        asked, about = self._asked.pop(message["id"], ("", {}))
        result = message["result"]
        if asked == "initialize":
            self._encoding = result["capabilities"].get("positionEncoding", "utf-16")
        uri = about.get("textDocument", {}).get("uri", "") if isinstance(about, dict) else ""
        if not result:
            return
        if asked == "textDocument/formatting":
            self._offered(uri, Kind.FORMAT, result, time)
        elif asked == "textDocument/codeAction":
            for action in result:
                for there, edits in action.get("edit", {}).get("changes", {}).items():
                    self._offered(there, Kind.CODE_ACTION, edits, time)
        elif asked == "textDocument/inlineCompletion":
            items = result if isinstance(result, list) else result["items"]
            self._proposed(uri, Kind.INLINE_COMPLETION, items, time)
        elif asked == "textDocument/completion":
            items = result if isinstance(result, list) else result["items"]
            self._proposed(uri, Kind.COMPLETION, items, time)

    def _offered(self, uri: str, kind: Kind, edits: list[dict], time: float) -> None:
        text = self._texts.get(uri)
        if text is not None:
            pairs = [
                (text.slice(self._extent(text, one["range"])), one["newText"]) for one in edits
            ]
            self._classifier(uri).offered(kind, pairs, time)

    def _extent(self, text: LiveText, span: dict) -> Extent:
        return Extent(self._place(text, span["start"]), self._place(text, span["end"]))

    def _proposed(self, uri: str, kind: Kind, items: Iterable[dict], time: float) -> None:
        for item in items:
            text = item.get("insertText") or item.get("label", "")
            if isinstance(text, str):
                self._classifier(uri).offered(kind, [("", text)], time)


def _as_plugins_send_it(params: dict) -> dict:
    """Older recordings name some kinds otherwise, or leave the kind to be read from details."""
    told = {key: value for key, value in params.items() if value is not None}
    kind = told.get("kind")
    told["kind"] = {"normal_edit": "command", "lsp_edit": "apply_edit"}.get(kind, kind)
    if kind is None:
        told["kind"] = _kind(told)
    if isinstance(told.get("command"), dict):
        told["command"] = told["command"].get("tag")
    if isinstance(told.get("detailed"), dict):
        told["detailed"] = {key: str(value) for key, value in told["detailed"].items()}
    if isinstance(told.get("source"), dict):
        del told["source"]
    return told


def _kind(told: dict) -> str:
    if "reason" in told:
        return told["reason"]
    detailed = told.get("detailed", {})
    source, kind, name = (detailed.get(key, "") for key in ("source", "kind", "name"))
    if "paste" in told or kind == "paste":
        return "paste"
    tag = (told.get("command") or {}).get("tag", "")
    by_tag = {"suggest": "completion", "format": "format", "paste": "paste"}
    if tag.startswith("inline"):
        return "inline_completion"
    if tag in by_tag:
        return by_tag[tag]
    by_source = {
        "inlineCompletionAccept": "inline_completion",
        "inlineCompletionPartialAccept": "inline_completion",
        "suggest": "completion",
        "snippet": "snippet",
        "codeAction": "code_action",
        "reloadFromDisk": "reload",
    }
    if source in by_source:
        return by_source[source]
    if source == "cursor":
        return "type" if kind in ("type", "cut") else "command"
    if name == "formatEditsCommand":
        return "format"
    return "program" if name == "MainThreadTextEditor" else "unknown"


def scenes(folders: Iterable[Path], *, hints: bool) -> list[Scene]:
    """Play all recordings of some folders."""
    return [
        scene
        for folder in folders
        for stream in sorted(folder.glob("*.rpc.jsonl"))
        for scene in play(stream, hints=hints)
    ]


def wrong(scene: Scene) -> bool:
    """A block was called that is none, or one was missed."""
    return scene.truth is not None and scene.truth.block != bool(scene.blocks)


def table(played: list[Scene]) -> str:
    """Markdown: a row for each thing that was done."""
    rows: dict[Truth, list[Scene]] = defaultdict(list)
    for scene in played:
        if scene.truth:
            rows[scene.truth].append(scene)
    lines = [
        "| what was done | scenes | called a block | wrong | told as (scenes) |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for truth in dict.fromkeys(TRUTHS.values()):
        if found := rows.get(truth):
            kinds = Counter(_told(scene) for scene in found)
            told = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common())
            blocks = sum(bool(scene.blocks) for scene in found)
            mistakes = sum(map(wrong, found))
            lines.append(f"| {truth.row} | {len(found)} | {blocks} | {mistakes} | {told} |")
    return "\n".join(lines)


def _told(scene: Scene) -> str:
    """The word for a scene: of its largest landing, by what it rests on."""
    weighty = [one for one in scene.landings.values() if one.kind is not Kind.TYPE]
    chosen = scene.blocks or weighty or list(scene.landings.values())
    return max(chosen, key=lambda one: (bool(one.blocks), one.basis)).kind.value


def render(folders: list[Path]) -> str:
    """All four tables, and the mistakes by name."""
    parts = []
    for hints in (False, True):
        played = scenes(folders, hints=hints)
        if hints:
            played = [scene for scene in played if any(_heard(one) for one in _all(scene))]
        way = "With a plugin's hints" if hints else "The changes alone"
        for aside in (False, True):
            half = [scene for scene in played if scene.kept_aside is aside and scene.truth]
            name = "kept aside" if aside else "looked at while the limits were chosen"
            right = sum(not wrong(scene) for scene in half)
            parts.append(f"### {way}, scenarios {name}\n")
            parts.append(f"{right} of {len(half)} scenes right.\n")
            parts.append(table(half) + "\n")
            mistakes = sorted({f"{one.name} ({one.editor})" for one in half if wrong(one)})
            if mistakes:
                parts.append(f"Wrong: {', '.join(mistakes)}.\n")
    return "\n".join(parts)


def _all(scene: Scene) -> Iterable[Landing]:
    return scene.landings.values()


def _heard(landing: Landing) -> bool:
    return landing.basis is Basis.TOLD


def main() -> int:
    """Write the tables; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.origins", description=__doc__)
    parser.add_argument(
        "--streams", type=Path, action="append", default=[], help="a further folder of recordings"
    )
    parser.add_argument("--dry", action="store_true", help="print only, leave the page as it is")
    options = parser.parse_args()
    text = render([OWN_STREAMS, *options.streams])
    print(text)
    if not options.dry:
        page.write(CHECKOUT / "docs" / "live-origin.md", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

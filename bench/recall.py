"""``python -m bench.recall``: how much of what was copied is found; writes docs/matching.md.

Functions of the standard library stand for what an assistant wrote. Copies of them, changed
in five ways, are put into other modules, and the index is asked about these. Nothing is
random but by seed, so the figures are the same on every machine with the same Python.
"""

from __future__ import annotations

import ast
import platform
import random
import sysconfig
import tempfile
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from redline.detect.sessions import SessionDetector
from redline.model import Strength

from .told import ask, into_page, tell

PAGE = Path(__file__).resolve().parents[1] / "docs" / "matching.md"
TOLD = "argparse calendar cgitb configparser difflib doctest fractions gettext inspect ipaddress"
TOLD += " locale mailbox optparse pdb pickle plistlib pydoc shutil statistics tarfile tokenize"
TOLD += " traceback turtle typing uuid zipfile"
HOSTS = "ast bdb code codecs csv dis enum filecmp ftplib glob heapq mimetypes netrc pprint profile"
HOSTS += " sched selectors shelve subprocess symtable tempfile threading trace webbrowser"
CASES = 400
"""Copies of each kind."""


def main() -> None:
    """Measure, print and write."""
    library = Path(sysconfig.get_path("stdlib"))
    texts = {name: _read(library, name) for name in TOLD.split()}
    hosts = [text for name in HOSTS.split() if (text := _read(library, name))]
    functions = [piece for text in texts.values() if text for piece in _functions(text)]
    long = [piece for piece in functions if 6 <= piece.count("\n") <= 60]
    short = [piece for text in functions if (piece := _part(text))]
    kinds: dict[str, tuple[list[str], Callable[[str, random.Random], str]]] = {
        "verbatim, 3 to 5 lines": (short, lambda text, _: text),
        "verbatim, 6 lines and more": (long, lambda text, _: text),
        "reformatted by `ast.unparse`": (long, lambda text, _: ast.unparse(ast.parse(text)) + "\n"),
        "reformatted, every local name another": (long, _renamed),
        "a quarter of the statements others": (long, _changed),
    }
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        told = ((f"told/{name}.py", text) for name, text in texts.items() if text)
        with SessionDetector.open(tell(Path(folder), told)) as sessions:
            for kind, (pieces, change) in kinds.items():
                rows.append(_row(kind, _measure(sessions, pieces, change, hosts)))
    heads = "| copied | copies | found | of these beyond doubt | both edges within a line |"
    table = "\n".join((heads, "|---|---:|---:|---:|---:|", *rows))
    measured = f"Measured with `python -m bench.recall`, Python {platform.python_version()}.\n\n"
    measured += table
    print(measured)
    into_page(PAGE, "recall", measured)


def _measure(
    sessions: SessionDetector,
    pieces: list[str],
    change: Callable[[str, random.Random], str],
    hosts: list[str],
) -> Counter[str]:
    rng = random.Random(7)
    counts: Counter[str] = Counter()
    for number, piece in enumerate(rng.sample(pieces, min(CASES, len(pieces)))):
        copied = change(piece, rng)
        lines = rng.choice(hosts).splitlines(keepends=True)
        start = rng.randrange(max(1, len(lines) - 80))
        above, below = "".join(lines[start : start + 40]), "".join(lines[start + 40 : start + 80])
        text = above + copied + below
        first, last = above.count("\n"), above.count("\n") + copied.count("\n") - 1
        regions = [
            (item.strength, text.encode()[: item.span.start].count(b"\n"),
             text.encode()[: max(0, item.span.end - 1)].count(b"\n"))
            for item in ask(sessions, f"other/{number}.py", text)
        ]  # fmt: skip
        hits = [region for region in regions if region[1] <= last and region[2] >= first]
        covered = {line for _, a, b in hits for line in range(a, b + 1)}
        counts["copies"] += 1
        if 2 * len(covered & set(range(first, last + 1))) < last - first + 1:
            continue
        counts["found"] += 1
        counts["sure"] += any(strength is Strength.MATCHED for strength, _, _ in hits)
        counts["edges"] += abs(min(covered) - first) <= 1 and abs(max(covered) - last) <= 1
    return counts


def _row(kind: str, counts: Counter[str]) -> str:
    copies = counts["copies"]
    cells = [kind, str(copies)]
    for name, whole in (("found", copies), ("sure", counts["found"]), ("edges", counts["found"])):
        cells.append(f"{counts[name]} ({counts[name] / max(1, whole):.1%})")
    return f"| {' | '.join(cells)} |"


def _read(library: Path, name: str) -> str:
    path = library / f"{name}.py"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _functions(text: str) -> Iterator[str]:
    """The functions of a module, methods too, each set against the margin."""
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            piece = textwrap.dedent("".join(lines[node.lineno - 1 : node.end_lineno]))
            try:
                ast.parse(piece)
            except SyntaxError:
                continue  # a string that reaches to the margin
            yield piece if piece.endswith("\n") else piece + "\n"


def _part(text: str) -> str:
    """Three to five lines from a function's middle, by its length; empty if it has fewer."""
    lines = [line for line in text.splitlines(keepends=True) if line.strip()]
    size = 3 + len(lines) % 3
    return "".join(lines[len(lines) // 3 :][:size]) if len(lines) >= 2 * size else ""


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        self.generic_visit(node)
        node.arg = self.names.get(node.arg, node.arg)
        return node


def _renamed(text: str, _: random.Random) -> str:
    tree = ast.parse(text)
    own = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)
           and isinstance(node.ctx, ast.Store)]  # fmt: skip
    own += [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]
    names = {name: f"renamed_{n}" for n, name in enumerate(dict.fromkeys(own)) if name != "self"}
    return ast.unparse(_Rename(names).visit(tree)) + "\n"


def _changed(text: str, rng: random.Random) -> str:
    """Every fourth line that is a statement of its own gives way to one of another program."""
    lines = text.splitlines(keepends=True)
    plain = [
        node.lineno - 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.stmt) and node.lineno == node.end_lineno
    ]
    for place in rng.sample(plain, max(1, len(plain) // 4)) if plain else ():
        indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
        lines[place] = f"{indent}basket_{place} = weigh(apples, {place * 31}) + pears[{place}]\n"
    return "".join(lines)


if __name__ == "__main__":
    main()

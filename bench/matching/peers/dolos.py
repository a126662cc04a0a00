"""Dolos: winnowed grams of syntax tree nodes, names ignored, chained into fragments.

Settings: those of ``@dodona/dolos-lib`` (23 nodes a gram, windows of 17, comments left out, no
least length of a fragment), one language a run. Markdown is read by its tokenizer of characters,
which it takes for ``.md`` by itself; for JSON Lines, which it does not know, the same is asked for.
The score is the number of fingerprints in the fragment. Only pairs of a told and an asked file with
a fingerprint in common are built, which its index tells; no other pair has a fragment.

It pairs every occurrence of a fingerprint with every other, which two files full of rulers and
tables turn into minutes. Where characters are read, fingerprints that one file has more than 100
times are therefore on its list of ignored ones.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from ..tools import Answer, Missing
from .programs import HINT, ask, run

_PROGRAM = Path(__file__).with_name("dolos.mjs")
_NAMES = {
    "python": "python",
    "typescript": "typescript",
    "go": "go",
    "java": "java",
    "markdown": "char",
    "jsonl": "char",
}
"""What Dolos calls them."""


class Dolos:
    """The Node library, driven by a small program beside this module."""

    name = "Dolos"

    def version(self) -> str:
        """Name the version, once its parsers load; raise ``Missing`` where they do not."""
        command = self._command()
        try:
            return run([*command, "version"]).text.strip()
        except RuntimeError as error:
            raise Missing(f"@dodona/dolos-lib does not load: {HINT}\n{error}") from None

    def languages(self) -> frozenset[str]:
        """Say that it reads all: four by their grammars, two by their characters."""
        return frozenset(_NAMES)

    def ask(self, language: str, told: Path, asked: Path) -> Answer:
        """Claim the asked side of every fragment."""
        return ask([*self._command(), _NAMES[language], told.resolve(), asked.resolve()])

    def _command(self) -> list[str | Path]:
        node = shutil.which("node")
        if not node:
            raise Missing(f"Dolos needs Node.js 18 or newer with npm; then {HINT}")
        home = Path(sys.prefix, "tools", "peers")
        if not (home / "node_modules/@dodona/dolos-lib/package.json").is_file():
            raise Missing(f"@dodona/dolos-lib is not in {home}: {HINT}")
        return [node, _PROGRAM, home]

"""Which language a file is in, and its grammar."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from redline.syntax.catalogue import LANGUAGES, Family, Language
from redline.syntax.filenames import EXTENSIONS, FILENAMES, INTERPRETERS

if TYPE_CHECKING:
    import tree_sitter

__all__ = [
    "Family",
    "Language",
    "grammar_of",
    "language_named",
    "language_names",
    "language_of",
]

_BY_NAME = {language.name: language for language in LANGUAGES}
_ALIASES = {
    "bash": "shell",
    "c#": "csharp",
    "c++": "cpp",
    "containerfile": "dockerfile",
    "cs": "csharp",
    "golang": "go",
    "ipynb": "notebook",
    "js": "javascript",
    "jsx": "javascript",
    "kt": "kotlin",
    "md": "markdown",
    "py": "python",
    "rb": "ruby",
    "rs": "rust",
    "sh": "shell",
    "ts": "typescript",
    "yml": "yaml",
}
_INTERPRETER = "|".join(sorted(map(re.escape, INTERPRETERS), key=len, reverse=True))
_SHEBANG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?#![^\n]*?(?<![\w-])(%b)[\d.]*(?![\w-])" % _INTERPRETER.encode()
)


def language_of(path: str, head: bytes = b"") -> Language | None:
    """Recognise the language of a file by its name, else by a shebang in its first bytes."""
    filename = path.rpartition("/")[2].lower()
    name = FILENAMES.get(filename)
    if name is None:
        stem, dot, extension = filename.rpartition(".")
        name = EXTENSIONS.get(extension) if dot and stem else None
    if name is None and filename.startswith(("dockerfile.", "containerfile.")):
        name = "dockerfile"
    if name is None and (shebang := _SHEBANG.match(head[:256])):
        name = INTERPRETERS.get(shebang[1].decode())
    return language_named(name) if name else None


def language_named(name: str) -> Language | None:
    """Look a language up by the name, or a usual short name, that a rule file gives."""
    return _BY_NAME.get(_ALIASES.get(name.lower(), name.lower()))


def language_names() -> tuple[str, ...]:
    """Every name that ``language_named`` knows, for messages and completion."""
    return tuple(sorted(_BY_NAME))


@cache
def grammar_of(language: Language) -> tree_sitter.Language | None:
    """Load the grammar, once per process; None where none is installed that fits.

    The grammars' own wheels come first; ``tree-sitter-language-pack`` (the extra
    ``all-languages``) answers for the rest where it is installed.
    """
    if language.grammar is not None:
        loaded = _from_wheel(*language.grammar)
        if loaded is not None:
            return loaded
    return _from_pack(language.name)


def _from_wheel(module: str, function: str) -> tree_sitter.Language | None:
    # A grammar costs megabytes to map; a run that never parses imports none.
    try:
        from tree_sitter import Language as Grammar

        return Grammar(getattr(import_module(module), function)())
    except (ImportError, AttributeError, OSError, TypeError, ValueError):
        # ValueError: the grammar's ABI is one that this binding cannot read.
        return None


_PACK_NAMES = {
    "makefile": "make",
    "protobuf": "proto",
    "tex": "latex",
    "lisp": "commonlisp",
    "text": "",
}


def _from_pack(name: str) -> tree_sitter.Language | None:
    pack_name = _PACK_NAMES.get(name, name)
    if not pack_name:
        return None
    try:
        pack = import_module("tree_sitter_language_pack")
        grammar: tree_sitter.Language = pack.get_language(pack_name)
    except (ImportError, AttributeError, LookupError, OSError, TypeError, ValueError):
        return None
    return grammar

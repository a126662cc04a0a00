"""Which language a file is in, how its comments and strings look, and its grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter


class Family(Enum):
    """What sort of text a language carries, which decides how a place in it is read."""

    CODE = "code"
    DATA = "data"
    PROSE = "prose"


@dataclass(frozen=True, slots=True)
class Language:
    """One language: what a plain lexer needs to know, and where its grammar is."""

    name: str
    family: Family = Family.CODE
    line_comments: tuple[str, ...] = ()
    block_comments: tuple[tuple[str, str], ...] = ()
    strings: tuple[str, ...] = ()
    """Delimiters, the longest first; three characters long or a backtick: may span lines."""
    escapes: bool = True
    """A backslash in a string hides the next character."""
    grammar: tuple[str, str] | None = None
    """Module and function that return the grammar; None: only the pack may know it."""


_QUOTES = ('"', "'")


def _c_like(
    name: str,
    strings: tuple[str, ...] = _QUOTES,
    grammar: tuple[str, str] | None = None,
    line_comments: tuple[str, ...] = ("//",),
) -> Language:
    return Language(name, Family.CODE, line_comments, (("/*", "*/"),), strings, True, grammar)


def _hashed(
    name: str,
    family: Family = Family.CODE,
    strings: tuple[str, ...] = _QUOTES,
    grammar: tuple[str, str] | None = None,
) -> Language:
    return Language(name, family, ("#",), (), strings, True, grammar)


_ML = (("<!--", "-->"),)
_JS_STRINGS = ("`", '"', "'")
_TRIPLE = ('"""', "'''", '"', "'")
_LANGUAGES = (
    _hashed("python", strings=_TRIPLE, grammar=("tree_sitter_python", "language")),
    _c_like("javascript", _JS_STRINGS, ("tree_sitter_javascript", "language")),
    _c_like("typescript", _JS_STRINGS, ("tree_sitter_typescript", "language_typescript")),
    _c_like("tsx", _JS_STRINGS, ("tree_sitter_typescript", "language_tsx")),
    _c_like("go", ("`", '"', "'"), ("tree_sitter_go", "language")),
    # A single quote also begins a lifetime in Rust, so it cannot open a string for a plain lexer.
    _c_like("rust", ('"',), ("tree_sitter_rust", "language")),
    _c_like("java", ('"""', '"', "'"), ("tree_sitter_java", "language")),
    _hashed("shell", grammar=("tree_sitter_bash", "language")),
    Language("json", Family.DATA, strings=('"',), grammar=("tree_sitter_json", "language")),
    Language("jsonl", Family.DATA, strings=('"',), grammar=("tree_sitter_json", "language")),
    Language("notebook", Family.DATA, strings=('"',), grammar=("tree_sitter_json", "language")),
    _hashed("yaml", Family.DATA, grammar=("tree_sitter_yaml", "language")),
    _hashed("toml", Family.DATA, _TRIPLE, ("tree_sitter_toml", "language")),
    Language(
        "markdown",
        Family.PROSE,
        block_comments=_ML,
        grammar=("tree_sitter_markdown", "language"),
    ),
    Language("text", Family.PROSE),
    Language("rst", Family.PROSE),
    Language("csv", Family.DATA, strings=('"',), escapes=False),
    _hashed("dockerfile"),
    _hashed("makefile", strings=()),
    _hashed("ini", Family.DATA, ()),
    _c_like("c"),
    _c_like("cpp"),
    _c_like("csharp"),
    _c_like("kotlin", ('"""', '"', "'")),
    _c_like("swift", ('"""', '"')),
    _c_like("scala", ('"""', '"')),
    _c_like("dart", _TRIPLE),
    _c_like("groovy", _TRIPLE),
    _c_like("protobuf"),
    _c_like("php", line_comments=("//", "#")),
    _c_like("css", line_comments=()),
    _c_like("scss"),
    _c_like("zig", ('"',)),
    _c_like("hcl", ('"',), line_comments=("#", "//")),
    _c_like("solidity"),
    Language("html", Family.PROSE, block_comments=_ML),
    Language("xml", Family.DATA, block_comments=_ML),
    Language("vue", Family.PROSE, block_comments=_ML),
    Language("svelte", Family.PROSE, block_comments=_ML),
    Language("sql", Family.CODE, ("--",), (("/*", "*/"),), _QUOTES, False),
    Language("lua", Family.CODE, ("--",), (("--[[", "]]"),), _QUOTES),
    Language("haskell", Family.CODE, ("--",), (("{-", "-}"),), ('"',)),
    Language("matlab", Family.CODE, ("%",), (("%{", "%}"),), ('"',)),
    Language("tex", Family.PROSE, ("%",)),
    Language("lisp", Family.CODE, (";",), (("#|", "|#"),), ('"',)),
    Language("erlang", Family.CODE, ("%",), (), ('"',)),
    Language("fsharp", Family.CODE, ("//",), (("(*", "*)"),), ('"""', '"')),
    Language("ocaml", Family.CODE, (), (("(*", "*)"),), ('"',)),
    Language("powershell", Family.CODE, ("#",), (("<#", "#>"),), _QUOTES, False),
    _hashed("ruby"),
    _hashed("perl"),
    _hashed("r"),
    _hashed("elixir", strings=('"""', '"')),
    _hashed("julia", strings=('"""', '"')),
    _hashed("nix", strings=('"',)),
    _hashed("starlark", strings=_TRIPLE),
    _hashed("cmake", strings=('"',)),
    _hashed("graphql", strings=('"""', '"')),
)
_BY_NAME = {language.name: language for language in _LANGUAGES}
_ALIASES = {"bash": "shell", "sh": "shell", "js": "javascript", "ts": "typescript"} | {
    "py": "python",
    "yml": "yaml",
    "md": "markdown",
    "jsx": "javascript",
    "ipynb": "notebook",
    "c++": "cpp",
    "c#": "csharp",
}

_EXTENSIONS = {
    extension: name
    for name, extensions in {
        "python": "py pyi pyw",
        "javascript": "js jsx mjs cjs",
        "typescript": "ts mts cts",
        "tsx": "tsx",
        "go": "go",
        "rust": "rs",
        "java": "java",
        "shell": "sh bash zsh ksh bats",
        "json": "json json5 jsonc geojson webmanifest",
        "jsonl": "jsonl ndjson",
        "notebook": "ipynb",
        "yaml": "yaml yml",
        "toml": "toml",
        "markdown": "md markdown mdx mdc qmd rmd",
        "text": "txt text",
        "rst": "rst",
        "csv": "csv tsv",
        "dockerfile": "dockerfile",
        "makefile": "mk mak",
        "ini": "ini cfg conf properties env",
        "c": "c h",
        "cpp": "cpp cc cxx hpp hh hxx ipp cu cuh",
        "csharp": "cs",
        "kotlin": "kt kts",
        "swift": "swift",
        "scala": "scala sc sbt",
        "dart": "dart",
        "groovy": "groovy gradle",
        "protobuf": "proto",
        "php": "php",
        "css": "css",
        "scss": "scss less",
        "zig": "zig",
        "hcl": "tf hcl tfvars",
        "solidity": "sol",
        "html": "html htm xhtml",
        "xml": "xml svg xsd xsl",
        "vue": "vue",
        "svelte": "svelte",
        "sql": "sql",
        "lua": "lua",
        "haskell": "hs",
        "matlab": "m",
        "tex": "tex bib sty",
        "lisp": "lisp el clj cljs scm rkt",
        "erlang": "erl",
        "fsharp": "fs fsx",
        "ocaml": "ml mli",
        "powershell": "ps1 psm1",
        "ruby": "rb rake gemspec",
        "perl": "pl pm",
        "r": "r",
        "elixir": "ex exs",
        "julia": "jl",
        "nix": "nix",
        "starlark": "bzl star",
        "cmake": "cmake",
        "graphql": "graphql gql",
    }.items()
    for extension in extensions.split()
}
_FILENAMES = {
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    "makefile": "makefile",
    "gnumakefile": "makefile",
    "justfile": "makefile",
    "cmakelists.txt": "cmake",
    "build": "starlark",
    "build.bazel": "starlark",
    "workspace": "starlark",
    "gemfile": "ruby",
    "rakefile": "ruby",
    "jenkinsfile": "groovy",
    ".bashrc": "shell",
    ".profile": "shell",
    ".zshrc": "shell",
    ".gitignore": "ini",
    ".dockerignore": "ini",
    ".env": "ini",
    "license": "text",
    "readme": "text",
    "codeowners": "ini",
}
_SHEBANG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?#![^\n]*?\b(python|bash|dash|zsh|ksh|sh|node|deno|ruby|perl|lua|php)[\d.]*\b"
)
_INTERPRETERS = {
    "dash": "shell",
    "zsh": "shell",
    "ksh": "shell",
    "node": "javascript",
    "deno": "typescript",
}


def language_of(path: str, head: bytes = b"") -> Language | None:
    """Recognise the language of a file by its name, else by a shebang in its first bytes."""
    filename = path.rpartition("/")[2].lower()
    name = _FILENAMES.get(filename)
    if name is None:
        stem, dot, extension = filename.rpartition(".")
        name = _EXTENSIONS.get(extension) if dot and stem else None
    if name is None and filename.startswith(("dockerfile.", "containerfile.")):
        name = "dockerfile"
    if name is None and (shebang := _SHEBANG.match(head[:256])):
        interpreter = shebang[1].decode()
        name = _INTERPRETERS.get(interpreter, interpreter)
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

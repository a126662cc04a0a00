"""The languages that are known: how their comments and strings look, and where the grammar is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Family(Enum):
    """What sort of text a language carries, which decides how a place in it is read."""

    CODE = "code"
    DATA = "data"
    PROSE = "prose"


class Sort(Enum):
    """What a delimited piece of a text is."""

    COMMENT = "comment"
    STRING = "string"
    PROSE = "prose"
    """Text outside the program: what a page says around its PHP."""


@dataclass(frozen=True, slots=True)
class Delimited:
    """A piece that its opening and its closing mark delimit, and that may span lines."""

    sort: Sort
    opening: str
    """A pattern of ``re`` over bytes; what its groups match, the closing may name."""
    closing: str
    """A pattern too; ``{0}`` is the text of the first group of the opening."""
    hidden: str = ""
    """A pattern of what does not close although it looks so: an escape, a doubled quote."""
    nests: bool = False
    body_only: bool = False
    """The piece begins behind the opening: the first line of a heredoc is code."""


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
    delimited: tuple[Delimited, ...] = ()
    """Pieces of other forms; tried before the plain comments and strings."""
    nested_comments: bool = False


BACKSLASH: Final = r"\\(?s:.)"
_QUOTES = ('"', "'")
_CHARACTER = Delimited(Sort.STRING, r"'(?=(?:\\[^\n]{1,10}?|[^'\\\n])')", "'", BACKSLASH)
"""A quote that is closed behind one character; elsewhere it is a lifetime, a label, a symbol."""


def _wheel(name: str, function: str = "language") -> tuple[str, str]:
    return f"tree_sitter_{name}", function


def _c_like(
    name: str,
    strings: tuple[str, ...] = _QUOTES,
    grammar: tuple[str, str] | None = None,
    line_comments: tuple[str, ...] = ("//",),
    delimited: tuple[Delimited, ...] = (),
    nested: bool = False,
) -> Language:
    return Language(
        name,
        Family.CODE,
        line_comments,
        (("/*", "*/"),),
        strings,
        grammar=grammar,
        delimited=delimited,
        nested_comments=nested,
    )


def _hashed(
    name: str,
    family: Family = Family.CODE,
    strings: tuple[str, ...] = _QUOTES,
    grammar: tuple[str, str] | None = None,
    delimited: tuple[Delimited, ...] = (),
) -> Language:
    return Language(name, family, ("#",), (), strings, True, grammar, delimited)


def _string(opening: str, closing: str, hidden: str = "") -> Delimited:
    return Delimited(Sort.STRING, opening, closing, hidden)


def _heredoc(opening: str) -> Delimited:
    """The lines behind a line that opens a heredoc; the group is the word that ends it."""
    return Delimited(Sort.STRING, opening + r"[^\n]*\n", r"(?m:^[ \t]*{0}\b)", body_only=True)


_ML = (("<!--", "-->"),)
_JS_STRINGS = ("`", '"', "'")
_TRIPLE = ('"""', "'''", '"', "'")
_SHELL_HEREDOC = _heredoc(r"(?<!<)<<-?[ \t]*[\\\"']?([A-Za-z_]\w*)")
LANGUAGES: Final = (
    _hashed("python", strings=_TRIPLE, grammar=_wheel("python")),
    _c_like("javascript", _JS_STRINGS, _wheel("javascript")),
    _c_like("typescript", _JS_STRINGS, _wheel("typescript", "language_typescript")),
    _c_like("tsx", _JS_STRINGS, _wheel("typescript", "language_tsx")),
    _c_like("go", ("`", '"', "'"), _wheel("go")),
    _c_like(
        "rust",
        ('"',),
        _wheel("rust"),
        delimited=(_string(r'r(#*)"', '"{0}'), _CHARACTER),
        nested=True,
    ),
    _c_like("java", ('"""', '"', "'"), _wheel("java")),
    _hashed("shell", grammar=_wheel("bash"), delimited=(_SHELL_HEREDOC,)),
    _c_like("c", grammar=_wheel("c")),
    _c_like(
        "cpp",
        grammar=_wheel("cpp"),
        delimited=(_string(r'R"([^()\\\s"]{0,16})\(', r'\){0}"'), _CHARACTER),
    ),
    _c_like(
        "csharp",
        grammar=_wheel("c_sharp"),
        delimited=(
            _string(r'\$*("{3,})', "{0}"),
            _string(r'(?:@\$?|\$@)"', '"', '""'),
        ),
    ),
    _hashed(
        "ruby",
        strings=("`", '"', "'"),
        grammar=_wheel("ruby"),
        delimited=(
            Delimited(Sort.COMMENT, r"(?m:^=begin\b)", r"(?m:^=end\b[^\n]*)"),
            Delimited(Sort.COMMENT, r"(?m:^__END__$)", r"\Z"),
            _heredoc(r"<<[~-]?[\"'`]?([A-Z_]\w*)"),
        ),
    ),
    _c_like(
        "php",
        ("`", '"', "'"),
        _wheel("php", "language_php"),
        line_comments=(),
        delimited=(
            Delimited(Sort.PROSE, r"\A(?!<\?)|\?>", r"(?=<\?(?:php|=))|\Z"),
            # A closing tag ends the comment too; `#[` opens an attribute.
            Delimited(Sort.COMMENT, r"//|#(?!\[)", r"(?=\n|\?>|\Z)"),
            _heredoc(r"<<<[ \t]*[\"']?([A-Za-z_]\w*)"),
        ),
    ),
    _c_like("kotlin", ('"""', '"', "'"), _wheel("kotlin"), nested=True),
    _c_like(
        "swift",
        ('"""', '"'),
        _wheel("swift"),
        delimited=(_string(r'(#+)("(?:"")?)', "{1}{0}"),),
        nested=True,
    ),
    _c_like("scala", ('"""', '"'), _wheel("scala"), delimited=(_CHARACTER,), nested=True),
    Language(
        "sql",
        Family.CODE,
        ("--",),
        (("/*", "*/"),),
        (),
        grammar=_wheel("sql"),
        delimited=(
            # A doubled quote stands for one. What stands in double quotes is a name.
            _string("'", "'", "''"),
            _string(r"(\$(?:[A-Za-z_]\w*)?\$)", "{0}"),
        ),
        nested_comments=True,
    ),
    Language(
        "lua",
        Family.CODE,
        ("--",),
        (),
        _QUOTES,
        grammar=_wheel("lua"),
        delimited=(
            Delimited(Sort.COMMENT, r"--\[(=*)\[", r"\]{0}\]"),
            _string(r"\[(=*)\[", r"\]{0}\]"),
        ),
    ),
    _hashed("dockerfile", grammar=_wheel("containerfile"), delimited=(_SHELL_HEREDOC,)),
    Language("html", Family.PROSE, block_comments=_ML, grammar=_wheel("html")),
    _c_like("css", grammar=_wheel("css"), line_comments=()),
    Language("json", Family.DATA, strings=('"',), grammar=_wheel("json")),
    Language("jsonl", Family.DATA, strings=('"',), grammar=_wheel("json")),
    Language("notebook", Family.DATA, strings=('"',), grammar=_wheel("json")),
    _hashed("yaml", Family.DATA, grammar=_wheel("yaml")),
    _hashed("toml", Family.DATA, _TRIPLE, _wheel("toml")),
    Language("markdown", Family.PROSE, block_comments=_ML, grammar=_wheel("markdown")),
    Language("text", Family.PROSE),
    Language("rst", Family.PROSE),
    Language("csv", Family.DATA, strings=('"',), escapes=False),
    _hashed("makefile", strings=()),
    _hashed("ini", Family.DATA, ()),
    _c_like("dart", _TRIPLE),
    _c_like("groovy", _TRIPLE),
    _c_like("protobuf"),
    _c_like("scss"),
    _c_like("zig", ('"',)),
    _c_like("hcl", ('"',), line_comments=("#", "//")),
    _c_like("solidity"),
    Language("xml", Family.DATA, block_comments=_ML),
    Language("vue", Family.PROSE, block_comments=_ML),
    Language("svelte", Family.PROSE, block_comments=_ML),
    Language("haskell", Family.CODE, ("--",), (("{-", "-}"),), ('"',), nested_comments=True),
    Language("matlab", Family.CODE, ("%",), (("%{", "%}"),), ('"',)),
    Language("tex", Family.PROSE, ("%",)),
    Language("lisp", Family.CODE, (";",), (("#|", "|#"),), ('"',), nested_comments=True),
    Language("erlang", Family.CODE, ("%",), (), ('"',)),
    Language("fsharp", Family.CODE, ("//",), (("(*", "*)"),), ('"""', '"'), nested_comments=True),
    Language("ocaml", Family.CODE, (), (("(*", "*)"),), ('"',), nested_comments=True),
    Language("powershell", Family.CODE, ("#",), (("<#", "#>"),), _QUOTES, False),
    _hashed("perl"),
    _hashed("r"),
    _hashed("elixir", strings=('"""', '"')),
    _hashed("julia", strings=('"""', '"')),
    _hashed("nix", strings=('"',)),
    _hashed("starlark", strings=_TRIPLE),
    _hashed("cmake", strings=('"',)),
    _hashed("graphql", strings=('"""', '"')),
)

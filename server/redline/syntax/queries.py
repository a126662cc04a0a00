"""Tree-sitter queries that name units: refused when a predicate would not apply, then run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from redline.model import Span
from redline.syntax.languages import Language, grammar_of
from redline.syntax.query_source import Form, Predicate, QueryError, patterns_of, predicates_of
from redline.syntax.trees import parse
from redline.syntax.unit_rows import UNITS, follow

if TYPE_CHECKING:
    import tree_sitter

__all__ = ["Query", "QueryError", "compile_query"]

UNIT = "unit"
NAME = "name"


@dataclass(frozen=True)
class Query:
    """A compiled query; ``run`` gives the units that it captures."""

    language: Language
    source: str
    _compiled: tree_sitter.Query
    _requirements: tuple[tuple[frozenset[bytes], ...], ...]
    """Per pattern, one set per predicate: of each set at least one member occurs in a match."""
    _regexes: Mapping[str, Any]

    @cached_property
    def literals(self) -> tuple[frozenset[bytes], ...]:
        """Sets of byte strings: a file that lacks all members of any one set cannot match.

        Empty where nothing can be said. With several patterns there is one set, of the rarest
        (longest) literals of each pattern; ``may_match`` tells more in that case.
        """
        if len(self._requirements) == 1:
            return self._requirements[0]
        if not all(self._requirements):
            return ()
        chosen = [max(sets, key=lambda s: min(map(len, s))) for sets in self._requirements]
        return (frozenset().union(*chosen),)

    def may_match(self, text: bytes) -> bool:
        """Tell cheaply whether a text can match at all; never False for one that does."""
        return any(
            all(any(literal in text for literal in literals) for literals in sets)
            for sets in self._requirements
        )

    def run(self, text: bytes) -> list[tuple[Span, str | None]]:
        """Give every unit (bytes) and its name, in the order of the text, each span once.

        The name is the text of ``@name``, else the ``name`` field of the unit's own node or of
        the definition that it decorates, else None. Raises ``trees.UnparsedError`` where the
        text is too large or too slow to parse.
        """
        if not self.may_match(text):
            return []
        from tree_sitter import QueryCursor

        root = parse(self.language, text).root_node
        units: dict[Span, str | None] = {}
        for _, captures in QueryCursor(self._compiled).matches(root, self._satisfied):
            named = captures.get(NAME)
            for node in captures.get(UNIT, ()):
                span = Span(node.start_byte, node.end_byte)
                name = named[0] if named else _name_node(node, self.language)
                if units.get(span) is None:
                    units[span] = name and text[name.start_byte : name.end_byte].decode(
                        "utf-8", "replace"
                    )
        return sorted(units.items(), key=lambda unit: unit[0])

    def _satisfied(
        self,
        predicate: str,
        args: list[tuple[str, Literal["capture", "string"]]],
        pattern_index: int,
        captures: dict[str, list[tree_sitter.Node]],
    ) -> bool:
        """Decide the regex predicates, the only ones that the binding leaves to us."""
        regex = self._regexes[args[1][0]]
        found = [regex.search(node.text or b"") is not None for node in captures[args[0][0]]]
        wanted = [not hit for hit in found] if "not-" in predicate else found
        return any(wanted) if predicate.startswith("any-") else all(wanted)


def compile_query(language: Language, source: str) -> Query:
    """Compile a query, or raise ``QueryError`` with its line and column (from 1).

    Refused beside wrong syntax: a pattern without ``@unit``, and every predicate that the
    binding would take and not apply: one outside its pattern's parentheses, one with an
    unknown name, one on a capture of another pattern or one that a match may lack.
    Regexes of ``#match?`` are RE2, so that no rule file can make the linter hang.
    """
    grammar = grammar_of(language)
    if grammar is None:
        raise QueryError(f"no grammar is installed for {language.name}", 1, 1)
    patterns = patterns_of(source)
    if not patterns:
        raise QueryError("the query holds no pattern", 1, 1)
    predicates = [predicates_of(pattern) for pattern in patterns]
    regexes = dict(_regexes(predicates))
    from tree_sitter import Query as Compiled
    from tree_sitter import QueryError as Refused

    try:
        compiled = Compiled(grammar, _with_our_regexes(source, predicates))
    except (Refused, ValueError) as refused:
        raise QueryError.from_binding(str(refused), source) from None
    if compiled.pattern_count != len(patterns):
        raise QueryError("write a pattern in parentheses: ((node) @unit)", *patterns[0].place)
    for index, (pattern, found) in enumerate(zip(patterns, predicates, strict=True)):
        _check_captures(compiled, index, pattern, found)
    return Query(
        language,
        source,
        compiled,
        tuple(tuple(p.literals for p in found if p.literals) for found in predicates),
        regexes,
    )


def _check_captures(
    compiled: tree_sitter.Query, index: int, pattern: Form, predicates: Sequence[Predicate]
) -> None:
    captures = set(pattern.captures())
    if UNIT not in captures:
        raise QueryError("this pattern captures no @unit, so it names no place", *pattern.place)
    ids = {compiled.capture_name(i): i for i in range(compiled.capture_count)}
    for predicate in predicates:
        for capture in predicate.captures:
            if capture not in captures:
                problem = f"#{predicate.name} tests @{capture}, which this pattern does not capture"
                raise QueryError(problem, *predicate.place)
            if compiled.capture_quantifier(index, ids[capture]) in ("?", "*"):
                problem = (
                    f"a match may lack @{capture}, and then #{predicate.name} lets it pass; "
                    "write one pattern for each case"
                )
                raise QueryError(problem, *predicate.place)


def _regexes(predicates: Sequence[Sequence[Predicate]]) -> Iterator[tuple[str, Any]]:
    for predicate in (p for found in predicates for p in found):
        if predicate.pattern is None:
            continue
        import re2

        options = re2.Options()
        options.log_errors = False
        try:
            yield predicate.pattern, re2.compile(predicate.pattern.encode(), options)
        except re2.error as error:
            reason = error.args[0] if error.args else "invalid"
            reason = reason.decode() if isinstance(reason, bytes) else str(reason)
            problem = f"#{predicate.name} needs a regex of the RE2 syntax: {reason}"
            raise QueryError(problem, *predicate.place) from None


def _with_our_regexes(source: str, predicates: Sequence[Sequence[Predicate]]) -> str:
    """Rename ``match?`` to a name that the binding hands to us, of the same length.

    The binding runs Python's ``re``, which a hostile rule file can keep busy for ever.
    """
    out = source
    for predicate in (p for found in predicates for p in found if p.pattern is not None):
        at = predicate.offset + 1
        end = at + len(predicate.name)
        out = out[:at] + predicate.name.replace("match?", "regex?") + out[end:]
    return out


def _name_node(node: tree_sitter.Node, language: Language) -> tree_sitter.Node | None:
    definition = node.child_by_field_name("definition") or node
    name = definition.child_by_field_name("name")
    units = UNITS.get(language.name)
    row = units.rows.get(definition.type) if units is not None else None
    if name is not None or row is None or row.name == "head" or row.name.startswith("'"):
        return name
    return follow(definition, row.name)

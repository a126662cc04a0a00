"""The policy, ready to be asked: which zones a place lies in and what is said about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from redline.model import UNDECLARED, Effect, Level, Strength, ZoneHit
from redline.policy.globs import Matcher, compiled, first_match, path_bytes, translate
from redline.policy.names import is_external, matches
from redline.policy.table import FilePlace, PolicyTable, Rule, UnitPlace
from redline.policy.units import literal_pattern, query_source, reason
from redline.syntax.languages import Language, language_named, language_of

if TYPE_CHECKING:
    from redline.syntax.queries import Query

_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says about one region: the strictest rule that speaks of it."""

    rule: Rule
    zone: str
    effect: Effect
    level: Level


class _Files:
    """One file place with its patterns translated."""

    def __init__(self, place: FilePlace) -> None:
        self.place = place
        self.patterns = tuple(translate(glob, place.folder) for glob, _ in place.globs)

    @cached_property
    def _globs(self) -> Matcher:
        return compiled(self.patterns)

    @cached_property
    def _exceptions(self) -> Matcher:
        folder = self.place.folder
        return compiled(tuple(translate(glob, folder) for glob in self.place.exceptions))

    @cached_property
    def _content(self) -> tuple[Matcher, ...]:
        # '^' and '$' mean lines, as everyone expects of a search in a file.
        return tuple(compiled((b"(?m-s)" + p.encode(),)) for p in self.place.content)

    def matches(self, path: bytes) -> bool:
        """Tell whether the globs, exceptions considered, match."""
        if not self._globs.fullmatch(path):
            return False
        return not self._exceptions.fullmatch(path)

    def holds(self, text: bytes) -> bool:
        """Tell whether every content pattern is found."""
        return all(pattern.search(text) for pattern in self._content)

    def hit(self, path: bytes) -> ZoneHit:
        """Say which glob matched."""
        globs = ((g, p) for (g, _), p in zip(self.place.globs, self.patterns, strict=True))
        glob = first_match(globs, path) or ""
        origin = next((origin for g, origin in self.place.globs if g == glob), None)
        where = f" under {self.place.folder}/" if self.place.folder else ""
        found = " and what is in it" if self.place.content else ""
        return ZoneHit(self.place.zone, f"matches '{glob}'{where}{found}", None, origin)


class _Units:
    """One unit place with its prefilter; the query is compiled when a file needs it."""

    def __init__(self, place: UnitPlace) -> None:
        self.place = place
        self.literals = literal_pattern(place)

    @cached_property
    def _files(self) -> Matcher:
        globs = self.place.files or ("**",)
        return compiled(tuple(translate(glob, self.place.folder) for glob in globs))

    @cached_property
    def _literals(self) -> Matcher | None:
        return compiled((self.literals,)) if self.literals is not None else None

    @cached_property
    def query(self) -> Query:
        """The compiled query."""
        from redline.syntax.queries import compile_query  # loads a grammar

        language = language_named(self.place.language)
        assert language is not None  # checked when the rule file was read
        return compile_query(language, query_source(self.place))

    def concerns(self, path: bytes) -> bool:
        """Tell whether the place speaks of this file at all."""
        return self._files.fullmatch(path) is not None

    def may_match(self, text: bytes) -> bool:
        """Tell cheaply whether the text can hold such a unit."""
        if self._literals is not None:
            return self._literals.search(text) is not None
        return self.query.may_match(text)


class Policy:
    """Rule files, merged and compiled. Immutable, so safe in threads; pickles as its table."""

    def __init__(self, table: PolicyTable) -> None:
        self.table = table
        self._decide = lru_cache(maxsize=4096)(self._decide_uncached)

    def __reduce__(self) -> tuple[type[Policy], tuple[PolicyTable]]:
        return Policy, (self.table,)

    @property
    def sha256(self) -> str:
        """The hash of all the files that the policy is made of."""
        return self.table.sha256

    @property
    def files(self) -> tuple[str, ...]:
        """What was read, base first, as names to show."""
        return self.table.files

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, base first."""
        return self.table.rules

    @cached_property
    def _by_path(self) -> tuple[_Files, ...]:
        return tuple(_Files(place) for place in self.table.file_places if not place.content)

    @cached_property
    def _by_content(self) -> tuple[_Files, ...]:
        return tuple(_Files(place) for place in self.table.file_places if place.content)

    @cached_property
    def _any_path(self) -> Matcher:
        """All globs at once: most files of a project lie in no zone and are done with this."""
        return compiled(tuple(pattern for files in self._by_path for pattern in files.patterns))

    @cached_property
    def _units(self) -> dict[str, tuple[_Units, ...]]:
        made = [_Units(place) for place in self.table.unit_places]
        languages = dict.fromkeys(units.place.language for units in made)
        return {
            language: tuple(units for units in made if units.place.language == language)
            for language in languages
        }

    @cached_property
    def _any_unit(self) -> dict[str, Matcher]:
        """Per language one pattern for all its units; absent where a query has its own filter."""
        return {
            language: compiled(tuple(units.literals for units in members if units.literals))
            for language, members in self._units.items()
            if all(units.literals is not None for units in members)
        }

    def zones_of(self, path: str) -> tuple[ZoneHit, ...]:
        """The zones that a file lies in by its path alone, one hit per entry of a rule file."""
        raw = path_bytes(path)
        if not self._any_path.fullmatch(raw):
            return ()
        return tuple(files.hit(raw) for files in self._by_path if files.matches(raw))

    def wants_text(self, path: str) -> bool:
        """Tell whether a file's text can put it, or units of it, into a zone.

        False means that ``may_have_units`` and ``unit_zones`` have nothing to say, whatever
        the file holds (one exception: a language known by its shebang alone).
        """
        raw = path_bytes(path)
        language = language_of(path)
        return any(files.matches(raw) for files in self._by_content) or (
            language is not None
            and any(units.concerns(raw) for units in self._units.get(language.name, ()))
        )

    def may_have_units(self, path: str, text: bytes) -> bool:
        """Tell cheaply whether ``unit_zones`` can find anything; never parses."""
        language = language_of(path, text[:256])
        members = self._units.get(language.name, ()) if language else ()
        raw = path_bytes(path)
        if members and language is not None:
            together = self._any_unit.get(language.name)
            if (together is None or together.search(text)) and any(
                units.concerns(raw) and units.may_match(text) for units in members
            ):
                return True
        return any(files.matches(raw) and files.holds(text[:_HEAD]) for files in self._by_content)

    def unit_zones(self, path: str, text: bytes) -> tuple[ZoneHit, ...]:
        """The zones that a file's text puts it, or units of it, into; sorted by place.

        A hit without a span concerns the whole file. Raises ``syntax.trees.UnparsedError``
        where a file that may hold such units cannot be parsed: it is then not judged.
        """
        raw = path_bytes(path)
        head = text[:_HEAD]
        hits = [
            files.hit(raw) for files in self._by_content if files.matches(raw) and files.holds(head)
        ]
        language = language_of(path, text[:256])
        if language is not None:
            hits.extend(self._unit_hits(raw, text, language))
        return tuple(sorted(hits, key=lambda hit: (hit.span.start if hit.span else -1, hit.zone)))

    def _unit_hits(self, path: bytes, text: bytes, language: Language) -> Iterable[ZoneHit]:
        together = self._any_unit.get(language.name)
        if together is not None and not together.search(text):
            return
        for units in self._units.get(language.name, ()):
            if not units.concerns(path) or not units.may_match(text):
                continue
            for span, name in units.query.run(text):
                said = reason(units.place, name, text[span.start : span.end])
                yield ZoneHit(units.place.zone, said, span, units.place.origin)

    def assistant_class(
        self, assistant: str, model: str | None = None
    ) -> Literal["external", "in-house"]:
        """Class a producer: by its model where that is known, else by its tool; else external.

        The pattern with the longest literal prefix wins, external at a draw. A model that no
        pattern names is external if in-house models are listed: a tool of your own may well
        run a model of someone else's.
        """
        entries = self.table.assistants
        if model:
            by_model = is_external([(e.external, e.models) for e in entries], model)
            if by_model is not None:
                return "external" if by_model else "in-house"
            if any(e.models for e in entries if not e.external):
                return "external"
        by_name = is_external([(e.external, e.names) for e in entries], assistant)
        return "in-house" if by_name is False else "external"

    def decide(
        self,
        zones: Iterable[str],
        assistant: str,
        model: str | None,
        strength: Strength,
        without: str | None = None,
    ) -> Decision | None:
        """Give the strictest rule over all zones; None where no rule speaks of them.

        At equal effects the rule for the zone given first decides, then the first of the files:
        give the zones of a unit before those of its file. Rules that offer the fix ``without``
        are left out.
        """
        return self._decide(tuple(zones), assistant, model, strength, without)

    def _decide_uncached(
        self,
        zones: tuple[str, ...],
        assistant: str,
        model: str | None,
        strength: Strength,
        without: str | None,
    ) -> Decision | None:
        rules = self.rules_for(zones, assistant, model)
        rules = tuple(rule for rule in rules if without not in rule.fixes)
        return strictest(self.table, rules, zones, strength)

    def rules_for(
        self, zones: Iterable[str], assistant: str, model: str | None = None
    ) -> tuple[Rule, ...]:
        """All rules that speak of one of the zones and of this producer, in file order.

        Text that is ``undeclared`` is no assistant's as far as anybody knows, so neither a class
        nor a ``*`` means it: only a rule that names it does.
        """
        wanted = set(zones)
        rules = (rule for rule in self.table.rules if wanted.intersection(rule.zones))
        if assistant == UNDECLARED:
            named = (rule for rule in rules if UNDECLARED in map(str.lower, rule.by))
            return tuple(named)
        names = {"any", self.assistant_class(assistant, model)}
        return tuple(
            rule for rule in rules if any(by in names or matches(by, assistant) for by in rule.by)
        )


def strictest(
    table: PolicyTable, rules: Iterable[Rule], zones: tuple[str, ...], strength: Strength
) -> Decision | None:
    """Of rules that apply, decide by the strictest; ties as ``Policy.decide`` breaks them."""
    best: tuple[int, int] | None = None
    decision: Decision | None = None
    for rule in rules:
        zone = next((zone for zone in zones if zone in rule.zones), None)
        if zone is None:
            continue
        rank = (rule.effect, -zones.index(zone))
        if best is None or rank > best:
            best = rank
            decision = Decision(rule, zone, rule.effect, table.level(rule.effect, strength))
    return decision

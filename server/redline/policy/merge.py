"""Merge rule files, base first, refusing whatever would loosen what came before.

What a base says is a floor. A later file adds places and rules and raises effects and levels.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from redline.model import UNDECLARED, Effect, Level, Strength
from redline.policy import table as tables
from redline.policy.globs import translate
from redline.policy.names import overlap
from redline.policy.problems import PolicyProblem, did_you_mean, shown
from redline.policy.raw import RawPolicy, RawRule, RawZone
from redline.policy.rule_tests import RuleTest, read_tests
from redline.policy.shapes import Word
from redline.policy.table import KEEPS_SIGNATURES, Assistants, FilePlace, Rule, UnitPlace, Zone
from redline.policy.unit_places import unit_place

CLASSES = ("external", "in-house", "any")
_MAX_WEIGHT = 256 * 1024
"""Bytes of all patterns that globs become; a thousand long globs are a quarter of it."""
_NEW_RULE = ("title", "zones", "by", "message", "help", "why")


@dataclass(slots=True)
class Merge:
    """Takes files one by one; ``problems`` collects what is wrong in them."""

    problems: list[PolicyProblem]
    zones: dict[str, Zone] = field(default_factory=dict)
    file_places: list[FilePlace] = field(default_factory=list)
    unit_places: list[UnitPlace] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)
    assistants: list[Assistants] = field(default_factory=list)
    tests: list[RuleTest] = field(default_factory=list)
    levels: list[list[int]] = field(
        default_factory=lambda: [[int(cell) for cell in row] for row in tables.DEFAULT_LEVELS]
    )
    _path: str = ""
    _whole: bool = True
    _weight: int = 0

    def add(self, raw: RawPolicy, path: str, folder: str = "", nested: bool = False) -> None:
        """Merge one file; ``path`` names it in messages, ``folder`` is what its globs start at."""
        self._path = path
        # What could not be read must not be reported a second time as missing.
        self._whole = not any(problem.path == path for problem in self.problems)
        if nested:
            self._only_zones(raw)
        for zone in raw.zones:
            self._add_zone(zone, folder)
        if not nested:
            self._add_rules(raw)
            self._add_assistants(raw)
            self._raise_levels(raw)
        if raw.tests and self._whole:
            self.tests += read_tests(raw.tests, path, folder, self.rules, self._report)

    def result(self, sha256: str, files: tuple[str, ...]) -> tables.PolicyTable:
        """The merged table."""
        return tables.PolicyTable(
            sha256,
            files,
            tuple(self.zones.values()),
            tuple(self.file_places),
            tuple(self.unit_places),
            tuple(self.rules.values()),
            tuple(self.assistants),
            tuple(tuple(row) for row in self.levels),
        )

    def _report(self, place: Word, message: str, advice: str = "") -> None:
        self.problems.append(PolicyProblem(self._path, place.line, place.column, message, advice))

    def _origin(self, line: int) -> str:
        return f"{self._path}:{line}"

    def _add_rules(self, raw: RawPolicy) -> None:
        base_rules = dict(self.rules)
        own: dict[str, RawRule] = {}
        for rule in raw.rules:
            if rule.id.text in own:
                line = own[rule.id.text].id.line
                advice = f"The first is on line {line}; give each rule its own id."
                self._report(rule.id, f"the rule {shown(rule.id.text)} is given twice", advice)
                continue
            own[rule.id.text] = rule
            base = base_rules.get(rule.id.text)
            if base is None:
                self._add_rule(rule, base_rules)
            else:
                self._tighten(rule, base)

    def _only_zones(self, raw: RawPolicy) -> None:
        for key in ("pack", "extends", "assistants", "rules", "levels"):
            value = getattr(raw, key)
            if value is None or (value == () and key != "extends"):
                continue
            first = value[0] if isinstance(value, tuple) and value else value
            place = Word(key, getattr(first, "line", raw.line), getattr(first, "column", 1))
            message = f"a rule file in a folder cannot have {shown(key)}"
            advice = "It may add zones and tests only; write the rest in the root file."
            self._report(place, message, advice)

    def _add_zone(self, raw: RawZone, folder: str) -> None:
        if raw.id.text not in self.zones:
            if raw.title is None:
                known = did_you_mean(raw.id.text, self.zones, "the zones so far are")
                advice = f"Give a new zone a title; {known}" if self.zones else "Give it a title."
                self._report(
                    raw.id, f"the zone {shown(raw.id.text)} is new and has no title", advice
                )
            title = raw.title.text if raw.title else raw.id.text
            self.zones[raw.id.text] = Zone(raw.id.text, title, self._origin(raw.line))
        if not raw.globs and not raw.units and self._whole:
            self._without_places(raw)
        self._weigh(raw, folder)
        if raw.globs:
            self.file_places.append(
                FilePlace(
                    raw.id.text,
                    tuple((glob.text, self._origin(glob.line)) for glob in raw.globs),
                    tuple(glob.text for glob in raw.not_),
                    tuple(pattern.text for pattern in raw.content),
                    folder,
                )
            )
        for unit in raw.units:
            place = unit_place(unit, raw.id.text, folder, self._path, self._whole, self._report)
            if place is not None:
                self.unit_places.append(place)

    def _weigh(self, raw: RawZone, folder: str) -> None:
        """Refuse more globs than one matcher can take: RE2 would refuse them, far from here."""
        words = [*raw.globs, *raw.not_, *(glob for unit in raw.units for glob in unit.files)]
        for word in words:
            before = self._weight
            self._weight += len(translate(word.text, folder))
            if before <= _MAX_WEIGHT < self._weight:
                advice = "Match folders rather than their files one by one."
                self._report(word, "the globs up to here are too many or too long", advice)

    def _without_places(self, raw: RawZone) -> None:
        if raw.not_:
            message = "'not' cannot take places out of a zone that another entry or file defines"
            advice = (
                "It narrows the globs beside it. Zones only grow; to be asked less, extend less."
            )
            self._report(raw.not_[0], message, advice)
        elif raw.content:
            advice = "Add the globs of the files to look into."
            self._report(raw.content[0], "'content' has no globs beside it", advice)
        else:
            advice = "Add 'globs' or 'units'."
            self._report(raw.id, f"the zone {shown(raw.id.text)} names no place", advice)

    def _add_rule(self, raw: RawRule, base_rules: dict[str, Rule]) -> None:
        missing = [key for key in _NEW_RULE if not getattr(raw, key)]
        if missing and self._whole:
            names = " and ".join(f"'{key}'" for key in missing)
            near = did_you_mean(raw.id.text, base_rules, "") if base_rules else ""
            advice = (
                near if near.startswith("did") else "Only a rule that exists may leave them out."
            )
            self._report(raw.id, f"the new rule {shown(raw.id.text)} lacks {names}", advice)
        for zone in raw.zones:
            if zone.text not in self.zones:
                advice = did_you_mean(zone.text, self.zones, "the zones are")
                self._report(zone, f"the zone {shown(zone.text)} is not defined", advice)
        rule = Rule(
            raw.id.text,
            _text(raw.title),
            tuple(zone.text for zone in raw.zones),
            tuple(by.text for by in raw.by),
            Effect[raw.effect.text.upper()],
            _text(raw.message),
            _text(raw.help),
            _text(raw.why),
            tuple(fix.text for fix in raw.fixes),
            self._origin(raw.line),
        )
        for base in base_rules.values():
            if _shadows(base, rule):
                advice = (
                    f"{base.id} ({base.origin}) says {base.effect} there, and the strictest rule "
                    "decides: a base is a floor. Remove this rule, or make it stricter."
                )
                self._report(raw.id, f"the rule {shown(rule.id)} can never apply", advice)
                break
        self.rules[rule.id] = rule

    def _tighten(self, raw: RawRule, base: Rule) -> None:
        effect = Effect[raw.effect.text.upper()]
        if effect < base.effect:
            message = (
                f"{shown(base.id)} is {base.effect} in {base.origin} and cannot become {effect}"
            )
            self._report(
                raw.effect, message, "A base is a floor: a file may only make it stricter."
            )
        for key in ("zones", "by"):
            if words := getattr(raw, key):
                message = f"{shown(base.id)} is a rule of {base.origin}; its {key} cannot change"
                self._report(words[0], message, "Write a rule with an id of its own for the rest.")
        if KEEPS_SIGNATURES not in base.fixes:
            for fix in raw.fixes:
                if fix.text == KEEPS_SIGNATURES:
                    message = f"{shown(base.id)} finds signatures in {base.origin}"
                    advice = f"With {KEEPS_SIGNATURES} it would let them pass: leave that out."
                    self._report(fix, message, advice)
        self.rules[base.id] = replace(
            base,
            effect=max(effect, base.effect),
            title=_text(raw.title) or base.title,
            message=_text(raw.message) or base.message,
            help=_text(raw.help) or base.help,
            why=_text(raw.why) or base.why,
            fixes=tuple(fix.text for fix in raw.fixes) or base.fixes,
            origin=self._origin(raw.line),
        )

    def _add_assistants(self, raw: RawPolicy) -> None:
        external = [entry for entry in self.assistants if entry.external]
        for entry in raw.assistants:
            if not entry.names and not entry.models and self._whole:
                place = Word("", entry.line, entry.column)
                self._report(place, "this entry names no assistant", "Add 'names' or 'models'.")
            for word in entry.names:
                if word.text.lower() == UNDECLARED:
                    advice = "It means text of unknown origin; write a rule 'by' it instead."
                    self._report(word, f"{shown(UNDECLARED)} is no assistant", advice)
            if entry.class_.text == "in-house":
                self._refuse_laundering(entry.names, external, "names")
                self._refuse_laundering(entry.models, external, "models")
            self.assistants.append(
                Assistants(
                    entry.class_.text == "external",
                    tuple(word.text for word in entry.names),
                    tuple(word.text for word in entry.models),
                    self._origin(entry.line),
                )
            )

    def _refuse_laundering(
        self, words: tuple[Word, ...], external: list[Assistants], key: str
    ) -> None:
        for word in words:
            for entry in external:
                patterns: tuple[str, ...] = getattr(entry, key)
                hit = next((p for p in patterns if overlap(p, word.text)), None)
                if hit is None:
                    continue
                message = f"{shown(word.text)} cannot be in-house: {shown(hit)} is external"
                advice = (
                    f"{entry.origin} says so. Name only your own {key}, with the letters that "
                    "tell them apart before any '*'."
                )
                self._report(word, message, advice)
                break

    def _raise_levels(self, raw: RawPolicy) -> None:
        for effect in (Effect.RECORD, Effect.REVIEW, Effect.FORBID):
            cells = raw.levels.of(effect) if raw.levels else None
            for strength in Strength:
                word = cells.of(strength) if cells else None
                if word is None:
                    continue
                level = Level[word.text.upper()]
                before = Level(self.levels[effect][strength - 1])
                if level < before:
                    message = f"{effect} x {strength} is {before} already; {level} would lower it"
                    self._report(word, message, "A file may raise levels, never lower them.")
                self.levels[effect][strength - 1] = max(level, before)


def _text(word: Word | None) -> str:
    return word.text.strip() if word else ""


def _shadows(base: Rule, rule: Rule) -> bool:
    return (
        base.effect > rule.effect
        and set(rule.zones) <= set(base.zones)
        and all(_covers(base, by) for by in rule.by)
    )


def _covers(base: Rule, by: str) -> bool:
    if by in base.by:
        return True
    if by.lower() == UNDECLARED:
        return UNDECLARED in map(str.lower, base.by)
    return "any" in base.by or ("external" in base.by and by not in CLASSES)

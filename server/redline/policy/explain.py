"""Say in words which zones a place lies in, why, and what may land there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from redline.model import Effect, Span, Strength, ZoneHit
from redline.policy.policy import Decision, Policy, strictest

_WORDS = {
    Effect.FORBID: "forbidden",
    Effect.REVIEW: "needs a human review",
    Effect.RECORD: "allowed, and recorded",
    Effect.ALLOW: "allowed",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A file, or lines of it, with the zones that it lies in and what is said about it."""

    span: Span | None
    """None for the whole file."""
    hits: tuple[ZoneHit, ...]
    external: Decision | None
    in_house: Decision | None


def places(policy: Policy, path: str, text: bytes | None = None) -> tuple[Place, ...]:
    """The whole file, then its units, each with the strictest rule for either class.

    A unit stands under the rules of its file too. Without ``text`` only the path is judged.
    Raises ``syntax.trees.UnparsedError`` as ``Policy.unit_zones`` does.
    """
    hits = policy.zones_of(path)
    found = policy.unit_zones(path, text) if text is not None else ()
    whole = (*hits, *(hit for hit in found if hit.span is None))
    spans = sorted({hit.span for hit in found if hit.span is not None})
    out = [_place(policy, None, whole, whole)] if whole else []
    for span in spans:
        own = tuple(hit for hit in found if hit.span == span)
        out.append(_place(policy, span, own, (*own, *whole)))
    return tuple(out)


def explain(policy: Policy, path: str, text: bytes | None = None) -> str:
    """Write it out for people: one paragraph for the file and one for each unit."""
    name = printable(path)
    found = places(policy, path, text)
    if not found:
        return (
            f"{name} lies in no zone: nothing is said about assistant text in it.\n"
            "  If something should be, add it to a zone's globs in redline.yaml.\n"
        )
    out = [name]
    for place in found:
        indent = "  "
        if place.span is not None and text is not None:
            out.append(f"  {_lines(text, place.span)}")
            indent = "    "
        out.extend(f"{indent}{hit.zone}: {hit.reason}{_said_in(hit.origin)}" for hit in place.hits)
        out.append(f"{indent}-> external assistants: {_verdict(place.external)}")
        out.append(f"{indent}-> in-house models: {_verdict(place.in_house)}")
    return "\n".join(out) + "\n"


def printable(text: str) -> str:
    """A path without what could drive a terminal: control characters and lone surrogates."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _place(
    policy: Policy, span: Span | None, hits: tuple[ZoneHit, ...], standing: Iterable[ZoneHit]
) -> Place:
    zones = tuple(dict.fromkeys(hit.zone for hit in standing))
    external = holds_for(policy, zones, "external")
    return Place(span, hits, external, holds_for(policy, zones, "in-house"))


def holds_for(policy: Policy, zones: tuple[str, ...], producer: str) -> Decision | None:
    """What holds for any member of a class; rules for single assistants are left out.

    ``producer`` is ``external`` or ``in-house``.
    """
    rules = (rule for rule in policy.rules if "any" in rule.by or producer in rule.by)
    return strictest(policy.table, rules, zones, Strength.RECORDED)


def _verdict(decision: Decision | None) -> str:
    if decision is None:
        return "nothing is said"
    rule = decision.rule
    return f"{_WORDS[decision.effect]} ({rule.id}, {rule.origin})"


def _said_in(origin: str | None) -> str:
    return f" ({origin})" if origin else ""


def _lines(text: bytes, span: Span) -> str:
    first = text.count(b"\n", 0, span.start) + 1
    last = text.count(b"\n", 0, max(span.start, span.end - 1)) + 1
    return f"line {first}" if first == last else f"lines {first}-{last}"

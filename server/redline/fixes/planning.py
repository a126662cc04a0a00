"""Which fixes a finding has, in the order of its rule, and each of them worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from redline.fixes import blank_body, relocate, remove, restore
from redline.fixes.edits import Case, Fix, NoFixError, Offer
from redline.fixes.stretches import these_lines, whole_lines
from redline.fixes.validity import still_well_formed
from redline.model import UNDECLARED, Effect, Finding, Strength
from redline.syntax.languages import language_of

_MOST_NAMED = 40
"""Letters of a function's name or a path that a title shows."""
_MOST_TRIED = 50
"""Fixes that are tried one by one where all together would break a text."""


def offers(case: Case) -> tuple[Offer, ...]:
    """The fixes that are possible, the best first, as the rule lists them.

    Each was planned: what is offered can be done. ``declare`` changes no text; it is offered
    where the finding is a question. The rest is given by ``plan``. Names that nothing here knows
    are passed over.
    """
    found: list[Offer] = []
    for name in dict.fromkeys(case.finding.fixes):
        if name == "declare":
            # An answer takes a question away, and no other evidence.
            if case.finding.assistant == UNDECLARED:
                found.append(Offer.declare())
        elif name in _PLANS:
            try:
                found.append(plan(name, case).offer)
            except NoFixError:
                continue
    return tuple(found)


def plan(name: str, case: Case) -> Fix:
    """Work one fix out. Raises ``NoFixError`` where it is not possible.

    The rest of the text keeps every byte, and reads without an error if it did before.
    """
    if name not in _PLANS or name not in case.finding.fixes:
        raise NoFixError("the rule offers no such fix")
    return _PLANS[name](case)


def combined(path: str, text: bytes, fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """Of several fixes of one text those that can be applied together, the first ones winning.

    Each left the text well formed; those that would not do so together are not applied together.
    """
    apart: list[Fix] = []
    for fix in fixes:
        if _is_apart(fix, apart):
            apart.append(fix)
    language = language_of(path, text[:256])

    def sound(some: Iterable[Fix]) -> bool:
        edits = [edit for fix in some for edit in fix.edits if edit.path == path]
        return still_well_formed(language, text, edits) is not False

    if sound(apart):
        return tuple(apart)
    kept: list[Fix] = []
    for fix in apart[:_MOST_TRIED]:
        if sound([*kept, fix]):
            kept.append(fix)
    return tuple(kept)


def _is_apart(fix: Fix, others: Iterable[Fix]) -> bool:
    return not any(
        {new.path for new in fix.new_files} & {new.path for new in other.new_files}
        or any(
            edit.path == taken.path
            and edit.span.start <= taken.span.end
            and taken.span.start <= edit.span.end
            for edit in fix.edits
            for taken in other.edits
        )
        for other in others
    )


def _remove(case: Case) -> Fix:
    edits, sound = remove.cut(case)
    title = f"Remove {_these(case)}"
    return Fix("remove", title, _is_safe(case, sound=sound), edits)


def _restore(case: Case) -> Fix:
    edits, sound = restore.put_back(case)
    title = "Restore what stood here before"
    return Fix("restore", title, _is_safe(case, sound=sound), edits)


def _blank_body(case: Case) -> Fix:
    edits, sound, names = blank_body.blank(case)
    if len(names) == 1:
        whose = f" of {_short(names[0])}" if names[0] else ""
        title = f"Keep the signature{whose} and blank its body"
    else:
        title = f"Keep the signatures of {len(names)} functions and blank their bodies"
    return Fix("blank-body", title, _is_safe(case, sound=sound), edits)


def _move(case: Case) -> Fix:
    edits, new_files, sound, path = relocate.move(case)
    title = f"Move {_these(case)} to {_short(path)}"
    return Fix("move", title, _is_safe(case, sound=sound), edits, new_files)


def _quarantine(case: Case) -> Fix:
    edits, new_files, sound, path = relocate.quarantine(case)
    title = f"Quarantine {_these(case)} in {_short(path)}"
    return Fix("quarantine", title, _is_safe(case, sound=sound), edits, new_files)


_PLANS: dict[str, Callable[[Case], Fix]] = {
    "remove": _remove,
    "restore": _restore,
    "blank-body": _blank_body,
    "move": _move,
    "quarantine": _quarantine,
}


def _these(case: Case) -> str:
    return these_lines(case.text, case.span)


def _short(name: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in name)
    return shown if len(shown) <= _MOST_NAMED else f"…{shown[1 - _MOST_NAMED :]}"


def _is_safe(case: Case, *, sound: bool) -> bool:
    """Tell whether a fix may be applied unseen: the rule forbids, and a record names the lines.

    They must be wholly the assistant's, whole lines, and leave a text that is known to be well
    formed: what was only matched or claimed may be a person's after all.
    """
    finding: Finding = case.finding
    return (
        sound
        and finding.effect is Effect.FORBID
        and finding.region.best.strength is Strength.RECORDED
        and finding.region.share >= 1.0
        and whole_lines(case.text, case.span) is not None
    )

"""Which fixes a finding has, in the order of its rule, and each of them worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from redline.fixes import blank_body, relocate, remove, restore
from redline.fixes.edits import Case, Fix, NoFixError, Offer
from redline.fixes.stretches import these_lines, whole_lines
from redline.model import Effect, Finding, Strength

_MOST_NAMED = 40
"""Letters of a function's name or a path that a title shows."""


def offers(case: Case) -> tuple[Offer, ...]:
    """The fixes that are possible, the best first, as the rule lists them.

    Each was planned: what is offered can be done. ``declare`` changes no text; the rest is
    given by ``plan``. Names that nothing here knows are passed over.
    """
    found: list[Offer] = []
    for name in dict.fromkeys(case.finding.fixes):
        if name == "declare":
            found.append(Offer(name, "Say where this text is from", safe=False))
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


def combined(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """Of several fixes of one text those that can be applied together, the first ones winning."""
    kept: list[Fix] = []
    for fix in fixes:
        taken = [edit for other in kept for edit in other.edits]
        names = {new.path for other in kept for new in other.new_files}
        apart = all(
            edit.path != other.path
            or edit.span.end < other.span.start
            or other.span.end < edit.span.start
            for edit in fix.edits
            for other in taken
        )
        if apart and not any(new.path in names for new in fix.new_files):
            kept.append(fix)
    return tuple(kept)


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

"""A project in memory: lines of an assistant in a text, judged by the real rules.

What the assistant wrote is known by the words of its lines, so that after a fix the same
question can be asked of what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from redline.check import check
from redline.fixes import Case, Fix, NoFixError, applied
from redline.model import Evidence, EvidenceKind, Finding, Span, Strength
from redline.policy import Policy, load_policy

WORD = b"torch"
"""It stands in every line of the assistant and in no other."""


@cache
def shipped() -> Policy:
    """The rules that hold where a project has none of its own."""
    return _loaded("")


@cache
def policy_of(rules: str) -> Policy:
    """The rules of a project with this rule file."""
    return _loaded(rules)


def _loaded(rules: str) -> Policy:
    with TemporaryDirectory() as folder:
        if rules:
            Path(folder, "redline.yaml").write_text(rules, encoding="utf-8")
        return load_policy(Path(folder))


def evidence_in(
    text: bytes,
    *,
    strength: Strength = Strength.RECORDED,
    kind: EvidenceKind = EvidenceKind.SESSION,
    share: float = 1.0,
    word: bytes = WORD,
) -> list[Evidence]:
    """One piece for each line, whole, that holds the word; blank lines between join by check."""
    found = []
    at = 0
    for line in text.split(b"\n"):
        end = min(at + len(line) + 1, len(text))
        if word in line:
            detail = "it was seen"
            found.append(Evidence(kind, strength, Span(at, end), "codex", detail, share=share))
        at = end
    return found


def findings_in(
    path: str, text: bytes, policy: Policy, evidence: list[Evidence] | None = None
) -> tuple[Finding, ...]:
    zones = policy.zones_of(path)
    if policy.may_have_units(path, text):
        zones += policy.unit_zones(path, text)
    return check(path, text, evidence_in(text) if evidence is None else evidence, zones, policy)


def case_of(
    path: str,
    text: bytes,
    policy: Policy,
    *,
    evidence: list[Evidence] | None = None,
    number: int = 0,
    earlier: tuple[bytes, ...] = (),
    read: Callable[[str], bytes | None] = lambda path: None,
    replaced: bytes | None = None,
) -> Case:
    finding = findings_in(path, text, policy, evidence)[number]
    return Case(path, text, finding, policy, lambda: earlier, replaced, read)


def after(case: Case, fix: Fix) -> bytes:
    return applied(case.text, case.path, fix.edits)


def undone(case: Case, fix: Fix) -> bytes:
    """The text after the fix with each of its edits taken back."""
    text = after(case, fix)
    for edit in sorted((e for e in fix.edits if e.path == case.path), key=lambda e: e.span):
        # What stands before it is as it was already, so its old place is its place.
        start, stood = edit.span.start, case.text[edit.span.start : edit.span.end]
        text = text[:start] + stood + text[start + len(edit.replacement) :]
    return text


def refused(plan: Callable[[], Fix]) -> str:
    """Why there is no such fix."""
    try:
        fix = plan()
    except NoFixError as reason:
        return str(reason)
    raise AssertionError(f"there is one: {fix}")

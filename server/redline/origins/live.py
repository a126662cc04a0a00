"""How what landed in an editor is named: in the index, and for people."""

from __future__ import annotations

from ..model import UNDECLARED, Strength
from .records.names import title

_NAME = "live edits"
_STRENGTHS = {
    _NAME if strength is Strength.RECORDED else f"{_NAME}, {strength}": strength
    for strength in Strength
}
_LANDED = {
    "completion": "accepted from {who}",
    "agent-edit": "put in by {who}",
    "paste": "pasted from {who}",
    "copy": "copied from text of {who}",
}
_ASKED = {"paste": "pasted", "completion": "accepted as a completion"}
_NAMES = {strength: name for name, strength in _STRENGTHS.items()}


def session_name(strength: Strength) -> str:
    """Name the session that holds text which may count for ``strength`` at most."""
    return _NAMES[strength]


def strongest(name: str) -> Strength:
    """How much text of a session of that name may count for; a strange name tells nothing."""
    return _STRENGTHS.get(name, Strength.SUSPECTED)


def landed(kind: str, assistant: str) -> str:
    """Say how text came in, behind "this text was": ``accepted from GitHub Copilot``."""
    if assistant == UNDECLARED:
        return _ASKED.get(kind, "put in as one block")
    return _LANDED.get(kind, "put in from {who}").format(who=title(assistant))

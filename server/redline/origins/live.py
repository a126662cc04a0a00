"""How the index names what landed in an editor: by how sure it may be at most."""

from __future__ import annotations

from ..model import Strength

_NAME = "live edits"
_STRENGTHS = {
    _NAME if strength is Strength.RECORDED else f"{_NAME}, {strength}": strength
    for strength in Strength
}
_NAMES = {strength: name for name, strength in _STRENGTHS.items()}


def session_name(strength: Strength) -> str:
    """Name the session that holds text which may count for ``strength`` at most."""
    return _NAMES[strength]


def strongest(name: str) -> Strength:
    """How much text of a session of that name may count for; a strange name tells nothing."""
    return _STRENGTHS.get(name, Strength.SUSPECTED)

"""Take single values out of foreign records without trusting their types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime


def field(value: object, key: str) -> object:
    """Get a key of what may be an object; None if it is none."""
    return value.get(key) if isinstance(value, dict) else None


def items(value: object) -> Iterable[tuple[str, object]]:
    """Get the pairs of what may be an object."""
    return value.items() if isinstance(value, dict) else ()


def elements(value: object) -> Sequence[object]:
    """Get the elements of what may be an array."""
    return value if isinstance(value, list) else ()


def printable(value: object, limit: int = 120) -> str | None:
    """Take a text that can be shown: printable, short, never empty."""
    if not isinstance(value, str):
        return None
    text = "".join(c for c in value[: limit * 2] if c.isprintable()).strip()[:limit]
    return text or None


def model_name(value: object) -> str | None:
    """Take a model's name; the words that tools write for "not known" are none."""
    text = printable(value)
    return None if text is None or text.lower() in ("default", "unknown", "auto") else text


def milliseconds(value: object) -> int | None:
    """Read an RFC 3339 time as ms since 1970; UTC where it names no zone."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)

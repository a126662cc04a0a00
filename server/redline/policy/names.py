"""Patterns for the names of assistants and models: ``*`` is any letters, case does not matter."""

from __future__ import annotations


def is_external(entries: list[tuple[bool, tuple[str, ...]]], word: str) -> bool | None:
    """Whether the best pattern for a word is external; None where none matches."""
    hits = [
        (len(pattern.partition("*")[0]), external)
        for external, patterns in entries
        for pattern in patterns
        if matches(pattern, word)
    ]
    return max(hits)[1] if hits else None


def matches(pattern: str, word: str) -> bool:
    """Match a name with ``*`` against a word in linear time, whatever the letters' case."""
    first, *rest = pattern.lower().split("*")
    text = word.lower()
    if not rest:
        return text == first
    if not text.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(rest[-1]) and text.endswith(rest[-1])


def overlap(first: str, second: str) -> bool:
    """Tell whether two names with ``*`` can match the same word, whatever their letters' case."""
    a, b = first.lower(), second.lower()
    seen: set[tuple[int, int]] = set()
    open_ = [(0, 0)]
    while open_:
        i, j = open_.pop()
        if (i, j) in seen:
            continue
        seen.add((i, j))
        if i == len(a) and j == len(b):
            return True
        star_a, star_b = a[i : i + 1] == "*", b[j : j + 1] == "*"
        if star_a:
            open_.append((i + 1, j))
        if star_b:
            open_.append((i, j + 1))
        if star_a and j < len(b):
            open_.append((i, j + 1))
        if star_b and i < len(a):
            open_.append((i + 1, j))
        if i < len(a) and j < len(b) and a[i] == b[j]:
            open_.append((i + 1, j + 1))
    return False

"""Take a region to another file: one in a zone where the policy allows it, or one in no zone."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from redline.fixes.edits import Case, FileEdit, NewFile, NoFixError
from redline.fixes.remove import cut
from redline.fixes.stretches import BOM, newline_at, removal, whole_lines
from redline.fixes.validity import well_formed
from redline.model import Effect, Level, Span
from redline.syntax.languages import Family, Language, language_of
from redline.syntax.trees import UnparsedError

QUARANTINE = "quarantine"
"""The folder of what waits for a decision."""

Moved = tuple[tuple[FileEdit, ...], tuple[NewFile, ...], bool, str]
"""The edits, the new files, whether the rest is well formed, and the target's path."""


def quarantine(case: Case) -> Moved:
    """Take the region to a new file that lies in no zone.

    Raises ``NoFixError`` where every name for it would lie in some zone.
    """
    edits, sound = cut(case)
    content = _content(case)
    for path in _names(case, content):
        if case.policy.zones_of(path) or _units(case, path, content) or not _is_free(case, path):
            continue
        return edits, (NewFile(path, content),), sound, path
    raise NoFixError("every file for it would lie in a zone")


def move(case: Case) -> Moved:
    """Take the region to a file of a zone whose rules allow it; to the end of one that is there.

    Raises ``NoFixError`` where the policy has no such zone.
    """
    edits, sound = cut(case)
    content = _content(case)
    language = language_of(case.path, case.text[:256])
    if well_formed(language, content) is False:
        raise NoFixError("these lines do not stand on their own")
    for path in _allowed_paths(case):
        try:
            present = case.read(path)
        except NoFixError:
            continue
        if present is None:
            if _is_allowed(case, path, content):
                return edits, (NewFile(path, content),), sound, path
            continue
        addition = _addition(present, content, rows=_is_data(language))
        if well_formed(language, present + addition) is False:
            continue
        if _is_allowed(case, path, present + addition):
            end = FileEdit(path, Span(len(present), len(present)), addition)
            return (*edits, end), (), sound, path
    raise NoFixError("no zone of the policy allows it")


def _is_free(case: Case, path: str) -> bool:
    try:
        return case.read(path) is None
    except NoFixError:
        return False


def _content(case: Case) -> bytes:
    """The region's text for a file of its own: what goes, without the blank lines about it."""
    span = whole_lines(case.text, case.span) or removal(case.text, case.span)
    body = case.text[span.start : span.end].removeprefix(BOM)
    return body if body.endswith(b"\n") else body + newline_at(case.text, span.start)


def _is_data(language: Language | None) -> bool:
    return language is not None and language.family is Family.DATA


def _addition(present: bytes, content: bytes, *, rows: bool) -> bytes:
    """What to add to a file's end: behind a blank line, but for rows of data."""
    if not present.strip():
        return content
    end = newline_at(present, len(present) - 1)
    gap = (b"" if present.endswith(b"\n") else end) + (b"" if rows else end)
    return gap + content.replace(b"\r\n", b"\n").replace(b"\n", end)


def _names(case: Case, content: bytes) -> Iterator[str]:
    name = case.path.rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    mark = blake2b(case.path.encode("utf-8", "surrogateescape") + b"\0" + content, digest_size=4)
    plain = f"{QUARANTINE}/{stem}-{mark.hexdigest()}{dot}{extension}"
    language = language_of(case.path, case.text[:256])
    if well_formed(language, content) is not False:
        yield plain
    # As plain text it is no unit of any zone, and need not read as a program.
    yield f"{plain}.txt"
    yield f"{QUARANTINE}/{mark.hexdigest()}.txt"


def _units(case: Case, path: str, content: bytes) -> bool:
    """Tell whether a text would put its file, or a part of it, into a zone."""
    try:
        return case.policy.may_have_units(path, content) and bool(
            case.policy.unit_zones(path, content)
        )
    except UnparsedError:
        return True


def _is_allowed(case: Case, path: str, content: bytes) -> bool:
    zones = [hit.zone for hit in case.policy.zones_of(path)]
    if not zones or not all(_allows(case, zone) for zone in zones):
        return False
    try:
        units = case.policy.unit_zones(path, content)
    except UnparsedError:
        return False
    return all(_allows(case, hit.zone) for hit in units)


def _allows(case: Case, zone: str) -> bool:
    best = case.finding.region.best
    decision = case.policy.decide((zone,), best.assistant, best.model, best.strength)
    return decision is None or decision.effect is Effect.ALLOW or decision.level is Level.NONE


def _allowed_paths(case: Case) -> Iterator[str]:
    """A path in each place of a zone that allows it, in the order of the rule files."""
    name = case.path.rpartition("/")[2]
    seen = {case.path}
    for place in case.policy.table.file_places:
        if place.content or not _allows(case, place.zone):
            continue
        for glob, _ in place.globs:
            folder = _folder(glob)
            if folder is None:
                continue
            path = "/".join(part for part in (place.folder, folder, name) if part)
            if path not in seen:
                seen.add(path)
                yield path


def _folder(glob: str) -> str | None:
    """The folder that a glob of a folder names, its ``**`` left out; None for any other glob."""
    only = glob.endswith("/")
    parts = glob.strip("/").split("/")
    if not only and parts[-1] != "**":
        return None
    named = [part for part in parts if part != "**"]
    if not named or any(set(part) & set("*?[\\") for part in named):
        return None
    return "/".join(named)

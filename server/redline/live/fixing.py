"""Fixes for what an editor shows, planned where texts are judged."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from redline.fixes import Case, Fix, NoFixError, Offer, combined, offers, plan
from redline.git import GitError
from redline.live.notebook import LiveNotebook
from redline.live.notebook_text import written
from redline.live.spans import ByteMap
from redline.live.subject import Subject
from redline.live.workroom import Workroom
from redline.model import UNDECLARED, Finding, Span
from redline.project.reading import LARGEST, Unreadable


def offers_of(room: Workroom, subject: Subject) -> tuple[tuple[Offer, ...], ...]:
    """What can be done about each finding, the best first."""
    return tuple(_offers(room, subject, finding) for finding in subject.findings)


def plan_of(room: Workroom, subject: Subject, name: str) -> tuple[Fix, dict[str, bytes]]:
    """Work out one fix of the subject's only finding; raises ``NoFixError``.

    The second value has the texts of other files that the fix changes, as they were planned for.
    """
    (finding,) = subject.findings
    case = _case(room, subject, finding)
    fix = plan(name, case)
    others = {edit.path for edit in fix.edits} - {case.path}
    return fix, {path: case.read(path) or b"" for path in others}


def fix_all(room: Workroom, subject: Subject, creates: bool) -> tuple[Fix, ...]:
    """The first safe fix of each finding, as far as they can be applied together.

    Without ``creates`` only those that make no file. A cell has none: its notebook is one text.
    """
    if subject.notebook is not None:
        return ()
    found: list[Fix] = []
    for finding in subject.findings:
        case = _case(room, subject, finding)
        for name in finding.fixes:
            try:
                fix = plan(name, case)
            except NoFixError:
                continue
            own = all(edit.path == subject.path for edit in fix.edits)
            if fix.safe and own and (creates or not fix.new_files):
                found.append(fix)
                break
    return combined(subject.path, subject.text, found)


def _offers(room: Workroom, subject: Subject, finding: Finding) -> tuple[Offer, ...]:
    try:
        return offers(_case(room, subject, finding))
    except NoFixError:
        # What lies in an output, or in several cells, can still be spoken of.
        asks = "declare" in finding.fixes and finding.assistant == UNDECLARED
        return (Offer.declare(),) if asks else ()


def _case(room: Workroom, subject: Subject, finding: Finding) -> Case:
    versions = partial(_versions, room, subject)
    if subject.notebook is not None:
        finding = _in_cell(room, subject.notebook, subject.cell, subject.text, finding)
        # Git keeps notebooks, not cells.
        versions = partial(_seen, subject)
    return Case(
        path=subject.own_path,
        text=subject.text,
        finding=finding,
        policy=room.policy,
        earlier=versions,
        replaced=_replaced(subject, finding.region.span),
        read=partial(_read, room, subject.held),
    )


def _in_cell(
    room: Workroom, notebook: LiveNotebook, key: str, text: bytes, finding: Finding
) -> Finding:
    """The finding with its span in the cell's own text."""
    try:
        base: bytes | None = room.read(notebook.path)
    except Unreadable:
        base = None
    places = written(base, notebook.cells).places(finding.region.span)
    if len(places) != 1 or places[0][0] != key or places[0][1].is_empty:
        raise NoFixError("it does not lie in the source of one cell")
    span = ByteMap(text).span(places[0][1])
    return replace(finding, region=replace(finding.region, span=span, unit=None))


def _replaced(subject: Subject, span: Span) -> bytes | None:
    """What the editor saw go as just this came."""
    places = ByteMap(subject.text)
    for one in subject.replaced:
        if one.intact and places.span(one.extent) == span:
            return _encoded(one.before)
    return None


def _seen(subject: Subject) -> Iterator[bytes]:
    """The text without one of the blocks that came in while the editor watched, newest first."""
    places = ByteMap(subject.text)
    for one in subject.replaced:
        span = places.span(one.extent)
        yield subject.text[: span.start] + _encoded(one.before) + subject.text[span.end :]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _versions(room: Workroom, subject: Subject) -> Iterator[bytes]:
    """What the editor saw, then the file as it is staged, then as it was committed last."""
    yield from _seen(subject)
    repository = room.repository
    if repository is None:
        return
    with repository.objects() as objects:
        for name in (f":{subject.path}", f"HEAD:{subject.path}"):
            try:
                data = objects.read(name, LARGEST)
            except GitError:
                continue
            if data is not None:
                yield data


def _read(room: Workroom, held: Mapping[str, bytes], path: str) -> bytes | None:
    """Read a file that a fix may write to; None where it may be made."""
    if path in held:
        return held[path]
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in parts):
        raise NoFixError(f"{path} is no place for it")
    folder = room.root
    for part in parts[:-1]:
        folder = folder / part
        if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir()):
            # A link may lead out of the project.
            raise NoFixError(f"{path} does not lie in a folder of the project")
    if not os.path.lexists(folder / parts[-1]):
        return None
    try:
        return room.read(path)
    except Unreadable as fault:
        raise NoFixError(f"{path} cannot be read: {fault.reason}") from None

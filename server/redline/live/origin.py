"""Tells how text came into a document: from the changes, and from what a plugin says of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Final

from redline.live.alignment import LARGEST_HOLE
from redline.live.changes import Change, net
from redline.live.glyphs import Glyphs
from redline.live.hints import EditOrigin
from redline.live.landing import Basis, Kind, Landing
from redline.live.offers import Offers
from redline.live.pace import Pace
from redline.live.places import Edit, Extent, Place
from redline.live.removals import Removal, Removals
from redline.live.tracker import Mark, Tracker
from redline.live.turns import Turns
from redline.live.verdict import (
    Verdict,
    heavier,
    is_spacing,
    left_of,
    moved,
    runs,
)
from redline.live.weight import says_the_same, weigh
from redline.matching.telling import INFORMATIVE

HINT_LASTS: Final = 5.0
"""Seconds for which a hint waits for its change, and a change for its hint."""
_GLUED: Final = 5.0
"""Seconds between pieces of one insertion: chunks of a paste, words of a completion."""
_MOST_WAITING: Final = 64
_MOST_PARTS: Final = 200

_CLEARING: Final = frozenset({Kind.TYPE, Kind.UNDO, Kind.REDO, Kind.FORMAT, Kind.MOVE})
"""Kinds that would clear a block; a client's word is not enough for them."""

_documents = count()


class Classifier:
    """Watches one document, notification by notification, and says what each was.

    The cost of a notification grows with its own text, not with the document.
    """

    def __init__(self, removals: Removals | None = None) -> None:
        """``removals`` is shared by all documents of a session, so that moves are known."""
        self._removals = Removals() if removals is None else removals
        self._document = next(_documents)
        self._offers = Offers()
        self._pace = Pace()
        self._recent: deque[Verdict] = deque(maxlen=_MOST_WAITING)
        self._parts: Tracker[int] = Tracker()
        self._arrived = Tracker(cuts=self._removals.arrivals)
        """All blocks that ever came in: what is moved on from them is asked about again."""
        self._hints: deque[tuple[float, EditOrigin]] = deque(maxlen=_MOST_WAITING)
        self._turns = Turns()
        self._last: tuple[float, Place, Place, list[str]] | None = None
        """The last thing that came in at once: when, from where to where, and its texts."""

    def offered(self, kind: Kind, edits: Iterable[tuple[str, str]], time: float) -> None:
        """Note an edit that the server proposed or sent: replaced text and new text of each part.

        Whatever the client then makes of it is told as ``kind`` and is no block.
        """
        self._offers.add(kind, edits, time)

    def observe(
        self, version: int, edits: Sequence[Edit], time: float, *, reload: bool = False
    ) -> Landing:
        """Say what a notification was that led to ``version``; ``time`` is in seconds.

        ``edits`` are its changes as they were applied. ``reload`` tells that the text was read
        from the disk again: closed and opened within a second, with one edit for the difference.
        """
        for edit in edits:
            self._parts.move(edit)
            self._arrived.move(edit)
        verdict = Verdict(version, time, Kind.TYPE, Basis.GUESSED)
        whole = net(edits)
        turned = self._turns.take(whole)
        done = 0
        for run, keys in runs(edits):
            done += len(run)
            changes = whole if len(run) == len(edits) else net(run)
            found = Verdict(version, time, Kind.TYPE, Basis.GUESSED)
            self._follow(run)
            self._judge(found, run, changes, keys=keys)
            later = edits[done:]
            found.parts = [moved(part, later) for part in found.parts]
            verdict = heavier(verdict, found)
        if turned and (verdict.weight.asks or verdict.kind is Kind.MOVE):
            verdict = Verdict(version, time, turned, Basis.PROVEN)
        if reload:
            verdict.kind, verdict.basis = Kind.RELOAD, Basis.PROVEN
        self._forget(time)
        self._recent.append(verdict)
        if verdict.kind is Kind.MOVE:
            verdict.parts = self._tainted(verdict.parts)
        for part in verdict.parts:
            self._parts.add(Mark(part, version))
            if verdict.weight.asks and verdict.kind is not Kind.MOVE:
                self._arrived.add(Mark(part, None))
        for _, hint in self._hints:
            if hint.covers(version):
                verdict.told = hint
        return self._landing(verdict)

    def hear(self, hint: EditOrigin, time: float) -> tuple[Landing, ...]:
        """Take in a hint; give anew what it speaks of, if that was observed already."""
        self._forget(time)
        told = [one for one in self._recent if hint.covers(one.version)]
        if not self._recent or hint.version > self._recent[-1].version:
            self._hints.append((time, hint))
        for verdict in told:
            verdict.told = hint
        return tuple(self._landing(one) for one in told)

    def _judge(
        self, verdict: Verdict, run: Sequence[Edit], changes: list[Change], *, keys: bool
    ) -> None:
        again = self._note_removed(changes)
        if all(change.blank for change in changes):
            if is_spacing(changes):
                self._judge_typed(verdict, run, changes)
            else:
                verdict.kind, verdict.basis = Kind.FORMAT, Basis.PROVEN
            return
        offer = self._offers.taken(changes, verdict.time)
        if offer:
            verdict.kind, verdict.basis = offer, Basis.PROVEN
        elif not any(change.new.squeezed for change in changes):
            verdict.kind = Kind.UNDO if again else Kind.TYPE
        elif keys:
            self._judge_typed(verdict, run, changes)
        else:
            self._judge_landed(verdict, changes)

    def _note_removed(self, changes: list[Change]) -> bool:
        again = False
        for change in changes:
            for hole in change.holes:
                if hole.first == hole.last:
                    continue
                if len(changes) == 1 or hole.last - hole.first >= INFORMATIVE:
                    glyphs = change.old.squeezed[hole.first : hole.last]
                    end = change.old.end
                    place = change.old.before(hole.first)
                    note = Removal(self._document, place, change.start, glyphs=glyphs)
                    rows = change.old.rows(hole.first, hole.last)
                    lines = change.old.lines[rows.start : rows.stop]
                    again |= self._removals.add(note, end, lines)
        return again

    def _judge_typed(self, verdict: Verdict, run: Sequence[Edit], changes: list[Change]) -> None:
        if self._last and len(changes) == 1 and not changes[0].removed:
            time, start, end, texts = self._last
            if end == changes[0].start and not any(map(str.isalnum, changes[0].inserted)):
                # An operator between two words of one completion.
                self._last = time, start, changes[0].end, texts
        fast = self._pace.take(run, changes, verdict.time)
        if fast is None:
            return
        if fast.again:
            verdict.kind, verdict.basis = Kind.REPLAY, Basis.PROVEN
            return
        verdict.kind = Kind.BURST
        verdict.weight = weigh([fast.text])
        verdict.parts = [fast.extent]

    def _judge_landed(self, verdict: Verdict, changes: list[Change]) -> None:
        texts: list[str] = []
        whole: list[str] = []
        wholes: list[Extent] = []
        back = redone = here = False
        for change in changes:
            for hole in change.holes:
                if hole.new_first == hole.new_last:
                    continue
                if hole.new_last - hole.new_first > LARGEST_HOLE and says_the_same(
                    change.inserted, change.removed
                ):
                    verdict.kind = Kind.COMMAND
                    continue
                whole.append(change.text(hole.new_first, hole.new_last))
                wholes.append(change.extent(hole.new_first, hole.new_last))
                came = change.new.squeezed[hole.new_first : hole.new_last]
                found = self._removals.find(came)
                back = back or bool(found)
                redone = redone or any(one.payload.again for one in found)
                here = here or any(
                    one.payload.document == self._document
                    and (
                        one.payload.start == change.start
                        or one.payload.place == change.new.before(hole.new_first + one.first)
                    )
                    for one in found
                )
                for first, last in left_of(len(came), [(one.first, one.last) for one in found]):
                    first, last = first + hole.new_first, last + hole.new_first
                    text = self._unknown(change.new, first, last)
                    back = back or not text
                    if text:
                        texts.append(text)
                        verdict.parts.append(change.extent(first, last))
                self._removals.arrived(came)
        verdict.weight = weigh(texts)
        if back and not verdict.weight.asks:
            verdict.kind = (Kind.REDO if redone else Kind.UNDO) if here else Kind.MOVE
            verdict.basis, verdict.parts = Basis.PROVEN, []
            if not here:
                verdict.weight, verdict.parts = weigh(whole), wholes
        elif len(texts) > 1 and len(set(texts)) == 1:
            verdict.kind = Kind.COMMAND
        elif sum(map(len, texts)) > 2:
            verdict.kind = Kind.UNKNOWN
        if len(verdict.parts) > _MOST_PARTS:
            verdict.parts = [Extent(change.start, change.end) for change in changes]
            verdict.parts = verdict.parts[:_MOST_PARTS]
        if len(changes) == 1 and verdict.parts:
            self._glue(verdict, changes[0], texts)

    def _unknown(self, new: Glyphs, first: int, last: int) -> str:
        """What came in on lines that did not leave lately, in another order perhaps."""
        return "\n".join(
            new.on_row(row, first, last)
            for row in new.rows(first, last)
            if not self._removals.knows(new.lines[row])
        )

    def _glue(self, verdict: Verdict, change: Change, texts: list[str]) -> None:
        """Take what follows right behind what came in just before for one insertion."""
        start = change.start
        if self._last:
            time, before, end, earlier = self._last
            if end == start and verdict.time - time <= _GLUED:
                texts = ["".join([*earlier, *texts])]
                start = before
                verdict.weight = weigh(texts)
                verdict.parts = [Extent(start, change.end)]
        self._last = verdict.time, start, change.end, texts

    def _tainted(self, moved: list[Extent]) -> list[Extent]:
        """What of a text that was moved had come in as a block before."""
        marks = [mark.extent for mark in self._arrived.marks]
        return [mark for mark in marks if any(mark.overlaps(one) for one in moved)]

    def _follow(self, edits: Sequence[Edit]) -> None:
        """Keep the place of what came in last, as long as it stands."""
        for edit in edits:
            if self._last:
                time, start, end, texts = self._last
                if edit.start < end and start < edit.end:
                    self._last = None
                else:
                    self._last = time, edit.moved(start), edit.moved(end, stays=True), texts

    def _forget(self, time: float) -> None:
        while self._hints and time - self._hints[0][0] > HINT_LASTS:
            self._hints.popleft()
        old = set()
        while self._recent and time - self._recent[0].time > HINT_LASTS:
            old.add(self._recent.popleft().version)
        if old:
            self._parts.drop(old.__contains__)

    def _landing(self, verdict: Verdict) -> Landing:
        hint, kind, basis = verdict.told, verdict.kind, verdict.basis
        assistant = model = None
        asks = verdict.weight.asks
        if hint and basis is not Basis.PROVEN:
            if verdict.parts and verdict.weight.tells:
                assistant = hint.assistant
                model = hint.model if assistant else None
            if not (asks and hint.kind in _CLEARING):
                kind, basis = hint.kind, Basis.TOLD
        elif hint and hint.kind in _CLEARING and kind in _CLEARING:
            kind = hint.kind
        blocks: tuple[Extent, ...] = ()
        if asks or assistant:
            marks = self._parts.marks
            blocks = tuple(mark.extent for mark in marks if mark.payload == verdict.version)
        return Landing(verdict.version, verdict.time, kind, basis, blocks, assistant, model)

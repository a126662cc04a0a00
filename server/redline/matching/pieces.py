"""Turn produced text into what the index keeps of it, less what was there before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .bulk import I64, U64, Flags
from .bulk_prints import Kept, keep, keep_of, take_bulk
from .common import common
from .forms import TIMES, repeated
from .joined import BETWEEN, Spans, batches, lines_of
from .seen import Seen
from .streams import COMMON, READ, SAME
from .tokens import ABSTRACT_K, RAW_K, WORD_K

_RUN = 5
"""Lines in a row, all seen before, that make the run somebody else's."""
_RUN_INFORMATIVE = 3


@dataclass(slots=True)
class Piece:
    """The columns of one piece, before they are stored."""

    digest: bytes
    lines: U64
    """Hash of each line; 0 for one without tokens or seen before."""
    shapes: U64
    """Hash of each line but for its names; 0 as above."""
    line_tokens: npt.NDArray[np.uint32]
    """First token of each line in the code."""
    codes: bytes
    word_codes: bytes
    word_lines: npt.NDArray[np.uint32]
    """First word of each line in the prose, and one more row."""
    kept: Kept

    @property
    def empty(self) -> bool:
        """Nothing is left of it that could be found again."""
        return not len(self.kept.hashes) and not self.lines.any()

    @property
    def size(self) -> int:
        """Bytes of its columns."""
        arrays = (self.lines, self.shapes, self.line_tokens, self.word_lines)
        kept = self.kept.hashes.nbytes + self.kept.places.nbytes
        return kept + len(self.codes) + len(self.word_codes) + sum(one.nbytes for one in arrays)


@dataclass(slots=True)
class Batch:
    """Pieces that were fingerprinted in one call; each text as if it were alone."""

    whole: Piece
    """All texts, joined: places count through all of them."""
    digests: list[bytes]
    spans: Spans
    """Lines of each text."""

    def known_by(self, holds: Callable[[U64, I64], Flags]) -> None:
        """Take out the grams and lines that were seen before.

        ``holds`` tells of hashes, and of the numbers of their texts, whether they were.

        Elsewhere no such line can be found again. For the file that the piece was written to, a
        line of its own is gone only with its run: a single line may be common, but five in a
        row, three of them telling, were copied.
        """
        whole, owners = self.whole, self._owners()
        known = holds(whole.kept.hashes, owners)
        if known.any():
            lines = self.spans.owners(np.arange(len(whole.lines)))
            _clear(whole, self._copied_lines(known, owners, holds(whole.lines, lines)))
            _drop(whole, known, READ)

    def split(self) -> list[Piece]:
        """The pieces, one a text."""
        if len(self.digests) == 1:
            self.whole.digest = self.digests[0]
            return [self.whole]
        whole, kept = self.whole, self.whole.kept
        code, words = self._within()
        channels = []
        for rows, spans in zip(_channels(kept), (code, code, words, self.spans), strict=True):
            places = kept.places[rows]
            begins = np.searchsorted(places, spans.first) + rows.start
            ends = np.searchsorted(places, spans.last) + rows.start
            columns = (begins.tolist(), ends.tolist(), spans.first.tolist())
            channels.append([*zip(*columns, strict=True)])
        pieces = []
        for number, digest in enumerate(self.digests):
            line = slice(int(self.spans.first[number]), int(self.spans.last[number]))
            token = slice(int(code.first[number]), int(code.last[number]))
            word = slice(int(words.first[number]), int(words.last[number]))
            parts = [channel[number] for channel in channels]
            pieces.append(
                Piece(
                    digest,
                    whole.lines[line].copy(),
                    whole.shapes[line].copy(),
                    whole.line_tokens[line] - np.uint32(token.start),
                    whole.codes[token],
                    whole.word_codes[word],
                    whole.word_lines[line.start : line.stop + 1] - np.uint32(word.start),
                    Kept(
                        np.concatenate([kept.hashes[begin:end] for begin, end, _ in parts]),
                        np.concatenate(
                            [kept.places[begin:end] - np.uint32(base) for begin, end, base in parts]
                        ),
                        *(end - begin for begin, end, _ in parts[:3]),
                    ),
                )
            )
        return pieces

    def _within(self) -> tuple[Spans, Spans]:
        """The texts' tokens of code, and their words."""
        tokens = np.append(self.whole.line_tokens, np.uint32(len(self.whole.codes)))
        return (
            self.spans.within(tokens.astype(np.int64)),
            self.spans.within(self.whole.word_lines.astype(np.int64)),
        )

    def _owners(self) -> I64:
        """The text of each row that is kept."""
        kept = self.whole.kept
        code, words = self._within()
        columns = zip(_channels(kept), (code, code, words, self.spans), strict=True)
        return np.concatenate(
            [spans.owners(kept.places[rows].astype(np.int64)) for rows, spans in columns]
        )

    def _copied_lines(self, known: Flags, owners: I64, stood: Flags) -> npt.NDArray[np.uint32]:
        """Lines of the runs that were all seen before; lines that say nothing are neutral."""
        kept = self.whole.kept
        rows = np.flatnonzero(known[kept.line_from :])
        places, owners = kept.places[kept.line_from :][rows], owners[kept.line_from :][rows]
        broken = (np.diff(rows, prepend=-2) != 1) | (np.diff(owners, prepend=-1) != 0)
        begins = np.flatnonzero(broken)
        ends = np.append(begins, len(rows))[1:] - 1
        copied = [places[:0]]
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            first, last = int(places[begin]), int(places[end])
            if end + 1 - begin >= _RUN_INFORMATIVE and last - first + 1 >= _RUN:
                text = owners[begin]
                # A common line beside the run, a ``return None``, came with it.
                while first > self.spans.first[text] and stood[first - 1]:
                    first -= 1
                while last + 1 < self.spans.last[text] and stood[last + 1]:
                    last += 1
                copied.append(np.arange(first, last + 1, dtype=np.uint32))
        return np.concatenate(copied)


def make_piece(text: bytes, *, code: bool) -> Piece:
    """Fingerprint produced text; ``code`` takes the rename-invariant channel as well.

    What is common code is in no assistant's gift: it is left out from the start.
    """
    return make_batch([text], [code]).split()[0]


def make_batches(texts: Sequence[tuple[bytes, bool]]) -> Iterator[Batch]:
    """As ``make_piece`` for many texts, each with whether it is code, in order."""
    for part in batches([text for text, _ in texts]):
        yield make_batch([text for text, _ in texts[part]], [code for _, code in texts[part]])


def make_batch(texts: Sequence[bytes], codes: Sequence[bool]) -> Batch:
    """Fingerprint texts together; few of them, one of ``joined.batches``."""
    prints = take_bulk(BETWEEN.join(texts), abstract=any(codes))
    spans = lines_of(texts, np.asarray(prints.line_starts))
    code = spans.within(np.asarray(prints.code.lines))
    abstract = code.grams(ABSTRACT_K)
    # Where no text is code there is no such gram to count.
    abstract = Spans(abstract.first, np.where(codes, abstract.last, abstract.first))
    words = spans.within(np.asarray(prints.prose.lines)).grams(WORD_K)
    hashes, tokens = np.asarray(prints.hashes, "<u8"), spans.within(np.asarray(prints.line_tokens))
    digests = [
        blake2b(hashes[first:last].tobytes(), digest_size=16).digest()
        for first, last in zip(tokens.first.tolist(), tokens.last.tolist(), strict=True)
    ]
    whole = Piece(
        b"",
        np.array(prints.lines, np.uint64),
        np.array(prints.shapes, np.uint64),
        np.asarray(prints.code.lines[:-1], np.uint32),
        prints.code.codes,
        prints.prose.codes,
        np.asarray(prints.prose.lines, np.uint32),
        keep(prints, (code.grams(RAW_K), abstract, words) if len(texts) > 1 else None),
    )
    _drop(whole, common().holds(whole.kept.hashes), COMMON)
    return Batch(whole, digests, spans)


def read_hashes(texts: Sequence[bytes]) -> U64:
    """Fingerprint texts that the assistant read, for ``Seen``."""
    none = np.empty(0, np.uint64)
    return np.concatenate([none, *(hashes for hashes, _ in read_batches(texts))])


def read_batches(texts: Sequence[bytes]) -> Iterator[tuple[U64, I64]]:
    """As ``read_hashes``, each hash with the number of its text, in no order."""
    for part in batches(texts):
        hashes, numbers = keep_of(texts[part])
        yield hashes, numbers + part.start


def subtract_exactly(piece: Piece, seen: Seen) -> None:
    """Take out of ``piece`` what stood in the same file: every telling line counts alone."""
    # Common lines are not kept, but they stood there all the same.
    _clear(piece, np.flatnonzero(seen.holds(piece.lines)).astype(np.uint32))
    _drop(piece, seen.holds(piece.kept.hashes), READ)


def _channels(kept: Kept) -> tuple[slice, slice, slice, slice]:
    """The rows of raw grams, abstract grams, grams of words, and lines."""
    edges = (0, kept.raw, kept.raw + kept.abstract, kept.line_from, len(kept.hashes))
    first, second, third, fourth = (slice(*edge) for edge in pairwise(edges))
    return first, second, third, fourth


def drop_form(piece: Piece) -> None:
    """Let what a piece of data repeats tell nothing: its keys are everybody's."""
    codes = np.frombuffer(piece.codes, np.uint8).copy()
    codes[np.asarray(repeated((codes & np.uint8(SAME)).tobytes()), np.bool_)] |= COMMON
    piece.codes = codes.tobytes()
    lines = slice(piece.kept.line_from, None)
    _, which, times = np.unique(piece.kept.hashes[lines], return_inverse=True, return_counts=True)
    stay = np.ones(len(piece.kept.hashes), np.bool_)
    stay[lines] = times[which] < TIMES if len(which) else True
    piece.kept = piece.kept.only(stay)


def _clear(piece: Piece, lines: npt.NDArray[np.uint32]) -> None:
    """Remove the hashes of lines; what stands on them tells nothing from now on."""
    if not len(lines):
        return
    piece.lines[lines] = 0
    piece.shapes[lines] = 0
    gone = np.zeros(len(piece.lines), np.bool_)
    gone[lines] = True
    for name, places in (
        ("codes", np.append(piece.line_tokens, np.uint32(len(piece.codes)))),
        ("word_codes", piece.word_lines),
    ):
        codes = np.frombuffer(getattr(piece, name), np.uint8).copy()
        codes[np.repeat(gone, np.diff(places))] |= READ
        setattr(piece, name, codes.tobytes())


def _drop(piece: Piece, known: Flags, mark: int) -> None:
    """Remove known grams; what they cover tells nothing from now on, and has the ``mark``."""
    if not known.any():
        return
    kept = piece.kept
    code = np.frombuffer(piece.codes, np.uint8).copy()
    first, second, third = kept.raw, kept.raw + kept.abstract, kept.line_from
    # A shape that was seen says nothing about names: what has names of its own stays telling.
    covered = _cover(kept.places[first:second][known[first:second]], ABSTRACT_K, len(code))
    covered &= ~_cover(kept.places[:first][~known[:first]], RAW_K, len(code))
    covered |= _cover(kept.places[:first][known[:first]], RAW_K, len(code))
    code[covered] |= mark
    words = np.frombuffer(piece.word_codes, np.uint8).copy()
    covered = _cover(kept.places[second:third][known[second:third]], WORD_K, len(words))
    words[covered] |= mark
    piece.codes, piece.word_codes = code.tobytes(), words.tobytes()
    piece.kept = kept.only(~known)


def _cover(places: npt.NDArray[np.uint32], size: int, count: int) -> Flags:
    """Which of ``count`` tokens lie in a gram that begins at one of ``places``."""
    change = np.zeros(count + size + 1, np.int32)
    # No place is there twice.
    change[places] += 1
    change[places + np.uint32(size)] -= 1
    inside: Flags = np.cumsum(change[:count]) > 0
    return inside

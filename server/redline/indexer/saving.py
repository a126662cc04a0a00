"""Store what was gathered from one session file, inside one transaction."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b

import numpy as np

from redline.indexer.gather import Gatherer
from redline.indexer.late import subtract_late
from redline.matching.writer import Writer


def _repetition(digest: bytes, call: str | None, use: int) -> bytes:
    """Name the n-th use of a text in a call: a copied session tells the same names again."""
    if call is None:
        return digest
    return blake2b(digest + f"{use}:{call}".encode(), digest_size=16).digest()


def save_gathered(
    store: Writer,
    source: int,
    gathered: Gatherer,
    fallback_time: int,
    format: str,
    assistant: str,
) -> int:
    """Write what was gathered; return how many pieces were new. Inside a transaction."""
    ids: dict[str, int] = {}
    for name, session in gathered.sessions.items():
        ids[name] = store.save_session(
            name,
            session.assistant,
            session.format,
            parent=session.parent,
            cwd=session.cwd,
            head=session.commit,
            repository=session.repository,
            time=session.time,
        )
    # A reading that goes on need not tell again whose session it is.
    for name in gathered.names - ids.keys():
        known = store.session_named(name, assistant)
        ids[name] = known or store.save_session(
            name,
            assistant,
            format,
            parent=None,
            cwd=None,
            head=None,
            repository=None,
            time=None,
        )
    for name, newest in gathered.newest.items():
        store.touch_session(ids[name], newest)
    hashes, pieces, places = [], [], []
    uses: Counter[tuple[str, str | None, str | None, bytes]] = Counter()
    added = 0
    for stored in gathered.pieces:
        event, piece = stored.event, stored.piece
        if piece.empty:
            continue
        use = (event.session, event.call, event.path, piece.digest)
        uses[use] += 1
        number = store.add_piece(
            source,
            ids[event.session],
            call=event.call,
            kind=event.kind.value,
            outcome=stored.outcome,
            model=event.model,
            agent=event.agent,
            # A format without times still has its file's: the text is not younger than that.
            time=event.time if event.time is not None else fallback_time,
            path=event.path or "",
            position=event.position,
            digest=_repetition(piece.digest, event.call, uses[use]),
            lines=piece.lines.astype("<u8").tobytes(),
            shapes=piece.shapes.astype("<u8").tobytes(),
            line_tokens=piece.line_tokens.astype("<u4").tobytes(),
            codes=piece.codes,
            word_codes=piece.word_codes,
        )
        if number is None:
            continue
        added += 1
        hashes.append(piece.kept.hashes)
        places.append(piece.kept.places)
        pieces.append(np.full(len(piece.kept.hashes), number, np.uint32))
    if hashes:
        store.add_prints(np.concatenate(hashes), np.concatenate(pieces), np.concatenate(places))
    for name, call, earlier in gathered.late:
        subtract_late(store, ids[name], call, earlier)
    for settled in gathered.settled:
        store.settle(ids[settled.session], settled.call, settled.outcome.value)
    return added

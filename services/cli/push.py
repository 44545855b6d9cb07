"""`tocsin ingest`: files to a running instance, piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.cli.client import Instance
from services.cli.errors import Declined
from services.cli.files import Document, Unreadable, apart, placed

_BUSY = frozenset({429, 503})
_BARRED = frozenset({401, 403})
PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds before a push that met a busy instance is sent again."""


@dataclass(slots=True)
class Pushed:
    """What came of it so far."""

    taken: int = 0
    """Stories that are on the log."""

    refused: int = 0
    """Documents, or lines of JSON lines, that hold no story."""


async def push(
    there: Instance,
    pieces: Iterable[Document | Unreadable],
    source: str,
    on_refused: Callable[[Unreadable], None],
    on_taken: Callable[[str, int], None],
    pauses: Sequence[float] = PAUSES,
) -> Pushed:
    """
    Push everything; what is refused is told, and the rest still goes.

    Args:
        there: the instance.
        pieces: from `documents`.
        source: name of the source, where a story does not say its own.
        on_refused: told each refusal.
        on_taken: told the piece and how many stories were taken so far.
        pauses: see `PAUSES`.

    Raises:
        Unreachable: nothing answers. Pushing again is safe: a story that was taken is known by its id.
        Declined: the key is wrong, or the instance stays busy.
    """
    pushed = Pushed()
    for piece in pieces:
        await _push_one(there, piece, source, on_refused, pushed, pauses)
        on_taken(piece.name, pushed.taken)
    return pushed


async def _push_one(
    there: Instance,
    piece: Document | Unreadable,
    source: str,
    on_refused: Callable[[Unreadable], None],
    pushed: Pushed,
    pauses: Sequence[float],
) -> None:
    if isinstance(piece, Unreadable):
        on_refused(piece)
        pushed.refused += 1
        return
    try:
        pushed.taken += await _taken(there, piece, source, pauses)
    except Declined as error:
        if error.status is None or error.status in _BUSY | _BARRED:
            raise
        lines = apart(piece)  # nothing of it was taken: one bad line costs that line and no other
        for line in lines:
            await _push_one(there, line, source, on_refused, pushed, pauses)
        if not lines:
            on_refused(Unreadable(piece.name, placed(piece, str(error))))
            pushed.refused += 1


async def _taken(there: Instance, piece: Document, source: str, pauses: Sequence[float]) -> int:
    headers = {"content-type": piece.content_type or "application/octet-stream"}
    for pause in (*pauses, None):
        try:
            answer = await there.ask("POST", "/v1/stories", params={"source": source}, data=piece.raw, headers=headers)
        except Declined as error:
            if pause is None or error.status not in _BUSY:
                raise
            await asyncio.sleep(pause)
        else:
            return len(answer["accepted"])
    raise AssertionError  # the last round returns or raises

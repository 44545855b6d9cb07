"""
Pages of the board, for those who poll.

Without a cursor a page is the newest alerts, newest first, and its `next` is the present. With one it is the alerts
that were revised after it, oldest first, and its `next` is the last of them, or the present when there are no more.
So a poller that asks with the last `next` sees the latest revision of everything that changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from services.websocket.core.board import Board, Entry
from services.websocket.core.cursor import Held, Offsets, highest

Shown = Callable[[Entry], bool]
"""Whether the latest revision of an alert is one that is asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """Latest revisions, and the offsets after which the next page begins."""

    entries: tuple[Entry, ...]
    next: Offsets


def newest(board: Board, limit: int, shown: Shown) -> Page:
    """The newest alerts that are to be shown, newest first."""
    return Page(tuple(islice(filter(shown, board.newest_first()), limit)), dict(board.position))


def changed(board: Board, since: Offsets, limit: int, shown: Shown) -> Page:
    """The alerts to be shown whose latest revision lies after the offsets, oldest first."""
    found: list[Entry] = []
    reached = dict(since)
    for entry in _after(board, since):
        if not shown(entry):
            continue
        if len(found) == limit:
            return Page(tuple(found), reached)
        found.append(entry)
        reached[entry.partition] = max(entry.offset + 1, reached.get(entry.partition, 0))
    return Page(tuple(found), highest(reached, board.position))


def on_board(held: Held, board: Board) -> Held:
    """What a cursor may ask of the board: it begins where an alert that changed since may have been dropped."""
    return Held(held.log_id, highest(held.start, board.horizon), held.end)


def _after(board: Board, since: Offsets) -> Iterator[Entry]:
    return (entry for entry in board.oldest_first() if entry.offset >= since.get(entry.partition, 0))

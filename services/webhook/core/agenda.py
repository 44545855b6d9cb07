"""Keys by moment: which come first, without looking at the others."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import datetime


class Agenda:
    """Each key has one moment or none. Setting one costs O(log n) comparisons and a move within a sorted list."""

    def __init__(self) -> None:
        self._moments: dict[str, datetime] = {}
        self._sorted: list[tuple[datetime, str]] = []

    def __len__(self) -> int:
        return len(self._sorted)

    def put(self, key: str, moment: datetime | None) -> None:
        """Give the key this moment instead of what it had; None takes it off."""
        before = self._moments.pop(key, None)
        if before is not None:
            del self._sorted[bisect_left(self._sorted, (before, key))]
        if moment is not None:
            self._moments[key] = moment
            insort(self._sorted, (moment, key))

    def until(self, moment: datetime) -> Iterator[str]:
        """The keys at or before the moment, earliest first."""
        for at, key in self._sorted:
            if at > moment:
                return
            yield key

    @property
    def first(self) -> datetime | None:
        """The earliest moment."""
        return self._sorted[0][0] if self._sorted else None

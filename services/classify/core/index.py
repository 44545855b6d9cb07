"""An inverted index over the events of one language."""

from __future__ import annotations

from collections.abc import Mapping

from events.story import EventId
from services.classify.core.entries import EventEntry

_WORTH_COMPARING = 0.25
"""Share of the best candidate's weight below which another is not looked at."""


class EventIndex:
    """
    Term -> events that hold it, with their weights.

    Everything read from it is independent of the order in which events were added, so that a restored index
    answers as the one it replaces.
    """

    def __init__(self) -> None:
        self._postings: dict[str, dict[EventId, float]] = {}
        self._events: dict[EventId, Mapping[str, float]] = {}

    def __len__(self) -> int:
        return len(self._events)

    def put(self, event: EventEntry) -> None:
        """Adds an event, or replaces what is held of it."""
        self.remove(event.event_id)
        vector = dict(zip(event.terms, event.weights, strict=True))
        self._events[event.event_id] = vector
        for term, weight in vector.items():
            self._postings.setdefault(term, {})[event.event_id] = weight

    def remove(self, event_id: EventId) -> None:
        """Forgets an event; nothing happens where it is not held."""
        for term in self._events.pop(event_id, {}):
            posting = self._postings[term]
            del posting[event_id]
            if not posting:
                del self._postings[term]

    def count(self, term: str) -> int:
        """Events that hold the term."""
        posting = self._postings.get(term)
        return 0 if posting is None else len(posting)

    def vector(self, event_id: EventId) -> Mapping[str, float]:
        """Term -> weight of an event."""
        return self._events[event_id]

    def candidates(self, query: Mapping[str, float], *, visits: int, most: int) -> list[EventId]:
        """
        Events that share the most weight with a story, best first; ties by event id.

        Args:
            query: term -> weight of the story, rarest first.
            visits: index entries looked at; a term whose events would exceed it is passed over.
            most: events returned.
        """
        shared: dict[EventId, float] = {}
        for term, weight in query.items():
            posting = self._postings.get(term)
            if posting is None or len(posting) > visits:
                continue
            visits -= len(posting)
            for event_id, held in posting.items():
                shared[event_id] = shared.get(event_id, 0.0) + weight * held
        least = max(shared.values(), default=0.0) * _WORTH_COMPARING
        best = sorted([(-weight, event_id) for event_id, weight in shared.items() if weight >= least])
        return [event_id for _, event_id in best[:most]]

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from services.classify.core.entries import EventEntry
from services.classify.core.index import EventIndex

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def event(name: str, **terms: float) -> EventEntry:
    """An event of these terms."""
    return EventEntry(
        event_id=name, language="en", terms=tuple(terms), weights=tuple(terms.values()), norm=1, observations=1,
        stories=1, since=NOON, latest=NOON, sightings=(),
    )  # fmt: skip


EVENTS = (event("a", quake=1, peru=1), event("b", quake=1, chile=0.5), event("c", vote=1, peru=0.5))


def test_best_shared_weight_comes_first_in_any_order_of_adding() -> None:
    """Candidates depend on what is held, not on how it came; ties go by id."""
    for order in itertools.permutations(EVENTS):
        index = EventIndex()
        for each in order:
            index.put(each)
        assert index.candidates({"quake": 1.0, "peru": 1.0}, visits=100, most=9) == ["a", "b", "c"]
        assert index.candidates({"quake": 1.0}, visits=100, most=1) == ["a"]


def test_a_term_beyond_the_budget_is_passed_over() -> None:
    """Common words cost nothing; rarer ones after them still count."""
    index = EventIndex()
    for each in EVENTS:
        index.put(each)
    assert index.candidates({"quake": 1.0, "vote": 1.0}, visits=1, most=9) == ["c"]


def test_replaced_and_removed_events_leave_nothing() -> None:
    """Terms an event no longer has do not find it."""
    index = EventIndex()
    index.put(EVENTS[0])
    index.put(event("a", fire=1))
    assert (index.count("quake"), index.count("fire"), len(index)) == (0, 1, 1)
    index.remove("a")
    index.remove("a")
    assert (index.count("fire"), len(index)) == (0, 0)

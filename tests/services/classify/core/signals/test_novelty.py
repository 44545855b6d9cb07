from __future__ import annotations

from datetime import timedelta

import pytest

from services.classify.core.context import Context
from services.classify.core.entries import EventEntry
from services.classify.core.signals import novelty


def event(reading, *, hours: float, stories: int) -> EventEntry:
    """An event that began hours ago."""
    return EventEntry(
        event_id="e", language="en", terms=(), weights=(), norm=0, observations=stories, stories=stories,
        since=reading.at - timedelta(hours=hours), latest=reading.at, sightings=(),
    )  # fmt: skip


def test_the_first_story_of_an_event_is_new(reading) -> None:
    """No event before it."""
    (reason,) = novelty.read(reading("x"), Context())
    assert reason.weight == novelty.FIRST_WEIGHT


@pytest.mark.parametrize(
    ("hours", "stories", "similarity", "sign"), [(1, 1, 0.9, 0), (1, 8, 0.9, 1), (10, 8, 0.4, 1), (10, 8, 0.8, -1)]
)
def test_a_turn_is_news_and_a_retelling_is_not(
    reading, hours: float, stories: int, similarity: float, sign: int
) -> None:
    """Hours after the event began, only what differs from what was told is new."""
    read = reading("x")
    context = Context(event=event(read, hours=hours, stories=stories), similarity=similarity)
    total = sum(reason.weight for reason in novelty.read(read, context))
    assert (total > 0) - (total < 0) == sign

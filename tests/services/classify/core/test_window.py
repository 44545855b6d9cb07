from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.decision import Change
from services.classify.core.entries import EventEntry, StoryEntry, event_key, story_key
from services.classify.core.window import UnknownEntry, Window

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def entry(name: str, *, minutes: int = 0, event: str = "e", headline: str = "h") -> StoryEntry:
    """A story last seen minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    return StoryEntry(
        story_id=name, event_id=event, source="s", version=1, digests=("d",), headline=headline, published=at, seen=at,
        breaking=False,
    )  # fmt: skip


def put(window: Window, value: StoryEntry) -> None:
    """Folds a story in."""
    window.apply(Change(story_key(value.story_id), value))


def test_members_follow_their_stories() -> None:
    """An event has as many members as stories that are held."""
    window = Window()
    put(window, entry("a"))
    put(window, entry("b"))
    put(window, entry("b", minutes=3))
    assert window.members("e") == 2
    window.apply(Change(story_key("a"), None))
    assert (window.members("e"), len(window)) == (1, 1)


def test_the_latest_story_of_a_name_is_found() -> None:
    """A kill of a headline means the latest story under it, of that source only."""
    window = Window()
    put(window, entry("a", minutes=1))
    put(window, entry("b", minutes=2))
    assert window.named("s", "h/h") == entry("b", minutes=2)
    assert window.named("other", "h/h") is None
    window.apply(Change(story_key("b"), None))
    assert window.named("s", "h/h") == entry("a", minutes=1)


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 20)), max_size=40), st.integers(0, 21))
def test_expired_are_the_oldest_that_are_still_held(puts: list[tuple[str, int]], before: int) -> None:
    """Whatever was put and renewed, in order of when it was last seen."""
    window, latest = Window(), dict[str, int]()
    for name, minutes in puts:
        put(window, entry(name, minutes=minutes))
        latest[name] = minutes
    expected = sorted((minutes, name) for name, minutes in latest.items() if minutes < before)[:3]
    found = window.expired(NOON + timedelta(minutes=before), 3)
    assert [(each.seen, each.story_id) for each in found] == [(NOON + timedelta(minutes=m), n) for m, n in expected]


@pytest.mark.parametrize("change", [Change("x/1", None), Change("s/1", EventEntry.model_construct()), Change("", None)])
def test_a_foreign_change_is_refused(change: Change) -> None:
    """A changelog that is not ours stops the service instead of being half understood."""
    with pytest.raises(UnknownEntry):
        Window().apply(change)


def test_an_event_can_be_erased_and_its_language_asked() -> None:
    """An index is kept for each language and forgets erased events."""
    window = Window()
    event = EventEntry(
        event_id="e", language="en", terms=("quake",), weights=(1.0,), norm=1, observations=1, stories=1, since=NOON,
        latest=NOON, sightings=(),
    )  # fmt: skip
    window.apply(Change(event_key("e"), event))
    assert (window.index("en").count("quake"), window.index("fr").count("quake")) == (1, 0)
    window.apply(Change(event_key("e"), None))
    assert (window.index("en").count("quake"), window.event("e")) == (0, None)

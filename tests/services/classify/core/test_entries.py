from __future__ import annotations

from datetime import UTC, datetime

from pydantic import TypeAdapter

from services.classify.core.entries import EventEntry, Sighting, StoryEntry, event_key, story_key

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_an_entry_is_told_by_its_fields_from_the_other() -> None:
    """The changelog is read back as either kind without a tag."""
    story = StoryEntry(
        story_id="a", event_id="e", source="s", version=1, digests=("d",), headline="h", published=NOON, seen=NOON,
        breaking=True,
    )  # fmt: skip
    event = EventEntry(
        event_id="e", language="en", terms=("x",), weights=(0.5,), norm=1.5, observations=1, stories=1, since=NOON,
        latest=NOON, sightings=(Sighting(source="s", at=NOON),),
    )  # fmt: skip
    either: TypeAdapter[StoryEntry | EventEntry] = TypeAdapter(StoryEntry | EventEntry)
    assert [either.validate_json(entry.model_dump_json()) for entry in (story, event)] == [story, event]


def test_keys_of_stories_and_events_do_not_meet() -> None:
    """A story and an event of one id are two entries."""
    assert story_key("x") != event_key("x")

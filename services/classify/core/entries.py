"""The entries of the stage's state, as they are written to its changelog."""

from __future__ import annotations

from events.base import Instant, Model
from events.story import EventId, StoryId

STORY_PREFIX = "s/"
EVENT_PREFIX = "e/"


class Sighting(Model):
    """The first time that a source told of an event, and how many stories it sent of it."""

    source: str
    at: Instant
    stories: int = 1


class StoryEntry(Model):
    """What is remembered of one story: enough to know it again and to keep its event."""

    story_id: StoryId
    event_id: EventId
    source: str
    version: int
    digests: tuple[str, ...]
    """Revisions judged so far, oldest first; the latest `DIGESTS_KEPT` of them."""

    headline: str
    """Folded, without markers: what a kill or a correction under another id is matched by."""

    slug: str | None = None
    published: Instant
    seen: Instant
    """The latest `first_seen` of its revisions: the entry expires a window after it."""

    breaking: bool


class EventEntry(Model):
    """What is remembered of one event in the world: the mean of its stories as a term vector, and who told of it."""

    event_id: EventId
    language: str
    """Primary subtag: an event is told in one language here."""

    terms: tuple[str, ...]
    weights: tuple[float, ...]
    """Mean term frequency, one per term."""

    norm: float
    """Length of the TF-IDF vector when it was last changed: kept, so that a restored state judges equally."""

    observations: int
    """Story revisions in the mean."""

    stories: int
    """Stories that joined so far."""

    since: Instant
    """Story time of its earliest story."""

    latest: Instant
    """Story time of its latest story."""

    sightings: tuple[Sighting, ...]
    """First sighting by each source, the first `SIGHTINGS_KEPT` of them."""

    breaking_since: Instant | None = None
    """Story time of the first story judged breaking."""


DIGESTS_KEPT = 32
SIGHTINGS_KEPT = 24


def story_key(story_id: str) -> str:
    """State key of a story."""
    return STORY_PREFIX + story_id


def event_key(event_id: str) -> str:
    """State key of an event."""
    return EVENT_PREFIX + event_id

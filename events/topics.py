"""One table of the topics: what each carries, and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from events.alert import AlertRevised
from events.base import Event
from events.dead_letter import RecordDeadLettered
from events.delivery import AlertBroadcast, DeliveryAttempted, DeliveryPlanned
from events.editorial import EditorActed
from events.story import StoryClassified, StoryEnriched, StoryIngested
from events.subscription import SubscriptionDeleted, SubscriptionSaved


@dataclass(frozen=True, slots=True)
class Topic:
    """A named, partitioned, ordered log."""

    name: str
    events: tuple[type[Event], ...]
    keyed_by: str
    carries: str
    kept: timedelta | None
    """How long; None where the latest record of each key is kept for ever."""

    @property
    def compacted(self) -> bool:
        """Whether only the latest record of each key is kept."""
        return self.kept is None


STORIES = Topic("tocsin.stories", (StoryIngested,), "language", "normalised story revisions", timedelta(days=7))
VERDICTS = Topic("tocsin.verdicts", (StoryClassified,), "event id", "a verdict for every story", timedelta(days=7))
BREAKING = Topic(
    "tocsin.breaking", (StoryEnriched,), "event id", "every story of a breaking event, enriched", timedelta(days=7)
)
EDITORIAL = Topic("tocsin.editorial", (EditorActed,), "event id", "what an editor did", timedelta(days=365))
ALERTS = Topic("tocsin.alerts", (AlertRevised,), "event id", "alert revisions", timedelta(days=30))
SUBSCRIPTIONS = Topic(
    "tocsin.subscriptions",
    (SubscriptionSaved, SubscriptionDeleted),
    "subscription id",
    "who wants what, where",
    None,
)
DELIVERIES = Topic(
    "tocsin.deliveries",
    (DeliveryPlanned, DeliveryAttempted, AlertBroadcast),
    "subscription id",
    "what is owed, every attempt and outcome, both channels",
    timedelta(days=30),
)
DEAD_LETTERS = Topic(
    "tocsin.dead-letters",
    (RecordDeadLettered,),
    "source topic",
    "original bytes, headers, error, offset",
    timedelta(days=30),
)

TOPICS = (STORIES, VERDICTS, BREAKING, EDITORIAL, ALERTS, SUBSCRIPTIONS, DELIVERIES, DEAD_LETTERS)

EVENTS: tuple[type[Event], ...] = tuple(event for topic in TOPICS for event in topic.events)


def state_topic(service: str) -> Topic:
    """The changelog of a service's state."""
    return Topic(f"tocsin.{service}.state", (), "state key", f"changelog of {service}", None)


def topic_of(event: type[Event]) -> Topic:
    """
    The topic that an event is written to.

    Raises:
        KeyError: the event is in no topic of the table.
    """
    return _TOPIC_OF[event]


_TOPIC_OF = MappingProxyType({event: topic for topic in TOPICS for event in topic.events})

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest

from events import topics
from events.base import Event
from events.topics import EVENTS, TOPICS, Topic, state_topic, topic_of

_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("topic", "name", "keyed_by", "kept"),
    [
        (topics.STORIES, "tocsin.stories", "language", 7 * _DAY),
        (topics.VERDICTS, "tocsin.verdicts", "event id", 7 * _DAY),
        (topics.BREAKING, "tocsin.breaking", "event id", 7 * _DAY),
        (topics.EDITORIAL, "tocsin.editorial", "event id", 365 * _DAY),
        (topics.ALERTS, "tocsin.alerts", "event id", 30 * _DAY),
        (topics.SUBSCRIPTIONS, "tocsin.subscriptions", "subscription id", None),
        (topics.DELIVERIES, "tocsin.deliveries", "subscription id", 30 * _DAY),
        (topics.DEAD_LETTERS, "tocsin.dead-letters", "source topic", 30 * _DAY),
    ],
)
def test_the_table_is_the_design(topic: Topic, name: str, keyed_by: str, kept: timedelta | None) -> None:
    """Names, keys and retention are those that the design fixes."""
    assert (topic.name, topic.keyed_by, topic.kept) == (name, keyed_by, kept)
    assert topic.compacted is (kept is None)
    assert topic in TOPICS


def test_every_event_lies_in_one_topic() -> None:
    """No event is in two topics, and every event class of the contract is in the table."""
    assert [event for event, times in Counter(EVENTS).items() if times > 1] == []
    assert set(EVENTS) == {event for event in Event.__subclasses__() if event.__module__.startswith("events.")}
    assert all(event in topic_of(event).events for event in EVENTS)


def test_types_are_unique() -> None:
    """A type names one event class."""
    assert len({event.type for event in EVENTS}) == len(EVENTS)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_types_are_facts_with_a_version(event: type[Event]) -> None:
    """`tocsin.<noun>.<verb in past tense>.v<major>`, as the class is called."""
    assert re.fullmatch(r"tocsin\.[a-z]+\.[a-z-]+\.v[1-9][0-9]*", event.type)


def test_an_event_outside_the_table_has_no_topic() -> None:
    """It cannot be written by accident."""
    with pytest.raises(KeyError):
        topic_of(Event)


def test_a_changelog_is_compacted_and_named_for_its_service() -> None:
    """It keeps the latest of each key for ever, and is not in the table: only its service reads it."""
    topic = state_topic("alert")
    assert (topic.name, topic.compacted) == ("tocsin.alert.state", True)
    assert topic not in TOPICS

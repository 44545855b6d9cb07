from __future__ import annotations

from datetime import datetime

import pytest
from told import AT, EVENT, after, told

from events.decision import Change
from events.story import StoryId
from services.alert.core.entries import ENTRY, AlertEntry, Alerts, HeldEntry, Seen, alert_key, held_key
from services.alert.core.lifecycle import raised


def entry(event_id: str = EVENT, touched: datetime = AT) -> AlertEntry:
    """An alert's entry."""
    seen = Seen(story_id=StoryId("ap-1"), source="ap", version=1, digest="d")
    return AlertEntry(alert=raised(told(event_id=event_id), AT), seen=(seen,), touched=touched)


def held(story_id: str = "ap-1", until: datetime = AT, **fields: object) -> HeldEntry:
    """A held story's entry."""
    return HeldEntry(event=told(story_id, **fields), until=until)


@pytest.mark.parametrize("value", [entry(), held()], ids=["alert", "held"])
def test_an_entry_read_back_is_the_one_that_was_written(value: AlertEntry | HeldEntry) -> None:
    """The kind tells which."""
    assert ENTRY.validate_json(value.model_dump_json()) == value


def test_entries_are_found_by_key_until_they_are_erased() -> None:
    """A drill's alert and the real one are two."""
    alerts = Alerts()
    alerts.apply(Change(alert_key(EVENT, test=False), entry()))
    alerts.apply(Change(held_key(StoryId("ap-1")), held()))
    assert alerts.alert(EVENT, test=False) == entry()
    assert alerts.alert(EVENT, test=True) is None
    assert alerts.held(StoryId("ap-1")) == held()
    alerts.apply(Change(alert_key(EVENT, test=False), None))
    alerts.apply(Change(held_key(StoryId("ap-1")), None))
    alerts.apply(Change("a/unknown", None))
    assert alerts.alert(EVENT, test=False) is None
    assert alerts.held(StoryId("ap-1")) is None


def test_due_are_those_whose_moment_has_come_in_its_order() -> None:
    """Of one moment, by their keys: the same in every process."""
    alerts = Alerts()
    for story_id, hours in (("c", 2), ("b", 1), ("a", 2), ("d", 3)):
        alerts.apply(Change(held_key(StoryId(story_id)), held(story_id, after(hours=hours))))
    assert [key for key, _ in alerts.due(after(hours=2))] == ["h/b", "h/a", "h/c"]


def test_held_beside_are_those_of_the_same_source_event_and_kind() -> None:
    """Whatever their ids."""
    alerts = Alerts()
    others = [held("ap-1"), held("ap-2"), held("afp-1"), held("ap-3", event_id="flood"), held("ap-4", test=True)]
    for value in others:
        alerts.apply(Change(held_key(value.event.story.id), value))
    assert alerts.held_beside(told("ap-kill")) == ["h/ap-1", "h/ap-2"]


def test_untouched_are_the_longest_untouched_and_no_more_than_asked_for() -> None:
    """A change puts an alert last, here and after a restart: the changelog is in that order too."""
    alerts = Alerts()
    for name in ("a", "b", "c"):
        alerts.apply(Change(alert_key(name, test=False), entry(name)))
    alerts.apply(Change(alert_key("a", test=False), entry("a", after(days=2))))
    assert alerts.untouched_since(after(days=1), 9) == ["a/b", "a/c"]
    assert alerts.untouched_since(after(days=1), 1) == ["a/b"]
    assert alerts.untouched_since(after(days=3), 9) == ["a/b", "a/c", "a/a"]
    assert alerts.untouched_since(AT, 9) == []

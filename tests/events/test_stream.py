from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from events.stream import ANSWERS, REQUESTS, Auth, Pong, Subscribe, SubscriptionName


def test_types_are_told_apart() -> None:
    """Every message has a `type` of its own, requests and answers together."""
    words = [model.model_fields["type"].annotation for model in (*REQUESTS, *ANSWERS)]
    assert len(set(map(str, words))) == len(words) == 11


def test_the_shortest_subscription() -> None:
    """An empty filter is everything, and no cursor is from now on."""
    subscribe = Subscribe.model_validate({"type": "subscribe", "id": "s1"})
    assert (subscribe.filter, subscribe.since) == ("", None)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "subscribe", "id": "s1", "fitler": "severity:flash"},
        {"type": "subscribe", "id": ""},
        {"type": "subscribe", "id": "s" * 65},
        {"type": "subscribe", "id": "s1", "since": ""},
        {"type": "unsubscribe", "id": "s1"},
        {"id": "s1"},
    ],
    ids=str,
)
def test_a_wrong_subscription_is_refused(message: dict[str, Any]) -> None:
    """A misspelt field too: ignored, it would mean every alert."""
    with pytest.raises(ValidationError):
        Subscribe.model_validate(message)


def test_answers_may_grow() -> None:
    """A client of an older version reads past what it does not know."""
    pong = Pong.model_validate({"type": "pong", "at": "2026-11-24T06:30:00Z", "added_later": 1})
    assert pong.cursor is None


def test_keys_are_not_shown() -> None:
    """A message in a log line gives away no key."""
    assert "hush" not in repr(Auth(type="auth", key="hush"))


def test_names_are_short() -> None:
    """A name is 1 to 64 characters."""
    assert TypeAdapter[str](SubscriptionName).validate_python("s" * 64)

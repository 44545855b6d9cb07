from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.filter import InvalidFilter
from services.websocket.core import messages
from services.websocket.core.cursor import CannotReplay, Cursor
from services.websocket.core.messages import Auth, Ping, Refusal, Subscribe, Unsubscribe


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type":"subscribe","id":"s1"}', Subscribe(type="subscribe", id="s1")),
        (
            '{"type":"subscribe","id":"s1","filter":"flood","since":"C"}',
            Subscribe(type="subscribe", id="s1", filter="flood", since="C"),
        ),
        ('{"type":"unsubscribe","id":"s1"}', Unsubscribe(type="unsubscribe", id="s1")),
        ('{"type":"ping"}', Ping(type="ping")),
        ('{"type":"auth","key":"k"}', Auth(type="auth", key="k")),
    ],
)
def test_messages_are_read(text: str, message: messages.Inbound) -> None:
    """One JSON object each."""
    assert messages.read(text) == message


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("hello", "not_json", "JSON"),
        ("", "not_json", "JSON"),
        ('{"type":"shout"}', "unknown_type", "subscribe"),
        ("{}", "unknown_type", "subscribe"),
        ("[]", "invalid", ""),
        ("7", "invalid", ""),
        ('{"type":"subscribe"}', "invalid", "id"),
        ('{"type":"subscribe","id":""}', "invalid", "id"),
        ('{"type":"subscribe","id":7}', "invalid", "id"),
        ('{"type":"subscribe","id":"s1","filter":null}', "invalid", "filter"),
        ('{"type":"subscribe","id":"s1","sinze":"C"}', "invalid", "sinze"),
        ('{"type":"subscribe","id":"%s"}' % ("s" * 65), "invalid", "id"),
    ],
)
def test_what_is_no_message_is_refused_with_the_place(text: str, code: str, said: str) -> None:
    """A misspelt field is no message either: else a client would believe that its cursor was read."""
    refusal = messages.read(text)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert said in refusal.detail


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    """Clients send anything."""
    assert isinstance(messages.read(text), Refusal)


def test_a_refusal_never_repeats_a_key() -> None:
    """Neither does its representation, which may get into a log."""
    refusal = messages.read('{"type":"auth","key":["hunter2"]}')
    assert "hunter2" not in str(refusal)
    assert "hunter2" not in repr(Auth(type="auth", key="hunter2"))


@given(st.lists(st.text(min_size=1), max_size=3), st.dictionaries(st.text(), st.text(), max_size=3))
def test_an_alert_message_is_json_around_json(subscriptions: list[str], alert: dict[str, str]) -> None:
    """Whatever the client calls its subscriptions: line breaks, quotation marks, half a surrogate pair."""
    shared = json.dumps(alert).encode()
    document = json.loads(messages.alert(Cursor("C"), subscriptions, shared))
    named = [name.encode("utf-8", "replace").decode() for name in subscriptions]
    assert document == {"type": "alert", "cursor": "C", "subscriptions": named, "alert": alert}


def test_an_invalid_filter_is_told_with_its_place() -> None:
    """So that a page can mark it."""
    told = json.loads(messages.invalid_filter("s1", InvalidFilter("a (", 3, "a term")).json)
    assert {**told, "detail": ""} == {
        "type": "error",
        "code": "invalid_filter",
        "detail": "",
        "id": "s1",
        "position": 3,
        "expected": "a term",
    }


def test_cannot_replay_says_what_to_do() -> None:
    """And gives both places where one may go on."""
    told = json.loads(messages.cannot_replay("s1", CannotReplay("expired", "3 records are gone"), Cursor("N")).json)
    assert (told["type"], told["id"], told["reason"]) == ("cannot_replay", "s1", "expired")
    assert (told["earliest"], told["now"]) == ("earliest", "N")
    assert "GET /v1/alerts" in told["detail"]
    assert "cursor" not in told  # a client that keeps the last cursor would jump over the gap without a word


def test_messages_that_tell_a_place_carry_it() -> None:
    """The outbox must know what the client was told."""
    assert messages.subscribed("s1", "flood", Cursor("C")).cursor == "C"
    assert messages.pong("now", Cursor("C")).cursor == "C"
    assert messages.pong("now", None).cursor is None
    assert messages.error("too_fast", "slow down").cursor is None
    assert json.loads(messages.unsubscribed("s1").json) == {"type": "unsubscribed", "id": "s1"}
    assert json.loads(messages.authenticated().json) == {"type": "authenticated"}

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.alert import AlertStatus
from events.filter import parse
from services.websocket.core.board import Board, Entry
from services.websocket.core.cursor import Held, encode
from services.websocket.core.matching import Matching
from services.websocket.core.session import Begin, Close, Effect, Judge, Limits, Send, Session

AT = datetime(2026, 3, 1, tzinfo=UTC)
HELD = Held("log", {0: 0}, {0: 10})
MakeEntry = Callable[..., Entry]


def session_of(*, authenticated: bool = True, limits: Limits | None = None, board: Board | None = None) -> Session:
    """A session without subscriptions."""
    matching = Matching(board.history if board else lambda _: ())
    return Session(matching, "log", authenticated=authenticated, limits=limits or Limits())


def say(session: Session, at: datetime = AT, **message: Any) -> list[Effect]:
    """What the session does about a message."""
    return session.receive(json.dumps(message), at)


def told(effects: Sequence[Effect]) -> list[dict[str, Any]]:
    """The messages among the effects."""
    return [json.loads(effect.control.json) for effect in effects if isinstance(effect, Send)]


def subscribe(session: Session, name: str = "s1", text: str = "", since: int | None = None, live: int = 0) -> Any:
    """Open a subscription; what the client is told."""
    cursor = None if since is None else encode("log", {0: since})
    return told(session.begin(Begin(name, parse(text), cursor), {0: live}, HELD))[0]


def offered(session: Session, *entries: Entry) -> list[tuple[int, tuple[str, ...]]]:
    """What comes of offering entries: offset and subscriptions."""
    tolds = [(entry.offset, session.offer(entry)) for entry in entries]
    return [(offset, due.subscriptions) for offset, due in tolds if due is not None]


def test_a_subscription_is_begun_with_its_filter_and_cursor() -> None:
    """Only the outside knows what the log holds, so it is asked to."""
    effects = say(session_of(), type="subscribe", id="s1", filter="severity>=urgent flood", since="C")
    assert effects == [Begin("s1", parse("severity>=urgent flood"), "C")]


def test_an_open_subscription_is_told_with_its_canonical_filter_and_start() -> None:
    """From now, or from the cursor."""
    assert subscribe(session_of(), text="Flood   AND  Dam", live=7) == {
        "type": "subscribed",
        "id": "s1",
        "filter": "flood and dam",
        "cursor": encode("log", {0: 7}),
    }
    assert subscribe(session_of(), since=3, live=7)["cursor"] == encode("log", {0: 3})


def test_a_bad_filter_never_closes() -> None:
    """However often: it is typed by people. The place is told."""
    session = session_of()
    for _ in range(10):
        effects = say(session, type="subscribe", id="s1", filter="flood and (")
        assert [(e["type"], e["code"], e["position"]) for e in told(effects)] == [("error", "invalid_filter", 11)]
        assert len(effects) == 1


def test_a_cursor_that_cannot_be_resumed_opens_nothing() -> None:
    """The client is told why, and the subscription that it replaces stays as it was."""
    session = session_of()
    subscribe(session, live=4)
    answer = told(session.begin(Begin("s1", parse("flood"), "nonsense"), {0: 4}, HELD))[0]
    assert (answer["type"], answer["reason"], answer["now"]) == (
        "cannot_replay",
        "malformed",
        encode("log", {0: 4}),
    )
    assert session.position == {0: 4}


def test_one_message_lists_all_subscriptions_that_match(entry: MakeEntry) -> None:
    """A revision goes out once a connection."""
    session = session_of()
    subscribe(session, "s1")
    subscribe(session, "s2", "dam")
    subscribe(session, "s3", "earthquake")
    assert offered(session, entry("a", 1, 0)) == [(0, ("s1", "s2"))]


def test_what_lies_before_the_start_is_not_told(entry: MakeEntry) -> None:
    """A live subscription begins with what comes after it."""
    session = session_of()
    subscribe(session, live=5)
    assert offered(session, entry("a", 1, 4), entry("b", 1, 5)) == [(5, ("s1",))]


def test_nothing_is_offered_twice(entry: MakeEntry) -> None:
    """A reader of the log and the live board may overlap."""
    session = session_of()
    subscribe(session)
    assert offered(session, entry("a", 1, 0), entry("a", 1, 0)) == [(0, ("s1",))]


def test_a_later_subscription_to_the_past_takes_the_connection_back_alone(entry: MakeEntry) -> None:
    """The others are not told again what they were told, and the cursors are safe for all of them."""
    session = session_of()
    subscribe(session, "s1")
    log = [entry(name, 1, offset) for offset, name in enumerate("abcd")]
    offered(session, *log[:3])
    session.rewound = False
    assert subscribe(session, "s2", since=1, live=3)["cursor"] == encode("log", {0: 1})
    assert session.rewound
    assert offered(session, *log) == [(1, ("s2",)), (2, ("s2",)), (3, ("s1", "s2"))]


def test_a_live_subscription_while_another_catches_up_starts_in_the_present(entry: MakeEntry) -> None:
    """And the connection stays where it is."""
    session = session_of()
    subscribe(session, "s1", since=0, live=2)
    session.rewound = False
    subscribe(session, "s2", live=2)
    assert not session.rewound
    assert offered(session, *[entry(n, 1, o) for o, n in enumerate("abc")]) == [
        (0, ("s1",)),
        (1, ("s1",)),
        (2, ("s1", "s2")),
    ]


@pytest.mark.parametrize("status", [AlertStatus.KILLED, AlertStatus.CORRECTED, AlertStatus.REVISED])
def test_whoever_was_sent_an_alert_gets_what_becomes_of_it(entry: MakeEntry, status: AlertStatus) -> None:
    """Though the subscription has another filter now."""
    session = session_of()
    subscribe(session, "s1", "dam")
    offered(session, entry("a", 1, 0))
    subscribe(session, "s1", "earthquake", live=1)
    assert offered(session, entry("b", 1, 1), entry("a", 2, 2, status=status)) == [(2, ("s1",))]


def test_an_unsubscribed_client_is_told_nothing_more(entry: MakeEntry) -> None:
    """Ending what is not open is an error that is told."""
    session = session_of()
    subscribe(session)
    assert told(say(session, type="unsubscribe", id="s1"))[0]["type"] == "unsubscribed"
    assert offered(session, entry("a", 1, 0)) == []
    assert told(say(session, type="unsubscribe", id="s1"))[0]["code"] == "unknown_subscription"


def test_a_ping_is_answered_with_the_place(entry: MakeEntry) -> None:
    """So that the cursor of a quiet stream does not grow old; before a subscription there is none."""
    session = session_of()
    assert "cursor" not in told(say(session, type="ping"))[0]
    subscribe(session)
    offered(session, entry("a", 1, 0))
    assert told(say(session, type="ping")) == [{"type": "pong", "at": AT.isoformat(), "cursor": encode("log", {0: 1})}]


@pytest.mark.parametrize("text", ["hello", '{"type":"shout"}', '{"type":"subscribe"}'])
def test_repeated_nonsense_closes(text: str) -> None:
    """Each is told; the third one ends the connection with 1008."""
    session = session_of()
    answers = [session.receive(text, AT) for _ in range(3)]
    assert [len(effects) for effects in answers] == [1, 1, 2]
    last = answers[2][1]
    assert isinstance(last, Close)
    assert last.code == 1008


def test_a_client_may_not_send_too_fast() -> None:
    """What is past the limit is not done; in the next window all is well again."""
    session = session_of(limits=Limits(messages=2, per=timedelta(seconds=10)))
    answers = [told(say(session, type="ping"))[0] for _ in range(3)]
    assert [answer.get("code", "pong") for answer in answers] == ["pong", "pong", "too_fast"]
    assert told(say(session, AT + timedelta(seconds=10), type="ping"))[0]["type"] == "pong"


def test_subscriptions_are_bounded() -> None:
    """One that is open may be replaced."""
    session = session_of(limits=Limits(subscriptions=1))
    subscribe(session, "s1")
    assert told(say(session, type="subscribe", id="s2"))[0]["code"] == "too_many_subscriptions"
    assert isinstance(say(session, type="subscribe", id="s1")[0], Begin)


def test_nothing_is_done_before_the_key_is_known() -> None:
    """Anything but auth closes with 4401; so does a bad key."""
    early = say(session_of(authenticated=False), type="subscribe", id="s1")
    assert [effect.code for effect in early if isinstance(effect, Close)] == [4401]
    session = session_of(authenticated=False)
    assert say(session, type="auth", key="k") == [Judge("k")]
    assert session.judged("this API key is not known") == [Close(4401, "this API key is not known")]
    assert not session.authenticated


def test_a_good_key_opens_the_session() -> None:
    """And is told; sending it again does no harm."""
    session = session_of(authenticated=False)
    assert told(session.judged(None))[0]["type"] == "authenticated"
    assert isinstance(say(session, type="subscribe", id="s1")[0], Begin)
    assert told(say(session, type="auth", key="k"))[0]["type"] == "authenticated"


def test_what_is_lost_under_way_is_told_to_all_and_ends_them(entry: MakeEntry) -> None:
    """Never a silent gap."""
    session = session_of()
    subscribe(session, "s1", since=0, live=9)
    subscribe(session, "s2", since=0, live=9)
    effects = session.lost("5 records are no longer kept", {0: 9})
    assert [(message["type"], message["id"]) for message in told(effects)] == [
        ("cannot_replay", "s1"),
        ("cannot_replay", "s2"),
    ]
    assert offered(session, entry("a", 1, 8)) == []


def test_behind_is_what_was_not_offered_yet() -> None:
    """Passing records that are nothing for a client counts."""
    session = session_of()
    assert not session.behind({0: 5})
    subscribe(session, since=3, live=5)
    assert session.behind({0: 5})
    session.passed({0: 5})
    assert not session.behind({0: 5})


def test_the_shared_cursor_is_used_only_where_it_is_true(entry: MakeEntry) -> None:
    """A session that is elsewhere tells its own place."""
    session = session_of()
    subscribe(session)
    here = session.offer(entry("a", 1, 0), ({0: 1}, encode("shared", {0: 1})))
    elsewhere = session.offer(entry("b", 1, 1), ({0: 7}, encode("shared", {0: 7})))
    assert here is not None
    assert elsewhere is not None
    assert (here.cursor, elsewhere.cursor) == (encode("shared", {0: 1}), encode("log", {0: 2}))


def test_a_closed_session_leaves_no_filter_behind() -> None:
    """What is asked of each revision is what open connections want."""
    matching = Matching(lambda _: ())
    session = Session(matching, "log", authenticated=True, limits=Limits())
    subscribe(session, "s1", "dam")
    subscribe(session, "s1", "flood")
    session.close()
    assert not matching._users


def test_what_is_remembered_as_sent_is_bounded(entry: MakeEntry) -> None:
    """The alerts sent last are kept."""
    session = session_of(limits=Limits(remembered=2))
    subscribe(session)
    offered(session, *[entry(name, 1, offset) for offset, name in enumerate("abc")])
    assert list(session._sent) == ["b", "c"]

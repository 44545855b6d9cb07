from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.alert import AlertId, AlertStatus
from events.filter import parse
from events.story import Severity
from services.websocket.core import messages
from services.websocket.core.board import Board, Entry, entry_of
from services.websocket.core.cursor import Cursor, Held, encode, resumable
from services.websocket.core.matching import Matching
from services.websocket.core.outbox import ENVELOPE_BYTES, Outbox, Revision
from services.websocket.core.session import Begin, Limits, Send, Session, Told

MakeEntry = Callable[..., Entry]
KILLED = {"status": AlertStatus.KILLED}
FLASH = {"severity": Severity.FLASH, "interrupt": True}


def told(entry: Entry, *subscriptions: str) -> Told:
    """The entry as it is due to the subscriptions."""
    return Told(entry, subscriptions or ("s1",), Cursor(f"c{entry.offset}"))


def drained(outbox: Outbox) -> list[tuple[str, str]]:
    """What comes out, with its cursors."""
    found: list[tuple[str, str]] = []
    while (outgoing := outbox.pop()) is not None:
        if isinstance(outgoing, Revision):
            entry = outgoing.told.entry
            found.append((f"{entry.alert_id}{entry.revision}", outgoing.cursor))
        else:
            found.append((outgoing.type, outgoing.cursor or ""))
    return found


def started(pressed: int = 0, limit: int = 10**6) -> Outbox:
    """An outbox whose client has been told that it is subscribed from c."""
    outbox = Outbox(limit, pressed=pressed)
    outbox.control(messages.subscribed("s1", "", Cursor("c")))
    outbox.pop()
    return outbox


def test_while_little_waits_all_goes_out_in_order(entry: MakeEntry) -> None:
    """Nothing is replaced and nothing overtakes."""
    outbox = started(pressed=10**6)
    for waiting in (entry("a", 1, 1), entry("b", 1, 2), entry("a", 2, 3), entry("b", 2, 4, **KILLED)):
        assert outbox.tell(told(waiting))
    assert drained(outbox) == [("a1", "c1"), ("b1", "c2"), ("a2", "c3"), ("b2", "c4")]
    assert outbox.waiting == 0


def test_a_waiting_revision_is_replaced_in_its_place(entry: MakeEntry) -> None:
    """And keeps the cursor of the place: what waits behind it is not jumped over."""
    outbox = started()
    for waiting in (entry("a", 1, 1), entry("b", 1, 2), entry("a", 2, 3), entry("a", 3, 4)):
        assert outbox.tell(told(waiting))
    assert drained(outbox) == [("a3", "c1"), ("b1", "c2")]
    assert outbox.waiting == 0


def test_a_kill_goes_ahead_with_the_cursor_of_what_was_sent(entry: MakeEntry) -> None:
    """What it outdates goes; if the client resumes from there it gets the kill once more, and misses nothing."""
    outbox = started()
    for waiting in (entry("a", 1, 1), entry("b", 1, 2), entry("c", 1, 3), entry("b", 2, 4, **KILLED)):
        assert outbox.tell(told(waiting))
    assert drained(outbox) == [("b2", "c"), ("a1", "c1"), ("c1", "c3")]
    assert outbox.waiting == 0


def test_urgent_messages_keep_their_order(entry: MakeEntry) -> None:
    """A flash and then its kill; and what comes after the kill in the log comes after it."""
    outbox = started()
    for waiting in (
        entry("a", 1, 1),
        entry("b", 1, 2, **FLASH),
        entry("b", 2, 3, **KILLED),
        entry("b", 3, 4),
    ):
        assert outbox.tell(told(waiting))
    assert [name for name, _ in drained(outbox)] == ["b1", "b2", "a1", "b3"]


def test_nothing_overtakes_before_the_client_knows_where_it_is(entry: MakeEntry) -> None:
    """Its last cursor could be past what it has just asked for."""
    outbox = started()
    outbox.tell(told(entry("a", 1, 1)))
    outbox.control(messages.subscribed("s2", "", Cursor("c0")))
    outbox.tell(told(entry("b", 1, 2, **FLASH)))
    assert drained(outbox) == [("a1", "c1"), ("subscribed", "c0"), ("b1", "c2")]
    fresh = Outbox(10**6, pressed=0)
    fresh.tell(told(entry("a", 1, 1)))
    fresh.tell(told(entry("b", 1, 2, **FLASH)))
    assert drained(fresh) == [("a1", "c1"), ("b1", "c2")]


@pytest.mark.parametrize("urgent", [{}, KILLED])
def test_what_another_subscription_still_waits_for_is_not_replaced(entry: MakeEntry, urgent: dict[str, object]) -> None:
    """A second subscription may read the past while the first is told of the present."""
    outbox = started()
    outbox.tell(told(entry("z", 1, 0)))
    outbox.tell(told(entry("a", 1, 1), "s2"))
    outbox.tell(told(entry("a", 2, 2, **urgent), "s1"))
    assert drained(outbox) == [("z1", "c0"), ("a1", "c1"), ("a2", "c2")]


def test_no_more_waits_than_the_limit(entry: MakeEntry) -> None:
    """Then the client is too slow; a single message always has room."""
    size = len(entry("a", 1, 1).json) + ENVELOPE_BYTES
    outbox = started(limit=2 * size, pressed=10**6)
    assert outbox.tell(told(entry("a", 1, 1)))
    assert outbox.tell(told(entry("b", 1, 2)))
    assert not outbox.tell(told(entry("c", 1, 3)))
    assert Outbox(1).tell(told(entry("a", 1, 1)))


def test_other_messages_keep_their_place(entry: MakeEntry) -> None:
    """A pong says that all before it has been sent."""
    outbox = started(pressed=10**6)
    outbox.tell(told(entry("a", 1, 1)))
    outbox.control(messages.pong("now", Cursor("c1")))
    outbox.tell(told(entry("a", 2, 2)))
    assert drained(outbox) == [("a1", "c1"), ("pong", "c1"), ("a2", "c2")]


# What a client has after being cut off and resuming, whatever waited, against the topic as its filter sees it.

HEADLINES = ("Flood", "Dam bursts")
RECORDS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(HEADLINES), st.booleans()), max_size=14)
DAM = parse("headline:dam")


def topic(records: list[tuple[str, str, bool]], alert: Callable[..., object], partitions: int) -> Board:
    """A board with these records: alert, headline, whether it is urgent."""
    board = Board(100, 10**6)
    board.open(dict.fromkeys(range(partitions), 0))
    for name, headline, urgent in records:
        partition, revision = ord(name) % partitions, len(board.history(AlertId(name))) + 1
        made = alert(name, revision, headline=headline, **(FLASH if urgent else {}))
        board.put(made, partition, board.position[partition])  # type: ignore[arg-type]
    return board


def in_log_order(board: Board, records: list[tuple[str, str, bool]]) -> list[Entry]:
    """The revisions as they were written."""
    counts: dict[str, int] = {}
    found: list[Entry] = []
    for name, _, _ in records:
        counts[name] = counts.get(name, 0) + 1
        found.append(board.history(AlertId(name))[counts[name] - 1])
    return found


def read(
    board: Board, log: list[Entry], cursor: Cursor | None, plan: list[bool], pressed: int
) -> tuple[list[Entry], Cursor]:
    """What one connection receives: at each step of the plan a record is offered, or a message is received."""
    session = Session(Matching(board.history), "log", authenticated=True, limits=Limits())
    held = Held("log", dict.fromkeys(board.position, 0), board.position)
    outbox = Outbox(10**6, pressed=pressed)
    since = cursor or encode("log", held.start)
    for effect in session.begin(Begin("s1", DAM, since), held.start, held):
        assert isinstance(effect, Send)
        outbox.control(effect.control)
    coming, received, last = iter(log), list[Entry](), since
    for offers in plan:
        if offers and (record := next(coming, None)) is not None:
            due = session.offer(record)
            assert due is None or outbox.tell(due)
        elif not offers and (outgoing := outbox.pop()) is not None:
            assert outgoing.cursor is not None
            last = outgoing.cursor
            if isinstance(outgoing, Revision):
                received.append(outgoing.told.entry)
    return received, last


@settings(max_examples=250, deadline=None)
@given(
    RECORDS,
    st.lists(st.lists(st.booleans(), max_size=30), max_size=3),
    st.integers(1, 2),
    st.sampled_from((0, 900, 10**6)),
)
def test_a_client_that_is_cut_off_anywhere_misses_nothing(
    alert: Callable[..., object],
    records: list[tuple[str, str, bool]],
    cuts: list[list[bool]],
    partitions: int,
    pressed: int,
) -> None:
    """
    It resumes from the last cursor that it received, as often as it is cut off.

    In one connection revisions rise and none comes twice; over all, with little waiting, the client has what its
    filter sees of the topic; with much waiting, the latest revision of every alert of that.
    """
    board = topic(records, alert, partitions)
    log = in_log_order(board, records)
    whole = [True] * len(log) + [False] * (len(log) + 1)
    cursor: Cursor | None = None
    had: set[tuple[str, int]] = set()
    for plan in [*cuts, whole]:
        received, cursor = read(board, log, cursor, plan, pressed)
        revisions: dict[str, int] = {}
        for entry in received:
            assert entry.revision > revisions.get(entry.alert_id, 0)
            revisions[entry.alert_id] = entry.revision
        had |= {(entry.alert_id, entry.revision) for entry in received}
    wanted = expected(board)
    assert had <= wanted
    assert dict(sorted(had)) == dict(sorted(wanted))
    if pressed > len(log) * 1000:
        assert had == wanted


def expected(board: Board) -> set[tuple[str, int]]:
    """By the definition: all revisions from the first one that matches on."""
    wanted: set[tuple[str, int]] = set()
    for latest in board.oldest_first():
        history = board.history(latest.alert_id)
        first = next((n for n, entry in enumerate(history) if "Dam" in entry.alert().headline), len(history))
        wanted |= {(entry.alert_id, entry.revision) for entry in history[first:]}
    return wanted


def test_the_property_could_fail(alert: Callable[..., object]) -> None:
    """A client that resumes past what it received does miss something: the check above would see it."""
    records = [("a", "Dam bursts", False), ("b", "Dam bursts", False)]
    board = topic(records, alert, 1)
    received, _ = read(board, in_log_order(board, records), encode("log", {0: 1}), [True, True, False, False], 0)
    assert {(entry.alert_id, entry.revision) for entry in received} != expected(board)
    assert resumable(encode("log", {0: 1}), Held("log", {0: 0}, {0: 2}))
    assert entry_of(received[0].alert(), 0, 1) == received[0]

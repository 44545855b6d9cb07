from __future__ import annotations

from collections.abc import Callable

import pytest

from events.alert import Alert, AlertId, AlertStatus
from events.story import Severity
from services.websocket.core.board import Board, Entry, entry_of

A, B, C = AlertId("a"), AlertId("b"), AlertId("c")
MakeAlert = Callable[..., Alert]


def filled(alert: MakeAlert, *put: tuple[str, int], most: int = 100, most_bytes: int = 10**6) -> Board:
    """A board with these revisions on it."""
    board = Board(most, most_bytes)
    board.open({0: 0})
    for offset, (name, revision) in enumerate(put):
        board.put(alert(name, revision), 0, offset)
    return board


def ids(entries: object) -> list[tuple[str, int]]:
    """Alert and revision of each entry."""
    assert hasattr(entries, "__iter__")
    return [(entry.alert_id, entry.revision) for entry in entries]


def test_the_board_shows_the_latest_revision_of_each_alert(alert: MakeAlert) -> None:
    """The one that was revised last comes first, or last, as one asks."""
    board = filled(alert, ("a", 1), ("b", 1), ("a", 2))
    assert ids(board.newest_first()) == [("a", 2), ("b", 1)]
    assert ids(board.oldest_first()) == [("b", 1), ("a", 2)]


def test_all_revisions_of_an_alert_are_held(alert: MakeAlert) -> None:
    """In their order; an alert that is not on the board has none."""
    board = filled(alert, ("a", 1), ("b", 1), ("a", 2))
    assert ids(board.history(A)) == [("a", 1), ("a", 2)]
    assert board.history(C) == ()


def test_a_revision_is_found_by_where_it_lies(alert: MakeAlert) -> None:
    """Where nothing of the board lies there is none."""
    board = filled(alert, ("a", 1), ("b", 1))
    found = board.at(0, 1)
    assert found is not None
    assert found.alert_id == B
    assert board.at(0, 2) is None


@pytest.mark.parametrize("revision", [1, 2])
def test_a_repetition_changes_nothing_but_the_position(alert: MakeAlert, revision: int) -> None:
    """The log may hold a revision twice; the second one is no news."""
    board = filled(alert, ("a", 1), ("a", 2))
    assert board.put(alert("a", revision), 0, 2) is None
    assert ids(board.history(A)) == [("a", 1), ("a", 2)]
    assert board.position == {0: 3}


def test_alerts_that_were_revised_longest_ago_go_first(alert: MakeAlert) -> None:
    """With all their revisions, and the horizon tells from where on nothing is missing."""
    board = filled(alert, ("a", 1), ("b", 1), ("a", 2), most=2)
    put = board.put(alert("c"), 0, 3)
    assert put is not None
    assert put[1] == (B,)
    assert ids(board.oldest_first()) == [("a", 2), ("c", 1)]
    assert board.at(0, 1) is None
    assert board.horizon == {0: 2}


def test_bytes_are_bounded_too(alert: MakeAlert) -> None:
    """Alerts go until the rest fits; the newest one stays whatever its size."""
    size = len(entry_of(alert("a"), 0, 0).json)
    board = filled(alert, ("a", 1), ("b", 1), ("c", 1), most_bytes=2 * size)
    assert ids(board.oldest_first()) == [("b", 1), ("c", 1)]
    assert ids(filled(alert, ("a", 1), ("b", 1), most_bytes=1).oldest_first()) == [("b", 1)]


def test_a_board_begins_where_the_log_does(alert: MakeAlert) -> None:
    """So that its cursors are not older than what is kept, even in a partition where nothing lies."""
    board = Board(10, 1000)
    board.open({0: 7, 1: 4})
    assert (board.position, board.horizon) == ({0: 7, 1: 4}, {0: 7, 1: 4})
    board.put(alert("a"), 1, 6)
    assert (board.position, board.horizon) == ({0: 7, 1: 7}, {0: 7, 1: 4})


def test_what_is_passed_over_moves_the_position() -> None:
    """Only forward."""
    board = Board(10, 1000)
    board.open({0: 0})
    board.skip(0, 4)
    board.skip(0, 2)
    assert board.position == {0: 5}


@pytest.mark.parametrize(
    ("fields", "urgent"),
    [
        ({"severity": Severity.FLASH, "interrupt": True}, True),
        ({"severity": Severity.FLASH, "interrupt": False}, False),
        ({"severity": Severity.URGENT, "interrupt": True}, False),
        ({"severity": Severity.ROUTINE, "status": AlertStatus.KILLED}, True),
        ({"severity": Severity.ROUTINE, "status": AlertStatus.CORRECTED}, False),
    ],
)
def test_kills_and_interrupting_flashes_are_urgent(alert: MakeAlert, fields: dict[str, object], urgent: object) -> None:
    """Nothing else may overtake."""
    assert entry_of(alert("a", 2, **fields), 0, 0).urgent is urgent


def test_an_entry_gives_its_alert_back(alert: MakeAlert, entry: Callable[..., Entry]) -> None:
    """The JSON that is sent holds all of it."""
    assert entry("a", headline="زلزال <b>قوي</b>\u2028").alert() == alert("a", headline="زلزال <b>قوي</b>\u2028")

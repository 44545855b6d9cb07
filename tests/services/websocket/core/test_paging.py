from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from events.alert import Alert, AlertId, AlertStatus
from services.websocket.core.board import Board, Entry
from services.websocket.core.cursor import Held
from services.websocket.core.paging import changed, newest, on_board


def board_of(alert: Callable[..., Alert], put: list[str], partitions: int = 1) -> Board:
    """A board with these alerts put up in turn."""
    board = Board(100, 10**6)
    board.open(dict.fromkeys(range(partitions), 0))
    add(board, alert, put, partitions)
    return board


def add(board: Board, alert: Callable[..., Alert], put: list[str], partitions: int = 1) -> None:
    """Put further revisions up."""
    for name in put:
        partition = ord(name) % partitions
        board.put(alert(name, len(board.history(AlertId(name))) + 1), partition, board.position[partition])


def all_of_them(_entry: Entry) -> bool:
    """Shows everything."""
    return True


def ids(entries: tuple[Entry, ...]) -> list[str]:
    """Alert and revision of each entry."""
    return [f"{entry.alert_id}{entry.revision}" for entry in entries]


def test_the_newest_page_is_newest_first(alert: Callable[..., Alert]) -> None:
    """Each alert once, in its latest revision, and next is the present."""
    page = newest(board_of(alert, ["a", "b", "c", "a"]), 2, all_of_them)
    assert (ids(page.entries), page.next) == (["a2", "c1"], {0: 4})


def test_what_changed_is_oldest_first(alert: Callable[..., Alert]) -> None:
    """A full page ends with its last alert, so that the next one goes on there."""
    board = board_of(alert, ["a", "b", "c", "a", "d"])
    first = changed(board, {0: 0}, 2, all_of_them)
    second = changed(board, first.next, 2, all_of_them)
    assert [ids(first.entries), ids(second.entries)] == [["b1", "c1"], ["a2", "d1"]]
    assert second.next == {0: 5}


def test_what_is_to_be_shown_is_asked_of_the_latest_revision(alert: Callable[..., Alert]) -> None:
    """An alert that was raised and is revised is a revised one; what is not shown takes no room on a page."""
    board = board_of(alert, ["a", "b", "a", "c"])
    assert ids(newest(board, 1, lambda entry: entry.status is AlertStatus.REVISED).entries) == ["a2"]
    assert ids(changed(board, {0: 0}, 2, lambda entry: entry.status is AlertStatus.RAISED).entries) == ["b1", "c1"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=6), st.integers(1, 3), st.integers(1, 3))
def test_a_poller_ends_with_the_latest_revision_of_everything(
    alert: Callable[..., Alert], rounds: list[list[str]], limit: int, partitions: int
) -> None:
    """However the changes fall between its polls and over the partitions, and it sees no revision twice."""
    board, seen = board_of(alert, [], partitions), list[tuple[AlertId, int]]()
    since = dict(board.position)
    for put in [*rounds, [], [], [], [], [], []]:
        add(board, alert, put, partitions)
        page = changed(board, since, limit, all_of_them)
        seen += [(entry.alert_id, entry.revision) for entry in page.entries]
        since = dict(page.next)
    assert dict(sorted(seen)) == {entry.alert_id: entry.revision for entry in board.newest_first()}
    assert len(set(seen)) == len(seen)


def test_the_board_may_hold_less_than_the_log(alert: Callable[..., Alert]) -> None:
    """A cursor before what was dropped from it is too old for the board."""
    board = Board(1, 10**6)
    board.open({0: 0})
    add(board, alert, ["a", "b"])
    assert on_board(Held("log", {0: 0}, {0: 9}), board) == Held("log", {0: 1}, {0: 9})

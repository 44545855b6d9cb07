from __future__ import annotations

from collections.abc import Callable

import pytest

from events.alert import Alert, AlertId, AlertStatus
from events.filter import Everything, parse
from services.websocket.core.board import Board, Entry
from services.websocket.core.matching import Matching

MakeAlert = Callable[..., Alert]
MakeEntry = Callable[..., Entry]
DAM = parse("headline:dam")


def on_board(alert: MakeAlert, *headlines: str, **last: object) -> tuple[Board, list[Entry]]:
    """A board with one alert, a revision for each headline, and its entries."""
    board = Board(100, 10**6)
    board.open({0: 0})
    for number, headline in enumerate(headlines, 1):
        fields = last if number == len(headlines) else {}
        board.put(alert("a", number, headline=headline, **fields), 0, number - 1)
    return board, list(board.history(AlertId("a")))


def test_a_match_holds_for_the_revisions_that_follow(alert: MakeAlert) -> None:
    """Though the headline no longer has the word; not for those before."""
    board, entries = on_board(alert, "Flood", "Dam bursts", "Thousands flee")
    matching = Matching(board.history)
    matching.use(DAM)
    assert [matching.matched(DAM, entry) for entry in entries] == [False, True, True]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 2, 0)])
def test_the_answer_does_not_depend_on_what_was_asked_before(alert: MakeAlert, order: tuple[int, ...]) -> None:
    """A client that reads the past and one that is live ask in different orders."""
    board, entries = on_board(alert, "Flood", "Dam bursts", "Thousands flee")
    matching = Matching(board.history)
    matching.use(DAM)
    assert [matching.matched(DAM, entries[n]) for n in order] == [n > 0 for n in order]


def test_a_filter_that_comes_late_is_asked_about_the_past(alert: MakeAlert) -> None:
    """It matches since a revision from before it was used."""
    board, entries = on_board(alert, "Dam bursts", "Thousands flee")
    matching = Matching(board.history)
    matching.use(DAM)
    assert matching.matched(DAM, entries[1])


@pytest.mark.parametrize(
    ("status", "test", "told"),
    [
        (AlertStatus.KILLED, False, True),
        (AlertStatus.CORRECTED, False, True),
        (AlertStatus.REVISED, False, False),
        (AlertStatus.KILLED, True, False),
    ],
)
def test_a_kill_is_told_when_nobody_can_say_who_had_the_alert(
    entry: MakeEntry, status: AlertStatus, test: object, told: object
) -> None:
    """The first revisions are not held: better told in vain; but a test never reaches those who ask for none."""
    matching = Matching(lambda _: ())
    matching.use(DAM)
    assert matching.matched(DAM, entry("a", 3, headline="Flood", status=status, test=test)) is told


def test_a_test_alert_needs_a_filter_that_asks_for_it(alert: MakeAlert) -> None:
    """The empty filter does not."""
    board, entries = on_board(alert, "Dam bursts", test=True)
    matching = Matching(board.history)
    tests = parse("test:true")
    matching.use(tests)
    matching.use(Everything())
    assert matching.matched(tests, entries[0])
    assert not matching.matched(Everything(), entries[0])


def test_a_filter_is_forgotten_with_its_last_subscription(alert: MakeAlert) -> None:
    """And not before; asking for one that nobody uses is a mistake of ours."""
    board, entries = on_board(alert, "Dam bursts")
    matching = Matching(board.history)
    matching.use(DAM)
    matching.use(DAM)
    matching.drop(DAM)
    assert matching.matched(DAM, entries[0])
    matching.drop(DAM)
    with pytest.raises(KeyError):
        matching.matched(DAM, entries[0])


def test_an_alert_that_goes_is_forgotten(alert: MakeAlert) -> None:
    """What is remembered is bounded by the board."""
    board, entries = on_board(alert, "Dam bursts")
    matching = Matching(board.history)
    matching.use(DAM)
    matching.matched(DAM, entries[0])
    matching.forget(AlertId("a"))
    assert not matching._asked[DAM]

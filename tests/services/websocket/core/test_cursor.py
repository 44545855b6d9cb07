from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.websocket.core.cursor import (
    EARLIEST,
    CannotReplay,
    Held,
    Resumable,
    encode,
    fingerprint,
    highest,
    lowest,
    resumable,
)

HELD = Held("log-1", start={0: 10, 1: 0}, end={0: 20, 1: 5})


def forged(text: str) -> str:
    """Text in the form of a cursor."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=40), st.text(max_size=20))
def test_a_cursor_gives_back_the_offsets_it_was_made_from(offsets: list[int], log_id: str) -> None:
    """Whatever the log's name and the offsets are."""
    position = dict(enumerate(offsets))
    held = Held(log_id, dict.fromkeys(position, 0), position)
    assert resumable(encode(log_id, position), held) == Resumable(position)


def test_a_cursor_can_stand_in_a_header_and_a_query() -> None:
    """It has letters, digits, hyphens and underscores only."""
    assert encode("log-1", dict.fromkeys(range(12), 10**9)).replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("offsets", [{0: 10, 1: 0}, {0: 20, 1: 5}, {0: 15, 1: 3}])
def test_a_cursor_within_what_is_held_is_resumable(offsets: dict[int, int]) -> None:
    """Both ends are within: at the end one waits for the next record."""
    assert resumable(encode("log-1", offsets), HELD) == Resumable(offsets)


@pytest.mark.parametrize(
    ("cursor", "reason"),
    [
        (encode("log-2", {0: 15, 1: 3}), "another_log"),
        (encode("log-1", {0: 15}), "another_log"),
        (encode("log-1", {0: 15, 1: 3, 2: 0}), "another_log"),
        (encode("log-1", {0: 9, 1: 3}), "expired"),
        (encode("log-1", {0: 15, 1: 6}), "ahead"),
        ("", "malformed"),
        ("latest", "malformed"),
        ("é", "malformed"),
        ("A" * 5000, "malformed"),
        ("====", "malformed"),
        (forged(f"2.{fingerprint('log-1')}.15,3"), "malformed"),
        (forged(f"1.{fingerprint('log-1')}.15,-3"), "malformed"),
        (forged(f"1.{fingerprint('log-1')}.15,3\n"), "malformed"),
        (forged(f"1.{fingerprint('log-1')}.15,٣"), "malformed"),
    ],
)
def test_a_cursor_that_would_leave_a_gap_is_told_why(cursor: str, reason: str) -> None:
    """Another log, other partitions, older than what is kept, past the end, or no cursor at all."""
    answer = resumable(cursor, HELD)
    assert isinstance(answer, CannotReplay)
    assert answer.reason == reason
    assert answer.detail


def test_expired_counts_what_is_missing() -> None:
    """So that a client knows how much it lost, over all partitions."""
    answer = resumable(encode("log-1", {0: 7, 1: 0}), HELD)
    assert isinstance(answer, CannotReplay)
    assert answer.detail.startswith("3 records")


def test_earliest_stands_for_the_oldest_that_is_kept() -> None:
    """In any log."""
    assert resumable(EARLIEST, HELD) == Resumable({0: 10, 1: 0})


@given(st.text())
def test_no_text_breaks_the_reading_of_cursors(text: str) -> None:
    """Clients send anything."""
    assert isinstance(resumable(text, HELD), CannotReplay | Resumable)


def test_lowest_and_highest_go_partition_by_partition() -> None:
    """A partition that one does not know counts as 0 there."""
    assert lowest({0: 3, 1: 9}, {0: 5, 1: 2}) == {0: 3, 1: 2}
    assert highest({0: 3, 1: 9}, {0: 5, 1: 2, 2: 7}) == {0: 5, 1: 9, 2: 7}
    assert lowest({0: 3}, {0: 5, 1: 2}) == {0: 3, 1: 0}

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.alert import AlertId
from events.story import EventId
from services.websocket.adapters.actions import Correct, Kill, acted

AT = datetime(2026, 3, 1, tzinfo=UTC)
KILL = Kill(action="kill", reason="r", editor="e")
A, E = AlertId("a"), EventId("e")


def test_surrounding_space_is_no_part_of_a_reason() -> None:
    """People paste."""
    assert Kill(action="kill", reason=" r\n", editor=" e ") == KILL


@pytest.mark.parametrize(
    ("key", "order", "later", "same"),
    [
        ("k", KILL, 0, True),
        ("k", KILL, 5, True),
        ("other", KILL, 0, False),
        ("k", Correct(action="correct", headline="h", reason="r", editor="e"), 0, False),
        (None, KILL, 0, False),
    ],
)
def test_the_id_is_of_the_alert_the_action_and_the_key(
    key: str | None, order: Kill | Correct, later: int, same: object
) -> None:
    """So that a repetition is recognised, whenever it comes."""
    one = acted(KILL, A, E, "k", AT)
    other = acted(order, A, E, key, AT + timedelta(seconds=later))
    assert (one.id == other.id) is same


def test_without_a_key_the_moment_tells_orders_apart() -> None:
    """And the same order in the same moment is one."""
    assert acted(KILL, A, E, None, AT).id == acted(KILL, A, E, None, AT).id
    assert acted(KILL, A, E, None, AT).id != acted(KILL, A, E, None, AT + timedelta(seconds=1)).id

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from events.decision import Change, Decision, Tick


def test_deciding_nothing_is_the_default() -> None:
    """A step that has nothing to say writes nothing and changes nothing."""
    assert Decision() == Decision(events=(), changes=())


@pytest.mark.parametrize(
    "value",
    [Decision(), Change("key", None), Tick(datetime(2026, 11, 24, tzinfo=UTC))],
    ids=lambda value: type(value).__name__,
)
def test_what_a_step_gives_out_is_frozen(value: object) -> None:
    """It can be kept, compared and replayed."""
    with pytest.raises((FrozenInstanceError, TypeError)):
        setattr(value, next(iter(type(value).__dataclass_fields__)), None)  # type: ignore[attr-defined]

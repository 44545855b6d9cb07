from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.webhook.core.backoff import ATTEMPTS, JITTER, SCHEDULE, delay, next_attempt

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@given(st.text(max_size=20), st.integers(1, len(SCHEDULE)))
def test_jitter(delivery_id: str, attempt: int) -> None:
    """Each wait is that of the schedule, a fifth shorter or longer, and always the same for the same attempt."""
    wait = delay(delivery_id, attempt)
    assert SCHEDULE[attempt - 1] * (1 - JITTER) <= wait <= SCHEDULE[attempt - 1] * (1 + JITTER)
    assert wait == delay(delivery_id, attempt)
    assert next_attempt(delivery_id, attempt, AT) == AT + wait


def test_spread() -> None:
    """Deliveries that failed together come back apart, evenly around the schedule."""
    seconds = [delay(f"d{number}", 5).total_seconds() for number in range(1000)]
    assert len(set(seconds)) == 1000
    assert mean(seconds) == pytest.approx(3600, rel=0.02)
    assert min(seconds) < 2920
    assert max(seconds) > 4280


@pytest.mark.parametrize("attempt", [ATTEMPTS, ATTEMPTS + 1])
def test_last(attempt: int) -> None:
    """After the last attempt of the schedule there is none, whatever the receiver asks for."""
    assert next_attempt("d", attempt, AT) is None
    assert next_attempt("d", attempt, AT, AT + timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (timedelta(seconds=-10), None),
        (timedelta(seconds=0), None),
        (timedelta(seconds=1), None),
        (timedelta(seconds=60), timedelta(seconds=60)),
        (timedelta(hours=24), timedelta(hours=24)),
        (timedelta(days=3), timedelta(hours=24)),
    ],
)
def test_retry_after(asked: timedelta, expected: timedelta | None) -> None:
    """Retry-After is obeyed when it asks for a longer wait than ours, up to a day."""
    assert next_attempt("d", 1, AT, AT + asked) == AT + (expected or delay("d", 1))


def test_retry_after_never_shortens() -> None:
    """Where our own wait is longer than a day, it stays."""
    long = next(f"d{number}" for number in range(100) if delay(f"d{number}", 8) > timedelta(hours=24))
    assert next_attempt(long, 8, AT, AT + timedelta(days=9)) == AT + delay(long, 8)

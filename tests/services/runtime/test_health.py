from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.runtime.health import Health

AT = datetime(2026, 3, 1, tzinfo=UTC)
LATER = AT + timedelta(seconds=61)


def test_a_part_that_is_expected_keeps_the_process_from_being_ready_until_it_has_gone_round() -> None:
    """To start is not to hang: a restart would not help."""
    health = Health()
    health.expect("classify")
    assert health.problems(LATER) == {"classify": "starting"}
    assert health.hung(LATER) == {}
    health.progress("classify", AT)
    assert health.problems(AT) == {}


def test_expecting_a_part_again_forgets_nothing() -> None:
    """Whoever comes second does not turn a working part into one that starts."""
    health = Health()
    health.progress("view", AT)
    health.expect("view")
    assert health.problems(AT) == {}


def test_trouble_stays_until_the_next_progress() -> None:
    """Which may bring trouble of its own."""
    health = Health()
    health.trouble("alert", "the log is away")
    assert health.problems(AT) == {"alert": "the log is away"}
    health.progress("alert", AT, "3 records in a row failed")
    assert health.problems(AT) == {"alert": "3 records in a row failed"}
    health.progress("alert", AT)
    assert health.problems(AT) == {}


def test_a_loop_without_progress_for_a_minute_hangs() -> None:
    """Not one that says that it is in trouble: a restart cures no broker."""
    health = Health()
    health.progress("enrich", AT)
    health.progress("alert", AT)
    health.trouble("alert", "away")
    assert health.hung(AT + timedelta(seconds=60)) == {}
    assert health.hung(LATER) == {"enrich": "no progress since 2026-03-01T00:00:00+00:00"}
    assert health.problems(LATER) == {"enrich": "no progress since 2026-03-01T00:00:00+00:00", "alert": "away"}


def test_a_part_that_ended_in_good_order_is_no_problem() -> None:
    """Nor is one that was never heard of."""
    health = Health()
    health.progress("alert", AT)
    health.gone("alert")
    health.gone("unknown")
    assert health.problems(LATER) == {}

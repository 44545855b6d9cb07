from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.webhook.core.agenda import Agenda

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
MOMENTS = st.none() | st.integers(0, 9).map(lambda seconds: AT + timedelta(seconds=seconds))


@given(st.lists(st.tuples(st.sampled_from("abcde"), MOMENTS), max_size=40), st.integers(0, 9))
def test_like_a_dictionary(puts: list[tuple[str, datetime | None]], seconds: int) -> None:
    """Each key has the moment it was last given, and they are found in the order of their moments."""
    agenda, known = Agenda(), dict[str, datetime]()
    for key, moment in puts:
        agenda.put(key, moment)
        known.pop(key, None)
        if moment is not None:
            known[key] = moment
    now = AT + timedelta(seconds=seconds)
    expected = sorted((moment, key) for key, moment in known.items() if moment <= now)
    assert list(agenda.until(now)) == [key for _, key in expected]
    assert len(agenda) == len(known)
    assert agenda.first == min(known.values(), default=None)

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from events.entity import EntityType
from services.enrich.core.mentions import Mention
from services.enrich.core.salience import saliences


def test_the_headline_counts_most() -> None:
    """What the headline names and the body repeats is what the story is about."""
    found = [
        Mention(0, 3, "Aaa", EntityType.PLACE),
        Mention(60, 63, "Aaa", EntityType.PLACE),
        Mention(70, 73, "Bbb", EntityType.PLACE),
        Mention(5000, 5003, "Ccc", EntityType.PLACE),
    ]
    weights = saliences(found, [m.text for m in found], 50)
    assert weights["Aaa"] == 1.0
    assert weights["Aaa"] > weights["Bbb"] > weights["Ccc"] > 0


@given(st.lists(st.integers(0, 30_000), max_size=20), st.integers(0, 200))
def test_salience_is_a_share(starts: list[int], headline: int) -> None:
    """Never under nothing, never over everything."""
    found = [Mention(start, start + 1, "x", EntityType.PLACE) for start in starts]
    assert all(0 <= value <= 1 for value in saliences(found, [str(m.start % 3) for m in found], headline).values())


def test_nothing_has_no_salience() -> None:
    """A story without names is no error."""
    assert saliences([], [], 0) == {}

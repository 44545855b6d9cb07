from __future__ import annotations

from datetime import timedelta

from services.classify.core.context import Context
from services.classify.core.entries import EventEntry, Sighting
from services.classify.core.signals import corroboration


def context(reading, sources: dict[str, float], *, broke: float | None = None) -> Context:
    """Sources and the hours since they told; hours since the event broke."""
    sightings = tuple(Sighting(source=s, at=reading.at - timedelta(hours=h)) for s, h in sources.items())
    return Context(
        event=EventEntry(
            event_id="e", language="en", terms=(), weights=(), norm=0, observations=1, stories=1, since=reading.at,
            latest=reading.at, sightings=sightings,
            breaking_since=None if broke is None else reading.at - timedelta(hours=broke),
        )
    )  # fmt: skip


def total(reading, found: Context) -> float:
    """Sum of the reasons' weights."""
    return sum(reason.weight for reason in corroboration.read(reading, found))


def test_more_sources_weigh_more(reading) -> None:
    """Two other sources say more than one; ten say at most MOST."""
    read = reading("x")
    one, two = total(read, context(read, {"a": 0})), total(read, context(read, {"a": 0, "b": 1}))
    many = total(read, context(read, {str(n): 0 for n in range(20)}))
    assert 0 < one < two < many <= corroboration.MOST


def test_own_and_late_sources_do_not_count(reading) -> None:
    """A source does not confirm itself, and yesterday's telling is no confirmation."""
    read = reading("x", source="a")
    assert total(read, context(read, {"a": 0, "b": 30})) == 0


def test_an_event_that_broke_lends_its_weight_for_a_while(reading) -> None:
    """A follow-up within hours is breaking, one of the next day is not."""
    read = reading("x")
    soon, later, next_day = (total(read, context(read, {}, broke=hours)) for hours in (0.1, 5, 25))
    assert soon > later > next_day == 0


def test_both_reasons_together_stay_below_the_bias(reading, rules) -> None:
    """However many tell of a film, telling alone does not make it breaking."""
    read = reading("x")
    assert total(read, context(read, {str(n): 0 for n in range(20)}, broke=0)) < -rules.bias

"""Whether the event is new, or was told of for long."""

from __future__ import annotations

from datetime import timedelta

from events.story import Reason
from services.classify.core.context import FOLLOW_UP, Context
from services.classify.core.reading import Reading

FIRST_WEIGHT = 0.3
"""Small: most first stories are of events too small to be breaking."""

OLD_WEIGHT = -0.8
"""Per doubling of the event's age beyond `FOLLOW_UP`, at most twice."""

_DOUBLINGS = 2
_TOLD_OFTEN = 2


def read(reading: Reading, context: Context) -> tuple[Reason, ...]:
    """One reason: the first telling, or one about an event that is old by now."""
    event = context.event
    if event is None:
        return (Reason(signal="novelty", weight=FIRST_WEIGHT, evidence="first story of the event"),)
    age = reading.at - event.since
    if age <= FOLLOW_UP or event.stories < _TOLD_OFTEN:
        return ()
    doublings = min(_DOUBLINGS, (age / FOLLOW_UP).__floor__().bit_length())
    evidence = f"event told of for {_hours(age)} h by {event.stories} stories"
    return (Reason(signal="novelty", weight=OLD_WEIGHT * doublings, evidence=evidence),)


def _hours(age: timedelta) -> int:
    return round(age / timedelta(hours=1))

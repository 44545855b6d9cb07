"""Other sources tell of the event at the same time, or it broke already."""

from __future__ import annotations

import math
from datetime import timedelta

from events.story import Reason
from services.classify.core.context import FOLLOW_UP, Context
from services.classify.core.reading import Reading

PER_DOUBLING = 0.7
"""Log-odds for each doubling of the number of sources."""

MOST = 1.8
"""Of both reasons together: less than the bias, so that many tellings of a film do not make it breaking."""

SOON = timedelta(hours=2)
BROKE_WEIGHT = 1.7
"""A further story of an event that broke; half of it at the end of `FOLLOW_UP`."""

_SHOWN = 5


def read(reading: Reading, context: Context) -> tuple[Reason, ...]:
    """One reason for several sources within `SOON`, one for an event that broke within `FOLLOW_UP`."""
    event = context.event
    if event is None:
        return ()
    reasons: list[Reason] = []
    broke = 0.0
    if event.breaking_since is not None:
        since = abs(reading.at - event.breaking_since)
        if since <= FOLLOW_UP:
            broke = round(BROKE_WEIGHT * (1 - since / FOLLOW_UP / 2), 3)
            evidence = f"the event broke {round(since / timedelta(minutes=1))} min before"
            reasons.append(Reason(signal="corroboration", weight=broke, evidence=evidence))
    others = [
        sighting.source
        for sighting in event.sightings
        if sighting.source != reading.story.source and abs(reading.at - sighting.at) <= SOON
    ]
    if others:
        weight = min(MOST - broke, PER_DOUBLING * math.log2(1 + len(others)))
        evidence = f"also told by {', '.join(others[:_SHOWN])}" + (" and others" if len(others) > _SHOWN else "")
        reasons.append(Reason(signal="corroboration", weight=round(weight, 3), evidence=evidence))
    return tuple(reasons)

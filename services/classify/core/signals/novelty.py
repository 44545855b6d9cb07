"""Whether the story adds something: the first of its event, a further turn, or what was told for hours."""

from __future__ import annotations

import math
from datetime import timedelta

from events.story import Reason
from services.classify.core.context import FOLLOW_UP, Context
from services.classify.core.reading import Reading

FIRST_WEIGHT = 0.2
"""Small: most first stories are of events too small to be breaking."""

RUNNING_WEIGHT = 0.2
"""Per doubling of the event's stories: most breaking news is a new turn of a running story."""

RUNNING_MOST = 0.5
RETOLD_WEIGHT = -0.9
RETOLD_SIMILARITY = 0.6
"""Cosine from which a story says what its event said before; a new turn of an event is seldom above 0.5."""


def read(reading: Reading, context: Context) -> tuple[Reason, ...]:
    """One reason: the first telling, a turn of a running story, or a retelling of what is old by now."""
    event = context.event
    if event is None:
        return (Reason(signal="novelty", weight=FIRST_WEIGHT, evidence="first story of the event"),)
    age = reading.at - event.since
    if age > FOLLOW_UP and context.similarity >= RETOLD_SIMILARITY:
        evidence = f"tells again what was told {round(age / timedelta(hours=1))} h before"
        return (Reason(signal="novelty", weight=RETOLD_WEIGHT, evidence=evidence),)
    if event.stories == 1:
        return ()
    weight = min(RUNNING_MOST, RUNNING_WEIGHT * math.log2(event.stories))
    evidence = f"{event.stories} stories of the event before this one"
    return (Reason(signal="novelty", weight=round(weight, 3), evidence=evidence),)

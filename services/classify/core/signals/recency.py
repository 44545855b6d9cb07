"""Old news sent again: published long before this revision, or long before it reached us."""

from __future__ import annotations

from datetime import timedelta

from events.story import Reason
from services.classify.core.context import Context
from services.classify.core.reading import Reading

STALE = timedelta(hours=24)
VERY_STALE = timedelta(days=7)
LATE = timedelta(hours=12)
STALE_WEIGHT = -1.2
VERY_STALE_WEIGHT = -3.5
"""Outweighs a marker before the headline: an old story is often sent again with its old mark."""

LATE_WEIGHT = -0.6


def read(reading: Reading, context: Context) -> tuple[Reason, ...]:  # noqa: ARG001
    """At most one reason, for the older of the two dates."""
    story = reading.story
    first = min(story.first_published or story.published, story.published)
    age = max(story.published, story.first_seen) - first
    if age >= VERY_STALE:
        weight = VERY_STALE_WEIGHT
    elif age >= STALE:
        weight = STALE_WEIGHT
    elif age >= LATE:
        weight = LATE_WEIGHT
    else:
        return ()
    evidence = f"first published {first:%Y-%m-%d %H:%M} UTC, {_span(age)} before"
    return (Reason(signal="recency", weight=weight, evidence=evidence),)


def _span(age: timedelta) -> str:
    hours = round(age / timedelta(hours=1))
    return f"{hours} h" if hours < 72 else f"{age.days} days"  # noqa: PLR2004 (readable up to three days)

"""The priority that the wire gave the story."""

from __future__ import annotations

from types import MappingProxyType

from events.story import Reason, Severity
from services.classify.core.context import Context
from services.classify.core.reading import Reading

WEIGHTS = MappingProxyType(
    {
        Severity.FLASH: 5.0,  # one or two a year at AP: never to be missed
        Severity.BULLETIN: 3.8,
        Severity.URGENT: 1.8,  # wires use it for the day's main stories too: needs a second reason
        Severity.ROUTINE: -0.4,
        Severity.DEFERRED: -1.5,
    }
)


def read(reading: Reading, context: Context) -> tuple[Reason, ...]:  # noqa: ARG001
    """One reason where the source sent a priority."""
    severity = reading.story.severity
    if severity is None:
        return ()
    raw = reading.story.raw_priority
    evidence = f"{severity.value} ({raw})" if raw else severity.value
    return (Reason(signal="urgency", weight=WEIGHTS[severity], evidence=evidence),)

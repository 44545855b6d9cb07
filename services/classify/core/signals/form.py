"""The form of a wire alert: one line in capitals and nothing else, sent before the story is written."""

from __future__ import annotations

from events.story import Reason
from services.classify.core.context import Context
from services.classify.core.reading import Reading

WEIGHT = 2.5
"""Agencies send the alert line in capitals, sourced, without a dateline or body (handbook.reuters.com)."""

_WORDS_LEAST = 5


def read(reading: Reading, context: Context) -> tuple[Reason, ...]:  # noqa: ARG001
    """One reason where a headline in capitals is all of the story."""
    if not reading.in_capitals or len(reading.words) < _WORDS_LEAST or "?" in reading.headline:
        return ()
    if reading.story.body.strip():
        return ()
    return (Reason(signal="form", weight=WEIGHT, evidence="one line in capitals, no body"),)

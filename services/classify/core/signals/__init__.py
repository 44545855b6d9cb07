"""The signals: each reads one kind of evidence. To add one, write its module and add a line to SIGNALS."""

from __future__ import annotations

from collections.abc import Callable

from events.story import Reason
from services.classify.core.context import Context
from services.classify.core.reading import Reading
from services.classify.core.signals import (
    corroboration,
    event_language,
    figures,
    form,
    marker,
    negatives,
    novelty,
    recency,
    urgency,
)

Signal = Callable[[Reading, Context], tuple[Reason, ...]]

SIGNALS: tuple[Signal, ...] = (
    marker.read,
    urgency.read,
    event_language.read,
    figures.read,
    form.read,
    novelty.read,
    corroboration.read,
    recency.read,
    negatives.read,
)

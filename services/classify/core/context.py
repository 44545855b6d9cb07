"""What is known besides the story itself when it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.classify.core.entries import EventEntry, StoryEntry


@dataclass(frozen=True, slots=True)
class Context:
    """The event that the story joined, as it was before, and the story's own earlier revision."""

    event: EventEntry | None = None
    """None where the story is the first of its event."""

    similarity: float = 0.0
    """Cosine of the story with the event as it was before; 0 for the first story."""

    earlier: StoryEntry | None = None
    """None where the story is new to us."""


NO_CONTEXT = Context()
FOLLOW_UP = timedelta(hours=6)
"""How long an event is still breaking after it broke: a news day's shift."""

"""The record for a story: its id is that of the story's revision, so that sending it again makes the same one."""

from __future__ import annotations

from events.base import Envelope, head
from events.story import Story, StoryIngested


def ingested(story: Story, traceparent: str | None = None) -> Envelope[StoryIngested]:
    """
    The envelope at the head of the story's chain.

    Args:
        story: as normalised.
        traceparent: as the sender gave it, if any.
    """
    return head(
        StoryIngested(story=story),
        source="/ingest",
        time=story.first_seen,
        identity="\x1f".join((story.source, story.id, str(story.version), story.digest)),
        traceparent=traceparent,
    )

"""The stage: what is said of a story of a breaking event besides the verdict, namely names, places and topics."""

from __future__ import annotations

from datetime import datetime

from events.decision import NOTHING, Decision
from events.entity import Entity, Place, Topic
from events.story import Story, StoryClassified, StoryEnriched
from services.enrich.core.places import places
from services.enrich.core.recognise import Recogniser
from services.enrich.core.topics import topics

CAP = 20_000
"""Code points of headline and body that are read: about 3,300 words. News is told long before; the time is bounded."""


def enrich(recogniser: Recogniser, story: Story) -> tuple[tuple[Entity, ...], tuple[Place, ...], tuple[Topic, ...]]:
    """Names, places and topics of a story; of one longer than `CAP`, of its first part."""
    headline = story.headline[:CAP]
    body = story.body[: CAP - len(headline)] if len(headline) == len(story.headline) else ""
    entities = recogniser.recognise(headline, body, story.language)
    return entities, places(entities, recogniser.gazetteer), topics(headline, body, recogniser.topic_words)


def step(recogniser: Recogniser, event: StoryClassified, at: datetime) -> Decision:
    """
    Enrich each story of an event that is breaking; of the others nothing is said.

    Args:
        recogniser: bound in advance, e.g. with `functools.partial`.
        event: the judged story.
        at: the event's own time; becomes `enriched_at`.
    """
    if not event.verdict.event_breaking:
        return NOTHING
    entities, where, what = enrich(recogniser, event.story)
    return Decision(
        events=(
            StoryEnriched(
                story=event.story,
                verdict=event.verdict,
                entities=entities,
                places=where,
                topics=what,
                classified_at=event.classified_at,
                enriched_at=at,
            ),
        )
    )

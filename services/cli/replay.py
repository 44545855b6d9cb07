"""`tocsin replay`: files through the pure stages alone, on the stories' own clock, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Generic

from events.alert import Alert, AlertRevised
from events.base import Envelope, Event
from events.decision import Tick
from events.entity import Entity
from events.story import EventId, Story, StoryClassified, StoryEnriched, Verdict
from services.alert import app as alert
from services.alert.core.step import Rules
from services.classify import app as classify
from services.classify.settings import ClassifySettings
from services.enrich import app as enrich
from services.ingest.core.ingested import ingested
from services.runtime.stage import E, S, Stage, advance

Found = Story | Verdict | Alert
_END = datetime.max.replace(tzinfo=UTC)


class _Running(Generic[S, E]):
    """A stage with its state."""

    def __init__(self, stage: Stage[S, E]) -> None:
        self._stage = stage
        self._state = stage.state.initial()

    @property
    def state(self) -> S:
        """To be read only."""
        return self._state

    def on(self, cause: Envelope[Event], event: E, at: datetime) -> tuple[Envelope[Event], ...]:
        return advance(self._stage, self._state, event, cause, at).envelopes


class Replay:
    """The stages in a row, fed story by story."""

    def __init__(self, settings: ClassifySettings) -> None:
        self._classify = _Running(classify.stage(settings))
        self._enriching = enrich.stage()
        self._enrich = _Running(self._enriching)
        self._alert = _Running(alert.stage(Rules()))
        self._now = datetime.min.replace(tzinfo=UTC)

    def feed(self, story: Story) -> Iterator[Found]:
        """
        What comes of one story: itself, its verdict, and alert revisions.

        The clock is the stories' own: it stands at the latest `published` so far, and never goes back.
        """
        self._now = max(self._now, story.published)
        cause = ingested(story.model_copy(update={"first_seen": self._now}))
        yield cause.data.story
        yield from self._ticked(cause)
        for classified in self._classify.on(cause, cause.data, self._now):
            assert isinstance(classified.data, StoryClassified)  # noqa: S101 (all it writes)
            yield classified.data.verdict
            for enriched in self._enrich.on(classified, classified.data, self._now):
                assert isinstance(enriched.data, StoryEnriched)  # noqa: S101 (all it writes)
                yield from _alerts(self._alert.on(enriched, enriched.data, self._now))

    def names(self, story: Story) -> tuple[Entity, ...]:
        """The names in any story, as the enrich stage finds them in one of a breaking event."""
        verdict = Verdict(
            story_id=story.id, event_id=EventId(story.id), breaking=False, score=0, threshold=1, event_breaking=True
        )
        event = StoryClassified(story=story, verdict=verdict, classified_at=self._now)
        return tuple(
            entity
            for enriched in self._enriching.step(None, event, self._now).events
            if isinstance(enriched, StoryEnriched)
            for entity in enriched.entities
        )

    def held(self) -> list[Story]:
        """The stories whose embargo no later story has ended, by its end."""
        return [entry.event.story for _, entry in self._alert.state.due(_END)]

    def _ticked(self, cause: Envelope[Event]) -> Iterator[Found]:
        """What was due by now: embargoes that ended, and what is forgotten."""
        tick = Tick(self._now)
        self._classify.on(cause, tick, self._now)
        yield from _alerts(self._alert.on(cause, tick, self._now))


def document(found: Found) -> dict[str, Any]:
    """The JSON object that stands for it in `--json` output."""
    match found:
        case Story():
            return {"type": "story", **found.model_dump(mode="json")}
        case Verdict():
            return {"type": "verdict", **found.model_dump(mode="json")}
        case Alert():
            return {"type": "alert", **found.model_dump(mode="json")}


def entities_document(story: Story, entities: tuple[Entity, ...]) -> dict[str, Any]:
    """The JSON object for the names in any story, breaking or not."""
    return {
        "type": "entities",
        "story_id": story.id,
        "entities": [entity.model_dump(mode="json") for entity in entities],
    }


def _alerts(envelopes: tuple[Envelope[Event], ...]) -> Iterator[Alert]:
    for envelope in envelopes:
        if isinstance(envelope.data, AlertRevised):
            yield envelope.data.alert

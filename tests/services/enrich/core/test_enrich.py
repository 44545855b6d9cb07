from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.decision import NOTHING
from events.story import EventId, Story, StoryClassified, StoryEnriched, StoryId, Verdict
from services.enrich.core.enrich import CAP, enrich, step
from services.enrich.core.recognise import Recogniser

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _story(headline: str, body: str) -> Story:
    return Story(
        id=StoryId("s"),
        source="wire",
        digest="d",
        headline=headline,
        body=body,
        language="en",
        published=AT,
        first_seen=AT,
    )


def _classified(what: Story, *, breaking: bool) -> StoryClassified:
    verdict = Verdict(
        story_id=what.id, event_id=EventId("e"), breaking=False, score=0.4, threshold=0.5, event_breaking=breaking
    )
    return StoryClassified(story=what, verdict=verdict, classified_at=AT)


def test_a_breaking_event_is_enriched(recogniser: Recogniser) -> None:
    """One event out, with names, places and topics, the story and verdict untouched."""
    event = _classified(_story("Earthquake strikes Syria", "An earthquake collapsed homes near Raqqa."), breaking=True)
    decision = step(recogniser, event, AT)
    (enriched,) = decision.events
    assert isinstance(enriched, StoryEnriched)
    assert (enriched.story, enriched.verdict, enriched.enriched_at) == (event.story, event.verdict, AT)
    assert {place.id for place in enriched.places} == {"iso3166:SY", "geonames:172955"}
    assert enriched.topics[0].id == "medtop:03000000"
    assert decision.changes == ()


def test_other_events_are_passed_over(recogniser: Recogniser) -> None:
    """Nothing is said of a story whose event is not breaking."""
    assert step(recogniser, _classified(_story("Calm", ""), breaking=False), AT) == NOTHING


@pytest.mark.parametrize(("headline", "body"), [("Syria", "Iraq " * CAP), ("Iraq " * CAP, "Syria")])
def test_a_long_text_is_read_in_part(headline: str, body: str, recogniser: Recogniser) -> None:
    """Time is bounded: nothing past the cap is read, and offsets still hold."""
    what = _story(headline, body)
    entities, _, _ = enrich(recogniser, what)
    assert entities
    assert all(entity.end <= CAP + 1 and what.text[entity.start : entity.end] == entity.text for entity in entities)

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from events.story import (
    EventId,
    Notice,
    Reason,
    Severity,
    Story,
    StoryClassified,
    StoryEnriched,
    StoryId,
    StoryIngested,
    StoryStatus,
    Verdict,
)

_TIME = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def _story(**changes: Any) -> Story:
    minimal = {
        "id": "s-1",
        "source": "wire",
        "digest": "00",
        "headline": "Dam breaks",
        "published": _TIME,
        "first_seen": _TIME,
    }
    return Story.model_validate({**minimal, **changes})


def _verdict(**changes: Any) -> Verdict:
    minimal = {"story_id": "s-1", "event_id": "e-1", "breaking": True, "score": 0.9, "threshold": 0.5}
    return Verdict.model_validate({**minimal, **changes})


def test_severities_rank_from_flash_down() -> None:
    """Flash is the most severe; the order is that of the ladder, not of the alphabet."""
    ranked = sorted(Severity, key=lambda severity: severity.rank)
    assert ranked == ["flash", "bulletin", "urgent", "routine", "deferred"]
    assert [severity.rank for severity in ranked] == [0, 1, 2, 3, 4]


def test_statuses_and_notices_are_the_fields_terms() -> None:
    """The values are IPTC's pubStatus, and the two notices that undo a story."""
    assert set(StoryStatus) == {"usable", "withheld", "canceled"}
    assert set(Notice) == {"correction", "kill"}


def test_a_story_is_usable_unless_it_says_otherwise() -> None:
    """A source that gives no status, version or language sent a first, usable story of unknown language."""
    story = _story()
    assert (story.status, story.version, story.language, story.test, story.notice) == ("usable", 1, "und", False, None)


def test_offsets_count_into_headline_and_body() -> None:
    """The text that entities point into is the headline, one line break, and the body."""
    assert _story(body="It rained. 🌊").text == "Dam breaks\nIt rained. 🌊"


@pytest.mark.parametrize("field", ["published", "first_published", "first_seen", "embargo"])
def test_a_story_with_a_naive_date_is_refused(field: str) -> None:
    """The adapter must say which zone was believed."""
    with pytest.raises(ValidationError, match=field):
        _story(**{field: "2026-11-24T06:30:00"})


@pytest.mark.parametrize(("language", "key"), [("en", "en"), ("en-GB", "en"), ("zh-Hant-TW", "zh"), ("und", "und")])
def test_stories_of_a_language_share_a_key(language: str, key: str) -> None:
    """One classifier sees British and American tellings of one event."""
    assert StoryIngested(story=_story(language=language)).key == key


def test_a_revision_is_numbered_by_its_source() -> None:
    """An ingested story's subject is its id, its sequence the source's version."""
    event = StoryIngested(story=_story(version=3))
    assert (event.subject, event.sequence) == ("s-1", 3)


@pytest.mark.parametrize(
    "event",
    [
        StoryClassified(story=_story(), verdict=_verdict(), classified_at=_TIME),
        StoryEnriched(story=_story(), verdict=_verdict(), classified_at=_TIME, enriched_at=_TIME),
    ],
    ids=lambda event: event.type,
)
def test_judged_stories_are_keyed_by_event(event: StoryClassified | StoryEnriched) -> None:
    """All tellings of an event reach the same alert stage; the subject stays the story."""
    assert (event.key, event.subject, event.sequence) == ("e-1", "s-1", None)


@pytest.mark.parametrize("changes", [{"score": 1.01}, {"score": -0.01}, {"threshold": 2}, {"score": float("nan")}])
def test_scores_lie_between_0_and_1(changes: dict[str, float]) -> None:
    """A probability, or no verdict."""
    with pytest.raises(ValidationError, match=next(iter(changes))):
        _verdict(**changes)


@pytest.mark.parametrize("weight", [float("inf"), float("-inf"), float("nan")])
def test_a_weight_is_a_number(weight: float) -> None:
    """JSON cannot hold these: a record with one could be written but never read again."""
    with pytest.raises(ValidationError, match="finite"):
        Reason(signal="slug", weight=weight, evidence="BREAKING")


def test_a_verdict_is_of_a_story_and_an_event() -> None:
    """Without reasons it is routine, and of an event that is not breaking."""
    verdict = _verdict()
    assert (verdict.story_id, verdict.event_id) == (StoryId("s-1"), EventId("e-1"))
    assert (verdict.severity, verdict.reasons, verdict.first_of_event, verdict.event_breaking) == (
        "routine",
        (),
        False,
        False,
    )

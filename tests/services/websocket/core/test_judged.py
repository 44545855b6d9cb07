from __future__ import annotations

from datetime import UTC, datetime

from events.story import EventId, Reason, Story, StoryClassified, StoryId, Verdict
from services.websocket.core.judged import Verdicts

AT = datetime(2026, 3, 1, tzinfo=UTC)


def classified(name: str, score: float = 0.4) -> StoryClassified:
    """A verdict on a story of that name."""
    story = Story(id=StoryId(name), source="wire", digest="0", headline=f"About {name}", published=AT, first_seen=AT)
    reason = Reason(signal="marker", weight=1.5, evidence="BREAKING")
    verdict = Verdict(
        story_id=story.id, event_id=EventId("e"), breaking=True, score=score, threshold=0.5, reasons=(reason,)
    )
    return StoryClassified(story=story, verdict=verdict, classified_at=AT)


def test_a_verdict_is_remembered_with_its_reasons() -> None:
    """And with what one needs to recognise the story."""
    verdicts = Verdicts(10)
    verdicts.put(classified("s"))
    judged = verdicts.get(StoryId("s"))
    assert judged is not None
    assert (judged.headline, judged.source, judged.reasons[0].evidence) == ("About s", "wire", "BREAKING")


def test_the_latest_verdict_on_a_story_counts() -> None:
    """A story may come in again and be judged again."""
    verdicts = Verdicts(10)
    verdicts.put(classified("s", 0.4))
    verdicts.put(classified("s", 0.6))
    judged = verdicts.get(StoryId("s"))
    assert judged is not None
    assert judged.score == 0.6


def test_no_more_are_remembered_than_asked_for() -> None:
    """Those that were judged longest ago go; judging again counts."""
    verdicts = Verdicts(2)
    for name in ("a", "b", "a", "c"):
        verdicts.put(classified(name))
    assert [verdicts.get(StoryId(name)) is not None for name in ("a", "b", "c")] == [True, False, True]

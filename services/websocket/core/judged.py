"""What is remembered of verdicts, so that anyone may ask why a story did or did not ring."""

from __future__ import annotations

from collections import OrderedDict

from events.base import Instant
from events.story import StoryClassified, StoryId, Verdict


class Judged(Verdict):
    """A verdict, with what one needs to recognise the story."""

    headline: str
    source: str
    classified_at: Instant


class Verdicts:
    """The latest verdict on each of the stories that were judged last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_story: OrderedDict[StoryId, Judged] = OrderedDict()

    def put(self, classified: StoryClassified) -> None:
        """Remember a verdict; it replaces an earlier one on the same story."""
        story = classified.story
        self._by_story[story.id] = Judged(
            **dict(classified.verdict),
            headline=story.headline,
            source=story.source,
            classified_at=classified.classified_at,
        )
        self._by_story.move_to_end(story.id)
        while len(self._by_story) > self._most:
            self._by_story.popitem(last=False)

    def get(self, story_id: StoryId) -> Judged | None:
        """The verdict on a story, where it is remembered."""
        return self._by_story.get(story_id)

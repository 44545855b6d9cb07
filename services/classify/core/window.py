"""The stage's state: the stories and events of the last days, with the indexes that find them."""

from __future__ import annotations

import heapq
from datetime import datetime

from events.decision import Change
from events.story import EventId, StoryId
from services.classify.core.entries import EVENT_PREFIX, STORY_PREFIX, EventEntry, StoryEntry
from services.classify.core.index import EventIndex


class UnknownEntry(ValueError):
    """A change is not one of this service's state: the changelog is not ours, or from a newer version."""


class Window:
    """
    What is remembered. The runtime owns it and folds every change in with `apply`; a step only reads it.

    Equal sets of entries answer equally, in whatever order they were applied.
    """

    def __init__(self) -> None:
        self._stories: dict[str, StoryEntry] = {}
        self._events: dict[str, EventEntry] = {}
        self._members: dict[EventId, int] = {}
        self._indexes: dict[str, EventIndex] = {}
        self._named: dict[tuple[str, str], set[StoryId]] = {}
        self._ages: list[tuple[datetime, StoryId]] = []

    def __len__(self) -> int:
        return len(self._stories)

    def story(self, story_id: StoryId) -> StoryEntry | None:
        """What is remembered of a story."""
        return self._stories.get(story_id)

    def event(self, event_id: EventId) -> EventEntry | None:
        """What is remembered of an event."""
        return self._events.get(event_id)

    def members(self, event_id: EventId) -> int:
        """Remembered stories of an event."""
        return self._members.get(event_id, 0)

    def index(self, language: str) -> EventIndex:
        """The events told in a language."""
        return self._indexes.get(language) or EventIndex()

    def named(self, source: str, name: str) -> StoryEntry | None:
        """The latest story of a source with this headline key or slug; ties by id."""
        found = [self._stories[story_id] for story_id in self._named.get((source, name), ())]
        return max(found, key=lambda entry: (entry.seen, entry.story_id), default=None)

    def expired(self, before: datetime, most: int) -> tuple[StoryEntry, ...]:
        """Up to `most` stories last seen before a moment, oldest first; ties by id."""
        found: list[StoryEntry] = []
        frontier = [(self._ages[0], 0)] if self._ages else []
        while frontier and len(found) < most:
            (seen, story_id), at = heapq.heappop(frontier)
            if seen >= before:
                break
            entry = self._stories.get(story_id)
            if entry is not None and entry.seen == seen and (not found or found[-1] is not entry):
                found.append(entry)
            for child in (2 * at + 1, 2 * at + 2):
                if child < len(self._ages):
                    heapq.heappush(frontier, (self._ages[child], child))
        return tuple(found)

    def apply(self, change: Change) -> None:
        """
        Folds one change in.

        Raises:
            UnknownEntry: the change's key or value is not of this service.
        """
        kind, name = change.key[: len(STORY_PREFIX)], change.key[len(STORY_PREFIX) :]
        value = change.value
        if kind == STORY_PREFIX and (value is None or isinstance(value, StoryEntry)):
            self._put_story(StoryId(name), value)
        elif kind == EVENT_PREFIX and (value is None or isinstance(value, EventEntry)):
            self._put_event(EventId(name), value)
        else:
            raise UnknownEntry(f"{change.key!r} with a {type(value).__name__}: expected s/<story> or e/<event>")

    def _put_story(self, story_id: StoryId, entry: StoryEntry | None) -> None:
        before = self._stories.pop(story_id, None)
        if before is not None:
            self._count(before.event_id, -1)
            for name in _names(before):
                self._named[name].discard(story_id)
                if not self._named[name]:
                    del self._named[name]
        if entry is not None:
            self._stories[story_id] = entry
            self._count(entry.event_id, 1)
            for name in _names(entry):
                self._named.setdefault(name, set()).add(story_id)
            if before is None or before.seen != entry.seen:
                heapq.heappush(self._ages, (entry.seen, story_id))
        self._drop_stale_ages()

    def _put_event(self, event_id: EventId, entry: EventEntry | None) -> None:
        before = self._events.pop(event_id, None)
        if before is not None and (entry is None or entry.language != before.language):
            self._indexes[before.language].remove(event_id)
        if entry is not None:
            self._events[event_id] = entry
            self._indexes.setdefault(entry.language, EventIndex()).put(entry)

    def _count(self, event_id: EventId, change: int) -> None:
        count = self._members.get(event_id, 0) + change
        if count:
            self._members[event_id] = count
        else:
            self._members.pop(event_id, None)

    def _drop_stale_ages(self) -> None:
        while self._ages:
            seen, story_id = self._ages[0]
            entry = self._stories.get(story_id)
            if entry is not None and entry.seen == seen:
                return
            heapq.heappop(self._ages)


def _names(entry: StoryEntry) -> tuple[tuple[str, str], ...]:
    names = [(entry.source, f"h/{entry.headline}")] if entry.headline else []
    return (*names, (entry.source, f"l/{entry.slug}")) if entry.slug else tuple(names)

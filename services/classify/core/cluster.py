"""Which event a story tells of: the nearest one in the window, where it is near enough."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.base import derived_id
from events.story import EventId, StoryId
from services.classify.core.entries import SIGHTINGS_KEPT, EventEntry, Sighting
from services.classify.core.index import EventIndex
from services.classify.core.knowledge import Knowledge
from services.classify.core.reading import Reading
from services.classify.core.rules import Clustering, Rules
from services.classify.core.window import Window

_SMOOTHING = 2.0
"""Documents added to every term's count: one chance meeting of a rare word must not decide."""

_PLACED = 0.25
"""Mean frequency from which an event's place name counts as where it happens."""

_DECIMALS = 4
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Weighing:
    """Inverse document frequencies: documents are the background's and the events of the window."""

    index: EventIndex
    frequency: Mapping[str, int]
    documents: int

    def idf(self, term: str) -> float:
        """
        Rarity of a term, at least 0.

        Events are counted, not stories: a name that one big event fills the window with stays rare.
        """
        total = self.documents + len(self.index) + _SMOOTHING + 1
        return math.log(total / (self.frequency.get(term, 0) + self.index.count(term) + _SMOOTHING))


@dataclass(frozen=True, slots=True)
class Match:
    """An event near a story."""

    event: EventEntry
    similarity: float
    margin: float
    """Above the threshold of the case."""


def event_of(story_id: StoryId) -> EventId:
    """The event that a story is the first to tell of."""
    return EventId(derived_id("event", story_id))


def weighing(reading: Reading, window: Window, knowledge: Knowledge) -> Weighing:
    """The weighing for a story's language."""
    documents = knowledge.documents if reading.tables.frequency else 0
    return Weighing(window.index(reading.language), reading.tables.frequency, max(documents, 1))


def nearest(reading: Reading, window: Window, rules: Rules, *, extra: float = 0.0) -> Match | None:
    """
    The event that the story joins, or None.

    Args:
        extra: added to the threshold.
    """
    clustering, weighed = rules.clustering, weighing(reading, window, rules.knowledge)
    rarity = {term: weighed.idf(term) for term in reading.weights}
    vector = {term: weight * rarity[term] for term, weight in reading.weights.items()}
    length = _length(vector.values())
    if length == 0:
        return None
    rare_first = sorted(vector, key=lambda term: (-rarity[term], term))
    found = weighed.index.candidates(
        [(term, vector[term] * rarity[term]) for term in rare_first],
        visits=clustering.postings,
        most=clustering.candidates,
    )
    best: Match | None = None
    for event_id in found:
        event = window.event(event_id)
        if event is None or event.norm == 0:
            continue
        held = weighed.index.vector(event_id)
        shared = math.fsum(vector[term] * held[term] * rarity[term] for term in vector if term in held)
        similarity = shared / length / event.norm
        margin = similarity - _threshold(reading, event, held, rules) - extra
        if margin >= 0 and (best is None or (margin, best.event.event_id) > (best.margin, event_id)):
            best = Match(event, similarity, margin)
    return best


def told(event: EventEntry | None, reading: Reading, event_id: EventId, window: Window, rules: Rules) -> EventEntry:
    """The event after the story told of it. A revision of a known story is another observation, not another story."""
    story, clustering = reading.story, rules.clustering
    again = window.story(story.id) is not None
    seen = min(event.observations if event else 0, clustering.memory)
    share = 1 / (seen + 1)
    mean = {term: weight * (1 - share) for term, weight in _held(event).items()}
    for term, weight in reading.weights.items():
        mean[term] = mean.get(term, 0.0) + weight * share
    weighed = weighing(reading, window, rules.knowledge)
    scored = {term: weight * weighed.idf(term) for term, weight in mean.items()}
    kept = sorted(mean, key=lambda term: (-scored[term], term))[: clustering.terms_kept]
    return EventEntry(
        event_id=event_id,
        language=event.language if event else reading.language,
        terms=tuple(kept),
        weights=tuple(round(mean[term], _DECIMALS) for term in kept),
        norm=round(_length(scored[term] for term in kept), _DECIMALS),
        observations=seen + 1,
        stories=(event.stories if event else 0) + (0 if again and event else 1),
        since=min(event.since, reading.at) if event else reading.at,
        latest=max(event.latest, reading.at) if event else reading.at,
        sightings=_sightings(event, story.source, reading.at, again=again),
        breaking_since=event.breaking_since if event else None,
    )


def _threshold(reading: Reading, event: EventEntry, held: Mapping[str, float], rules: Rules) -> float:
    clustering: Clustering = rules.clustering
    gap = max(event.since - reading.at, reading.at - event.latest, timedelta(0))
    threshold = clustering.floor + clustering.lone / math.sqrt(event.observations) + clustering.per_day * (gap / _DAY)
    if reading.story.body:
        threshold += clustering.body
    sent = next((seen.stories for seen in event.sightings if seen.source == reading.story.source), 0)
    if sent > clustering.retold_free:
        threshold += clustering.retold * math.log2(sent / clustering.retold_free)
    if reading.places:
        known = rules.knowledge.places
        places = {known[term] for term, weight in held.items() if weight >= _PLACED and term in known}
        if places and places.isdisjoint(reading.places):
            threshold += clustering.elsewhere
    return threshold


def _held(event: EventEntry | None) -> Mapping[str, float]:
    return dict(zip(event.terms, event.weights, strict=True)) if event else {}


def _sightings(event: EventEntry | None, source: str, at: datetime, *, again: bool) -> tuple[Sighting, ...]:
    before = event.sightings if event else ()
    for place, sighting in enumerate(before):
        if sighting.source == source:
            more = sighting if again else sighting.model_copy(update={"stories": sighting.stories + 1})
            return (*before[:place], more, *before[place + 1 :])
    return before if len(before) >= SIGHTINGS_KEPT else (*before, Sighting(source=source, at=at))


def _length(values: Iterable[float]) -> float:
    return math.sqrt(math.fsum(value * value for value in values))

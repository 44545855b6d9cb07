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


class Weighing:
    """
    Inverse document frequencies: documents are the background's and the events of the window.

    Lives for one step; keeps what it worked out.
    """

    def __init__(self, index: EventIndex, frequency: Mapping[str, int], documents: int) -> None:
        self.index = index
        self._frequency = frequency
        self._total = documents + len(index) + _SMOOTHING + 1
        self._known: dict[str, float] = {}

    def idf(self, terms: Iterable[str]) -> dict[str, float]:
        """
        Rarity of each term, at least 0.

        Events are counted, not stories: a name that one big event fills the window with stays rare.
        """
        known, frequency, count, log = self._known, self._frequency, self.index.count, math.log
        rarity: dict[str, float] = {}
        for term in terms:
            value = known.get(term)
            if value is None:
                value = max(0.0, log(self._total / (frequency.get(term, 0) + count(term) + _SMOOTHING)))
                known[term] = value
            rarity[term] = value
        return rarity


@dataclass(frozen=True, slots=True)
class Kept:
    """What `told` keeps of an event: terms, observations over which the mean forgets."""

    terms: int
    memory: int
    again: bool
    """The story is known to the event."""


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


def nearest(reading: Reading, window: Window, rules: Rules, weighed: Weighing, *, extra: float = 0.0) -> Match | None:
    """
    The event that the story joins, or None.

    Args:
        weighed: the weighing of this step.
        extra: added to the threshold.
    """
    clustering, places = rules.clustering, rules.knowledge.places
    rarity = weighed.idf(reading.weights)
    length = _length([weight * rarity[term] for term, weight in reading.weights.items()])
    if length == 0:
        return None
    rare_first = sorted([(-value, term) for term, value in rarity.items()])
    query = {term: reading.weights[term] * value * value for value, term in rare_first}
    found = weighed.index.candidates(query, visits=clustering.postings, most=clustering.candidates)
    best: Match | None = None
    for event_id in found:
        event = window.event(event_id)
        if event is None or event.norm == 0:
            continue
        held = weighed.index.vector(event_id)
        shared = [(term, query[term] * held[term]) for term in query if term in held]
        similarity = sum([value for _, value in shared]) / length / event.norm
        threshold = _threshold(reading, event, clustering) + extra
        margin = similarity - threshold
        if margin >= 0:
            besides = sum([value for term, value in shared if term not in places]) / length / event.norm
            margin = min(margin, besides - clustering.besides * threshold)
            margin -= clustering.stranger * _stranger(reading, held)
        if margin >= 0 and _elsewhere(reading, held, rules.knowledge):
            margin -= clustering.elsewhere
        if margin >= 0 and (best is None or (margin, best.event.event_id) > (best.margin, event_id)):
            best = Match(event, similarity, margin)
    return best


def told(event: EventEntry | None, reading: Reading, event_id: EventId, weighed: Weighing, *, kept: Kept) -> EventEntry:
    """
    The event after the story told of it.

    Args:
        kept: how much of it is kept, and whether this is a revision of a story that it knows: then it is another
            observation but not another story.
    """
    story = reading.story
    seen = min(event.observations if event else 0, kept.memory)
    share = 1 / (seen + 1)
    mean = {term: weight * (1 - share) for term, weight in _held(event).items()}
    for term, weight in reading.weights.items():
        mean[term] = mean.get(term, 0.0) + weight * share
    rarity = weighed.idf(mean)
    scored = sorted([(-weight * rarity[term], term) for term, weight in mean.items()])[: kept.terms]
    terms = [term for _, term in scored]
    return EventEntry(
        event_id=event_id,
        language=event.language if event else reading.language,
        terms=tuple(terms),
        weights=tuple([round(mean[term], _DECIMALS) for term in terms]),
        norm=round(_length([value for value, _ in scored]), _DECIMALS),
        observations=seen + 1,
        stories=(event.stories if event else 0) + (0 if kept.again and event else 1),
        since=min(event.since, reading.at) if event else reading.at,
        latest=max(event.latest, reading.at) if event else reading.at,
        sightings=_sightings(event, story.source, reading.at, again=kept.again),
        breaking_since=event.breaking_since if event else None,
    )


def _threshold(reading: Reading, event: EventEntry, clustering: Clustering) -> float:
    gap = max(event.since - reading.at, reading.at - event.latest, timedelta(0))
    threshold = clustering.floor + clustering.lone / math.sqrt(event.observations) + clustering.per_day * (gap / _DAY)
    if reading.story.body:
        threshold += clustering.body
    if event.stories > clustering.retold_free:
        sent = next((seen.stories for seen in event.sightings if seen.source == reading.story.source), 0)
        threshold += clustering.retold * math.log2(max(1.0, sent / clustering.retold_free))
    return threshold


def _elsewhere(reading: Reading, held: Mapping[str, float], knowledge: Knowledge) -> bool:
    """Whether story and event both name places, and share none."""
    if not reading.places:
        return False
    known = knowledge.places
    places = {known[term] for term, weight in held.items() if weight >= _PLACED and term in known}
    return bool(places) and places.isdisjoint(reading.places)


def _stranger(reading: Reading, held: Mapping[str, float]) -> bool:
    """Whether the headline has names, or words as rare, and the event knows none of them."""
    return bool(reading.rare) and reading.rare.isdisjoint(held)


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
    return math.sqrt(sum([value * value for value in values]))

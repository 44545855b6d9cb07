"""What the signals and the clustering see of a story: bounded, and parsed once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from events.story import Story
from services.classify.core.knowledge import Knowledge, LanguageKnowledge
from services.classify.core.markers import Marker, split
from services.classify.core.terms import HEADLINE_READ, LEAD_READ, fold, stems, terms, tokens

_NOT_WORD = re.compile(r"[\W_]+")
_LEAD_FOR_LANGUAGE = 400
"""Characters of the body that speak for what kind of story it is: its first paragraph or two."""

_LEAD_WEIGHT = 0.35
"""Of a term in the lead, against 1 in the headline; repeated, at most `_TERM_MAX`."""

_TERM_MAX = 1.5
_NUMBER_WEIGHT = 0.5
"""Of a number among terms: tolls and prices change while the event stays."""

_LANGUAGE_OF_HEADLINE = 12
"""Letters from which capitals mean something."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A story, read as far as the judgement reads."""

    story: Story
    language: str
    """Primary subtag."""

    markers: tuple[Marker, ...]
    headline: str
    """Without markers."""

    lead: str
    words: tuple[str, ...]
    """Stems of the headline, in order."""

    lead_words: tuple[str, ...]
    spelling: Mapping[str, str]
    """Stem -> the word it was first met as."""

    weights: Mapping[str, float]
    """Term -> frequency, headline terms counting most."""

    rare: frozenset[str]
    """Headline terms that the background does not know; none where there is no background."""

    places: frozenset[str]
    """ISO codes of the countries that the headline and first paragraph name."""

    in_capitals: bool
    at: datetime
    """Story time: the source's, but never after we saw it."""

    tables: LanguageKnowledge


def read(story: Story, knowledge: Knowledge) -> Reading:
    """The reading of a story; takes bounded time for any length of text."""
    language = story.language.partition("-")[0].lower()
    tables = knowledge.of(language)
    markers, headline = split(story.headline[:HEADLINE_READ])
    body = story.body[:LEAD_READ]
    spelled = tokens(headline, language)
    lead = _to_word_end(body, _LEAD_FOR_LANGUAGE)
    spelled_lead = tokens(lead, language)
    further = stems(body[len(lead) :], language)
    words = tuple(word for word, _ in spelled)
    lead_words = tuple(word for word, _ in spelled_lead)
    headline_terms, lead_terms = terms(words, tables), terms(lead_words, tables)
    return Reading(
        story=story,
        language=language,
        markers=markers,
        headline=headline,
        lead=lead,
        words=words,
        lead_words=lead_words,
        spelling=MappingProxyType(dict(reversed((*spelled, *spelled_lead)))),
        weights=_weights(headline_terms, (*lead_terms, *terms(further, tables))),
        rare=frozenset(filter(tables.is_rare, headline_terms)),
        places=_places((*headline_terms, *lead_terms), knowledge.places),
        in_capitals=headline.isupper() and sum(map(str.isalpha, headline)) >= _LANGUAGE_OF_HEADLINE,
        at=min(story.published, story.first_seen),
        tables=tables,
    )


def headline_key(headline: str) -> str:
    """A headline without markers, case and punctuation: equal for near-same headlines of one source."""
    return _NOT_WORD.sub(" ", fold(headline)).strip()


def _to_word_end(text: str, length: int) -> str:
    """The first `length` characters, less a word that they cut."""
    if len(text) <= length:
        return text
    cut = text[:length]
    return cut[: cut.rfind(" ") + 1] or cut


def _weights(headline: tuple[str, ...], lead: tuple[str, ...]) -> Mapping[str, float]:
    weights = dict.fromkeys(headline, 1.0)
    for term in lead:
        weights[term] = min(weights.get(term, 0.0) + _LEAD_WEIGHT, _TERM_MAX)
    for term in weights:
        if term[0].isdigit():
            weights[term] *= _NUMBER_WEIGHT
    return MappingProxyType(weights)


def _places(found: tuple[str, ...], places: Mapping[str, str]) -> frozenset[str]:
    return frozenset(places[term] for term in found if term in places)

"""What the judgement knows beforehand, as immutable tables; the adapters read them from files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NAME_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Word:
    """An entry of the event language: what a word or phrase says for or against breaking news."""

    weight: float
    """Log-odds."""

    group: str
    """The kind of event, or of routine, it belongs to, e.g. `disaster`."""


@dataclass(frozen=True, slots=True)
class LanguageKnowledge:
    """Tables for one language; all keys are stems as `core.terms` makes them."""

    function_words: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Stem -> the stem that stands for all its synonyms in clustering."""

    frequency: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Stem -> documents of the background that hold it."""

    event_words: Mapping[str, Word] = field(default_factory=lambda: MappingProxyType({}))
    """Stem, or up to three stems joined by a space -> its entry."""

    openers: frozenset[str] = frozenset()
    """First stems of the phrases among `event_words`."""

    def is_rare(self, term: str) -> bool:
        """Whether a term is a word that the background does not know: a name, mostly."""
        known = not self.frequency or term in self.frequency or term[0].isdigit()
        return not known and len(term) >= _NAME_LETTERS


NO_LANGUAGE = LanguageKnowledge()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All tables. Without any, the judgement works from markers and from its window alone."""

    languages: Mapping[str, LanguageKnowledge] = field(default_factory=lambda: MappingProxyType({}))
    places: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Stem of a place name -> ISO 3166-1 alpha-2 code of its country."""

    documents: int = 1000
    """Documents that `frequency` was counted in."""

    def of(self, language: str) -> LanguageKnowledge:
        """The tables for a primary language subtag; empty ones where there are none."""
        return self.languages.get(language, NO_LANGUAGE)

"""Names in a story: found, typed, gathered under their full names, linked and weighed."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from events.entity import Entity, EntityType
from services.enrich.core import places
from services.enrich.core.agreement import agree
from services.enrich.core.boundaries import refine
from services.enrich.core.elsewhere import known_places
from services.enrich.core.gazetteer import Gazetteer
from services.enrich.core.mentions import Mention
from services.enrich.core.naming import full_names
from services.enrich.core.occasions import occasions
from services.enrich.core.salience import saliences
from services.enrich.core.tagger import Scorer, Span, Tagger
from services.enrich.core.tokens import Sentence, sentences
from services.enrich.core.topics import TopicWords

_TYPES = MappingProxyType(
    {"PER": EntityType.PERSON, "ORG": EntityType.ORGANISATION, "LOC": EntityType.PLACE, "NORP": EntityType.OTHER}
)
_ENGLISH = frozenset(("en", "und", ""))
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Finds names. Holds the model, the gazetteer and the words of topics, and nothing that changes."""

    tagger: Tagger
    gazetteer: Gazetteer
    topic_words: TopicWords

    def recognise(self, headline: str, body: str, language: str) -> tuple[Entity, ...]:
        r"""
        All mentions of names in a story, in order, without overlap.

        Args:
            headline: may be empty.
            body: may be empty.
            language: BCP 47. English and `und` are read in full; of other languages only known places are found.

        Returns:
            One entity a mention; offsets count code points of headline + "\n" + body.
        """
        text = f"{headline}\n{body}"
        if language.partition("-")[0].lower() in _ENGLISH:
            found, peoples = self._english(text)
        else:
            found, peoples = known_places(text, self.gazetteer), []
        return self._entities(found, peoples, text, len(headline))

    def _english(self, text: str) -> tuple[list[Mention], list[str]]:
        """Mentions, and the words for nationalities, which only serve to tell places of one name apart."""
        cut = sentences(text)
        scorer = Scorer(self.tagger)
        lexicon = self.tagger.lexicon
        found = [
            _mention(text, sentence, span)
            for sentence in cut
            for span in refine(sentence.words, scorer.spans(sentence), lexicon)
        ]
        peoples = [mention.text for mention in found if mention.kind is EntityType.OTHER]
        named = [mention for mention in found if mention.kind is not EntityType.OTHER and _is_name(mention.text)]
        agreed = agree(text, named, lexicon)
        return occasions(text, cut, agreed, lexicon), peoples

    def _entities(self, found: list[Mention], peoples: list[str], text: str, headline: int) -> tuple[Entity, ...]:
        ids = self._ids(found, peoples, text)
        names = full_names(found, ids)
        weights = saliences(found, [names[m.text, m.kind] for m in found], headline)
        return tuple(
            Entity(
                text=mention.text,
                type=mention.kind,
                start=mention.start,
                end=mention.end,
                id=ids.get(mention.text) if mention.kind is EntityType.PLACE else None,
                name=names[mention.text, mention.kind],
                salience=weights[names[mention.text, mention.kind]],
            )
            for mention in found
        )

    def _ids(self, found: list[Mention], peoples: list[str], text: str) -> dict[str, str]:
        """Identifiers of the places by name."""
        spots = [(m.text, m.start, m.end) for m in found if m.kind is EntityType.PLACE]
        context = places.Context(
            places.countries_named([*(name for name, _, _ in spots), *peoples], self.gazetteer),
            places.beside(spots, text, self.gazetteer),
        )
        linked = {name: places.link(name, self.gazetteer, context) for name in dict.fromkeys(n for n, _, _ in spots)}
        return {name: site.id for name, site in linked.items() if site is not None}


def _mention(text: str, sentence: Sentence, span: Span) -> Mention:
    start = sentence.starts[span.first]
    end = sentence.starts[span.end - 1] + len(sentence.words[span.end - 1])
    return Mention(start, end, text[start:end], _TYPES[span.label], span.margin)


def _is_name(text: str) -> bool:
    return len(text) >= _SHORTEST and any(char.isalpha() for char in text)

"""The knowledge files of this package -> the tables that the judgement takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from services.classify.core.knowledge import Knowledge, LanguageKnowledge, Word
from services.classify.core.terms import fold, stem, stems

T = TypeVar("T")
DATA = Path(__file__).parent.parent / "data"


class KnowledgeUnreadable(RuntimeError):
    """A knowledge file is missing or not valid: install the package again, or mend the file that is named."""


class WordGroup(BaseModel):
    """A line of `event_language.json`."""

    model_config = ConfigDict(extra="forbid")
    group: str
    weight: float
    words: str
    """Words and phrases, separated by semicolons."""


class Background(BaseModel):
    """`background.json`: stems of English news and how many documents hold them."""

    documents: int
    frequency: dict[str, int]


_FUNCTION_WORDS = TypeAdapter(dict[str, str])
_ALIASES = TypeAdapter(dict[str, dict[str, str]])
_EVENT_LANGUAGE = TypeAdapter(dict[str, list[WordGroup]])
_PLACES = TypeAdapter(dict[str, str])
_BACKGROUND = TypeAdapter(Background)


@cache
def load_knowledge(folder: Path = DATA) -> Knowledge:
    """
    All tables, read once.

    Raises:
        KnowledgeUnreadable: a file is missing or not valid.
    """
    function_words = _read(folder / "function_words.json", _FUNCTION_WORDS)
    aliases = _read(folder / "aliases.json", _ALIASES)
    event_language = _read(folder / "event_language.json", _EVENT_LANGUAGE)
    places = _read(folder / "places.json", _PLACES)
    background = _read(folder / "background.json", _BACKGROUND)
    synonyms = {language: _aliases(language, groups) for language, groups in aliases.items()}
    event_words = {language: _event_words(language, groups) for language, groups in event_language.items()}
    languages = {
        language: LanguageKnowledge(
            function_words=frozenset(
                form
                for word in function_words.get(language, "").split()
                for form in (fold(word), stem(fold(word), language))
            ),
            aliases=synonyms.get(language, MappingProxyType({})),
            frequency=_of_terms(background.frequency, synonyms["en"]) if language == "en" else MappingProxyType({}),
            event_words=event_words.get(language, MappingProxyType({})),
            openers=frozenset(phrase.partition(" ")[0] for phrase in event_words.get(language, ()) if " " in phrase),
        )
        for language in sorted({*function_words, *aliases, *event_language})
    }
    return Knowledge(
        languages=MappingProxyType(languages),
        places=MappingProxyType(places),
        documents=background.documents,
    )


def _aliases(language: str, groups: Mapping[str, str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for canonical, synonyms in groups.items():
        target = stem(fold(canonical), language)
        for word in (canonical, *synonyms.split()):
            found[stem(fold(word), language)] = target
    return MappingProxyType(found)


def _of_terms(frequency: Mapping[str, int], aliases: Mapping[str, str]) -> Mapping[str, int]:
    """Frequencies of terms from those of stems; documents with two synonyms count twice, which is near enough."""
    counted: dict[str, int] = {}
    for word, documents in frequency.items():
        term = aliases.get(word, word)
        counted[term] = counted.get(term, 0) + documents
    return MappingProxyType(counted)


def _event_words(language: str, groups: Iterable[WordGroup]) -> Mapping[str, Word]:
    """The strongest entry wins where two forms have one stem: `kills` and `killing`."""
    found: dict[str, Word] = {}
    for group in groups:
        for phrase in group.words.split(";"):
            key = " ".join(stems(phrase, language))
            held = found.get(key)
            if key and (held is None or abs(group.weight) > abs(held.weight)):
                found[key] = Word(group.weight, group.group)
    return MappingProxyType(found)


def _read(path: Path, kind: TypeAdapter[T]) -> T:
    try:
        return kind.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise KnowledgeUnreadable(f"{path}: {error}") from error

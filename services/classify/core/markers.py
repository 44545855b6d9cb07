"""Words by which newsrooms mark breaking news, and how they are told from the same words in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

from services.classify.core.terms import fold


@dataclass(frozen=True, slots=True)
class Marker:
    """A word or phrase that marks a story, with its weight in log-odds."""

    words: str
    weight: float


_BREAKING = (
    # English
    "breaking news", "breaking", "urgent", "flash", "bulletin", "news flash", "newsflash", "news alert", "newsalert",
    "apnewsalert", "alert", "red alert", "just in", "this just in", "urgent alert",
    # Romance languages
    "ultima hora", "última hora", "ultimo minuto", "último minuto", "último momento", "ultimo momento", "urgente",
    "alerta", "plantão", "dernière minute", "derniere minute", "dernière heure", "alerte",
    "ultim'ora", "ultima ora", "de ultimă oră", "flash info",
    # Germanic languages
    "eilmeldung", "eil", "siste nytt", "senaste nytt", "just nu",
    "seneste nyt", "lige nu", "net binnen", "spoed",
    # Slavic, Baltic, Finno-Ugric languages, Greek, Turkish
    "срочно", "молния", "экстренно", "терміново", "блискавка", "pilne", "z ostatniej chwili", "mimořádně",
    "mimořádná zpráva", "práve teraz", "hitno", "хитно", "спешно", "извънредно", "kiireellinen", "sürgős",
    "rendkívüli", "έκτακτο", "εκτακτο", "son dakika", "flaş", "acil",
    # Middle East and Asia
    "عاجل", "خبر عاجل", "فوری", "خبر فوری", "فوری خبر", "בהול", "מבזק", "速報", "緊急速報", "号外", "突发", "突發",
    "快讯", "快訊", "속보", "긴급", "ब्रेकिंग न्यूज़", "ब्रेकिंग", "ताज़ा ख़बर", "ব্রেকিং", "ব্রেকিং নিউজ", "அவசரம்", "ด่วน", "ข่าวด่วน",
    "tin nóng", "tin khẩn", "mendesak", "habari mpya", "habari za hivi punde",
)  # fmt: skip
_WEAKER = (
    Marker("developing", 1.6),
    Marker("developing story", 1.6),
    Marker("exclusive", 0.6),
    Marker("watch live", 0.4),
    Marker("live", 0.3),
    Marker("live updates", 0.3),
    Marker("en direct", 0.3),
    Marker("en vivo", 0.3),
    Marker("liveticker", 0.3),
    Marker("update", -0.3),
    Marker("analysis", -2.5),
    Marker("opinion", -2.5),
    Marker("review", -2.5),
    Marker("factbox", -2.0),
    Marker("explainer", -2.5),
    Marker("timeline", -2.0),
    Marker("fact check", -2.0),
    Marker("feature", -2.0),
    Marker("interview", -1.2),
    Marker("column", -2.5),
    Marker("advisory", -1.5),
    Marker("preview", -2.0),
)
HEADLINE_WEIGHT = 3.2
"""A newsroom that writes BREAKING before its headline has decided: enough alone, not against a column."""

MARKERS = (*(Marker(fold(words), HEADLINE_WEIGHT) for words in _BREAKING), *_WEAKER)
_LONGEST_FIRST = tuple(sorted(MARKERS, key=lambda marker: (-len(marker.words), marker.words)))
_BY_LETTER = MappingProxyType(
    {letter: tuple(m for m in _LONGEST_FIRST if m.words[0] == letter) for letter in {m.words[0] for m in MARKERS}}
)
_SECTION_ONLY = ("breaking", "breaking news alert", "breaking now", "alerts", "news alerts", "most urgent")
SECTIONS = frozenset(fold(words) for words in (*_BREAKING, *_SECTION_ONLY))
"""Section labels that mark what runs under them."""

_ORNAMENT = " \t#*+|\u203c\u26a0\ufe0f\U0001f6a8\U0001f534[(\u3010\u300c!\u00a1"
_CLOSER = re.compile(
    r"^\s*(?:[\])\u3011\u300d]\s*[:\-\u2013\u2014|]?|[:\uff1a|!\u2013\u2014/]+|\+{2,}|\s-+\s|-\s|\u2026|\.\.\.)\s*"
)
_RUNNING = re.compile(
    r"^\s*(?:news)?\s*(?:updat(?:e)|wrapup|correct(?:ed|ion)|refile|repeat|rpt)(?:\s+\d+)?\s*[-:\u2013\u2014]+\s*",
    re.IGNORECASE,
)
_UNSPACED_MARKER = re.compile(r"^[\u0590-\u06ff\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af]+$")


def split(headline: str) -> tuple[tuple[Marker, ...], str]:
    """
    The markers that a headline opens with, and the headline without them.

    A marker counts only where punctuation sets it off, or where it stands in capitals before words that do not:
    so that `Breaking Bad`, `Flash floods` and a mention inside the sentence are none.
    """
    markers: list[Marker] = []
    rest = headline
    while len(markers) < 3:  # noqa: PLR2004 (BREAKING, URGENT, UPDATE 1: more is noise)
        running = _RUNNING.match(rest)
        if running and running.end() < len(rest):
            markers.append(Marker("update", -0.3))
            rest = rest[running.end() :]
            continue
        found = _opening(rest)
        if found is None:
            break
        marker, rest = found
        markers.append(marker)
    return tuple(markers), rest.strip() or headline.strip()


def _opening(text: str) -> tuple[Marker, str] | None:
    bare = text.lstrip(_ORNAMENT)
    ornamented = len(bare) < len(text.lstrip())
    for marker in _BY_LETTER.get(fold(bare[:1]), ()):
        head = bare[: len(marker.words)]
        if fold(head) != marker.words:
            continue
        tail = bare[len(head) :]
        closer = _CLOSER.match(tail)
        if closer:
            return (marker, tail[closer.end() :]) if tail[closer.end() :].strip() else None
        if tail[:1].isspace() and _stands_out(head, tail, marker, ornamented=ornamented):
            return marker, tail.lstrip()
    return None


def _stands_out(head: str, tail: str, marker: Marker, *, ornamented: bool) -> bool:
    """Whether a marker without punctuation is set off by its capitals or its script."""
    if marker.weight < 1:
        return False
    if _UNSPACED_MARKER.match(head):
        return True
    capitals = head.isupper() and not tail.isupper() and len(head) > 3  # noqa: PLR2004 (EIL is also a word's start)
    return capitals and (ornamented or not _continues_name(tail))


def _continues_name(tail: str) -> bool:
    """Whether the next word is in capitals too, so that the marker may be part of a name: `BREAKING BAD star`."""
    following = tail.split(maxsplit=1)[0]
    return len(following) > 1 and following.isupper() and not following.isdigit()

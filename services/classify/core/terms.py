"""Text -> stems and terms: what clustering and the event language count. Bounded for any input."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from services.classify.core.knowledge import LanguageKnowledge

HEADLINE_READ = 300
"""Characters of the headline that are read."""

LEAD_READ = 800
"""Characters of the body that are read: a wire story says what happened in its first paragraphs."""

_TOKEN = re.compile(r"[^\W_]+(?:['.][^\W_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_PREFIX_STEM = 6
"""Letters kept of a word in languages without rules here: cutting to 5-6 is a strong stemmer for inflected ones."""

_STEM_MIN = 3
_TOKEN_MAX = 40


def fold(text: str) -> str:
    """Compatibility-normalised, case-folded text with plain apostrophes."""
    return unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")


def tokens(text: str, language: str) -> tuple[tuple[str, str], ...]:
    """All (stem, folded word) of the text in order, function words included."""
    folded = fold(text)
    if _UNSPACED.search(folded) is None:
        return tuple((stem(word, language), word) for word in _TOKEN.findall(folded) if len(word) <= _TOKEN_MAX)
    found: list[tuple[str, str]] = []
    for word in _TOKEN.findall(folded):
        if _UNSPACED.search(word):
            found.extend((pair, pair) for pair in _pairs(word))
        elif len(word) <= _TOKEN_MAX:
            found.append((stem(word, language), word))
    return tuple(found)


def stems(text: str, language: str) -> tuple[str, ...]:
    """All stems of the text in order, function words included."""
    return tuple(found for found, _ in tokens(text, language))


def terms(found: tuple[str, ...], tables: LanguageKnowledge) -> tuple[str, ...]:
    """The stems that carry meaning, synonyms made one."""
    return tuple(
        tables.aliases.get(word, word)
        for word in found
        if word and word not in tables.function_words and (len(word) > 1 or word.isdigit())
    )


@lru_cache(maxsize=1 << 16)
def stem(token: str, language: str) -> str:
    """Stem of one folded token: suffix rules for English, else its first letters."""
    token = token.removesuffix("'s").replace("'", "").replace(".", "")
    if token.isdigit():
        return token
    if language == "en":
        return _english(token)
    if language == "ar":
        token = token.removeprefix("\u0648\u0627\u0644").removeprefix("\u0627\u0644")
    return token[:_PREFIX_STEM]


def _pairs(token: str) -> list[str]:
    if len(token) == 1:
        return [token]
    return [token[at : at + 2] for at in range(len(token[: _TOKEN_MAX * 4]) - 1)]


def _english(word: str) -> str:
    if len(word) > _STEM_MIN + 1 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > _STEM_MIN and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix in ("ing", "ed"):
        if len(word) > len(suffix) + _STEM_MIN and word.endswith(suffix):
            return _undouble(word[: -len(suffix)])
    return word[:-1] if len(word) > _STEM_MIN + 1 and word.endswith("e") else word


def _undouble(word: str) -> str:
    if len(word) > _STEM_MIN and word[-1] == word[-2] and word[-1] not in "lsz":
        return word[:-1]
    return word.removesuffix("e") if len(word) > _STEM_MIN + 1 else word

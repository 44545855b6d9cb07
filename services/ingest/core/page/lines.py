"""The lines of a page's text, each with the measures that tell prose from furniture."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from services.ingest.core import clean
from services.ingest.core.language import is_function_word
from services.ingest.core.page import cues

_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_TERMINAL = re.compile(r"[.!?…。！？।؟։][\"'”’»)\]」』]*$|[:：]$")
_INNER = re.compile(r"[.!?。！？।؟][\"'”’»)]*\s+[\"'“‘«(]*\S|[,;，、；،]")
_BULLET = re.compile(r"^\s*(?:[•·▪‣●○◦*>»–—-]|\d+[.)])\s+")
_LETTERS_PER_WORD = 2.5
"""In scripts without spaces, by the lengths of Chinese and Japanese words."""

_SHORTEST_SENTENCE, _SHORT_SENTENCE = 3, 5
_LONG_PROSE = 30
_OPENING = 40
"""Words of a paragraph; characters of it in which furniture says what it is."""

_MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page, clean, with what can be counted in it."""

    text: str
    folded: str
    """Case-folded, as cue patterns want it."""

    words: int
    function_words: int
    """How many carry only grammar: prose is full of them, labels and lists of links are not."""

    capitals: int
    """Words with a capital first letter."""

    ends: bool
    """Ends as a sentence does."""

    commas: int
    """Marks inside the line that part sentences or clauses."""

    furniture: tuple[int, ...]
    """Where in it the words stand that give furniture away."""

    bullet: bool
    repeated: bool
    """The page says it more than once, or most of it in a line above."""

    block: int
    """How many lines stand together with it, without a blank line between."""

    @property
    def is_prose(self) -> bool:
        """Whether it reads like a sentence or several, and not like a label, link or title."""
        if self.words < _SHORTEST_SENTENCE:
            return False
        if self.words < _SHORT_SENTENCE:
            return self.ends and self.function_words > 0
        grammar = self.function_words / self.words
        if self.ends:
            return self.words >= 8 or grammar >= 0.15  # noqa: PLR2004
        return self.words >= 20 and (grammar >= 0.2 or self.commas > 0)  # noqa: PLR2004

    @property
    def is_furniture(self) -> bool:
        """
        Whether it says itself that it is no part of an article.

        A long paragraph may mention a newsletter; furniture opens with its subject, or comes back to it.
        """
        if len(self.furniture) == 1 and self.words >= _LONG_PROSE and self.is_prose:
            return self.furniture[0] < _OPENING
        return bool(self.furniture)

    @property
    def has_title_case(self) -> bool:
        """Whether most words that could be small have a capital."""
        return self.capitals * 3 >= (self.words - self.function_words) * 2


def read(text: str) -> tuple[Line, ...]:
    """The page's lines that are not blank, in order."""
    parts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MOST_LINES]
    rows: list[tuple[str, bool, int]] = []
    run: list[tuple[str, bool]] = []
    for part in [*parts, ""]:
        cleaned = clean.line(part)
        if cleaned:
            bullet = _BULLET.match(part)
            run.append((cleaned[len(bullet[0].strip()) :].strip() if bullet else cleaned, bullet is not None))
        else:
            rows.extend((line, has_bullet, len(run)) for line, has_bullet in run if line)
            run.clear()
    counts = Counter(line.casefold() for line, _, _ in rows)
    return tuple(_measure(line, bullet, counts[line.casefold()] > 1, block) for line, bullet, block in rows)


def content_words(text: str) -> frozenset[str]:
    """The words that carry meaning, case-folded: for how much two lines speak of the same."""
    unspaced = _UNSPACED.findall(text)
    pairs = {first + second for first, second in pairwise(unspaced)}
    words = (word.casefold().removesuffix("'s").removesuffix("’s") for word in _WORD.findall(text))
    return frozenset(word for word in words if len(word) > 2 and not is_function_word(word)) | pairs  # noqa: PLR2004


def _measure(text: str, bullet: bool, repeated: bool, block: int) -> Line:  # noqa: FBT001 (measured values)
    words = _WORD.findall(text)
    unspaced = 0 if text.isascii() else len(_UNSPACED.findall(text))
    folded = text.casefold()
    opening = (0,) if cues.FURNITURE_OPENING.match(folded) else ()
    return Line(
        text=text,
        folded=folded,
        furniture=opening + tuple(match.start() for match in cues.FURNITURE.finditer(folded)),
        words=len(words) if not unspaced else int(unspaced / _LETTERS_PER_WORD) + sum(w.isascii() for w in words),
        function_words=sum(map(is_function_word, words)),
        capitals=sum(word[0].isupper() for word in words),
        ends=_TERMINAL.search(text) is not None,
        commas=len(_INNER.findall(text)),
        bullet=bullet,
        repeated=repeated,
        block=block,
    )

"""Words of a text with their places, sentence by sentence, and the runs of words that could be names."""

from __future__ import annotations

import re
from dataclasses import dataclass

CONNECTORS = frozenset(
    (
        *("of", "the", "for", "and", "&", "to", "in", "on", "at", "und", "et", "y", "e"),
        *("de", "da", "do", "dos", "das", "du", "des", "del", "della", "di", "la", "le", "les", "d"),
        *("el", "al", "ul", "bin", "ibn", "abu", "van", "von", "der", "den", "ter"),
        *("'s", "’s", "'", "’", "-", "–", ".", "/"),
    )
)
"""Lower-case words and signs that stand inside names: Bank of England, Ursula von der Leyen, Johnson & Johnson."""

_TOKEN = re.compile(
    r"""
      [a-z]{2,}(?=[\s,;:!?)]) | [a-z]{3,}(?=\.(?:\s|$))           # most words: a short way past the rest
    | \n                                                        # a line end is a token: it ends a sentence
    | (?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W\d_]))?               # U.S., a.m., U.N
    | (?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Lt|Col|Capt|Maj|Sgt|Adm|Rev|Hon|Sr|Jr|St|Inc|Corp|Co|Ltd|Bros|Jan|Feb|Aug
        |Sept|Sep|Oct|Nov|Dec|No|Mt|Ft|vs)\.(?=\s|,|$)
    | [^\W\d_a-z]\.(?=\s?[^\W\d_])                              # an initial: George W. Bush
    | (?:[’'](?:s|S|re|ve|ll|d|t|m)\b)                          # split off: Iran's
    | (?:al|el|ul|as|ad|an|ar|at|az|ash|bin|Al|El|Ul|As|Ad|An|Ar|At|Az|Ash)-[^\W\d_]+(?:-[^\W\d_a-z][^\W_]*)*
    | (?:[dDlLOo][’'])(?=[^\W\d_a-z])[^\W_]+(?:-[^\W\d_a-z][^\W_]*)*    # d'Ivoire, O'Neill
    | (?:pro|anti|non|ex|then|post|pre|mid|sub|trans|inter|all|un|neo|co)(?=-[^\W\d_a-z])    # pro-Taliban: three words
    | [^\W_]+(?:(?:[-.&+@](?=[^\W\d_a-z])|[’'](?!(?:s|S|re|ve|ll|d|t|m)\b)|(?<=\d)[.,:](?=\d)
        |-(?=\d|[^\W_]{1,7}\b(?<!ed)(?<!style)(?<!wide)(?<!born)(?<!run)(?<!era)(?<!led)(?<!bound)(?<!made)(?<!held)(?<!only)
            (?<!free)(?<!area)(?<!like)(?<!type)(?<!own)(?<!old)(?<!speaking)(?<!leaning)))[^\W_]+)*
    | \S
    """,
    re.VERBOSE,
)
_ENDS = frozenset(".!?\n…。！？؟।")
_OPENERS = frozenset("\"'“”‘’«»([{—–-•*")
_MAX_SENTENCE = 400
_GAP = 2


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of one sentence; `starts[i]` is where `words[i]` begins in the text, in code points."""

    words: tuple[str, ...]
    starts: tuple[int, ...]


def sentences(text: str) -> list[Sentence]:
    """Split a text into sentences of words. Every word equals `text[start : start + len(word)]`."""
    found: list[Sentence] = []
    words: list[str] = []
    starts: list[int] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word != "\n":
            words.append(word)
            starts.append(match.start())
        if (word in _ENDS or len(words) >= _MAX_SENTENCE) and words:
            found.append(Sentence(tuple(words), tuple(starts)))
            words, starts = [], []
    if words:
        found.append(Sentence(tuple(words), tuple(starts)))
    return found


def first_word(words: tuple[str, ...]) -> int:
    """Index of the first word that is not an opening quote, bracket or dash; `len(words)` where there is none."""
    for index, word in enumerate(words):
        if word not in _OPENERS:
            return index
    return len(words)


def runs(words: tuple[str, ...]) -> list[tuple[int, int]]:
    """
    Stretches of words that may hold names, as (first, end), end exclusive.

    A stretch begins and ends with a word that has a capital letter; at most two connectors stand between two of
    these. Words outside are never part of a name.
    """
    found: list[tuple[int, int]] = []
    first, last = -1, -3
    for index, word in enumerate(words):
        if word.islower() or word == word.lower() or not (word[0].isalpha() or word[-1].isalpha()):
            continue
        gap = index - last - 1
        if first >= 0 and (gap == 0 or (gap <= _GAP and all(w in CONNECTORS for w in words[last + 1 : index]))):
            last = index
            continue
        if first >= 0:
            found.append((first, last + 1))
        first = last = index
    if first >= 0:
        found.append((first, last + 1))
    return found

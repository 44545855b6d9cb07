"""Text fit for a screen: the source's own words, cut where a reader would."""

from __future__ import annotations

import re

HEADLINE_CHARACTERS = 100
SUMMARY_CHARACTERS = 280
_LONGEST_ABBREVIATION = 10
_SENTENCE_END = re.compile(r"(?<=[.!?।؟])[\"'”’»)\]]*(?=\s|$)|(?<=[。！？])[”’」』）]*")
"""Chinese and Japanese put no space after a sentence."""

_ABBREVIATION = re.compile(
    r"\b(?:[^\W\d_]|Mr|Mrs|Ms|Dr|Prof|Rev|Hon|Jr|Sr|St|Mt|Ft|Adm|Capt|Cmdr|Col|Gen|Lt|Maj|Sgt|Gov|Sen|Rep|No|Inc|Corp"
    r"|Co|Ltd|vs|approx|Jan|Feb|Mar|Apr|Aug|Sept|Sep|Oct|Nov|Dec)\.$"
)
"""One letter covers initials, U.S., a.m. and e.g.; months as agencies shorten them before a day."""


def headline(text: str) -> str:
    """At most 100 characters, ending at a word."""
    return _cut(" ".join(text.split()), HEADLINE_CHARACTERS)


def summary(body: str) -> str:
    """The first whole sentences of the body that fit 280 characters; the first one cut at a word where it is longer."""
    opening = " ".join(body[: SUMMARY_CHARACTERS * 4].split())
    fitting = [end for end in _sentence_ends(opening) if end <= SUMMARY_CHARACTERS]
    return opening[: fitting[-1]] if fitting else _cut(opening, SUMMARY_CHARACTERS)


def _sentence_ends(text: str) -> list[int]:
    ends = (match.end() for match in _SENTENCE_END.finditer(text))
    return [end for end in ends if end and not _ABBREVIATION.search(text, max(0, end - _LONGEST_ABBREVIATION), end)]


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    at_word = kept if text[most - 1].isspace() else kept.rpartition(" ")[0]
    if len(at_word) < most // 2:  # a script without spaces, or one long word: better cut it than lose it
        at_word = kept
    return at_word.rstrip(" ,;:-–—") + "…"

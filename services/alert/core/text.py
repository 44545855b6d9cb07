"""Text fit for a screen: the source's own words, cut where a reader would."""

from __future__ import annotations

import re

HEADLINE_CHARACTERS = 100
SUMMARY_CHARACTERS = 280
_SENTENCE_END = re.compile(r"(?<=[.!?。！？।؟])[\"'”’»)\]]*(?:\s+|$)")
_ABBREVIATION = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|St|Gen|Col|Sgt|Lt|Gov|Sen|Rep|No|Inc|Corp|Co|Ltd|vs))\.$")


def headline(text: str) -> str:
    """At most 100 characters, ending at a word."""
    return _cut(" ".join(text.split()), HEADLINE_CHARACTERS)


def summary(body: str) -> str:
    """The first whole sentences of the body that fit 280 characters; the first one cut at a word where it is longer."""
    opening = " ".join(body[: SUMMARY_CHARACTERS * 4].split())
    taken = ""
    for sentence in _sentences(opening):
        grown = f"{taken} {sentence}".strip()
        if len(grown) > SUMMARY_CHARACTERS:
            break
        taken = grown
    return taken or _cut(opening, SUMMARY_CHARACTERS)


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        candidate = text[start : match.end()].strip()
        if _ABBREVIATION.search(candidate):
            continue
        found.append(candidate)
        start = match.end()
    return found


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    at_word = kept.rsplit(" ", 1)[0] if " " in kept and not text[most - 1].isspace() else kept
    return at_word.rstrip(" ,;:-–—") + "…"

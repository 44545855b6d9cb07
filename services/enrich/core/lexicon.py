"""What is known of words before a text is read: classes of single words, and names of several words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

LETTERS = MappingProxyType(
    {
        "title": "t",
        "honorific": "h",
        "org_head": "o",
        "place_head": "l",
        "place_word": "p",
        "org_word": "q",
        "person_word": "w",
        "in_word": "i",
        "direction": "d",
        "calendar": "m",
        "not_name": "x",
        "nationality": "n",
        "nationality_extra": "n",
        "region": "r",
        "organisation": "k",
        "country": "c",
        "subdivision": "u",
        "city": "G",
        "town": "g",
        "first_name": "f",
        "surname": "s",
        "person_suffix": "j",
        "event_head": "e",
        "event": "v",
        "work_head": "a",
        "common": "L",
    }
)
"""The letter by which each class stands in a word's class string."""

MAX_PHRASE = 5
"""Names of more words are not looked up."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word classes. `words` maps a word to the letters of its classes, sorted; `phrases` a spaced phrase to one."""

    words: Mapping[str, str]
    phrases: Mapping[str, str]
    starts: frozenset[str]
    """First words of the phrases."""

    def classes(self, word: str) -> str:
        """Letters of the classes of a word, with an L at the end where its lower-case form is a common word."""
        known = self.words.get(word, "")
        lower = word.lower()
        return known + "L" if lower != word and "L" in self.words.get(lower, "") else known


def build(classes: Iterable[tuple[str, Iterable[str]]]) -> Lexicon:
    """
    Make a lexicon from (class name, names) pairs; where classes disagree on a phrase the first pair wins.

    Raises:
        KeyError: a class name is not in `LETTERS`.
    """
    words: dict[str, str] = {}
    phrases: dict[str, str] = {}
    for name, items in classes:
        letter = LETTERS[name]
        for item in items:
            if " " in item:
                phrases.setdefault(item, letter)
            elif letter not in words.get(item, ""):
                words[item] = words.get(item, "") + letter
    ordered = {word: "".join(sorted(letters)) for word, letters in words.items()}
    starts = frozenset(phrase.partition(" ")[0] for phrase in phrases)
    return Lexicon(MappingProxyType(ordered), MappingProxyType(phrases), starts)


def parse_classes(lines: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
    """
    Read lines of `class: item|item|…`; blank lines and those that start with # are skipped.

    Raises:
        ValueError: a line has no colon.
    """
    found: list[tuple[str, tuple[str, ...]]] = []
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        name, colon, items = line.partition(":")
        if not colon:
            raise ValueError(f"lexicon line {number} is not 'class: item|item': {line[:40]!r}")
        found.append((name.strip(), tuple(item.strip() for item in items.split("|") if item.strip())))
    return found


def overlay(words: tuple[str, ...], first: int, end: int, lexicon: Lexicon) -> list[str]:
    """
    For each word in `first:end`, where it stands in a known name of several words.

    `B` and the class letter begins one, `I` and the letter continues it, and the empty string is outside. The
    longest name wins, from left to right.
    """
    marks = [""] * (end - first)
    index = first
    while index < end - 1:
        if words[index] in lexicon.starts:
            for size in range(min(MAX_PHRASE, end - index), 1, -1):
                letter = lexicon.phrases.get(" ".join(words[index : index + size]))
                if letter is not None:
                    marks[index - first] = "B" + letter
                    for inner in range(index + 1, index + size):
                        marks[inner - first] = "I" + letter
                    index += size - 1
                    break
        index += 1
    return marks

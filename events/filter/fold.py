"""Folding of text, so that what differs only in case, accents, width or spacing compares equal."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

_ASCII_WORD = re.compile(r"[a-z0-9]+")

_TYPOGRAPHY = MappingProxyType({0x2018: "'", 0x2019: "'", 0x02BC: "'"} | dict.fromkeys(range(0x2010, 0x2016), "-"))
"""Apostrophes and dashes that NFKD leaves apart."""

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana extensions
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # Hangul syllables: spaced, but particles are joined to the noun
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Scripts in which a word is not bounded by spaces: each letter counts as a word of its own."""


def fold(text: str) -> str:
    """
    Lower case without accents, compatibility forms replaced; folding twice changes nothing.

    Marks that make another letter of the one they stand on stay: vowel signs, viramas, kana voicing, tones.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text).translate(_TYPOGRAPHY)
    decomposed = unicodedata.normalize("NFKD", decomposed.casefold())
    bare = "".join(letter for letter in decomposed if not _is_accent(letter))
    return unicodedata.normalize("NFC", bare)


def key(text: str) -> str:
    """A name as it is compared: folded, with single spaces."""
    return " ".join(fold(text).split())


def words(text: str) -> str:
    """The words of a text, folded, in order, with one space between: letters, marks and digits; all else parts."""
    folded = fold(text)
    if folded.isascii():
        return " ".join(_ASCII_WORD.findall(folded))
    return " ".join("".join(map(_spaced, folded)).split())


def _is_accent(letter: str) -> bool:
    """By canonical combining class: overlays 1, Hebrew, Arabic and Syriac points 10-36, the accents 200-240."""
    combining = unicodedata.combining(letter)
    return combining == 1 or 10 <= combining <= 36 or combining >= 200  # noqa: PLR2004 (the classes named above)


def _spaced(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isalnum() else " "
    category = unicodedata.category(letter)[0]
    if category == "M":
        return letter
    if category not in "LN":
        return " "
    number = ord(letter)
    return f" {letter}" if any(first <= number <= last for first, last in _UNSPACED) else letter

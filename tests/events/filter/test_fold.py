from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.filter.fold import fold, key, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("KÖLN", "koln"),
        ("Łódź", "łodz"),
        ("Straße", "strasse"),
        ("Đà Nẵng", "đa nang"),
        ("O’Brien", "o'brien"),
        ("Ｔｏｋｙｏ", "tokyo"),
        ("２０２６", "2026"),
        ("ŉ", "'n"),
        ("Al\u2010Qaeda", "al-qaeda"),
        ("שָׁלוֹם", "שלום"),
        ("ガ", "ガ"),
        ("भू", "भू"),
        ("ใต้", "ใต้"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    """Case, accents and width go; marks that make another letter stay."""
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Flash: 12 dead in U.S. – AP's Smith", "flash 12 dead in u s ap s smith"),
        ("snake_case", "snake case"),
        ("  ", ""),
        ("!?", ""),
        ("東京2026年", "東 京2026 年"),
        ("ไทย", "ไ ท ย"),
    ],
)
def test_words(text: str, found: str) -> None:
    """Letters and digits make words, all else parts them; unspaced scripts part at every letter."""
    assert words(text) == found


def test_key() -> None:
    """Names keep their punctuation but not the kind of space."""
    assert key(" Médecins\u00a0 Sans\tFrontières ") == "medecins sans frontieres"


@given(st.text(max_size=20))
def test_once_is_enough(text: str) -> None:
    """Doing it twice changes nothing, so what is folded can be spelt and read again."""
    assert fold(fold(text)) == fold(text)
    assert key(key(text)) == key(text)
    assert words(words(text)) == words(text)

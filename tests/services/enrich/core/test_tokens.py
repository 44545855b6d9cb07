from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.core.tokens import first_word, runs, sentences


@given(st.text(max_size=300))
def test_words_are_slices_of_the_text(text: str) -> None:
    """Whatever the text, each word stands where it is said to, in order, and nothing but white space is left out."""
    end = 0
    for sentence in sentences(text):
        for word, start in zip(sentence.words, sentence.starts, strict=True):
            assert text[start : start + len(word)] == word
            assert text[end:start].strip() == ""
            end = start + len(word)
    assert text[end:].strip() == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the U.S.-led coalition", ["the", "U.S.", "-", "led", "coalition"]),
        ("Iran’s deal, Amnesty's say", ["Iran", "’s", "deal", ",", "Amnesty", "'s", "say"]),
        ("Kurdish-Arab al-Qaida", ["Kurdish-Arab", "al-Qaida"]),
        ("Moon Jae-in in Seoul-based", ["Moon", "Jae-in", "in", "Seoul", "-", "based"]),
        ("pro-Taliban", ["pro", "-", "Taliban"]),
        ("Mr. O'Neill of Côte d'Ivoire", ["Mr.", "O'Neill", "of", "Côte", "d'Ivoire"]),
        ("1,500 of AT&T", ["1,500", "of", "AT&T"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    """Abbreviations, possessives, prefixes and hyphens are cut so that a name is whole words."""
    assert [word for sentence in sentences(text) for word in sentence.words] == words


def test_sentences_end_at_stops_and_line_ends() -> None:
    """A headline without a full stop does not run into the body."""
    assert [s.words[0] for s in sentences("Quake hits\nRescuers came. They dug")] == ["Quake", "Rescuers", "They"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("said", "Bank", "of", "England", "now"), [(1, 4)]),
        (("Ursula", "von", "der", "Leyen"), [(0, 4)]),
        (("Iran", "signed", "with", "Iraq"), [(0, 1), (3, 4)]),
        (("lower", "case", "only"), []),
        (("of", "Kin", "of"), [(1, 2)]),
    ],
)
def test_runs(words: tuple[str, ...], expected: list[tuple[int, int]]) -> None:
    """Names may hold two small connectors, and neither begin nor end with one."""
    assert runs(words) == expected


def test_first_word_is_after_the_quote() -> None:
    """What opens a quotation opens a sentence."""
    assert first_word(("“", "We", "go")) == 1
    assert first_word(("“",)) == 1

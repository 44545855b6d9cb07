from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core import clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  plain  text ", "plain text"),
        ("a\x00b\x07c", "abc"),
        ("27\u00a0languages\u2003here", "27 languages here"),
        ("one\r\n\ttwo\u2028three\x85four", "one two three four"),
        ("cafe\u0301", "café"),
        ("in\u200bvis\u2060ible\ufeff", "invisible"),
        ("gpj.\u202egnp", "gpj.gnp"),
        ("soft\u00adhyphen", "softhyphen"),
        ("tag\U000e0041ged", "tagged"),
        ("ad\u200dmin", "admin"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚒", "👩\u200d🚒"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("z\u0300\u0301\u0302\u0303\u0304\u0305\u0306a", "z\u0300\u0301\u0302a"),
    ],
)
def test_line(text: str, cleaned: str) -> None:
    """What cannot be seen goes, what shapes letters stays, and all white space is one space."""
    assert clean.line(text) == cleaned


@given(st.text())
def test_a_clean_line_stays_as_it_is(text: str) -> None:
    """Cleaning again changes nothing, so a digest is the same whoever cleaned before."""
    once = clean.line(text)
    assert clean.line(once) == once
    assert once.encode().decode() == once
    assert not any(unicodedata.category(character) == "Cc" for character in once)


def test_long_headline_is_cut_at_a_word() -> None:
    """A headline has at most 500 characters and does not end in half a word."""
    cut = clean.headline("word " * 200)
    assert len(cut) <= clean.LONGEST_HEADLINE
    assert cut.endswith("word…")


def test_long_body_is_cut_at_a_paragraph() -> None:
    """A body has at most 200,000 characters and ends with a whole paragraph."""
    body = clean.body(["x" * 999] * 300)
    assert len(body) <= clean.LONGEST_BODY
    assert {len(paragraph) for paragraph in body.split("\n\n")} == {999}


def test_one_endless_paragraph_is_cut() -> None:
    """A body without paragraphs is cut too."""
    assert len(clean.body(["x" * 300_000])) == clean.LONGEST_BODY


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one\ntwo\n\nthree", ("one\ntwo", "three")),
        ("one\r\ntwo\r\n", ("one", "two")),
        ("one\n \t\ntwo", ("one", "two")),
        (" \n ", ()),
    ],
)
def test_paragraphs(text: str, parts: tuple[str, ...]) -> None:
    """Blank lines part paragraphs; where there are none, line breaks do."""
    assert clean.paragraphs(text) == parts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A dam broke. Many fled.", "A dam broke."),
        ("“Run!” he said. They ran.", "“Run!”"),
        ("東京で地震。津波の心配はない。", "東京で地震。"),
        ("No end", "No end"),
    ],
)
def test_first_sentence(text: str, sentence: str) -> None:
    """The first sentence ends at its mark, with the quotation mark after it."""
    assert clean.first_sentence(text) == sentence

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.core import language


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("Explosion rocks central Beirut", "en"),
        ("OIL FALLS ON SUPPLY FEARS", "en"),
        ("Erdbeben erschüttert Istanbul", "de"),
        ("Le président démissionne", "fr"),
        ("Dimite el presidente tras las protestas", "es"),
        ("Terremoto na Turquia mata dezenas", "pt"),
        ("Terremoto in Turchia, decine di morti", "it"),
        ("Jordbävning i Turkiet", "sv"),
        ("Trzęsienie ziemi w Turcji", "pl"),
        ("Землетрясение в Турции", "ru"),
        ("Землетрус у Туреччині", "uk"),
        ("زلزال في تركيا", "ar"),
        ("زلزله در ترکیه", "fa"),
        ("भूकंप से तुर्की में तबाही", "hi"),
        ("速報:東京で地震", "ja"),
        ("北京地震", "zh"),
        ("한국 지진", "ko"),
        ("Σεισμός στην Τουρκία", "el"),
    ],
)
def test_short_headlines(headline: str, expected: str) -> None:
    """A headline of a few words is enough, by script, function words or model."""
    assert language.identify(headline) == expected


@pytest.mark.parametrize("text", ["", "123", "— 7:30 —", "Xi"])
def test_too_little_to_tell(text: str) -> None:
    """Where there is next to no text, the language is undetermined rather than guessed."""
    assert language.identify(text) == language.UNDETERMINED


def test_a_body_settles_a_doubtful_headline() -> None:
    """Names alone say little; the body behind them says it."""
    body = "Der Präsident ist in der Nacht zurückgetreten und hat das Land mit seiner Familie verlassen."
    assert language.identify("Mubarak", body) == "de"


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("EN", "en"),
        ("en_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("eng", "en"),
        ("nb", "no"),
        ("und", None),
        ("", None),
        (None, None),
        ("english language", None),
    ],
)
def test_declared_tags(declared: str | None, tag: str | None) -> None:
    """One language has one tag, however its senders spell it, so that its stories meet."""
    assert language.tag(declared) == tag


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_one_answer(text: str) -> None:
    """Any text gets an answer, and the same one each time."""
    assert language.identify(text) == language.identify(text)


@pytest.mark.parametrize(("word", "carries"), [("The", True), ("und", True), ("earthquake", False)])
def test_function_words(word: str, *, carries: bool) -> None:
    """Grammar is told from meaning in any letter case."""
    assert language.is_function_word(word) is carries

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alert.core.text import HEADLINE_CHARACTERS, SUMMARY_CHARACTERS, headline, summary


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Quake strikes", "Quake strikes"),
        ("  Quake\n strikes\t coast ", "Quake strikes coast"),
        ("x" * 100, "x" * 100),
        ("word " * 20 + "end", "word " * 19 + "word…"),
        ("a" * 60 + ", and " + "b" * 60, "a" * 60 + ", and…"),
        ("a" * 60 + ", " + "b" * 60, "a" * 60 + "…"),
        ("a" * 99 + " b", "a" * 99 + "…"),
        ("地震" * 60, "地震" * 49 + "地…"),
        ("速報 " + "地震" * 60, "速報 " + "地震" * 48 + "…"),
        ("", ""),
    ],
)
def test_a_headline_is_one_line_that_ends_at_a_word(text: str, expected: str) -> None:
    """Where there are words: a script without spaces is cut at a character rather than lost."""
    assert headline(text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Two died. More follows.", "Two died. More follows."),
        ("No full stop at all", "No full stop at all"),
        ("", ""),
        ("Two died.\n\nRescue goes on! Is it over? Not yet", "Two died. Rescue goes on! Is it over?"),
        ("Two died. " + "word " * 80, "Two died."),
        ('He said "Go home." ' + "word " * 80, 'He said "Go home."'),
        (
            "The U.S. Embassy closed at 5 p.m. on Jan. 5 for Dr. A. Smith. " + "word " * 80,
            "The U.S. Embassy closed at 5 p.m. on Jan. 5 for Dr. A. Smith.",
        ),
        ("It rose 3.5 percent to 1.20 dollars. " + "word " * 80, "It rose 3.5 percent to 1.20 dollars."),
        ("地震がありました。" + "被害は不明です。" * 50, "地震がありました。" + "被害は不明です。" * 33),
        ("「逃げろ。」と言った。" + "あ" * 300, "「逃げろ。」と言った。"),
        ("هل انتهى؟ " + "كلمة " * 80, "هل انتهى؟"),
        ("भूकंप आया। " + "शब्द " * 80, "भूकंप आया।"),
        ("word " * 80, "word " * 55 + "word…"),
        ("x" * 400, "x" * 279 + "…"),
    ],
)
def test_a_summary_is_the_first_whole_sentences(body: str, expected: str) -> None:
    """Those that fit; an abbreviation, an initial or a decimal point ends none."""
    assert summary(body) == expected


_TEXT = st.text(alphabet=st.sampled_from('ab é地。.!?।؟ \n"”Dr…-'), max_size=1500)


@given(_TEXT)
def test_no_headline_or_summary_is_too_long_or_adds_a_word(text: str) -> None:
    """Each is a beginning of the source's own text, with one mark where it was cut."""
    one_line = " ".join(text.split())
    for cut, most in ((headline(text), HEADLINE_CHARACTERS), (summary(text), SUMMARY_CHARACTERS)):
        assert len(cut) <= most
        assert one_line.startswith((cut, cut.removesuffix("…")))
        assert cut == cut.strip()
        assert bool(cut) == bool(one_line)
    assert headline(headline(text)) == headline(text)

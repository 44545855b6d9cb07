from __future__ import annotations

from events.filter import InvalidFilter


def test_long_text_is_cut_around_the_mistake() -> None:
    """Only the surroundings are shown, and the caret still stands under the mistake."""
    text = "x" * 500 + "!" + "y" * 500
    _, shown, caret = str(InvalidFilter(text, 500, "a word")).split("\n")
    assert len(shown) < 130
    assert shown[caret.index("^")] == "!"


def test_the_message_is_three_lines() -> None:
    """Line breaks and control characters of the text are shown as spaces."""
    assert str(InvalidFilter("a\n\x1b[31m", 1, "b")).split("\n")[1] == "  a  [31m"


def test_is_a_value_error() -> None:
    """So a validator may raise it and settings and requests report it as theirs."""
    assert issubclass(InvalidFilter, ValueError)

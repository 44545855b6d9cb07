"""What is wrong with a filter, and where."""

from __future__ import annotations

_WINDOW = 60
"""Characters shown on each side of the mistake."""


class InvalidFilter(ValueError):
    """A filter cannot be understood. Its message shows the place with a caret below it."""

    text: str
    position: int
    """Where, counted in characters from 0."""

    expected: str
    """What would have been right there."""

    def __init__(self, text: str, position: int, expected: str, hint: str = "") -> None:
        self.text = text
        self.position = position
        self.expected = expected
        start = max(0, position - _WINDOW)
        shown = "".join(letter if letter.isprintable() else " " for letter in text[start : position + _WINDOW])
        summary = f"At character {position}: expected {expected}."
        super().__init__("\n".join((f"{summary} {hint}".rstrip(), f"  {shown}", f"  {' ' * (position - start)}^")))

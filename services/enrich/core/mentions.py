"""Mentions of names in one text, before they become entities."""

from __future__ import annotations

from dataclasses import dataclass

from events.entity import EntityType


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at `start:end`, in code points of the text; `margin` is how sure the tagger was, 100 to a natural log."""

    start: int
    end: int
    text: str
    kind: EntityType
    margin: int = 0


def overlaps(start: int, end: int, taken: bytearray) -> bool:
    """Whether any place of `start:end` is taken."""
    return any(taken[start:end])


def occupied(mentions: list[Mention], size: int) -> bytearray:
    """One byte a code point of a text of this size, 1 where a mention stands."""
    taken = bytearray(size)
    for mention in mentions:
        taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
    return taken


def inside_word(text: str, start: int, end: int) -> bool:
    """Whether `start:end` begins or ends in the middle of a word."""
    return (start > 0 and text[start - 1].isalnum() and text[start].isalnum()) or (
        end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    )

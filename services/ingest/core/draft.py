"""What a parser found in its input, before anything of it is believed, and the errors for input that says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from events.story import Notice, StoryStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    One story as its sender wrote it: text not yet cleaned, dates not yet believed, codes not yet mapped.

    Empty strings and None both mean that the input did not say.
    """

    format: str
    """The parser that made it, e.g. `ninjs`."""

    headline: str = ""
    paragraphs: tuple[str, ...] = ()
    """Plain text, in reading order, furniture removed."""

    id: str | None = None
    """An id in our own shape: kept as it is."""

    guid: str | None = None
    """The sender's identifier (`uri`, `guid`, `itemid`), stable over revisions: ours is derived from it."""

    url: str | None = None
    source: str | None = None
    """Where the input names its source, it goes before the name of the channel it came by."""

    version: int | None = None
    published: datetime | None = None
    """Of this revision."""

    first_published: datetime | None = None
    embargo: datetime | None = None
    language: str | None = None
    status: StoryStatus = StoryStatus.USABLE
    test: bool = False
    notice: Notice | None = None
    priority: str | None = None
    """The code as sent, e.g. `2` or `u`."""

    priority_scheme: str = "ninjs"
    """Whose code it is: names one of the ladders."""

    signals: tuple[str, ...] = ()
    """Codes and words that qualify the story: NewsML signals, AP editorial types."""

    section: str | None = None
    slug: str | None = None
    byline: str | None = None
    editorial_note: str | None = None
    keywords: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    """What was sent and could not be read, one sentence each; none of it is worth a refusal."""


class Refused(Exception):
    """The input holds no story that can be taken in."""


class UnknownFormat(Refused):
    """No parser knows what the bytes are."""

    def __init__(self, *, content_type: str | None, known: tuple[str, ...]) -> None:
        self.content_type = content_type
        self.known = known
        sent = f"sent as {content_type!r}" if content_type else "sent without a content type"
        super().__init__(
            f"The input ({sent}) is in no format that is known here ({', '.join(known)}): "
            "send one of these, with its content type, as UTF-8."
        )


class TooLarge(Refused):
    """The input, or one record of it, is larger than its format allows."""

    def __init__(self, *, format: str, size: int, limit: int) -> None:  # noqa: A002 (the field's name)
        self.format = format
        self.size = size
        self.limit = limit
        super().__init__(
            f"{format}: {size} bytes are more than the {limit} that are allowed: send it in smaller parts."
        )


class Unparseable(Refused):
    """The format is known, and the input does not keep to it."""

    def __init__(self, format: str, where: str, what: str) -> None:  # noqa: A002 (the field's name)
        self.format = format
        self.where = where
        """The place: `line 3, field urgency`."""
        self.what = what
        """What is wrong there and what to send instead."""
        super().__init__(f"{format}: {where}: {what}")

"""The IPTC's publication status, as NewsML-G2 and NITF spell it, and what it means for a story."""

from __future__ import annotations

from types import MappingProxyType

from events.story import Notice, StoryStatus

_MEANING = MappingProxyType(
    {
        "usable": (StoryStatus.USABLE, None),
        "embargoed": (StoryStatus.WITHHELD, None),
        "withheld": (StoryStatus.WITHHELD, None),
        "canceled": (StoryStatus.CANCELED, Notice.KILL),
        "cancelled": (StoryStatus.CANCELED, Notice.KILL),
    }
)


def read(text: str, *, embargo_is_dated: bool) -> tuple[StoryStatus, Notice | None] | None:
    """
    What a status means; None for an unknown one. An empty one is the IPTC's default, usable.

    Args:
        text: the code, `usable`, or a qcode, `stat:usable`, or a URI that ends in it.
        embargo_is_dated: then the date says all that the status `embargoed` does; without one the story waits.
    """
    return meaning(text.rpartition(":")[2].rpartition("/")[2], embargo_is_dated=embargo_is_dated)


def meaning(text: str, *, embargo_is_dated: bool) -> tuple[StoryStatus, Notice | None] | None:
    """The same for a code or qcode alone."""
    code = text.rpartition(":")[2].strip().lower() or "usable"
    if code == "embargoed" and embargo_is_dated:
        return StoryStatus.USABLE, None
    return _MEANING.get(code)

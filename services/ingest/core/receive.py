"""The one way in: bytes to normalised stories, the same for HTTP, polls, files and the command line."""

from __future__ import annotations

from datetime import datetime

from events.story import Story
from services.ingest.core import formats
from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.normalise import normalise


def stories(
    raw: bytes, *, content_type: str | None, source: str, at: datetime, scheme: str | None = None
) -> list[Story]:
    """
    Every story in the bytes, at least one.

    Args:
        content_type: as sent, with or without parameters; None where nothing was said.
        source: the name of the channel; a story that names its own source keeps that.
        at: when the bytes were received, aware.
        scheme: the ladder that plain numbers of this source are codes of, e.g. `ap`; None for the IPTC's.

    Raises:
        UnknownFormat: no parser knows the bytes.
        TooLarge: more than the format allows.
        Unparseable: the format is known and something in the input is wrong; names the place.
    """
    drafts = formats.parse(raw, content_type=content_type)
    return [_story(draft, source, at, scheme) for draft in drafts]


def _story(draft: Draft, source: str, at: datetime, scheme: str | None) -> Story:
    story = normalise(draft, source=source, at=at, scheme=scheme)
    if not story.headline:
        raise Unparseable(draft.format, "headline", "has no visible character, and the body neither: send either.")
    return story

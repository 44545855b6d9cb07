"""Every format that can come in, and which one some bytes are."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from functools import lru_cache
from typing import Protocol

from services.ingest.core.draft import Draft, TooLarge, UnknownFormat, Unparseable
from services.ingest.core.formats import (
    cap,
    feed,
    html,
    json_feed,
    json_story,
    newsml_g2,
    ninjs,
    nitf,
    page_text,
    sitemap,
    wire,
)


class Format(Protocol):
    """What a module of this package offers. To add a format, write one and name it in `FORMATS`."""

    @property
    def FORMAT(self) -> str:  # noqa: N802 (a constant of the module)
        """Its name, in drafts and errors."""
        ...

    @property
    def MEDIA_TYPES(self) -> tuple[str, ...]:  # noqa: N802 (a constant of the module)
        """The content types that mean it, lower case, without parameters."""
        ...

    @property
    def MAX_BYTES(self) -> int:  # noqa: N802 (a constant of the module)
        """The most that is read at once."""
        ...

    def sniff(self, head: bytes) -> bool:
        """Whether bytes that begin like this are in the format."""
        ...

    def parse(self, raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
        """
        The drafts in the bytes.

        Raises:
            Unparseable: the bytes do not keep to the format.
        """
        ...


FORMATS: tuple[Format, ...] = (
    newsml_g2,
    nitf,
    cap,
    sitemap,
    feed,
    wire,
    json_feed,
    ninjs,
    json_story,
    html,
    page_text,
)
"""In the order in which they are asked: the strictest first, plain text last."""

_SAYS_NOTHING = frozenset(
    {"", "text/plain", "application/octet-stream", "binary/octet-stream", "application/x-www-form-urlencoded"}
)
"""Content types that tools send for anything: the bytes themselves are asked."""

_HEAD = 8192


def parse(raw: bytes, *, content_type: str | None) -> list[Draft]:
    """
    The drafts in the bytes, at least one: read by content type where that says what it is, else by their beginning.

    Raises:
        UnknownFormat: neither tells.
        TooLarge: more than the format allows.
        Unparseable: the bytes do not keep to their format.
    """
    media_type, charset = _content_type(content_type)
    found = _format(raw[:_HEAD], media_type)
    if found is None:
        raise UnknownFormat(content_type=content_type, known=tuple(known.FORMAT for known in FORMATS))
    if len(raw) > found.MAX_BYTES:
        raise TooLarge(format=found.FORMAT, size=len(raw), limit=found.MAX_BYTES)
    drafts = list(found.parse(raw, charset=charset))
    if not drafts:
        raise Unparseable(found.FORMAT, "document", "holds no story: send at least one.")
    return drafts


def _format(head: bytes, media_type: str) -> Format | None:
    if media_type in _SAYS_NOTHING:
        return next((known for known in FORMATS if known.sniff(head)), None)
    meant = [known for known in FORMATS if media_type in known.MEDIA_TYPES]
    # Where one content type means several formats, the last of them is the one that takes what the others leave.
    return next((known for known in meant if known.sniff(head)), meant[-1] if meant else None)


@lru_cache(maxsize=256)
def _content_type(content_type: str | None) -> tuple[str, str | None]:
    if not content_type:
        return "", None
    message = Message()
    # A header takes one line only, and lone surrogates none.
    message["content-type"] = " ".join(content_type.encode("ascii", "ignore").decode().split())
    charset = message.get_param("charset")
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type, charset if isinstance(charset, str) else None

"""
One message of IPTC 7901, as agencies outside North America frame it.

`source number priority category words keywords`, a slug line, the text between STX and ETX (headline and byline end
with `=`, a blank line parts paragraphs), and a last line with the time, `241530 Nov 26`.
"""

from __future__ import annotations

import re

from events.story import StoryStatus
from services.ingest.core import clean, ladder
from services.ingest.core.draft import Draft
from services.ingest.core.formats import wire_text

_HEADER = re.compile(
    r"(?P<source>[A-Za-z]{1,8})[0-9]{1,6} (?P<priority>[A-Za-z0-9]) (?P<category>[A-Za-z]{1,3})(?: {1,3}[0-9]{1,6})?\b"
)
_BYLINE = re.compile(r"(?:by|von|par|por|di|de)\s+\S", re.IGNORECASE)
_NOT_FOR_PUBLICATION = re.compile(
    r"^\W{0,9}(?:the\s+following\s+information\s+is\s+not\s+(?:intended\s+)?for\s+publication"
    r"|(?:die\s+)?folgende\w*\s+informationen\s+sind\s+nicht\s+zur\s+ver\w+ffentlichung)",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK_LINES = re.compile(r"\n{3,}")
_LONGEST_HEADLINE = 4
"""Lines."""


def is_message(message: str) -> bool:
    """Whether the header, after SOH, is IPTC 7901's."""
    return _HEADER.match(message) is not None


def read(message: str) -> Draft:
    """The draft of a message whose header is IPTC 7901's; empty of text where it has none."""
    header, _, rest = message.partition(wire_text.STX)
    text, _, trailer = rest.partition(wire_text.ETX)
    first, _, following = header.partition("\n")
    match = _HEADER.match(first)
    source, priority, category = match.groups() if match else ("", "", "")
    slugs = tuple(filter(None, (wire_text.typed(line) for line in following.split("\n"))))
    if not rest:
        # Without STX the first line is the slug, and the text follows it.
        slugs, text = slugs[:1], following.partition(slugs[0] if slugs else "\n")[2]
    text = _BLANK_LINES.sub("\n\n", text)
    published, note = text, ""
    if cut := _NOT_FOR_PUBLICATION.search(text):
        published, note = text[: cut.start()], text[cut.end() :]
    headline, byline, paragraphs = _told(published)
    name = " ".join(slugs).strip("/ ")
    slug = wire_text.slug(name, name)
    sent = wire_text.stamp(trailer or text[-80:])
    held, embargo = wire_text.embargo((*slugs, headline, *paragraphs[:2]))
    scheme, code = ladder.read(priority)
    named = ("iptc7901", source.casefold(), slug.name, f"{sent:%Y-%m-%d}" if sent else "")
    return Draft(
        format="wire",
        guid="|".join(filter(None, named)) if slug.name else None,
        headline=headline,
        paragraphs=tuple(paragraph for paragraph in paragraphs if not wire_text.is_embargo(paragraph)),
        published=sent,
        embargo=embargo,
        status=StoryStatus.WITHHELD if held and embargo is None else StoryStatus.USABLE,
        priority=code or None,
        priority_scheme=scheme,
        signals=slug.signals,
        section=category or None,
        slug=name or None,
        byline=byline or None,
        editorial_note=clean.line(wire_text.typed(note)) or None,
    )


def _told(text: str) -> tuple[str, str, tuple[str, ...]]:
    """Headline, byline, and paragraphs."""
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    ends = next((index for index, line in enumerate(lines[:_LONGEST_HEADLINE]) if line.endswith("=") or not line), 0)
    headline = [line for line in lines[: ends + 1] if line]
    rest = lines[ends + 1 :]
    byline = ""
    if headline and _BYLINE.match(headline[-1]) and len(headline) > 1:
        byline = headline.pop()
    elif rest and rest[0].endswith("=") and _BYLINE.match(rest[0]):
        byline = rest.pop(0)
    told = " ".join(wire_text.typed(line.rstrip("= ")) for line in headline)
    return told, wire_text.typed(byline.rstrip("= ")), _paragraphs(rest)


def _paragraphs(lines: list[str]) -> tuple[str, ...]:
    """Parted by blank lines, or by lines that are set in."""
    found: list[list[str]] = []
    opens = True
    for line in lines:
        stripped = wire_text.typed(line.rstrip("=")) if line else ""
        if not stripped:
            opens = True
            continue
        if opens or line.startswith(("  ", "\t")):
            found.append([])
            opens = False
        found[-1].append(stripped)
    return tuple(map(" ".join, found))

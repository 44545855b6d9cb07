"""
One message of ANPA 1312, as North American agencies frame it.

`service number US selector`, then `priority category format slug date words`, then the text between STX and ETX: lines
that begin with `^` are its head (slug line, headline, notes, byline), paragraphs begin with a tab.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from events.story import StoryStatus
from services.ingest.core import clean, ladder
from services.ingest.core.draft import Draft
from services.ingest.core.formats import wire_text

_SERVICE = re.compile(r"([A-Za-z])([0-9]{4})\x1f([A-Za-z0-9-]*)")
_HEADER = re.compile(
    r"""\s{0,9}(?P<priority>[A-Za-z])[ ](?P<category>[A-Za-z0-9])?\s{0,9}[\x13\x14]?[\x11\x12]?\s{0,9}
    (?P<words>.{0,200}?)(?:\s{1,9}(?P<day>[0-9]{1,2}-[0-9]{1,2}))?(?:\s{1,9}[0-9]{1,5})?\s{0,9}""",
    re.VERBOSE,
)
_LONGEST_HEADER = 300
_MOST_HEAD_LINES = 100
_SHORT_YEAR = 2
"""Digits."""

_TRAILER = re.compile(
    r"([A-Z]{2})-[A-Z]{2,3}-([0-9]{2})-([0-9]{2})-([0-9]{2,4}) ([0-9]{2})([0-9]{2})GMT", re.IGNORECASE
)
_SLUG_LINE = re.compile(r"[A-Za-z]{2}-.{1,200}")
_NOTE = re.compile(r"(?:eds?|editors?|editor's\s+note|attention|note)\b\W*", re.IGNORECASE)
_PICTURES = re.compile(r"(?:AP|with)\s+(?:photo|video|graphic|audio)s?\b", re.IGNORECASE)
_BYLINE = re.compile(r"(?:by|von|par|por)\s+\S", re.IGNORECASE)
_MARKS = "^<=+ \t\r\n"
_RANK = re.compile(r"(?:AP[- ])?(?:flash|bulletin|urgent|newsalert|kill)(?:\s+kill)*", re.IGNORECASE)


def is_message(message: str) -> bool:
    """Whether the header, after SOH, is ANPA's."""
    return _SERVICE.match(message) is not None


def read(message: str) -> Draft:
    """The draft of a message whose header is ANPA's; empty of text where it has none."""
    header, _, rest = message.partition(wire_text.STX)
    text, _, trailer = rest.partition(wire_text.ETX)
    # Before STX stand the service line and the header line; without STX the text follows them at once.
    _, _, second = header.partition("\n")
    fields, _, loose = second.partition("\n")
    text = text if rest else loose
    match = _HEADER.fullmatch(fields[:_LONGEST_HEADER])
    priority, category, words, day = match.groups() if match else ("", None, "", None)
    head = [line for line in text.split("\n") if line.startswith("^")][:_MOST_HEAD_LINES]
    lines = tuple(filter(None, (wire_text.typed(line.strip(_MARKS)) for line in head)))
    lined = lines[0] if lines and _SLUG_LINE.fullmatch(lines[0]) and "," in lines[0] else ""
    name, version = _named(lined, clean.line(wire_text.typed(words)))
    ranks = " ".join(filter(_RANK.fullmatch, lines))
    slug = wire_text.slug(name, f"{version} {ranks}")
    told = tuple(line for line in (lines[1:] if lined else lines) if not _RANK.fullmatch(line))
    held, embargo = wire_text.embargo(told)
    held = held or "hfr" in slug.signals
    sent = _sent(trailer or text)
    dated = day or (f"{sent:%m-%d}" if sent else "")
    return Draft(
        format="wire",
        guid="|".join(filter(None, ("anpa", slug.name, dated))) if slug.name else None,
        headline=_headline(told) or ranks,
        paragraphs=_paragraphs(text, told),
        published=sent,
        embargo=embargo,
        status=StoryStatus.WITHHELD if held and embargo is None else StoryStatus.USABLE,
        priority=priority.lower() or None,
        priority_scheme=ladder.ANPA.scheme,
        signals=slug.signals,
        section=category,
        slug=name or None,
        byline=next((line for line in told if _BYLINE.match(line)), None),
        editorial_note=" ".join(line for line in told if _NOTE.match(line)) or None,
    )


def _named(lined: str, words: str) -> tuple[str, str]:
    """Keywords and version: of the slug line (`BC-US--Dam, 1st Ld-Writethru,416`) or, without one, the header's."""
    if lined:
        name, *versions = (part.strip() for part in lined.split(","))
        return name, " ".join(version for version in versions if not version.isdecimal())
    name, _, version = words.partition(" ")
    return name, version


def _headline(told: tuple[str, ...]) -> str:
    return next((line for line in told if not _is_aside(line)), "")


def _is_aside(line: str) -> bool:
    return any(pattern.match(line) for pattern in (_NOTE, _PICTURES, _BYLINE)) or wire_text.is_embargo(line)


def _paragraphs(text: str, told: tuple[str, ...]) -> tuple[str, ...]:
    """Each tab begins a paragraph; where nothing does, as in a flash, the head after the headline is the text."""
    found: list[list[str]] = []
    for line in text.split("\n"):
        if not line or line.startswith("^"):
            continue
        stripped = wire_text.typed(line.strip("<= \t"))
        if not stripped.strip("_*- \u2013") or _TRAILER.match(stripped):
            continue
        if line.startswith(("\t", "   ")) or not found:
            found.append([])
        found[-1].append(stripped)
    if found:
        return tuple(map(" ".join, found))
    headline = _headline(told)
    return tuple(line for line in told if line != headline and not _is_aside(line))


def _sent(text: str) -> datetime | None:
    """The time of the last trailer, `AP-NY-11-24-26 1530GMT`."""
    match = next(reversed(list(_TRAILER.finditer(text[-_LONGEST_HEADER:]))), None)
    if match is None:
        return None
    month, day, year, hour, minute = (int(match[group]) for group in range(2, 7))
    try:
        return datetime(year if len(match[4]) > _SHORT_YEAR else 2000 + year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None

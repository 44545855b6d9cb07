"""What both forms of wire text share: how they are typed, embargoes and takes in words, and names from slug lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

STX, ETX = "\x02", "\x03"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_CYCLE = re.compile(r"(?:am|pm|bc|ap)-", re.IGNORECASE)
_BETWEEN = re.compile(r"[\W_]+")
_LONGEST_SLUG = 200
_DASH = re.compile(r"(?<= )(?:_|--)(?= )")
_LONG_YEAR = 4
"""Digits."""

# fmt: off
_MONTHS = (
    ("jan", 1), ("feb", 2), ("fev", 2), ("fév", 2), ("mar", 3), ("mrz", 3), ("mär", 3), ("apr", 4), ("avr", 4),
    ("may", 5), ("mai", 5), ("jun", 6), ("jul", 7), ("aug", 8), ("aoû", 8), ("sep", 9), ("oct", 10), ("okt", 10),
    ("nov", 11), ("dec", 12), ("dez", 12), ("déc", 12),
)
# fmt: on
_ZONES = (("cet", 1), ("mez", 1), ("cest", 2), ("mesz", 2), ("est", -5), ("edt", -4))
"""Hours ahead of UTC."""

_STAMP = re.compile(
    r"\b(\d{2})(\d{2})(\d{2})\s{0,3}([A-Z]{2,4})?\s{1,3}(\w{3})\w{0,9}\.?\s{1,3}(\d{2}|\d{4})\b", re.IGNORECASE
)
_LONGEST_TRAILER = 400
_EMBARGO = re.compile(
    r"""^\W{0,9}(?:embargo(?:ed)?\s*(?::|until\b|till\b|bis\b)|embargoed\s+(?:to|for)\b|hold\s+for\s+release\b|sperrfrist\b
    |not\s+for\s+(?:use|publication|release)\s+(?:before|until)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
"""Not the bare word: embargoes are news, too."""

_UNTIL = re.compile(
    r"""\b(\d{1,2})[:.]?(\d{2})\s*(?:hrs?\s*)?(?:GMT|UTC)\b\W{0,5}(?:on\s+)?
    (\d{1,2})\s+(\w{3})\w*\.?,?\s+(\d{4})\b""",
    re.IGNORECASE | re.VERBOSE,
)
_TAKE = re.compile(r"\b(?:take|teil|part)\s*(\d{1,2})\b|\b(\d{1,2})(?:st|nd|rd|th)\s+(?:take|add)\b", re.IGNORECASE)
_REVISION = re.compile(
    r"""\b(?:\d{1,2}(?:st|nd|rd|th)\s*-?)?(?:lds?|lead|write-?thru|writethrough|(?:sub|add|take)s?\s*\d*|recasts?|updates?
    |corrective|correction|corrects?|clarification|kill|withhold|elimination|disregard|urgent|bulletin|flash|newsalert
    |advisory|hfr|adv\s*\d{0,2})\b""",
    re.IGNORECASE | re.VERBOSE,
)
_WORDS_OF_NOTICE = frozenset(
    {"kill", "elimination", "disregard", "withdrawn", "corrective", "correction", "clarification", "withhold", "hfr"}
)


@dataclass(frozen=True, slots=True)
class Slug:
    """A slug line taken apart."""

    name: str
    """What stays over a story's revisions: its letters in lower case, and the number of a take from the second on."""

    signals: tuple[str, ...]
    """Words of it that say what this revision is: kill, corrective, withhold."""


def slug(name: str, version: str) -> Slug:
    """
    Name and signals.

    Args:
        name: the keywords, `BC-US--Dam`.
        version: what follows them, `1st Ld-Writethru`, `KILL`.
    """
    take = _TAKE.search(version[:_LONGEST_SLUG])
    number = (take[1] or take[2]).lstrip("0") if take else ""
    steady = _BETWEEN.sub("", _REVISION.sub(" ", _CYCLE.sub("", name[:_LONGEST_SLUG]))).casefold()
    words = re.findall(r"[^\W\d_]+", version[:_LONGEST_SLUG].casefold())
    signals = tuple(dict.fromkeys(word for word in words if word in _WORDS_OF_NOTICE))
    return Slug(f"{steady}/{number}" if steady and number not in {"", "1"} else steady, signals)


def typed(text: str) -> str:
    """A line as it was meant: quotes and dashes of the six-bit days as such, control characters out."""
    text = _CONTROLS.sub("", text).replace("``", "\u201c").replace("''", "\u201d")
    return _DASH.sub("\u2013", text).strip()


def is_embargo(line: str) -> bool:
    """Whether a line holds the story back."""
    return len(line) <= _LONGEST_SLUG and _EMBARGO.search(line) is not None


def embargo(lines: tuple[str, ...]) -> tuple[bool, datetime | None]:
    """Whether a line holds the story back, and until when if it says so in full: `1800 GMT 25 Nov 2026`."""
    held = next(filter(is_embargo, lines), None)
    if held is None:
        return False, None
    match = _UNTIL.search(held)
    return True, _moment(match[5], match[4], match[3], match[1], match[2]) if match else None


def stamp(trailer: str) -> datetime | None:
    """The time of IPTC 7901's last line, `241530 GMT Nov 26`; without a zone it is believed to be UTC."""
    match = _STAMP.search(trailer[-_LONGEST_TRAILER:])
    if match is None:
        return None
    day, hour, minute, zone, month, year = match.groups()
    moment = _moment(year, month, day, hour, minute)
    hours = next((ahead for name, ahead in _ZONES if name == (zone or "").casefold()), 0)
    return moment - timedelta(hours=hours) if moment else None


def _moment(year: str, month: str, day: str, hour: str, minute: str) -> datetime | None:
    number = next((number for name, number in _MONTHS if name == month[:3].casefold()), 0)
    century = "20" if len(year) < _LONG_YEAR else ""
    try:
        return datetime(int(century + year), number, int(day), int(hour), int(minute), tzinfo=UTC)
    except ValueError:
        return None

"""Dates as senders spell them, read into UTC, and which of them are believed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EARLIEST_YEAR = 1900
AHEAD = timedelta(days=2)
"""How far a clock may run ahead before its date is not believed: a date-only stamp at UTC+14 and a slow feed fit in."""

_ISO = re.compile(
    r"""(?P<date>\d{4}-?\d{2}-?\d{2})
    (?:[T\s]\s*(?P<time>\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)?)
    \s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_FRACTION = re.compile(r"[.,](\d+)")
_LONGEST = 64


def parse(text: str) -> datetime | None:
    """
    The moment that the text names, in UTC; None where it names none.

    Reads ISO 8601 (basic and extended, space or T, comma or point, with or without seconds), a date alone (its first
    moment), and RFC 2822. A moment without a zone is believed to be UTC.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    match = _ISO.fullmatch(text)
    moment = _iso(match) if match else _rfc2822(text)
    if moment is None:
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def is_believed(moment: datetime, *, at: datetime) -> bool:
    """Whether a story received `at` can be of this moment: not before 1900, not over two days ahead."""
    return moment.year >= EARLIEST_YEAR and moment <= at + AHEAD


def _iso(match: re.Match[str]) -> datetime | None:
    date, time, zone = match["date"], match["time"] or "00", match["zone"] or ""
    # fromisoformat of Python 3.11 reads fractions of three or six digits after a point only.
    time = _FRACTION.sub(lambda fraction: f".{fraction[1][:6]:0<6}", time)
    zone = "+00:00" if zone.upper() in {"Z", "UTC", "GMT"} else zone
    time, seconds_60 = (time.replace(":60", ":59", 1), True) if time.endswith(":60") else (time, False)
    try:
        moment = datetime.fromisoformat(f"{date.replace('-', '')}T{time.replace(':', '')}{zone.replace(':', '')}")
        return moment + timedelta(seconds=1) if seconds_60 else moment
    except (ValueError, OverflowError):
        return None


def _rfc2822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None

"""What an answer of a receiver means: Standard Webhooks 1.0.0, section on operational considerations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeAlias

_LONGEST_HEADER = 64
"""Characters of a Retry-After that are looked at: an HTTP date has 29."""

_THROTTLES = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receiver took it."""

    status: int


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not, or nobody knows: worth another attempt."""

    detail: str
    status: int | None = None
    """None where no answer came."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """The receiver has too much to do: the other deliveries to it should slow down as well."""

    detail: str
    status: int
    not_before: datetime | None = None
    """What it asked for by Retry-After."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The receiver wants no more, ever: the subscription is to be disabled."""

    detail: str
    status: int


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Nothing was sent, because we may not send there: no use in trying again."""

    detail: str


Verdict: TypeAlias = Accepted | Failed | Throttled | Gone | Forbidden


def judge(status: int, retry_after: str | None, at: datetime) -> Accepted | Failed | Throttled | Gone:
    """
    What the answer means. Only 2xx is success; a redirect is not followed, so 3xx is a failure.

    Args:
        status: of HTTP.
        retry_after: the header as received.
        at: when it was received.
    """
    if 200 <= status <= 299:  # noqa: PLR2004 (the class of success)
        return Accepted(status)
    if status == HTTPStatus.GONE:
        return Gone(f"{_named(status)}: the endpoint wants no more deliveries", status)
    if status in _THROTTLES:
        return Throttled(_named(status), status, not_before(retry_after, at))
    if 300 <= status <= 399:  # noqa: PLR2004 (the class of redirection)
        return Failed(f"{_named(status)}: redirects are not followed; give the final URL", status)
    return Failed(_named(status), status)


def not_before(retry_after: str | None, at: datetime) -> datetime | None:
    """The moment that a Retry-After names, in seconds or as an HTTP date (RFC 9110, 10.2.3); None if it names none."""
    if retry_after is None or len(retry_after) > _LONGEST_HEADER:
        return None
    text = retry_after.strip()
    try:
        if text.isascii() and text.isdecimal():
            return at + timedelta(seconds=int(text))
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _named(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"

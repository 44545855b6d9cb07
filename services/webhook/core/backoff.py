"""When a failed delivery is tried again."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(hours=24),
)
"""
The wait after attempt 1, 2, ...: nine attempts in about 36 hours.

A restart is over within the first three; a night's outage is bridged; what is down longer than a day and a half
has missed the news, and finds it in the API.
"""

ATTEMPTS = len(SCHEDULE) + 1

JITTER = 0.2
"""Each wait is up to so much shorter or longer, so that what failed together does not come back together."""

LONGEST_RETRY_AFTER = timedelta(hours=24)


def next_attempt(
    delivery_id: str, attempt: int, failed_at: datetime, not_before: datetime | None = None
) -> datetime | None:
    """
    When the attempt after this one is due; None when it was the last.

    Args:
        delivery_id: with the attempt's number it decides the jitter: a decision has no randomness.
        attempt: the number of the one that failed, from 1.
        failed_at: when it failed.
        not_before: what the receiver asked for by Retry-After. It is obeyed if that is later than our own wait, up
            to 24 hours: neither can a receiver make us hurry, nor put us off for ever.
    """
    if attempt >= ATTEMPTS:
        return None
    due = failed_at + delay(delivery_id, attempt)
    if not_before is None:
        return due
    return max(due, min(not_before, failed_at + LONGEST_RETRY_AFTER))


def delay(delivery_id: str, attempt: int) -> timedelta:
    """The wait after a failed attempt, with its jitter; `attempt` is 1 to 8."""
    digest = hashlib.sha256(f"{delivery_id}/{attempt}".encode()).digest()
    between = int.from_bytes(digest[:8], "big") / 2**64
    return SCHEDULE[attempt - 1] * (1 - JITTER + 2 * JITTER * between)

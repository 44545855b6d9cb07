"""
Cursors: opaque strings that say how far into the alerts a client has got.

A cursor names the log and the next offset of each of its partitions. Everything before it was seen, or was not
asked for; everything from it on is still to come.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NewType

Cursor = NewType("Cursor", str)

EARLIEST = Cursor("earliest")
"""Stands for the oldest that is kept, in whichever log."""

LONGEST = 4096
"""Characters; 300 partitions of 10-digit offsets fit."""

_FORM = re.compile(r"1\.([0-9a-f]{16})\.([0-9]{1,18}(?:,[0-9]{1,18})*)")

Offsets = Mapping[int, int]
"""The next offset of each partition number, 0 to n - 1."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a log holds at a moment: offsets from `start` up to, not including, `end`, per partition number."""

    log_id: str
    start: Offsets
    end: Offsets


@dataclass(frozen=True, slots=True)
class Resumable:
    """Nothing after the cursor is missing: reading begins at these offsets."""

    offsets: Offsets


@dataclass(frozen=True, slots=True)
class CannotReplay:
    """Something after the cursor is missing, or may be."""

    reason: str
    """`malformed`, `another_log`, `expired` or `ahead`: for programs."""

    detail: str
    """For people."""


def encode(log_id: str, offsets: Offsets) -> Cursor:
    """The cursor for a place in a log; partitions are numbered from 0 without a gap."""
    listed = ",".join([str(offsets[number]) for number in range(len(offsets))])
    return Cursor(base64.urlsafe_b64encode(f"1.{fingerprint(log_id)}.{listed}".encode()).rstrip(b"=").decode())


def fingerprint(log_id: str) -> str:
    """Names a log within a cursor: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(log_id.encode()).hexdigest()[:16]


def resumable(cursor: str, held: Held) -> Resumable | CannotReplay:
    """Where to begin reading after a cursor, or why nobody can."""
    if cursor == EARLIEST:
        return Resumable(held.start)
    decoded = _decode(cursor)
    if decoded is None:
        return CannotReplay("malformed", "this is not a cursor of ours; send one back exactly as it was received")
    log, offsets = decoded
    if log != fingerprint(held.log_id):
        return CannotReplay("another_log", "the cursor was given for another log, and means nothing in this one")
    if len(offsets) != len(held.end):
        return CannotReplay("another_log", f"the cursor knows {len(offsets)} partitions, the log has {len(held.end)}")
    return _compared(offsets, held)


def _compared(offsets: Offsets, held: Held) -> Resumable | CannotReplay:
    missing = sum(max(0, held.start[number] - offset) for number, offset in offsets.items())
    if missing:
        return CannotReplay("expired", f"{missing} records after the cursor are no longer kept")
    if any(offset > held.end[number] for number, offset in offsets.items()):
        return CannotReplay("ahead", "the cursor is past the end of the log: records that it counts were lost")
    return Resumable(offsets)


def lowest(one: Offsets, other: Offsets) -> dict[int, int]:
    """The lower offset of each partition; an unknown one counts as 0."""
    return {number: min(one.get(number, 0), other.get(number, 0)) for number in {**one, **other}}


def highest(one: Offsets, other: Offsets) -> dict[int, int]:
    """The higher offset of each partition; an unknown one counts as 0."""
    return {number: max(one.get(number, 0), other.get(number, 0)) for number in {**one, **other}}


def _decode(cursor: str) -> tuple[str, Offsets] | None:
    if len(cursor) > LONGEST:
        return None
    try:
        raw = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        text = base64.b64decode(raw, altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        return None
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    return form[1], MappingProxyType({number: int(offset) for number, offset in enumerate(form[2].split(","))})

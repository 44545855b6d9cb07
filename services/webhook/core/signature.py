"""
Standard Webhooks 1.0.0 signatures: HMAC-SHA256 over `id.timestamp.body`.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from events.subscription import SigningSecret

PREFIX = "whsec_"
SHORTEST_KEY = 24
LONGEST_KEY = 64
"""Bytes of a key, both from the specification."""

TOLERANCE = timedelta(minutes=5)
"""How far a message's timestamp may lie from the receiver's clock, either way."""

_ID = "webhook-id"
_TIMESTAMP = "webhook-timestamp"
_SIGNATURE = "webhook-signature"
_VERSION = "v1"


class InvalidSecret(ValueError):
    """A signing secret must be `whsec_` and the base64 of 24 to 64 bytes."""


class SignatureError(Exception):
    """A message must not be believed."""


class MissingHeader(SignatureError):
    """One of webhook-id, webhook-timestamp and webhook-signature is absent."""


class InvalidTimestamp(SignatureError):
    """The webhook-timestamp is no whole number of seconds since 1970."""


class OutOfTolerance(SignatureError):
    """The message is too old or from the future: a replay, or a clock that is wrong."""


class NoMatchingSignature(SignatureError):
    """No signature fits: the secret is another one, or the message was changed on its way."""


def new_secret(random_bytes: bytes) -> str:
    """
    The secret for a key of 24 to 64 random bytes; 32 is usual.

    Raises:
        InvalidSecret: there are fewer or more.
    """
    if not SHORTEST_KEY <= len(random_bytes) <= LONGEST_KEY:
        raise InvalidSecret(f"a key has {SHORTEST_KEY} to {LONGEST_KEY} bytes, this has {len(random_bytes)}")
    return PREFIX + base64.b64encode(random_bytes).decode()


def active(secrets: Sequence[SigningSecret], at: datetime) -> tuple[str, ...]:
    """The secrets that sign at this moment, in their order: while one is being rotated out, both."""
    return tuple(secret.value for secret in secrets if secret.expires is None or at < secret.expires)


def sign(secrets: Sequence[str], delivery_id: str, timestamp: datetime, body: bytes) -> str:
    """
    The value of webhook-signature: a signature for each secret, with a space between.

    Raises:
        InvalidSecret: one of them is none, or there is none at all.
        ValueError: the id has a full stop in it, so that what is signed would be ambiguous.
    """
    if not secrets:
        raise InvalidSecret("no secret is active: a message is never sent unsigned")
    if not delivery_id or "." in delivery_id:
        raise ValueError(f"a delivery id is not empty and has no full stop: {delivery_id!r}")
    return " ".join(
        f"{_VERSION},{base64.b64encode(_digest(secret, delivery_id, _seconds(timestamp), body)).decode()}"
        for secret in secrets
    )


def signed_headers(secrets: Sequence[str], delivery_id: str, timestamp: datetime, body: bytes) -> dict[str, str]:
    """
    The three headers of a message.

    Args:
        secrets: the active ones, newest first.
        delivery_id: the same for every attempt: receivers dedupe on it.
        timestamp: when this attempt is made.
        body: the exact bytes that are sent.
    """
    return {
        _ID: delivery_id,
        _TIMESTAMP: _seconds(timestamp),
        _SIGNATURE: sign(secrets, delivery_id, timestamp, body),
    }


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, now: datetime, tolerance: timedelta = TOLERANCE
) -> None:
    """
    Return if the message was signed with the secret, around now.

    Header names are compared without regard to case.

    Raises:
        MissingHeader: one of the three is absent or empty.
        InvalidTimestamp: the timestamp cannot be read.
        OutOfTolerance: it is too old or too new.
        NoMatchingSignature: none of the v1 signatures fits.
        InvalidSecret: the secret itself is none.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in (_ID, _TIMESTAMP, _SIGNATURE) if not lower.get(name)]
    if missing:
        raise MissingHeader(f"absent or empty: {', '.join(missing)}")
    seconds = lower[_TIMESTAMP]
    _check_age(seconds, now, tolerance)
    expected = _digest(secret, lower[_ID], seconds, body)
    candidates = [signature.partition(",") for signature in lower[_SIGNATURE].split(" ")]
    if not any(version == _VERSION and _equal(expected, text) for version, _, text in candidates):
        raise NoMatchingSignature(f"none of {len(candidates)} signatures fits the secret and this body")


def _check_age(seconds: str, now: datetime, tolerance: timedelta) -> None:
    if not (seconds.isascii() and seconds.isdecimal()):
        raise InvalidTimestamp(f"{seconds[:40]!r} is no whole number of seconds")
    try:
        sent = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidTimestamp(f"{seconds[:40]!r} is no moment") from error
    if abs(now - sent) > tolerance:
        raise OutOfTolerance(f"sent at {sent.isoformat()}, received at {now.isoformat()}; {tolerance} is tolerated")


def _digest(secret: str, delivery_id: str, seconds: str, body: bytes) -> bytes:
    return hmac.digest(_key(secret), f"{delivery_id}.{seconds}.".encode() + body, hashlib.sha256)


def _key(secret: str) -> bytes:
    encoded = secret.removeprefix(PREFIX)
    if encoded == secret:
        raise InvalidSecret(f"it does not begin with {PREFIX}")
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidSecret("what follows the prefix is not base64") from error
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise InvalidSecret(f"a key has {SHORTEST_KEY} to {LONGEST_KEY} bytes, this has {len(key)}")
    return key


def _equal(expected: bytes, text: str) -> bool:
    try:
        given = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(expected, given)


def _seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))

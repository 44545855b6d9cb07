from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from events.subscription import SigningSecret
from services.webhook.core.signature import (
    InvalidSecret,
    InvalidTimestamp,
    MissingHeader,
    NoMatchingSignature,
    OutOfTolerance,
    SignatureError,
    active,
    new_secret,
    sign,
    signed_headers,
    verify,
)

SECRET = new_secret(bytes(range(32)))
OTHER = new_secret(bytes(range(1, 33)))
AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
BODY = '{"type":"tocsin.alert.revised.v1","headline":"Ångström"}'.encode()


def headers(*secrets: str, at: datetime = AT) -> dict[str, str]:
    """Those of a message."""
    return signed_headers(secrets or (SECRET,), "d1", at, BODY)


@given(st.binary(min_size=24, max_size=64), st.text(alphabet="abc-0123", min_size=1, max_size=40), st.text(max_size=50))
def test_others_verify_ours(key: bytes, delivery_id: str, text: str) -> None:
    """What we sign, the reference implementation accepts."""
    secret = new_secret(key)
    now = datetime.now(UTC)
    sent = signed_headers((OTHER, secret), delivery_id, now, text.encode())
    Webhook(secret).verify(text, sent, json_parse=False)


@given(st.binary(min_size=24, max_size=64), st.text(alphabet="abc-0123", min_size=1, max_size=40), st.text(max_size=50))
def test_we_verify_others(key: bytes, delivery_id: str, text: str) -> None:
    """What the reference implementation signs, we accept, and our signature is the same."""
    secret = new_secret(key)
    signature = Webhook(secret).sign(delivery_id, AT, text)
    assert signature == sign((secret,), delivery_id, AT, text.encode())
    stamp = str(int(AT.timestamp()))
    received = {"Webhook-Id": delivery_id, "Webhook-Timestamp": stamp, "Webhook-Signature": signature}
    verify(secret, received, text.encode(), AT)


@pytest.mark.parametrize("tampered", ["webhook-id", "webhook-timestamp", "webhook-signature", "body", "secret"])
def test_tampered(tampered: str) -> None:
    """A message that was changed in any part is refused, by us and by the reference implementation."""
    now = datetime.now(UTC)
    sent, body, secret = headers(at=now), BODY, SECRET
    match tampered:
        case "body":
            body = BODY + b" "
        case "secret":
            secret = OTHER
        case "webhook-timestamp":
            sent[tampered] = str(int(sent[tampered]) + 1)
        case "webhook-id":
            sent[tampered] = "d2"
        case _:
            digest = bytearray(base64.b64decode(sent[tampered].partition(",")[2]))
            digest[0] ^= 1
            sent[tampered] = f"v1,{base64.b64encode(digest).decode()}"
    with pytest.raises(NoMatchingSignature):
        verify(secret, sent, body, now)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, sent, json_parse=False)


def test_rotation() -> None:
    """While a secret is being rotated out, a receiver with either one accepts; after it, only with the new one."""
    secrets = (SigningSecret(value=SECRET), SigningSecret(value=OTHER, expires=AT + timedelta(hours=24)))
    during = headers(*active(secrets, AT))
    assert during["webhook-signature"].count("v1,") == 2
    for secret in (SECRET, OTHER):
        verify(secret, during, BODY, AT)
    after = AT + timedelta(hours=24)
    late = headers(*active(secrets, after), at=after)
    verify(SECRET, late, BODY, after)
    with pytest.raises(NoMatchingSignature):
        verify(OTHER, late, BODY, after)


@pytest.mark.parametrize(
    ("seconds", "error"), [(300, None), (-300, None), (301, OutOfTolerance), (-301, OutOfTolerance)]
)
def test_age(seconds: int, error: type[SignatureError] | None) -> None:
    """A message is believed for five minutes either way and no longer."""
    now = AT + timedelta(seconds=seconds)
    if error is None:
        verify(SECRET, headers(), BODY, now)
    else:
        with pytest.raises(error):
            verify(SECRET, headers(), BODY, now)


@pytest.mark.parametrize("stamp", ["x", "-1", "1.5", " 1", "١٢", "9" * 30, "9" * 12])
def test_timestamp(stamp: str) -> None:
    """A timestamp that is no whole number of seconds is refused as such."""
    with pytest.raises(InvalidTimestamp):
        verify(SECRET, headers() | {"webhook-timestamp": stamp}, BODY, AT)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_missing(name: str) -> None:
    """Each header is needed, and the error names the one that is not there."""
    sent = headers()
    del sent[name]
    with pytest.raises(MissingHeader, match=name):
        verify(SECRET, sent, BODY, AT)
    with pytest.raises(MissingHeader, match=name):
        verify(SECRET, sent | {name: ""}, BODY, AT)


@pytest.mark.parametrize("signature", ["v1", "v1,", "v1,é", "v1,!!!!", "v2,{}", "v1a,{}", "{}", ", ,", "v1 {}"])
def test_no_signature(signature: str) -> None:
    """Other versions, torn and empty signatures are no match, and no other error."""
    right = headers()["webhook-signature"].partition(",")[2]
    with pytest.raises(NoMatchingSignature):
        verify(SECRET, headers() | {"webhook-signature": signature.format(right)}, BODY, AT)


def test_one_of_many_suffices() -> None:
    """A right signature is found among others of any version."""
    right = headers()["webhook-signature"]
    verify(SECRET, headers() | {"webhook-signature": f"v1a,xyz v1,AAAA {right}"}, BODY, AT)


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_!!", SECRET.removeprefix("whsec_"), "whsec_QUJD", "whpk_" + "A" * 44]
)
def test_invalid_secret(secret: str) -> None:
    """What is no secret neither signs nor verifies."""
    with pytest.raises(InvalidSecret):
        sign((secret,), "d1", AT, BODY)
    with pytest.raises(InvalidSecret):
        verify(secret, headers(), BODY, AT)


def test_never_unsigned() -> None:
    """Without an active secret nothing is signed, rather than sent without a signature."""
    with pytest.raises(InvalidSecret, match="unsigned"):
        sign((), "d1", AT, BODY)


@pytest.mark.parametrize("delivery_id", ["", "a.b"])
def test_delivery_id(delivery_id: str) -> None:
    """An id with a full stop would make id.timestamp.body ambiguous."""
    with pytest.raises(ValueError, match="full stop"):
        sign((SECRET,), delivery_id, AT, BODY)


@pytest.mark.parametrize(("size", "right"), [(23, False), (24, True), (64, True), (65, False)])
def test_key_size(size: int, *, right: bool) -> None:
    """Keys have 24 to 64 bytes."""
    if right:
        assert base64.b64decode(new_secret(b"k" * size).removeprefix("whsec_")) == b"k" * size
    else:
        with pytest.raises(InvalidSecret, match=f"this has {size}"):
            new_secret(b"k" * size)

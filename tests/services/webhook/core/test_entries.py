from __future__ import annotations

from datetime import UTC, datetime

from events.alert import AlertId
from events.subscription import SubscriptionId
from services.webhook.core.entries import LINE, TOLD, Line, Told, line_key, told_key

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def test_read_back() -> None:
    """What the changelog holds is read back as it was."""
    line = Line(subscription_id=SubscriptionId("s"), alert_id=AlertId("a"), planned=3, reached=2, touched=AT)
    told = Told(alert_id=AlertId("a"), subscriptions=(SubscriptionId("s"),), touched=AT)
    assert LINE.validate_json(line.model_dump_json()) == line
    assert TOLD.validate_json(told.model_dump_json()) == told


def test_keys() -> None:
    """Each entry has a key of its own."""
    assert line_key(SubscriptionId("s"), AlertId("a")) == "d/s/a"
    assert told_key(AlertId("a")) == "p/a"


def test_an_ended_line_is_small() -> None:
    """What is kept for thirty days is a few numbers, not the alert."""
    line = Line(subscription_id=SubscriptionId("s" * 36), alert_id=AlertId("a" * 36), planned=3, reached=2, touched=AT)
    assert len(line.model_dump_json()) < 250

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from events.subscription import Subscription, SubscriptionDeleted, SubscriptionId, SubscriptionSaved, SubscriptionStatus

_TIME = "2026-11-24T06:30:00Z"
_SECRET = "whsec_dGhpcyBpcyBhIHRlc3Qgc2VjcmV0"  # noqa: S105 (made for this test)


def _subscription(**changes: Any) -> Subscription:
    minimal = {
        "id": "sub-1",
        "url": "https://desk.example/hook",
        "secrets": [{"value": _SECRET}],
        "created": _TIME,
        "updated": _TIME,
    }
    return Subscription.model_validate({**minimal, **changes})


def test_a_new_subscription_wants_everything() -> None:
    """Without a filter it is for every alert, by webhook, and active."""
    subscription = _subscription()
    assert (subscription.filter, subscription.channel, subscription.status) == (
        "",
        "webhook",
        SubscriptionStatus.ACTIVE,
    )


@pytest.mark.parametrize(
    "changes", [{"secrets": []}, {"channel": "pigeon"}, {"status": "asleep"}, {"created": "2026-11-24"}]
)
def test_an_impossible_subscription_is_refused(changes: dict[str, Any]) -> None:
    """There is always a secret to sign with, and the channel is one that we have."""
    with pytest.raises(ValidationError, match=next(iter(changes))):
        _subscription(**changes)


def test_secrets_are_not_shown() -> None:
    """A subscription in a log line or a traceback gives away no secret."""
    assert _SECRET not in repr(_subscription())
    assert _SECRET not in repr(_subscription().secrets[0])
    assert _SECRET not in repr(SubscriptionSaved(subscription=_subscription()))


def test_saving_and_deleting_share_a_key() -> None:
    """So the deletion erases what was saved."""
    saved = SubscriptionSaved(subscription=_subscription())
    deleted = SubscriptionDeleted(subscription_id=SubscriptionId("sub-1"))
    assert saved.key == deleted.key == saved.subject == "sub-1"
    assert (saved.is_tombstone, deleted.is_tombstone) == (False, True)
    assert SubscriptionDeleted.from_tombstone("sub-1") == deleted

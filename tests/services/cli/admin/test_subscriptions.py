from __future__ import annotations

import json
from typing import Any

import pytest

_ITEM = {
    "id": "sub_0123456789abcdef0123456789abcdef",
    "channel": "webhook",
    "url": "https://example.org/hook",
    "filter": "severity>=urgent",
    "description": "[desk]",
    "status": "disabled",
    "status_reason": "it answered 410 Gone",
}
_PATH = f"/v1/subscriptions/{_ITEM['id']}"


def test_a_list_is_legible_at_any_width(tocsin: Any, api: Any) -> None:
    """The id and the address whole, the filter, and why it is disabled."""
    api.answers["GET /v1/subscriptions"] = (200, {"items": [_ITEM, {**_ITEM, "filter": "", "status_reason": ""}]})
    assert tocsin("subscriptions", "list").out.splitlines() == [
        "sub_0123456789abcdef0123456789abcdef  disabled",
        "    https://example.org/hook",
        "    filter: severity>=urgent",
        "    [desk]",
        "    it answered 410 Gone",
        "sub_0123456789abcdef0123456789abcdef  disabled",
        "    https://example.org/hook",
        "    filter: (every alert)",
        "    [desk]",
    ]


def test_one_is_shown_whole(tocsin: Any, api: Any) -> None:
    """As the API gives it."""
    api.answers[f"GET {_PATH}"] = (200, _ITEM)
    assert json.loads(tocsin("subscriptions", "show", _ITEM["id"]).out) == _ITEM


def test_adding_prints_the_secret(tocsin: Any, api: Any) -> None:
    """This once."""
    api.answers["POST /v1/subscriptions"] = (201, {**_ITEM, "secret": "whsec_x"})
    ran = tocsin("subscriptions", "add", "https://example.org/hook", "--filter", "severity>=urgent")
    assert json.loads(ran.out)["secret"] == "whsec_x"  # noqa: S105 (the test's own)
    assert json.loads(api.asked[0][2]) == {
        "channel": "webhook",
        "url": "https://example.org/hook",
        "filter": "severity>=urgent",
    }


def test_removing_and_testing(tocsin: Any, api: Any) -> None:
    """Each is one request."""
    api.answers[f"DELETE {_PATH}"] = (204, b"")
    api.answers[f"POST {_PATH}/test"] = (202, {"alert_id": "a1"})
    assert tocsin("subscriptions", "remove", _ITEM["id"]).status == 0
    assert json.loads(tocsin("subscriptions", "test", _ITEM["id"]).out) == {"alert_id": "a1"}
    assert [asked for asked, _, _ in api.asked] == [f"DELETE {_PATH}", f"POST {_PATH}/test"]


def test_deliveries(tocsin: Any, api: Any) -> None:
    """When, how it ended, and what for."""
    attempt = {"attempted_at": "2026-03-01T12:00:00Z", "alert_id": "a1", "revision": 2, "attempt": 3}
    items = [
        {**attempt, "outcome": "delivered", "status_code": 204, "detail": ""},
        {**attempt, "outcome": "failed", "status_code": None, "detail": "timed out [15 s]"},
    ]
    api.answers[f"GET {_PATH}/deliveries"] = (200, {"items": items})
    assert tocsin("subscriptions", "deliveries", _ITEM["id"]).out.splitlines() == [
        "2026-03-01T12:00:00Z  delivered  204",
        "    alert a1 revision 2, attempt 3",
        "2026-03-01T12:00:00Z  failed",
        "    alert a1 revision 2, attempt 3",
        "    timed out [15 s]",
    ]


@pytest.mark.parametrize("subscription_id", ["../alerts", "a/b", "a?b#c", "a b"])
def test_an_id_cannot_become_another_path(tocsin: Any, api: Any, subscription_id: str) -> None:
    """It stays one step of the path, whatever is in it."""
    api.decide = lambda _body: (404, {"detail": "there is no such subscription"})
    ran = tocsin("subscriptions", "show", subscription_id)
    assert (ran.status, ran.err) == (1, "404 Not Found: there is no such subscription\n")
    asked = api.asked[0][0].removeprefix("GET /v1/subscriptions/")
    assert not set(asked) & set("/?# ")

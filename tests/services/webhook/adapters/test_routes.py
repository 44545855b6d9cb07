from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta

import pytest
from eventually import eventually
from receiver import receiving
from standardwebhooks import Webhook
from webhook_service import LOOPBACK, attempts, memory, on_log, serving

from events.subscription import SubscriptionSaved
from events.topics import SUBSCRIPTIONS
from services.runtime.clock import VirtualClock
from services.webhook.settings import WebhookSettings

pytestmark = pytest.mark.socket

NOW = datetime.now(UTC)
HOOK = "https://hook.example/in"


async def test_a_subscription_from_its_making_to_its_end() -> None:
    """Made, shown, listed, changed, deleted; its secret is shown once, when it is made, and then never again."""
    bus = await memory()
    async with serving(bus) as service:
        made = await service.call("POST", "", {"url": HOOK, "filter": "severity:flash", "description": "night desk"})
        assert made.status == 201
        secret = made.json["secret"]
        assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
        place = f"/{made.json['id']}"
        shown = await service.call("GET", place)
        assert shown.json == {name: value for name, value in made.json.items() if name != "secret"}
        assert shown.json["channel"] == "webhook"
        assert (shown.json["url"], shown.json["filter"], shown.json["description"], shown.json["status"]) == (
            HOOK,
            "severity:flash",
            "night desk",
            "active",
        )
        await service.subscribe(HOOK)
        listed = await service.call("GET")
        assert [item["description"] for item in listed.json["items"]] == ["night desk", ""]
        paused = await service.call("PATCH", place, {"status": "paused", "filter": ""})
        assert (paused.json["status"], paused.json["filter"], paused.json["url"]) == ("paused", "", HOOK)
        for answer in (shown, listed, paused, await service.call("GET", f"{place}/deliveries")):
            assert answer.status == 200
            assert secret.encode() not in answer.body
        ended = await service.call("DELETE", place)
        assert (ended.status, ended.body) == (204, b"")
        assert (await service.call("GET", place)).status == 404
        assert len((await service.call("GET")).json["items"]) == 1
    async with serving(bus) as service:  # and it is all on the log
        assert len((await service.call("GET")).json["items"]) == 1


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("GET", "", None),
        ("PATCH", "", {"description": "x"}),
        ("DELETE", "", None),
        ("POST", "/rotate-secret", None),
        ("POST", "/test", None),
        ("GET", "/deliveries", None),
    ],
)
async def test_what_is_not_there_is_a_404_that_names_it(method: str, path: str, document: object) -> None:
    """On every route."""
    async with serving(await memory()) as service:
        problem = (await service.call(method, f"/sub_none{path}", document)).problem
        assert (problem["status"], problem["detail"]) == (404, "there is no subscription 'sub_none'")


@pytest.mark.parametrize(
    ("document", "more", "words"),
    [
        ({"url": HOOK, "filter": "severity:"}, {"field": "filter", "position": 9}, "filter: "),
        ({"url": HOOK, "filter": 'a AND ("b'}, {"field": "filter"}, "filter: "),
        ({"url": "ftp://hook.example/"}, {"field": "url"}, "url: the scheme is 'ftp'"),
        ({"url": "hook.example"}, {"field": "url"}, "no absolute URL"),
        ({"url": "http://10.1.2.3/in"}, {"field": "url"}, "10.1.2.3 is private"),
        ({"url": "http://10.1.2.3:9001/in"}, {"field": "url"}, "TOCSIN_WEBHOOK__ALLOW_PRIVATE"),
        ({"url": "http://localhost:9001/in"}, {"field": "url"}, "TOCSIN_WEBHOOK__ALLOW_PRIVATE"),
        ({"url": "http://x.localhost/in"}, {"field": "url"}, "127.0.0.1 is loopback"),
        ({"url": "http://[::1]/in"}, {"field": "url"}, "::1 is loopback"),
        ({"url": "http://2130706433/in"}, {"field": "url"}, "four decimal numbers"),
        ({"url": "http://hook.example:25/"}, {"field": "url"}, "port 25 is not one of those allowed"),
        ({"url": "http://169.254.169.254/"}, {"field": "url"}, "metadata"),
        ({}, {}, "body.url: Field required"),
        ({"url": HOOK, "fliter": "x"}, {}, "body.fliter: Extra inputs"),
        ({"url": HOOK, "channel": "pigeon"}, {}, "body.channel"),
    ],
)
async def test_what_could_never_work_is_refused(document: object, more: dict[str, object], words: str) -> None:
    """By the field, the place in it and the reason; and nothing is saved."""
    async with serving(await memory(), WebhookSettings()) as service:
        problem = (await service.call("POST", "", document)).problem
        assert problem["status"] == 422
        assert words in problem["detail"]
        assert more.items() <= problem.items()
        assert (await service.call("GET")).json == {"items": []}


async def test_a_change_is_checked_by_what_it_changes() -> None:
    """A bad filter or URL is refused; what was saved under other settings can still be paused and described."""
    bus = await memory()
    async with serving(bus) as service:
        made = await service.subscribe("http://127.0.0.1:9001/")
    async with serving(bus, WebhookSettings()) as service:
        place = f"/{made['id']}"
        assert (await service.call("PATCH", place, {"filter": "severity:"})).problem["field"] == "filter"
        assert (await service.call("PATCH", place, {"url": "http://127.0.0.1/"})).problem["field"] == "url"
        assert (await service.call("PATCH", place, {"status": "disabled"})).problem["status"] == 422
        paused = await service.call("PATCH", place, {"status": "paused", "description": "moving"})
        assert (paused.json["status"], paused.json["description"]) == ("paused", "moving")


async def test_an_active_subscription_was_not_disabled_for_a_reason() -> None:
    """Making a disabled one active clears the reason, and its secrets stay."""
    bus = await memory()
    async with receiving(410) as receiver, serving(bus) as service:
        made = await service.subscribe(receiver.url)
        (event,) = on_log(bus, SUBSCRIPTIONS.name)
        assert isinstance(event, SubscriptionSaved)
        await service.call("POST", f"/{made['id']}/test")
        await eventually(lambda: attempts(bus))
        shown = (await service.call("GET", f"/{made['id']}")).json
        assert (shown["status"], shown["status_reason"][:13]) == ("disabled", "HTTP 410 Gone")
        refused = (await service.call("POST", f"/{made['id']}/test")).problem
        assert (refused["status"], refused["detail"]) == (
            409,
            "the subscription is disabled: make it active, then test it",
        )
        active = await service.call("PATCH", f"/{made['id']}", {"status": "active"})
        assert (active.json["status"], active.json["status_reason"]) == ("active", "")
        last = on_log(bus, SUBSCRIPTIONS.name)[-1]
        assert isinstance(last, SubscriptionSaved)
        assert last.subscription.secrets == event.subscription.secrets


async def test_both_secrets_sign_for_a_day_after_a_rotation() -> None:
    """So that a receiver can change over; then the new one alone. However often it is done, the header stays short."""
    clock = VirtualClock(NOW - timedelta(hours=25))
    bus = await memory()
    async with receiving() as receiver, serving(bus, LOOPBACK, clock) as service:
        made = await service.subscribe(receiver.url)
        rotated = await service.call("POST", f"/{made['id']}/rotate-secret")
        assert rotated.status == 200
        assert rotated.json["secret"] != made["secret"]
        await clock.advance(25 * 3600)
        await service.call("POST", f"/{made['id']}/test")
        (late,) = await eventually(lambda: receiver.deliveries)
        Webhook(rotated.json["secret"]).verify(late.body, late.headers)
        assert " " not in late.headers["webhook-signature"]
        newest = (await service.call("POST", f"/{made['id']}/rotate-secret")).json["secret"]
        await service.call("POST", f"/{made['id']}/test")
        _, both = await eventually(lambda: receiver.deliveries[1:] and receiver.deliveries)
        for secret in (newest, rotated.json["secret"]):
            Webhook(secret).verify(both.body, both.headers)
        for _ in range(10):
            await service.call("POST", f"/{made['id']}/rotate-secret")
        saved = on_log(bus, SUBSCRIPTIONS.name)[-1]
        assert isinstance(saved, SubscriptionSaved)
        assert len(saved.subscription.secrets) == 8
        assert len({secret.value for secret in saved.subscription.secrets}) == 8


async def test_a_test_reaches_the_endpoint_whatever_the_filter() -> None:
    """Signed and marked as a test, and what became of it is among the deliveries."""
    bus = await memory()
    async with receiving() as receiver, serving(bus) as service:
        made = await service.subscribe(receiver.url, "severity:flash AND severity:routine")
        answer = await service.call("POST", f"/{made['id']}/test")
        assert answer.status == 202
        (delivery,) = await eventually(lambda: receiver.deliveries)
        sent = Webhook(made["secret"]).verify(delivery.body, delivery.headers)
        assert sent["type"] == "alert.raised"
        assert sent["data"]["alert"]["test"] is True
        assert answer.json == {"delivery_id": delivery.id, "alert_id": sent["data"]["alert"]["id"]}
        await eventually(lambda: attempts(bus))
        items: list[dict[str, object]] = []
        async with asyncio.timeout(5):
            while not items:  # they are seen a moment after they are written
                await asyncio.sleep(0.005)
                items = (await service.call("GET", f"/{made['id']}/deliveries")).json["items"]
        assert [(item["delivery_id"], item["outcome"], item["status_code"]) for item in items] == [
            (delivery.id, "delivered", 204)
        ]


async def test_changes_at_once_do_not_undo_each_other() -> None:
    """A filter and a description that are changed at the same moment are both changed."""
    async with serving(await memory()) as service:
        place = f"/{(await service.subscribe(HOOK))['id']}"
        await asyncio.gather(
            service.call("PATCH", place, {"filter": "severity:flash"}),
            service.call("PATCH", place, {"description": "night desk"}),
            service.call("POST", f"{place}/rotate-secret"),
        )
        shown = (await service.call("GET", place)).json
        assert (shown["filter"], shown["description"]) == ("severity:flash", "night desk")
        patched, deleted = await asyncio.gather(
            service.call("PATCH", place, {"description": "late"}), service.call("DELETE", place)
        )
        assert (patched.status, deleted.status) == (200, 204)
        assert (await service.call("GET", place)).status == 404

"""One attempt over HTTP: signed, guarded, bounded."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

import aiohttp
from yarl import URL

from events.alert import Alert
from events.subscription import Subscription
from services.runtime.clock import Clock
from services.webhook.adapters.guard import AddressBlocked, GuardedResolver, GuardedSockets, blocked_by
from services.webhook.core.address import Network
from services.webhook.core.dispatch import Send
from services.webhook.core.response import Failed, Forbidden, Verdict, judge
from services.webhook.core.signature import active, signed_headers
from services.webhook.core.target import Refused, parse_target
from services.webhook.settings import WebhookSettings

_ANSWER_BYTES = 64 * 1024
_DETAIL_CHARACTERS = 300
_USER_AGENT = "Tocsin-Webhook/1"
_KEEPALIVE_SECONDS = 4.0
"""Under the 5 s after which common servers close: a POST on a connection that they closed is an error."""


class Client:
    """Sends deliveries. No redirects, no proxies of the environment, no cookies."""

    def __init__(self, settings: WebhookSettings, clock: Clock) -> None:
        self._allowed: Collection[Network] = settings.allow_private
        self._clock = clock
        connector = aiohttp.TCPConnector(
            limit=0,
            limit_per_host=0,
            keepalive_timeout=_KEEPALIVE_SECONDS,
            resolver=GuardedResolver(aiohttp.AsyncResolver(), self._allowed),
            socket_factory=GuardedSockets(self._allowed),
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=settings.answer_seconds, connect=settings.connect_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            headers={"user-agent": _USER_AGENT, "content-type": "application/json"},
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def attempt(self, send: Send, subscription: Subscription) -> Verdict:
        """Send once, and what came of it; never raises for what the endpoint does."""
        target = parse_target(subscription.url, ports=None)
        if isinstance(target, Refused):
            return Forbidden(target.reason)
        at = self._clock.now()
        body = payload(send.alert, at)
        headers = signed_headers(active(subscription.secrets, at), send.delivery_id, at, body)
        try:
            try:
                return await self._post(target.url, body, headers)
            except aiohttp.ServerDisconnectedError:
                # A kept-alive connection that the server had closed: the same message, once more, on a fresh one.
                return await self._post(target.url, body, headers)
        except TimeoutError:
            return Failed("no answer in time")
        except (AddressBlocked, aiohttp.ClientError, OSError, ValueError) as error:
            refusal = blocked_by(error)
            if refusal is not None:
                return Forbidden(str(refusal))
            return Failed(f"{type(error).__name__}: {error}"[:_DETAIL_CHARACTERS])

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Verdict:
        async with self._session.post(
            URL(url, encoded=True), data=body, headers=headers, allow_redirects=False
        ) as answer:
            await answer.content.read(_ANSWER_BYTES)
            if not answer.content.at_eof():
                answer.close()  # more than anybody needs to say: do not read on
            return judge(answer.status, answer.headers.get("retry-after"), self._clock.now())


def payload(alert: Alert, at: datetime) -> bytes:
    """The body of a delivery: Standard Webhooks' type, timestamp and data."""
    document = {
        "type": f"alert.{alert.status}",
        "timestamp": at.isoformat(),
        "data": {"alert": alert.model_dump(mode="json")},
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

"""One attempt over HTTP: signed, guarded, bounded."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import datetime
from types import SimpleNamespace

import aiohttp
from yarl import URL

from events.alert import Alert
from events.subscription import Subscription
from services.runtime.clock import Clock
from services.webhook.adapters.guard import AddressBlocked, GuardedResolver, GuardedSockets, blocked_by
from services.webhook.core.dispatch import Send
from services.webhook.core.response import Failed, Forbidden, Verdict, judge
from services.webhook.core.signature import active, signed_headers
from services.webhook.core.target import DEFAULT_PORTS, Refused, parse_target
from services.webhook.settings import WebhookSettings

_ANSWER_BYTES = 64 * 1024
_REST_SECONDS = 1.0
"""How long is waited for the rest of an answer that was judged already: only to keep its connection."""

_DETAIL_CHARACTERS = 300
_USER_AGENT = "Tocsin-Webhook/1"
_KEEPALIVE_SECONDS = 4.0
"""Under the 5 s after which common servers close: a POST on a connection that they closed is an error."""


class Client:
    """Sends deliveries. No redirects, no proxies of the environment, no cookies."""

    def __init__(self, settings: WebhookSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._resolver = GuardedResolver(aiohttp.AsyncResolver(), settings.allow_private)
        self._kept = _session(settings, self._resolver, keepalive_timeout=_KEEPALIVE_SECONDS)
        self._fresh = _session(settings, self._resolver, force_close=True)
        """Never takes a connection that was used before."""

    async def close(self) -> None:
        """Close all connections."""
        await self._kept.close()
        await self._fresh.close()
        await self._resolver.close()  # a session closes none that it was given

    async def attempt(self, send: Send, subscription: Subscription) -> Verdict:
        """
        Send once, and what came of it; never raises for what the endpoint does.

        Raises:
            InvalidSecret: the subscription has none that signs: nothing was sent.
        """
        target = parse_target(subscription.url, ports=None if self._settings.allow_private else DEFAULT_PORTS)
        if isinstance(target, Refused):
            return Forbidden(target.reason)
        at = self._clock.now()
        body = payload(send.alert, at)
        headers = signed_headers(active(subscription.secrets, at), send.delivery_id, at, body)
        connection = SimpleNamespace(reused=False)
        try:
            try:
                return await self._post(self._kept, target.url, body, headers, connection)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionResetError):
                if not connection.reused:
                    raise
                # A kept-alive connection that the server had closed: the same message, once more, on a fresh one.
                return await self._post(self._fresh, target.url, body, headers, connection)
        except (AddressBlocked, aiohttp.ClientError, OSError, ValueError) as error:
            return self._failed(error)

    def _failed(self, error: Exception) -> Failed | Forbidden:
        refusal = blocked_by(error)
        if refusal is not None:
            return Forbidden(str(refusal))
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            return Failed(f"no connection within {self._settings.connect_seconds:g} s")
        if isinstance(error, TimeoutError):
            return Failed(f"no answer within {self._settings.answer_seconds:g} s")
        return Failed(f"{type(error).__name__}: {error}"[:_DETAIL_CHARACTERS])

    async def _post(
        self,
        session: aiohttp.ClientSession,
        url: str,
        body: bytes,
        headers: dict[str, str],
        connection: SimpleNamespace,
    ) -> Verdict:
        async with session.post(
            URL(url, encoded=True), data=body, headers=headers, allow_redirects=False, trace_request_ctx=connection
        ) as answer:
            verdict = judge(answer.status, answer.headers.get("retry-after"), self._clock.now())
            if not await _read_to_its_end(answer):
                answer.close()
            return verdict


def payload(alert: Alert, at: datetime) -> bytes:
    """
    The body of a delivery: Standard Webhooks' type, timestamp and data.

    Args:
        alert: the revision.
        at: stands in for the time of a revision that does not tell its own.

    The timestamp is that of the revision, not of the attempt: the same message has the same body each time.
    """
    document = {
        "type": f"alert.{alert.status}",
        "timestamp": (alert.clocks.get("revised") or alert.clocks.get("raised") or at).isoformat(),
        "data": {"alert": alert.model_dump(mode="json")},
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _session(
    settings: WebhookSettings,
    resolver: GuardedResolver,
    *,
    keepalive_timeout: float | None = None,
    force_close: bool = False,
) -> aiohttp.ClientSession:
    trace = aiohttp.TraceConfig()
    trace.on_connection_reuseconn.append(_note_reuse)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=0,
            limit_per_host=0,
            keepalive_timeout=keepalive_timeout,
            force_close=force_close,
            resolver=resolver,
            socket_factory=GuardedSockets(settings.allow_private),
        ),
        timeout=aiohttp.ClientTimeout(total=settings.answer_seconds, connect=settings.connect_seconds),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        headers={"user-agent": _USER_AGENT, "content-type": "application/json"},
        trace_configs=[trace],
    )


async def _note_reuse(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceConnectionReuseconnParams
) -> None:
    context.trace_request_ctx.reused = True


async def _read_to_its_end(answer: aiohttp.ClientResponse) -> bool:
    """
    Whether the answer is at its end, so that its connection can serve again.

    What an endpoint says beside its status is of no use to us: neither is more read than anybody needs, nor does an
    answer that breaks off change what its status meant.
    """
    left = _ANSWER_BYTES
    with suppress(aiohttp.ClientError, OSError, ValueError):
        async with asyncio.timeout(_REST_SECONDS):
            while left > 0 and not answer.content.at_eof():
                left -= len(await answer.content.read(left))
    return answer.content.at_eof() and answer.content.exception() is None

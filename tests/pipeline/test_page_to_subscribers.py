"""The whole main job: a raw news page in at one end, one alert out at a websocket and at a signed webhook."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import websockets
from instance import Instance, kafka_settings, running, until
from standardwebhooks import Webhook

_SEED = Path(__file__).resolve().parents[3] / "shared" / "seed" / "000_0706abc87034aee6.txt"
_HEADLINE = "Amnesty Condemns U.S.-Led Coalition For Failure To Acknowledge Raqqa Deaths"
_NAMES = {
    "Amnesty International": "organisation",
    "Raqqa": "place",
    "Syria": "place",
    "Islamic State": "organisation",
    "Pentagon": "organisation",
    "Kumi Naidoo": "person",
    "Iraq": "place",
    "Mosul": "place",
}


@pytest.fixture
def page() -> bytes:
    """A real page; its text is not in this repository."""
    assert _SEED.exists(), f"the seed page is missing: {_SEED}"
    return _SEED.read_bytes()


@pytest.mark.slow
def test_on_the_embedded_log(tmp_path: Path, page: bytes) -> None:
    """The page becomes one alert at each subscriber, with the embedded log."""
    with running(Instance(tmp_path, WEBHOOK__ALLOW_PRIVATE="127.0.0.0/8")) as instance:
        _assert_arrives_once(instance, page)


@pytest.mark.slow
@pytest.mark.kafka
def test_on_kafka(tmp_path: Path, page: bytes, kafka_bootstrap: str) -> None:
    """The page becomes one alert at each subscriber, with a real broker."""
    settings = {**kafka_settings(kafka_bootstrap), "WEBHOOK__ALLOW_PRIVATE": "127.0.0.0/8"}
    with running(Instance(tmp_path, **settings)) as instance:
        _assert_arrives_once(instance, page)


def _assert_arrives_once(instance: Instance, page: bytes) -> None:
    with _receiver() as (url, received):
        secret = instance.ask("POST", "/v1/subscriptions", {"channel": "webhook", "url": url, "filter": ""})["secret"]
        alerts = asyncio.run(_watch_while_pushing(instance, page))
        until(lambda: received, 20, f"no webhook came:\n{instance.log_end()}")
    assert [alert["headline"] for alert in alerts] == [_HEADLINE]
    _assert_names(alerts[0])
    assert len(received) == 1
    headers, body = received[0]
    judged: Any = Webhook(secret).verify(body, headers)
    assert judged["data"]["alert"] == alerts[0]
    verdict = instance.ask("GET", f"/v1/stories/{alerts[0]['lead']}/verdict")
    assert verdict["breaking"]
    assert {reason["signal"] for reason in verdict["reasons"]} >= {"marker"}


async def _watch_while_pushing(instance: Instance, page: bytes) -> list[dict[str, Any]]:
    """The alerts that a websocket client gets when the page is pushed twice."""
    alerts: list[dict[str, Any]] = []
    async with websockets.connect(f"ws://127.0.0.1:{instance.ws_port}/v1/stream", proxy=None) as stream:
        await stream.send(json.dumps({"type": "subscribe", "id": "s1", "filter": f'headline:"{"Raqqa Deaths"}"'}))
        assert json.loads(await stream.recv())["type"] == "subscribed"
        for _ in range(2):
            await asyncio.to_thread(instance.ask, "POST", "/v1/stories?source=seed", page, "text/plain")
        async with asyncio.timeout(20):
            alerts.append(json.loads(await stream.recv())["alert"])
        try:
            async with asyncio.timeout(1):
                alerts.append(json.loads(await stream.recv())["alert"])
        except TimeoutError:
            pass
    return alerts


def _assert_names(alert: dict[str, Any]) -> None:
    found = {entity["text"]: entity["type"] for entity in alert["entities"]}
    assert {name: found.get(name) for name in _NAMES} == _NAMES


@contextmanager
def _receiver() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A webhook endpoint on loopback that keeps what it gets."""
    received: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

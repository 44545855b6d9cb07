"""
From POST to websocket: the whole pipeline on each bus, beside a bare relay from a POST to a socket.

One story at a time, on loopback, as long as the machine is otherwise idle: what an editor waits for.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import websockets
from aiohttp import web

from bench.spread import percentile, spread

_STORIES = 200
_RUNS = 3
_READY_SECONDS = 60.0

Push = Callable[[str], Awaitable[None]]


async def measure(bootstrap: str) -> None:
    """Measure the three in turn, print milliseconds."""
    print(f"POST to websocket: {_STORIES} stories one at a time, {_RUNS} runs each, milliseconds")
    found: dict[str, list[list[float]]] = {"bare relay": [], "embedded": [], "kafka": []}
    for _ in range(_RUNS):
        found["bare relay"].append(await _relay())
        found["embedded"].append(await _tocsin({"TOCSIN_BUS": "embedded"}))
        found["kafka"].append(await _tocsin({"TOCSIN_BUS": "kafka", "TOCSIN_KAFKA__BOOTSTRAP": bootstrap}))
    for name, runs in found.items():
        half = spread([percentile(run, 50) for run in runs], "{:.1f}")
        most = spread([percentile(run, 99) for run in runs], "{:.1f}")
        print(f"  {name:<11} p50 {half}   p99 {most}")


async def _tocsin(settings: dict[str, str]) -> list[float]:
    http, ws = _free_port(), _free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "TOCSIN_DATA": folder,
            "TOCSIN_HTTP_PORT": str(http),
            "TOCSIN_WS_PORT": str(ws),
            "TOCSIN_LOG_LEVEL": "warning",
            **settings,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.cli.main", "up", env=environment, stdout=sys.stderr
        )
        try:
            async with aiohttp.ClientSession(f"http://127.0.0.1:{http}") as session:
                await _ready(session)
                return await _timed(ws, lambda mark: _post_story(session, mark))
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def _timed(ws_port: int, push: Push) -> list[float]:
    """Milliseconds from the POST to the frame that carries its mark."""
    took: list[float] = []
    async with websockets.connect(f"ws://127.0.0.1:{ws_port}/v1/stream", proxy=None, compression=None) as stream:
        await stream.send(json.dumps({"type": "subscribe", "id": "b", "filter": ""}))
        await stream.recv()
        for number in range(_STORIES + 10):
            mark = f"{uuid.uuid4().hex[:12]}"
            began = time.perf_counter()
            posting = asyncio.create_task(_awaited(push(mark)))
            while mark not in str(await stream.recv()):
                pass
            if number >= 10:  # the first ones warm everything up
                took.append((time.perf_counter() - began) * 1000)
            await posting
    return took


async def _awaited(push: Awaitable[None]) -> None:
    await push


async def _post_story(session: aiohttp.ClientSession, mark: str) -> None:
    story = {
        "id": mark,
        "source": f"wire {mark}",
        "headline": f"BREAKING: Explosion in {mark.capitalize()} kills {int(mark[:2], 16) + 2}",
        "body": f"An explosion in {mark} killed several people, officials said.",
        "language": "en",
        "urgency": 1,
    }
    async with session.post("/v1/stories", json=story) as answer:
        assert answer.status == 202, await answer.text()


async def _ready(session: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(_READY_SECONDS):
        while True:
            try:
                async with session.get("/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


async def _relay() -> list[float]:
    async with _relay_ports() as (http, ws), aiohttp.ClientSession(f"http://127.0.0.1:{http}") as session:

        async def push(mark: str) -> None:
            async with session.post("/", data=mark.encode()) as answer:
                assert answer.status == 202

        return await _timed(ws, push)


@asynccontextmanager
async def _relay_ports() -> AsyncIterator[tuple[int, int]]:
    """The least there can be: a POST is written to every open socket, and nothing is kept."""
    clients: set[Any] = set()

    async def on_socket(connection: Any) -> None:
        await connection.recv()
        await connection.send("subscribed")
        clients.add(connection)
        await connection.wait_closed()
        clients.discard(connection)

    async def on_post(request: web.Request) -> web.Response:
        websockets.broadcast(clients, (await request.read()).decode())
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/", on_post)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    http, ws = _free_port(), _free_port()
    await web.TCPSite(runner, "127.0.0.1", http).start()
    async with websockets.serve(on_socket, "127.0.0.1", ws, compression=None):
        yield http, ws
    await runner.cleanup()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

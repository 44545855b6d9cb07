from __future__ import annotations

import asyncio
import json
import socket
from importlib import resources
from typing import Any

import pytest

from services.cli import demo as demo_module
from services.cli.demo import demo
from services.cli.settings import Settings, load
from services.runtime.errors import Fatal


def _ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        for probe in (first, second):
            probe.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def test_the_samples_are_stories() -> None:
    """Each line has an id, a source and text; one is taken back."""
    lines = (resources.files("services.cli.samples") / "night.jsonl").read_text(encoding="utf-8").splitlines()
    stories = [json.loads(line) for line in lines]
    assert len(stories) == 10
    assert [story for story in stories if not {"id", "source", "headline", "body"} <= story.keys()] == []
    assert [story["id"] for story in stories if story.get("status") == "canceled"] == ["sample-8"]


async def _first_alerts(settings: Settings, enough: int) -> tuple[list[dict[str, Any]], str]:
    stop = asyncio.Event()
    alerts: list[dict[str, Any]] = []
    said: list[str] = []

    def on_alert(alert: dict[str, Any]) -> None:
        alerts.append(alert)
        if len(alerts) >= enough:
            stop.set()

    async with asyncio.timeout(60):
        await demo(settings, stop, said.append, on_alert)
    return alerts, "\n".join(said)


@pytest.mark.slow
async def test_alerts_are_shown_and_a_second_run_reminds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first alerts come by the stream; a second run on the same log shows them, since none is raised again."""
    monkeypatch.setattr(demo_module, "_BETWEEN_STORIES_SECONDS", 0.3)
    http, ws = _ports()
    settings = load(http_port=http, ws_port=ws)
    alerts, said = await _first_alerts(settings, 2)
    assert f"http://127.0.0.1:{http}/" in said
    assert f"ws://127.0.0.1:{ws}/v1/stream" in said
    assert "earlier run" not in said
    assert "Chile" in alerts[0]["headline"]
    again, said = await _first_alerts(settings, 1)
    assert "holds alerts of an earlier run" in said
    assert again[0]["id"] == alerts[0]["id"]


@pytest.mark.slow
async def test_a_taken_port_ends_it() -> None:
    """As with `up`."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = load(http_port=taken.getsockname()[1], ws_port=0)
        with pytest.raises(Fatal, match="TOCSIN_HTTP_PORT"):
            await demo(settings, asyncio.Event(), lambda _: None, lambda _: None)

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest
from instance import Instance, running, until

from services.cli.process import up
from services.cli.settings import SERVICES, load
from services.runtime.errors import Fatal


async def test_an_unknown_service_is_named() -> None:
    """With those that there are."""
    with pytest.raises(Fatal, match=f"no service 'classifier'; there are {', '.join(SERVICES)}"):
        await up(["classifier"], load(http_port=0), asyncio.Event())


async def test_a_log_that_cannot_be_opened_ends_it(folder: Path) -> None:
    """At once: it is not a matter of waiting."""
    (folder / "file").write_text("")
    with pytest.raises(Fatal, match="cannot open the log"):
        await up(["ingest"], load(http_port=0, data=folder / "file"), asyncio.Event())


async def test_a_broker_that_is_away_is_waited_for_until_the_stop() -> None:
    """A stop ends the waiting."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings = load(bus="kafka", kafka={"bootstrap": f"127.0.0.1:{closed.getsockname()[1]}"}, http_port=0)
        stop = asyncio.Event()
        waiting = asyncio.create_task(up(["ingest"], settings, stop))
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
        stop.set()
        async with asyncio.timeout(5):
            await waiting


async def test_a_stop_before_the_start_starts_nothing(folder: Path) -> None:
    """Nothing is left behind."""
    stop = asyncio.Event()
    stop.set()
    await up(SERVICES, load(), stop)
    assert os.listdir(folder) == []  # noqa: PTH208 (a test may wait)


async def test_a_service_runs_alone_and_stops(folder: Path) -> None:
    """`up ingest` serves ingest and none of the others, and ends when it is told to."""
    stop = asyncio.Event()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings = load(http_port=probe.getsockname()[1])
    process = asyncio.create_task(up(["ingest"], settings, stop))
    try:
        async with asyncio.timeout(10):
            while not await _listens(settings.http_port):
                assert not process.done()
                await asyncio.sleep(0.01)
    finally:
        stop.set()
        await process
    assert (folder / ".tocsin" / "log.sqlite3").exists()


async def test_a_taken_port_ends_it() -> None:
    """Named, with what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Fatal, match=r"http: .*TOCSIN_HTTP_PORT"):
            await up(["ingest"], load(http_port=taken.getsockname()[1]), asyncio.Event())


@pytest.mark.slow
def test_everything_comes_up_and_goes_down(tmp_path: Path) -> None:
    """SIGTERM ends the whole process with 0, and it says that no key is configured."""
    instance = Instance(tmp_path)
    with running(instance):
        assert instance.ask("GET", "/readyz")["status"] == "ready"
        assert "no API key is configured" in instance.log_end()
    assert instance.stop() == 0
    until(lambda: '"stopped"' in instance.log_end(), 1, instance.log_end())


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True

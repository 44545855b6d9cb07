from __future__ import annotations

from collections.abc import Callable
from typing import Any

from events.alert import Alert
from events.codec import decode
from events.delivery import AlertBroadcast
from events.topics import ALERTS, DELIVERIES
from services.runtime.bus.port import Outgoing, Partition

MakeAlert = Callable[..., Alert]


async def ledger(it: Any, count: int) -> list[tuple[str, int]]:
    """Alert and recipients of so many entries of the ledger, once they are there."""
    partition = Partition(DELIVERIES.name, 0)
    while len(it.bus.log(partition)) < count:
        await it.bus.grown(5)
    events = [decode(m.key, m.value, m.headers).data for m in it.bus.log(partition)]
    return [(event.alert_id, event.recipients) for event in events if isinstance(event, AlertBroadcast)]


async def test_each_new_revision_gets_into_the_ledger(desk: Any, alert: MakeAlert) -> None:
    """With the streams that it was written to; what lay there at the start is not told again."""
    async with desk() as first:
        await first.put(alert("old"))
        await ledger(first, 1)
        async with desk(bus=first.bus, gateway="second", ledger_seconds=0.2) as it, it.connected() as connection:
            await connection.send('{"type":"subscribe","id":"s1"}')
            await connection.recv()
            await it.put(alert("a"))
            await connection.recv()
            counts = await ledger(it, 3)
    assert sorted(counts) == [("a", 0), ("a", 1), ("old", 0)]


async def test_what_cannot_be_read_stops_nothing(desk: Any, alert: MakeAlert) -> None:
    """Neither live nor in the past."""
    async with desk() as it:
        await it.put(alert("a"))
        await it.bus.append([Outgoing(ALERTS.name, "x", b"{", (("ce_type", b"?"),))])
        await it.put(alert("b"))
        for _ in range(2):
            async with it.connected() as connection:
                await connection.send('{"type":"subscribe","id":"s1","since":"earliest"}')
                heard = [await connection.recv() for _ in range(3)]
                assert ['"a"' in str(heard[1]), '"b"' in str(heard[2])] == [True, True]


async def test_a_repetition_in_the_log_is_told_once(desk: Any, alert: MakeAlert) -> None:
    """Live and in the past: the log may hold a revision twice."""
    async with desk() as it:
        async with it.connected() as live:
            await live.send('{"type":"subscribe","id":"s1"}')
            await live.recv()
            await it.put(alert("a"), alert("a"), alert("b"))
            assert ["event-a" in str(await live.recv()), "event-b" in str(await live.recv())] == [True, True]
        async with it.connected() as late:
            await late.send('{"type":"subscribe","id":"s1","since":"earliest"}')
            await late.recv()
            assert ["event-a" in str(await late.recv()), "event-b" in str(await late.recv())] == [True, True]


async def test_alerts_that_went_from_the_board_are_still_read_from_the_log(desk: Any, alert: MakeAlert) -> None:
    """The log is the window of recovery, not the memory."""
    async with desk(most_alerts=1) as it:
        await it.put(*[alert(name) for name in "abc"])
        async with it.connected() as connection:
            await connection.send('{"type":"subscribe","id":"s1","since":"earliest"}')
            heard = [str(await connection.recv()) for _ in range(4)]
        assert ["event-" + name in told for name, told in zip("abc", heard[1:], strict=True)] == [True] * 3
        status, _, problem = await it.get("/v1/alerts?since=earliest")
        assert (status, len(problem["items"])) == (200, 1)

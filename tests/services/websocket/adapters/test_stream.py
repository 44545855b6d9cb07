from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from events.alert import Alert, AlertStatus
from services.runtime.bus.memory import MemoryBus
from services.runtime.bus.port import Bounds, Partition

pytestmark = pytest.mark.socket

MakeAlert = Callable[..., Alert]
DEADLINE = 5.0


async def say(connection: ClientConnection, **message: Any) -> None:
    """Send a message."""
    await connection.send(json.dumps(message))


async def hear(connection: ClientConnection) -> dict[str, Any]:
    """The next message."""
    message: dict[str, Any] = json.loads(await asyncio.wait_for(connection.recv(), DEADLINE))
    return message


async def alerts(connection: ClientConnection, count: int) -> list[str]:
    """Alert and revision of the next so many messages."""
    heard = [(await hear(connection))["alert"] for _ in range(count)]
    return [f"{alert['id']}{alert['revision']}" for alert in heard]


async def closed(connection: ClientConnection) -> tuple[int, str]:
    """Code and reason with which the server closes; what comes before is passed over."""
    with pytest.raises(ConnectionClosed) as end:  # noqa: PT012 (the loop ends so)
        while True:
            await asyncio.wait_for(connection.recv(), DEADLINE)
    assert end.value.rcvd is not None
    return end.value.rcvd.code, end.value.rcvd.reason


async def test_a_live_subscriber_gets_each_revision_once(desk: Any, alert: MakeAlert) -> None:
    """With the cursor, and the subscriptions that it matches."""
    async with desk() as it, it.connected() as connection:
        await say(connection, type="subscribe", id="s1", filter="")
        assert (await hear(connection))["type"] == "subscribed"
        await say(connection, type="subscribe", id="s2", filter="headline:dam")
        await hear(connection)
        await it.put(alert("a"), alert("b", headline="Flood"))
        first, second = await hear(connection), await hear(connection)
    assert [first["subscriptions"], second["subscriptions"]] == [["s1", "s2"], ["s1"]]
    assert first["alert"] == json.loads(alert("a").model_dump_json())
    assert first["cursor"] != second["cursor"]


@pytest.mark.parametrize("partitions", [1, 3])
async def test_a_client_that_comes_back_gets_what_it_missed(desk: Any, alert: MakeAlert, partitions: int) -> None:
    """From the cursor of any message that it received, in the order of the log, and then what is new."""
    async with desk(partitions=partitions) as it:
        await it.put(*[alert(name) for name in "abcdef"])
        async with it.connected() as connection:
            await say(connection, type="subscribe", id="s1", since="earliest")
            assert (await hear(connection))["type"] == "subscribed"
            messages = [await hear(connection) for _ in range(6)]
        for seen, message in enumerate(messages, 1):
            expected = [later["alert"]["id"] + "1" for later in messages[seen:]]
            async with it.connected() as connection:
                await say(connection, type="subscribe", id="s1", since=message["cursor"])
                assert (await hear(connection))["cursor"] == message["cursor"]
                assert sorted(await alerts(connection, 6 - seen)) == sorted(expected)
                await say(connection, type="ping")
                assert (await hear(connection))["type"] == "pong"


async def test_catching_up_meets_the_present_without_gap_or_double(desk: Any, alert: MakeAlert) -> None:
    """Revisions are written all the while that a client reads the past."""
    async with desk(outbox_bytes=16 * 1024) as it:
        await it.put(*[alert(f"old{number}") for number in range(600)])
        async with it.connected() as connection:
            await say(connection, type="subscribe", id="s1", since="earliest")
            await hear(connection)
            heard = await alerts(connection, 100)
            for number in range(100):
                await it.put(alert(f"new{number}"))
                heard += await alerts(connection, 6)
        wanted = [f"old{number}1" for number in range(600)] + [f"new{number}1" for number in range(100)]
        assert heard == wanted


async def test_a_second_subscription_to_the_past_leaves_the_first_alone(desk: Any, alert: MakeAlert) -> None:
    """What the first was told is told to the second only."""
    async with desk() as it:
        await it.put(alert("a"), alert("b"))
        async with it.connected() as connection:
            await say(connection, type="subscribe", id="s1")
            await hear(connection)
            await it.put(alert("c"))
            assert await alerts(connection, 1) == ["c1"]
            await say(connection, type="subscribe", id="s2", since="earliest")
            await hear(connection)
            heard = [await hear(connection) for _ in range(3)]
            await it.put(alert("d"))
            heard.append(await hear(connection))
    told = [(message["alert"]["id"], message["subscriptions"]) for message in heard]
    assert told == [("a", ["s2"]), ("b", ["s2"]), ("c", ["s2"]), ("d", ["s1", "s2"])]


async def test_a_kill_reaches_whoever_had_the_alert(desk: Any, alert: MakeAlert) -> None:
    """Though neither the kill matches their filter, nor did they exist when it was raised."""
    async with desk() as it:
        await it.put(alert("a", headline="Dam bursts"))
        async with it.connected() as connection:
            await say(connection, type="subscribe", id="s1", filter="headline:dam")
            await hear(connection)
            await it.put(alert("b", 1, headline="Flood"), alert("a", 2, headline="x", status=AlertStatus.KILLED))
            assert await alerts(connection, 1) == ["a2"]


class ShrunkBus(MemoryBus):
    """A log that has dropped its first records."""

    dropped = 0

    async def bounds(self, topic: str) -> dict[Partition, Bounds]:
        """As if retention had passed by."""
        found = await super().bounds(topic)
        return {at: Bounds(min(self.dropped, held.end), held.end) for at, held in found.items()}


async def test_a_cursor_that_is_too_old_is_told(desk: Any, alert: MakeAlert) -> None:
    """And with `earliest` the client gets all that is kept."""
    bus = ShrunkBus()
    async with desk(bus=bus) as it:
        await it.put(*[alert(name) for name in "abc"])
        async with it.connected() as connection:
            await say(connection, type="subscribe", id="s1", since="earliest")
            start = (await hear(connection))["cursor"]
            await alerts(connection, 3)
            bus.dropped = 2
            await say(connection, type="subscribe", id="s2", since=start)
            answer = await hear(connection)
            assert (answer["type"], answer["id"], answer["reason"]) == ("cannot_replay", "s2", "expired")
            await say(connection, type="subscribe", id="s2", since=answer["earliest"])
            await hear(connection)
            assert await alerts(connection, 1) == ["c1"]


async def test_what_is_dropped_while_a_client_reads_it_is_told(desk: Any, alert: MakeAlert) -> None:
    """Slow readers may be overtaken by retention."""
    bus = ShrunkBus()
    async with desk(bus=bus, outbox_bytes=16 * 1024) as it:
        await it.put(*[alert(f"a{number}", summary="x" * 2000) for number in range(3000)])
        async with it.connected() as connection:
            await say(connection, type="subscribe", id="s1", since="earliest")
            await hear(connection)
            bus.dropped = 2900
            last: dict[str, Any] = {"type": "alert"}
            while last["type"] == "alert":
                last = await hear(connection)
            assert (last["type"], last["reason"]) == ("cannot_replay", "expired")
            await say(connection, type="subscribe", id="s1")
            assert (await hear(connection))["type"] == "subscribed"
            await it.put(alert("z"))
            assert await alerts(connection, 1) == ["z1"]


async def test_a_client_that_does_not_read_is_cut_off_and_delays_no_other(desk: Any, alert: MakeAlert) -> None:
    """With 4008, and it may come back with its cursor."""
    async with desk(outbox_bytes=64 * 1024) as it, it.connected(max_queue=1) as slow, it.connected() as quick:
        for connection in (slow, quick):
            await say(connection, type="subscribe", id="s1")
            assert (await hear(connection))["type"] == "subscribed"
        for number in range(300):
            await it.put(alert(f"a{number}", summary="x" * 40_000))
            assert await alerts(quick, 1) == [f"a{number}1"]
        code, reason = await closed(slow)
    assert code == 4008
    assert "resume" in reason


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/elsewhere", {}, 404),
        ("/v1/stream", {"origin": "https://evil.example"}, 403),
        ("/v1/stream", {"host": "rebound.example"}, 403),
    ],
)
async def test_who_may_not_call_is_refused_before_the_handshake(
    desk: Any, path: str, headers: dict[str, str], status: int
) -> None:
    """With a problem document."""
    async with desk() as it:
        options: dict[str, Any] = {"additional_headers": headers}
        if "host" in headers:
            options = {"host": "127.0.0.1", "port": it.ws_port}
            url = f"ws://{headers['host']}{path}"
            with pytest.raises(InvalidStatus) as refused:
                await websockets.connect(url, proxy=None, **options)
        else:
            with pytest.raises(InvalidStatus) as refused:
                async with it.connected(path, **options):
                    pass
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body)["status"] == status


async def test_a_key_opens_in_the_header_or_in_the_first_message(desk: Any) -> None:
    """Browsers cannot set headers."""
    async with desk(keys=("good",)) as it:
        async with it.connected(additional_headers={"authorization": "Bearer good"}) as connection:
            await say(connection, type="subscribe", id="s1")
            assert (await hear(connection))["type"] == "subscribed"
        async with it.connected() as connection:
            await say(connection, type="auth", key="good")
            await say(connection, type="subscribe", id="s1")
            assert [(await hear(connection))["type"] for _ in range(2)] == ["authenticated", "subscribed"]


async def test_a_bad_key_opens_nothing(desk: Any) -> None:
    """In the header, in the message, none in time, or something else first."""
    async with desk(keys=("good",), auth_seconds=0.05) as it:
        with pytest.raises(InvalidStatus) as refused:
            async with it.connected(additional_headers={"authorization": "Bearer bad"}):
                pass
        assert refused.value.response.status_code == 401
        for message in ({"type": "auth", "key": "bad"}, {"type": "subscribe", "id": "s1"}, None):
            async with it.connected() as connection:
                if message:
                    await say(connection, **message)
                assert (await closed(connection))[0] == 4401


@pytest.mark.parametrize(
    ("message", "code"), [("x" * 17_000, 1009), (b"binary", 1008), ("nonsense", 1008), ('{"type":"what"}', 1008)]
)
async def test_what_is_no_message_of_ours_ends_the_connection(desk: Any, message: str | bytes, code: int) -> None:
    """Too large or binary at once, the rest after three."""
    async with desk() as it, it.connected() as connection:
        for _ in range(3):
            try:
                await connection.send(message)
            except ConnectionClosed:
                break
        assert (await closed(connection))[0] == code


async def test_a_bad_filter_is_told_and_the_connection_stays(desk: Any, alert: MakeAlert) -> None:
    """The position says where."""
    async with desk() as it, it.connected() as connection:
        await say(connection, type="subscribe", id="s1", filter="severity:fast")
        answer = await hear(connection)
        assert (answer["type"], answer["code"], answer["position"]) == ("error", "invalid_filter", 9)
        await say(connection, type="subscribe", id="s1", filter="severity:urgent")
        await hear(connection)
        await it.put(alert("a"))
        assert await alerts(connection, 1) == ["a1"]


async def test_more_connections_than_there_is_room_for_are_refused(desk: Any) -> None:
    """With 503 and when to try again; a place that is left is free."""
    async with desk(most_per_address=1) as it:
        async with it.connected():
            with pytest.raises(InvalidStatus) as refused:
                async with it.connected():
                    pass
            assert refused.value.response.status_code == 503
            assert refused.value.response.headers["retry-after"]
        async with it.connected() as connection:
            await say(connection, type="ping")
            assert (await hear(connection))["type"] == "pong"


async def test_a_stop_tells_clients_when_to_come_back(desk: Any) -> None:
    """With 1012, and not all at the same moment."""
    async with desk() as it, it.connected() as one, it.connected() as other:
        await say(one, type="ping")
        await hear(one)
        it.stop.set()
        ends = await closed(one), await closed(other)
    assert [code for code, _ in ends] == [1012, 1012]
    assert ends[0][1] != ends[1][1]


async def test_a_subprotocol_is_taken_where_it_is_ours(desk: Any) -> None:
    """And is not asked for."""
    async with desk() as it:
        async with it.connected(subprotocols=["other", "tocsin.v1"]) as connection:
            assert connection.subprotocol == "tocsin.v1"
        async with it.connected(subprotocols=["other"]) as connection:
            assert connection.subprotocol is None


async def test_markup_in_a_headline_stays_what_it_is(desk: Any, alert: MakeAlert) -> None:
    """Text is text: the server sends it unchanged inside JSON, and the page sets it as text."""
    headline = '<img src=x onerror=alert(1)>\u2028 "</script>'
    async with desk() as it, it.connected() as connection:
        await say(connection, type="subscribe", id="s1")
        await hear(connection)
        await it.put(alert("a", headline=headline))
        assert (await hear(connection))["alert"]["headline"] == headline

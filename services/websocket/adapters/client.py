"""One client of the stream, whatever its transport: session, outbox, and the way through the log to the present."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, assert_never

import structlog

from services.runtime.bus.port import Message, Partition, Reader
from services.runtime.errors import Transient
from services.websocket.core.board import Entry
from services.websocket.core.cursor import Cursor, Held, Offsets
from services.websocket.core.outbox import Outbox, Outgoing
from services.websocket.core.session import Begin, Close, Effect, Judge, Send, Session, Told

log = structlog.get_logger(__name__)

TOO_SLOW = 4008
TRY_AGAIN_LATER = 1013
INTERNAL_ERROR = 1011
_POLL_SECONDS = 0.5
_PAUSE_SECONDS = 1.0


class Source(Protocol):
    """Where a client's alerts come from."""

    @property
    def live(self) -> Offsets:
        """Where the board is: the next offset per partition number."""
        ...

    async def held(self) -> Held:
        """What the log holds."""
        ...

    async def read(self, start: Offsets) -> Reader:
        """Read the alerts from these offsets on."""
        ...

    def entry(self, message: Message) -> Entry | None:
        """The revision in a record; None where it is nothing for a client."""
        ...

    def join(self, client: Client) -> None:
        """Offer the client what comes from now on."""
        ...

    def leave(self, client: Client) -> None:
        """Offer it no more."""
        ...


class Client:
    """Performs what its session decides. `next` gives what is to be written to the transport."""

    def __init__(
        self,
        session: Session,
        outbox: Outbox,
        source: Source,
        judge: Callable[[str], str | None],
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        """
        Make a client without subscriptions.

        Args:
            session: decides.
            outbox: what waits for it.
            source: of alerts.
            judge: why an API key is refused, or None.
            pause: sleeps on the process' clock.
        """
        self.session = session
        self._outbox = outbox
        self._source = source
        self._judge = judge
        self._pause = pause
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._behind = False
        self._readers: set[asyncio.Task[None]] = set()
        self.closing: asyncio.Future[Close] = asyncio.get_running_loop().create_future()

    async def receive(self, text: str, at: datetime) -> None:
        """Take in a message of the client's."""
        await self.perform(self.session.receive(text, at))

    async def perform(self, effects: Sequence[Effect]) -> None:
        """Do what the session decided."""
        for effect in effects:
            match effect:
                case Send(control):
                    if not self._outbox.control(control):
                        self.close(_too_slow())
                    self._filled.set()
                case Close():
                    self.close(effect)
                case Begin():
                    await self._begin(effect)
                case Judge(key):
                    await self.perform(self.session.judged(self._judge(key)))
                case _:
                    assert_never(effect)

    def offer(self, entry: Entry, shared: tuple[Offsets, Cursor] | None = None) -> None:
        """Put a revision in the outbox if it is due to the client."""
        told = self.session.offer(entry, shared)
        if told is not None:
            self._tell(told)

    async def next(self) -> Outgoing | None:
        """Wait for what is to be written next; None once the client is to be closed and nothing waits."""
        while (outgoing := self._outbox.pop()) is None:
            if self.closing.done():
                return None
            self._filled.clear()
            await self._filled.wait()
        if self._outbox.roomy:
            self._emptied.set()
        return outgoing

    def close(self, why: Close) -> None:
        """Serve it no longer; the transport is told by `closing`."""
        if not self.closing.done():
            self.closing.set_result(why)
        self._filled.set()
        self.end()

    def end(self) -> None:
        """The connection is gone or going."""
        self._source.leave(self)
        self.session.close()
        for task in self._readers:
            task.cancel()

    def _tell(self, told: Told) -> None:
        if not self._outbox.tell(told):
            self.close(_too_slow())
        self._filled.set()

    async def _begin(self, order: Begin) -> None:
        held: Held | None = None
        if order.since is not None:
            try:
                held = await self._source.held()
            except Transient as fault:
                self.close(Close(TRY_AGAIN_LATER, f"the log cannot be read at present: {fault}"[:120]))
                return
        if self.closing.done():
            return
        await self.perform(self.session.begin(order, self._source.live, held))
        self._settle()

    def _settle(self) -> None:
        """Be live, or on the way there. Nothing is awaited between the look at the position and joining."""
        if self._behind or self.closing.done():
            return
        if self.session.behind(self._source.live):
            self._source.leave(self)
            self._behind = True
            task = asyncio.create_task(self._catch_up())
            self._readers.add(task)
            task.add_done_callback(self._readers.discard)
        else:
            self._arrive()

    def _arrive(self) -> None:
        self._behind = False
        self.session.rewound = False
        self._source.join(self)

    async def _catch_up(self) -> None:
        while self._behind:
            self.session.rewound = False
            try:
                reader = await self._source.read(self.session.position or {})
                try:
                    await self._follow(reader)
                finally:
                    await reader.close()
            except Transient as fault:
                log.warning("will try again", part="catch-up", error=str(fault))
                await self._pause(_PAUSE_SECONDS)
            except Exception:
                log.exception("a client could not catch up")
                self.close(Close(INTERNAL_ERROR, "something went wrong here; resume from your cursor"))
                return

    async def _follow(self, reader: Reader) -> None:
        """Read along until the present, or until the session is taken back and another reader is needed."""
        while not self.session.rewound:
            if not self.session.behind(self._source.live):
                self._arrive()
                return
            before = _by_number(reader.positions)
            found = await reader.poll(_POLL_SECONDS)
            if (missing := _expired(before, (await self._source.held()).start)) is not None:
                self._behind = False
                await self.perform(self.session.lost(missing, self._source.live))
                return
            if await self._offer_all(found) and not self.session.rewound:
                self.session.passed(_by_number(reader.positions))

    async def _offer_all(self, found: Sequence[Message]) -> bool:
        """Offer what was read as the outbox has room; False where the session was taken back meanwhile."""
        for message in found:
            while not self._outbox.roomy:
                self._emptied.clear()
                await self._emptied.wait()
            if self.session.rewound:
                return False
            entry = self._source.entry(message)
            if entry is not None:
                self.offer(entry)
        return True


def _by_number(positions: Mapping[Partition, int]) -> dict[int, int]:
    return {partition.number: offset for partition, offset in positions.items()}


def _expired(position: Offsets, start: Offsets) -> str | None:
    """What was dropped from the log while it was being read, if anything."""
    lost = sum(max(0, oldest - position.get(number, oldest)) for number, oldest in start.items())
    return f"{lost} records that were still to come are no longer kept" if lost else None


def _too_slow() -> Close:
    return Close(TOO_SLOW, "too slow; resume from your cursor")

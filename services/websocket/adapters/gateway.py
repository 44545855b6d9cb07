"""The gateway: folds the log into the board, and offers each new revision to every client that is live."""

from __future__ import annotations

import asyncio

import structlog

from events.alert import AlertRevised
from events.base import Envelope, Event
from events.codec import decode
from events.errors import ContractError
from events.story import StoryClassified
from events.topics import ALERTS
from services.runtime.access import Access
from services.runtime.assembly import Ground
from services.runtime.bus.port import Message, Partition, Reader
from services.websocket.adapters.client import Client
from services.websocket.adapters.ledger import Ledger
from services.websocket.core.board import Board, Entry, entry_of
from services.websocket.core.cursor import Cursor, Held, Offsets, encode, highest
from services.websocket.core.judged import Verdicts
from services.websocket.core.matching import Matching
from services.websocket.core.outbox import Outbox
from services.websocket.core.session import Limits, Session
from services.websocket.settings import WebsocketSettings

log = structlog.get_logger(__name__)


class Gateway:
    """The board, the verdicts, and the clients of one process. Also the `Source` of its clients."""

    def __init__(self, ground: Ground, settings: WebsocketSettings, ledger: Ledger) -> None:
        self._ground = ground
        self._settings = settings
        self._ledger = ledger
        self._limits = Limits(subscriptions=settings.most_subscriptions)
        self._live: dict[Client, None] = {}
        self._log_id = ""
        self.board = Board(settings.most_alerts, settings.board_bytes)
        self.verdicts = Verdicts(settings.most_verdicts)
        self.matching = Matching(self.board.history)
        self.opened = asyncio.Event()
        """Set once the board shows what the log held at the start; before that nobody is served."""

        self.closing = asyncio.Event()
        """Set when the process stops: streams are to end."""

    async def open(self) -> None:
        """
        Learn which log this is and where it begins; before the view follows it.

        Raises:
            Transient: the log cannot be read at present.
        """
        self._log_id = await self._ground.bus.log_id()
        self.board.open((await self._bounds()).start)

    def fold_alert(self, message: Message, envelope: Envelope[Event]) -> None:
        """Put a revision on the board and tell the clients that are live."""
        if not isinstance(envelope.data, AlertRevised):
            self.board.skip(message.partition, message.offset)
            return
        put = self.board.put(envelope.data.alert, message.partition, message.offset)
        if put is None:
            return
        entry, gone = put
        for alert_id in gone:
            self.matching.forget(alert_id)
        if self.opened.is_set():
            self._ledger.raised(entry)
            self._broadcast(entry)

    def fold_verdict(self, _message: Message, envelope: Envelope[Event]) -> None:
        """Remember a verdict."""
        if isinstance(envelope.data, StoryClassified):
            self.verdicts.put(envelope.data)

    def connect(self, *, authenticated: bool = True) -> Client:
        """A client without subscriptions; `end` it when its connection has ended."""
        session = Session(self.matching, self._log_id, authenticated=authenticated, limits=self._limits)
        outbox = Outbox(self._settings.outbox_bytes)
        return Client(session, outbox, self, self._judge, self._ground.clock.sleep)

    @property
    def access(self) -> Access:
        """Who may call."""
        return self._ground.access

    @property
    def live(self) -> Offsets:
        """Where the board is."""
        return self.board.position

    def cursor(self, offsets: Offsets) -> Cursor:
        """The cursor for a place in the alerts."""
        return encode(self._log_id, offsets)

    async def held(self) -> Held:
        """What the log holds; its end is never before the board."""
        return await self._bounds()

    async def read(self, start: Offsets) -> Reader:
        """Read the alerts from these offsets on."""
        return await self._ground.bus.read({Partition(ALERTS.name, number): at for number, at in start.items()})

    def entry(self, message: Message) -> Entry | None:
        """The revision in a record, from the board where it is there; None for what is no alert or a repetition."""
        known = self.board.at(message.partition, message.offset)
        if known is not None:
            return known
        try:
            event = decode(message.key, message.value, message.headers).data
        except ContractError:
            return None
        if not isinstance(event, AlertRevised):
            return None
        history = self.board.history(event.alert.id)
        if any(held.revision == event.alert.revision for held in history):
            return None
        return entry_of(event.alert, message.partition, message.offset)

    def join(self, client: Client) -> None:
        """Offer the client what comes from now on."""
        self._live[client] = None

    def leave(self, client: Client) -> None:
        """Offer it no more."""
        self._live.pop(client, None)

    def _broadcast(self, entry: Entry) -> None:
        shared = (self.live, self.cursor(self.live))
        for client in tuple(self._live):
            client.offer(entry, shared)

    def _judge(self, key: str) -> str | None:
        refused = self._ground.access.refusal("", {"authorization": f"Bearer {key}"})
        return None if refused is None else refused.detail

    async def _bounds(self) -> Held:
        found = (await self._ground.bus.bounds(ALERTS.name)).items()
        start = {partition.number: bounds.start for partition, bounds in found}
        end = {partition.number: bounds.end for partition, bounds in found}
        return Held(self._log_id, start, highest(end, self.live))

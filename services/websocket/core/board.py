"""
The board: every revision of the alerts that are current, in memory, in the order in which they came.

Revisions are held as the JSON that clients get, encoded once. When there are too many alerts, or too many bytes,
those that were revised longest ago go first, whole.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from events.alert import Alert, AlertId, AlertStatus
from events.story import EventId, Severity
from services.websocket.core.cursor import Offsets


@dataclass(frozen=True, slots=True)
class Entry:
    """One alert revision on the board."""

    alert_id: AlertId
    event_id: EventId
    revision: int
    status: AlertStatus
    urgent: bool
    """Whether it may overtake: a kill, or a flash that interrupts."""

    test: bool
    partition: int
    offset: int
    json: bytes

    def alert(self) -> Alert:
        """The alert, decoded anew: about 50 microseconds."""
        return Alert.model_validate_json(self.json)


def entry_of(alert: Alert, partition: int, offset: int) -> Entry:
    """The entry for an alert that lies at an offset."""
    flash = alert.severity is Severity.FLASH and alert.interrupt
    return Entry(
        alert_id=alert.id,
        event_id=alert.event_id,
        revision=alert.revision,
        status=alert.status,
        urgent=flash or alert.status is AlertStatus.KILLED,
        test=alert.test,
        partition=partition,
        offset=offset,
        json=alert.__pydantic_serializer__.to_json(alert),
    )


class Board:
    """What the alerts are now, and were."""

    def __init__(self, most_alerts: int, most_bytes: int) -> None:
        """
        An empty board.

        Args:
            most_alerts: alerts held.
            most_bytes: bytes of JSON held, over all revisions.
        """
        self._most_alerts = most_alerts
        self._most_bytes = most_bytes
        self._bytes = 0
        self._histories: OrderedDict[AlertId, tuple[Entry, ...]] = OrderedDict()
        self._at: dict[tuple[int, int], Entry] = {}
        self._horizon: dict[int, int] = {}
        self._position: dict[int, int] = {}

    def open(self, start: Offsets) -> None:
        """Begin at these offsets, one for each partition that there is; what was known stays."""
        for number, offset in start.items():
            self._horizon.setdefault(number, offset)
            self._position[number] = max(offset, self._position.get(number, 0))

    @property
    def horizon(self) -> Mapping[int, int]:
        """From here on the latest revision of every alert is held, per partition number."""
        return self._horizon

    @property
    def position(self) -> Mapping[int, int]:
        """The next offset that will be put up, per partition number."""
        return self._position

    def put(self, alert: Alert, partition: int, offset: int) -> tuple[Entry, tuple[AlertId, ...]] | None:
        """
        Put a revision up.

        Returns:
            Its entry and the alerts that went for it; None where this revision or a later one is up already, since
            it is a repetition of what was seen.
        """
        self.skip(partition, offset)
        history = self._histories.get(alert.id, ())
        if history and alert.revision <= history[-1].revision:
            return None
        entry = entry_of(alert, partition, offset)
        self._histories[alert.id] = (*history, entry)
        self._histories.move_to_end(alert.id)
        self._at[partition, offset] = entry
        self._bytes += len(entry.json)
        return entry, tuple(self._evict())

    def skip(self, partition: int, offset: int) -> None:
        """A record that is nothing for the board was passed."""
        self._position[partition] = max(offset + 1, self._position.get(partition, 0))
        self._horizon.setdefault(partition, offset)

    def at(self, partition: int, offset: int) -> Entry | None:
        """The revision that lies there, where it is held."""
        return self._at.get((partition, offset))

    def history(self, alert_id: AlertId) -> tuple[Entry, ...]:
        """All revisions that are held, oldest first; empty for an alert that is not."""
        return self._histories.get(alert_id, ())

    def newest_first(self) -> Iterator[Entry]:
        """The latest revision of each alert, by when it came."""
        return (history[-1] for history in reversed(self._histories.values()))

    def oldest_first(self) -> Iterator[Entry]:
        """The latest revision of each alert, by when it came."""
        return (history[-1] for history in self._histories.values())

    def _evict(self) -> Iterator[AlertId]:
        while len(self._histories) > 1 and (len(self._histories) > self._most_alerts or self._bytes > self._most_bytes):
            alert_id, history = self._histories.popitem(last=False)
            for entry in history:
                del self._at[entry.partition, entry.offset]
                self._bytes -= len(entry.json)
            last = history[-1]
            self._horizon[last.partition] = max(self._horizon[last.partition], last.offset + 1)
            yield alert_id

"""
Which filters an alert has matched, and since which revision: a match holds for all revisions that follow.

Each distinct filter is asked once about each revision, however many clients have it, and what it said is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from events.alert import AlertId, AlertStatus
from events.filter import Facts, Filter, facts, holds
from services.websocket.core.board import Entry


@dataclass(frozen=True, slots=True)
class _Asked:
    upto: int
    """The last revision that was asked about."""

    since: int | None
    """The first revision that matched."""


_NEVER = _Asked(0, None)


class Matching:
    """Remembers what filters said of alerts."""

    def __init__(self, history: Callable[[AlertId], Sequence[Entry]]) -> None:
        """
        Remember nothing yet.

        Args:
            history: the revisions of an alert that are held, oldest first.
        """
        self._history = history
        self._asked: dict[Filter, dict[AlertId, _Asked]] = {}
        self._users: dict[Filter, int] = {}
        self._facts: tuple[Entry, Facts] | None = None

    def use(self, wanted: Filter) -> None:
        """A subscription has this filter."""
        self._users[wanted] = self._users.get(wanted, 0) + 1
        self._asked.setdefault(wanted, {})

    def drop(self, wanted: Filter) -> None:
        """A subscription has it no longer; with its last one the filter is forgotten."""
        self._users[wanted] -= 1
        if not self._users[wanted]:
            del self._users[wanted], self._asked[wanted]

    def forget(self, alert_id: AlertId) -> None:
        """An alert has gone from the board."""
        for asked in self._asked.values():
            asked.pop(alert_id, None)

    def matched(self, wanted: Filter, entry: Entry) -> bool:
        """
        Whether the filter matches this revision, or matched an earlier one.

        The kill or correction of an alert whose first revisions are no longer held counts as matched, unless it is
        a test: better told in vain than not told.
        """
        known = self._asked[wanted].get(entry.alert_id, _NEVER)
        if known.since is not None and known.since <= entry.revision:
            return True
        if known.upto >= entry.revision:
            return False
        earlier = [held for held in self._history(entry.alert_id) if held.revision < entry.revision]
        if not _whole(earlier, entry) and _must_reach(entry):
            return True
        for held in (*earlier, entry):
            if held.revision > known.upto and holds(wanted, self._of(held)):
                return self._keep(wanted, entry, _Asked(entry.revision, held.revision))
        return self._keep(wanted, entry, _Asked(entry.revision, None))

    def _keep(self, wanted: Filter, entry: Entry, asked: _Asked) -> bool:
        if self._history(entry.alert_id):
            self._asked[wanted][entry.alert_id] = asked
        return asked.since is not None

    def _of(self, entry: Entry) -> Facts:
        """Its facts; those of the last one asked for are at hand, since many filters are asked about one revision."""
        if self._facts is None or self._facts[0] is not entry:
            self._facts = (entry, facts(entry.alert()))
        return self._facts[1]


def _whole(earlier: Sequence[Entry], entry: Entry) -> bool:
    return entry.revision == 1 or bool(earlier and earlier[0].revision == 1)


def _must_reach(entry: Entry) -> bool:
    return not entry.test and entry.status in {AlertStatus.KILLED, AlertStatus.CORRECTED}

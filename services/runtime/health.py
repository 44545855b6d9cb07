"""What the parts of a process say of themselves, and what that makes of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_STALE = timedelta(seconds=60)
"""A loop that polls four times a second and says nothing for so long hangs."""


@dataclass(slots=True)
class _Part:
    progressed: datetime | None = None
    trouble: str | None = None


class Health:
    """Collects progress and trouble by part; `readyz` and `healthz` read it."""

    def __init__(self) -> None:
        self._parts: dict[str, _Part] = {}

    def expect(self, part: str) -> None:
        """A part that must come up before the process is ready."""
        self._parts.setdefault(part, _Part())

    def progress(self, part: str, at: datetime, trouble: str | None = None) -> None:
        """The part went round its loop."""
        entry = self._parts.setdefault(part, _Part())
        entry.progressed = at
        entry.trouble = trouble

    def trouble(self, part: str, what: str) -> None:
        """The part cannot work at present."""
        self._parts.setdefault(part, _Part()).trouble = what

    def gone(self, part: str) -> None:
        """The part has stopped in good order."""
        self._parts.pop(part, None)

    def problems(self, at: datetime) -> dict[str, str]:
        """What keeps the process from being ready, by part; empty when all is well."""
        found: dict[str, str] = {}
        for name, part in self._parts.items():
            if part.trouble is not None:
                found[name] = part.trouble
            elif part.progressed is None:
                found[name] = "starting"
            elif at - part.progressed > _STALE:
                found[name] = f"no progress since {part.progressed.isoformat(timespec='seconds')}"
        return found

    def hung(self, at: datetime) -> dict[str, str]:
        """Parts that a restart might help: those that stopped going round."""
        return {
            name: f"no progress since {part.progressed.isoformat(timespec='seconds')}"
            for name, part in self._parts.items()
            if part.progressed is not None and part.trouble is None and at - part.progressed > _STALE
        }

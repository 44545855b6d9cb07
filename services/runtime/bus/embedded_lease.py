"""
Who has which partition numbers of a group, by file locks (flock).

A lock lives exactly as long as the process that took it, so there is no time-out to wait for after a crash and no
zombie that writes after it lost its number.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from services.runtime.bus.share import share


class Leases:
    """One member's leases in one group."""

    def __init__(self, folder: Path, member: str, numbers: int) -> None:
        self._members = folder / "members"
        self._members.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._member = member
        self._numbers = numbers
        self._sign: int | None = _hold(self._members / member)
        self._held: dict[int, int] = {}

    @property
    def held(self) -> frozenset[int]:
        """The numbers that are ours."""
        return frozenset(self._held)

    def balance(self) -> tuple[frozenset[int], frozenset[int]]:
        """Release what others should have, take what we should have and nobody holds: (released, acquired)."""
        wanted = share(self._member, self._living(), self._numbers)
        released = self.held - wanted
        for number in released:
            os.close(self._held.pop(number))
        acquired: set[int] = set()
        for number in wanted - self.held:
            handle = _lock(self._folder / f"{number}.lease")
            if handle is not None:
                self._held[number] = handle
                acquired.add(number)
        return released, frozenset(acquired)

    def close(self) -> None:
        """Release everything."""
        for handle in self._held.values():
            os.close(handle)
        self._held.clear()
        if self._sign is not None:
            (self._members / self._member).unlink(missing_ok=True)
            os.close(self._sign)
            self._sign = None

    def _living(self) -> list[str]:
        """Members whose sign is locked; the signs of the dead are swept."""
        living = [self._member]
        for path in self._members.iterdir():
            if path.name == self._member:
                continue
            handle = _lock(path)
            if handle is None:
                living.append(path.name)
            else:
                path.unlink(missing_ok=True)
                os.close(handle)
        return living


def _lock(path: Path) -> int | None:
    """An open, locked file; None while another has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _hold(path: Path) -> int:
    """A locked file that is still at its path: another member may have swept it before it was locked."""
    while True:
        handle = _lock(path)
        if handle is not None and path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
            return handle
        if handle is not None:
            os.close(handle)

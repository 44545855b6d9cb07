"""What a service gives to the process it runs in, and what it gets from it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from services.runtime.access import Access
from services.runtime.bus.port import Bus
from services.runtime.clock import Clock
from services.runtime.health import Health
from services.runtime.lifecycle import Part


@dataclass(frozen=True, slots=True)
class Ground:
    """What the process gives to each of its services."""

    bus: Bus
    clock: Clock
    health: Health
    access: Access


@dataclass(frozen=True, slots=True)
class Assembly:
    """A service, ready to run: its parts, and its routes on the process' HTTP port."""

    parts: tuple[Part, ...]
    routers: tuple[APIRouter, ...] = ()

"""Waiting for what has to become true, no longer than that takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_POLL_SECONDS = 0.005


async def eventually(look: Callable[[], T], seconds: float = 5.0) -> T:
    """What `look` gives as soon as that is true; fails with what it gave last."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while not (seen := look()):
        assert loop.time() < until, f"still {seen!r} after {seconds} s"
        await asyncio.sleep(_POLL_SECONDS)
    return seen

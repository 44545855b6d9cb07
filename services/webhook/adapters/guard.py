"""
The gate that every outgoing connection passes: the address is vetted when it is resolved and when it is dialled.

The resolver sees names only, and a literal address never reaches it; the socket factory sees every address that is
dialled. So the factory is the gate, and the resolver makes one bad answer reject the whole name.
"""

from __future__ import annotations

import socket
from collections.abc import Collection
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from services.webhook.core.address import Blocked, Network, judge, judge_all


class AddressBlocked(Exception):
    """Deliveries may not go to this address."""


class GuardedResolver(AbstractResolver):
    """Resolves names and refuses those with an address that may not be reached."""

    def __init__(self, resolver: AbstractResolver, allowed: Collection[Network]) -> None:
        self._resolver = resolver
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """
        The addresses of a name.

        Raises:
            AddressBlocked: one of them may not be reached.
            OSError: the name cannot be resolved.
        """
        answers = await self._resolver.resolve(host, port, family)
        verdict = judge_all([answer["host"] for answer in answers], self._allowed)
        if isinstance(verdict, Blocked):
            raise AddressBlocked(f"{host}: {verdict.reason}")
        return answers

    async def close(self) -> None:
        """Release what it holds."""
        await self._resolver.close()


class GuardedSockets:
    """Makes sockets for addresses that may be reached."""

    def __init__(self, allowed: Collection[Network]) -> None:
        self._allowed = allowed

    def __call__(self, address: tuple[Any, ...]) -> socket.socket:
        """
        A socket for the address that is about to be dialled, as `socket.getaddrinfo` describes it.

        Raises:
            AddressBlocked: it may not be reached.
        """
        family, kind, protocol, _, place = address
        verdict = judge(str(place[0]), self._allowed)
        if isinstance(verdict, Blocked):
            raise AddressBlocked(verdict.reason)
        return socket.socket(family, kind, protocol)


def blocked_by(error: BaseException | None) -> AddressBlocked | None:
    """The refusal that lies at the bottom of a client's error, if one does."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, AddressBlocked):
            return error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None

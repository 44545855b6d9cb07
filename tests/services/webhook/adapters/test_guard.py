from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from services.webhook.adapters.guard import AddressBlocked, GuardedResolver, GuardedSockets, blocked_by

LOOPBACK = (ip_network("127.0.0.0/8"),)


class Zone(AbstractResolver):
    """A resolver that knows one name."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.closed = False

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """All the addresses, whatever the name."""
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.addresses
        ]

    async def close(self) -> None:
        """Note it."""
        self.closed = True


async def test_a_name_with_good_addresses_resolves() -> None:
    """What may be reached is handed on as it is; closing the guard closes what it guards."""
    zone = Zone("93.184.215.14", "127.0.0.1")
    guarded = GuardedResolver(zone, LOOPBACK)
    assert [answer["host"] for answer in await guarded.resolve("hook.example", 443)] == list(zone.addresses)
    await guarded.close()
    assert zone.closed


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (("127.0.0.1",), "loopback"),
        (("93.184.215.14", "10.0.0.1"), "private"),
        (("::1",), "loopback"),
        (("169.254.169.254",), "metadata"),
        ((), "no address"),
    ],
)
async def test_one_bad_address_rejects_the_name(addresses: tuple[str, ...], reason: str) -> None:
    """A name that also points to us was made to."""
    with pytest.raises(AddressBlocked, match=rf"^hook\.example: .*{reason}"):
        await GuardedResolver(Zone(*addresses), ()).resolve("hook.example")


def test_the_gate_opens_sockets_for_good_addresses_alone() -> None:
    """What is about to be dialled is judged, wherever it came from."""
    gate = GuardedSockets(LOOPBACK)
    with gate((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))) as made:
        assert made.family is socket.AF_INET
    with pytest.raises(AddressBlocked, match="private"):
        gate((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.0.0.1", 80)))
    with pytest.raises(AddressBlocked, match="link-local"):
        gate((socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("fe80::1%2", 80, 0, 2)))


def test_a_refusal_is_found_under_what_a_client_makes_of_it() -> None:
    """By cause or by context, and a ring of causes ends."""
    refusal = AddressBlocked("private")
    wrapped, ring = OSError("outer"), OSError("ring")
    wrapped.__cause__ = ValueError("middle")
    wrapped.__cause__.__context__ = refusal
    ring.__cause__ = ring
    assert blocked_by(wrapped) is refusal
    assert blocked_by(ring) is None
    assert blocked_by(None) is None

"""
Which addresses a delivery may go to, so that a subscriber's URL never reaches into our own network.

From the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its updates), the IPv6 carriers of IPv4
addresses, and the metadata services of clouds. `ipaddress.is_global` is no substitute: it calls several of these
global.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Allowed:
    """A socket may be opened to the address."""

    address: Address


@dataclass(frozen=True, slots=True)
class Blocked:
    """No socket may be opened to it."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Range:
    network: Network
    what: str
    can_be_allowed: bool = False
    """Somebody runs receivers there; all other ranges hold no receiver for anybody."""


def _ranges(can_be_allowed: bool, **named: str) -> tuple[_Range, ...]:  # noqa: FBT001
    return tuple(
        _Range(ip_network(text), what.replace("_", " "), can_be_allowed)
        for what, texts in named.items()
        for text in texts.split()
    )


_RANGES = (
    *_ranges(
        True,
        loopback="127.0.0.0/8 ::1/128",
        private="10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7",
        shared_by_a_carrier="100.64.0.0/10",
        link_local="169.254.0.0/16 fe80::/10",
        benchmarking="198.18.0.0/15",
    ),
    *_ranges(
        False,
        this_network="0.0.0.0/8",
        protocol_assignments="192.0.0.0/24 2001::/23",
        documentation="192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
        AS112="192.31.196.0/24 192.175.48.0/24 2620:4f:8000::/48",
        AMT="192.52.193.0/24",
        relay_anycast="192.88.99.0/24",
        multicast="224.0.0.0/4 ff00::/8",
        reserved="240.0.0.0/4",
        IPv4_in_IPv6="::/8 64:ff9b:1::/48 2002::/16",
        discard="100::/64 100:0:0:1::/64",
        site_local="fec0::/10",
        segment_routing="5f00::/16",
    ),
)
"""The first range that holds an address decides: ::1 before ::/8."""

_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that was ever assigned for the public (RFC 4291, IANA)."""

_METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",  # AWS, Azure, Google, Oracle, DigitalOcean, OpenStack
        "169.254.170.2",  # AWS container credentials
        "169.254.170.23",  # AWS EKS pod identity
        "169.254.169.253",  # AWS resolver
        "169.254.169.123",  # AWS time
        "169.254.42.42",  # Scaleway
        "169.254.0.23",  # Tencent
        "100.100.100.200",  # Alibaba
        "192.0.0.192",  # Oracle, older
        "168.63.129.16",  # Azure host agent: a public address, and yet reachable from inside only
        "fd00:ec2::254",  # AWS
        "fd00:ec2::23",  # AWS EKS pod identity
        "fd20:ce::254",  # Google
        "fd00:42::42",  # Scaleway
        "fe80::a9fe:a9fe",  # OpenStack
    )
)


def judge(address: str | Address, allowed: Collection[Network] = ()) -> Allowed | Blocked:
    """
    Whether a socket may be opened to an address.

    Args:
        address: as resolved, or as about to be dialled.
        allowed: private networks of ours that subscribers may reach. One opens only the special range that it lies
            in, so 0.0.0.0/0 opens nothing; a metadata service is opened by its own address alone (/32 or /128).

    An address that embeds an IPv4 address behind NAT64 (64:ff9b::/96) is judged by that one; all other carriers of
    IPv4 addresses are refused whole.
    """
    try:
        known = ip_address(address) if isinstance(address, str) else address
    except (AddressValueError, ValueError):
        return Blocked(f"{address!r} is no address")
    if isinstance(known, IPv6Address):
        if known.scope_id is not None:
            return Blocked(f"{known}: an address with a scope is link-local")
        if known in _NAT64:
            inner = judge(IPv4Address(int(known) & 0xFFFF_FFFF), allowed)
            return Allowed(known) if isinstance(inner, Allowed) else Blocked(f"{known} is NAT64 for {inner.reason}")
    return _judge(known, allowed)


def judge_all(addresses: Iterable[str | Address], allowed: Collection[Network] = ()) -> tuple[Address, ...] | Blocked:
    """All the answers of a resolver, if there are some and each is allowed: a single bad one rejects the name."""
    found: list[Address] = []
    for address in addresses:
        verdict = judge(address, allowed)
        if isinstance(verdict, Blocked):
            return verdict
        found.append(verdict.address)
    return tuple(found) if found else Blocked("the name has no address")


def _judge(address: Address, allowed: Collection[Network]) -> Allowed | Blocked:
    if address in _METADATA:
        exact = any(net.num_addresses == 1 and address in net for net in allowed)
        return Allowed(address) if exact else Blocked(f"{address} is a metadata service of a cloud")
    special = next((held for held in _RANGES if address in held.network), None)
    if special is None:
        if isinstance(address, IPv4Address) or address in _GLOBAL_UNICAST:
            return Allowed(address)
        return Blocked(f"{address} is outside of the global unicast range {_GLOBAL_UNICAST}")
    if special.can_be_allowed and any(address in net and _lies_in(net, special.network) for net in allowed):
        return Allowed(address)
    advice = f"; allow a network inside {special.network} to reach it" if special.can_be_allowed else ""
    return Blocked(f"{address} is {special.what}{advice}")


def _lies_in(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network) and inner.subnet_of(outer)

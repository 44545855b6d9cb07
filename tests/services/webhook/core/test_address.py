from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.webhook.core.address import Allowed, Blocked, judge, judge_all

BLOCKED = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.0.1
169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1
192.88.99.1 192.168.0.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
240.0.0.1 255.255.255.255 100.100.100.200 168.63.129.16
:: ::1 ::2 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8 ::ffff:10.0.0.1 ::127.0.0.1 ::8.8.8.8 ::ffff:0:7f00:1
::5efe:7f00:1 64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b::224.0.0.1 64:ff9b:1::7f00:1
64:ff9b:1::808:808 100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1
2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2002:808:808::1 2620:4f:8000::1 3fff::1 5f00::1 4000::1 fc00::1 fd00::1
fd00:ec2::254 fd20:ce::254 fe80::1 fe80::1%eth0 fec0::1 ff00::1 ff02::1 ff0e::1 2606:4700::1%1
localhost 127.1 2130706433 0x7f000001 0177.0.0.1 010.0.0.1 1.2.3 1.2.3.4.5 256.1.1.1 [::1]
""".split()  # noqa: SIM905 (a table to be read)

ALLOWED = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 169.253.0.1 172.15.0.1
172.32.0.1 192.0.1.1 192.167.0.1 192.169.0.1 198.17.0.1 198.20.0.1 223.255.255.255 2606:4700::1111 2a00:1450::1
2001:200::1 2001:4860::8888 2003::1 3ffe::1 64:ff9b::808:808
""".split()  # noqa: SIM905 (a table to be read)


@pytest.mark.parametrize("address", [*BLOCKED, ""])
def test_blocked(address: str) -> None:
    """Nothing that is not public is reached, nor anything that is no address in its one usual form."""
    verdict = judge(address)
    assert isinstance(verdict, Blocked)
    assert verdict.reason


@pytest.mark.parametrize("address", ALLOWED)
def test_allowed(address: str) -> None:
    """Public addresses are reached, right up to the edges of the special ranges."""
    assert judge(address) == Allowed(ip_address(address))


@pytest.mark.parametrize(
    ("address", "networks", "reached"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.2.3/32", True),
        ("10.1.2.3", "10.2.0.0/16", False),
        ("10.1.2.3", "0.0.0.0/0", False),
        ("10.1.2.3", "8.0.0.0/5", False),
        ("127.0.0.1", "127.0.0.1/32", True),
        ("127.0.0.1", "0.0.0.0/0 ::/0 10.0.0.0/8", False),
        ("::1", "::1/128", True),
        ("::1", "::/0", False),
        ("fd12::1", "fd00::/8", True),
        ("fe80::1", "fe80::/10", True),
        ("fe80::1%eth0", "fe80::/10", False),
        ("100.64.1.1", "100.64.0.0/10", True),
        ("169.254.1.1", "169.254.0.0/16", True),
        ("169.254.169.254", "169.254.0.0/16", False),
        ("169.254.169.254", "169.254.169.254/31", False),
        ("169.254.169.254", "169.254.169.254/32", True),
        ("fd00:ec2::254", "fc00::/7 fd00:ec2::/64", False),
        ("fd00:ec2::254", "fd00:ec2::254/128", True),
        ("100.100.100.200", "100.64.0.0/10", False),
        ("64:ff9b::10.1.2.3", "10.0.0.0/8", True),
        ("64:ff9b::169.254.169.254", "169.254.0.0/16", False),
        ("::ffff:10.1.2.3", "10.0.0.0/8 ::ffff:10.0.0.0/104", False),
        ("2002:a00::1", "10.0.0.0/8 2002:a00::/24", False),
        ("224.0.0.1", "224.0.0.0/4", False),
        ("0.0.0.0", "0.0.0.0/32", False),  # noqa: S104 (nothing is bound)
        ("192.0.2.1", "192.0.2.0/24", False),
        ("::ffff:169.254.169.254", "169.254.169.254/32", False),
    ],
)
def test_allow_list(address: str, networks: str, *, reached: bool) -> None:
    """An allowed network opens the private range it lies in; metadata only by their own address; carriers never."""
    allowed = [ip_network(network, strict=False) for network in networks.split()]
    assert isinstance(judge(address, allowed), Allowed) is reached


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:0:0", "::", "64:ff9b:1::", "::ffff:0:0:0", "::5efe:0:0"]))
def test_carriers(inner: IPv4Address, prefix: str) -> None:
    """No IPv4 address is reached inside of an IPv6 one, however public it is."""
    assert isinstance(judge(IPv6Address(int(IPv6Address(prefix)) | int(inner))), Blocked)


@given(st.ip_addresses(v=4))
def test_nat64(inner: IPv4Address) -> None:
    """Behind NAT64 an address is reached exactly if it is by itself."""
    outer = IPv6Address(int(IPv6Address("64:ff9b::")) | int(inner))
    assert isinstance(judge(outer), Allowed) is isinstance(judge(inner), Allowed)


@given(st.ip_addresses(v=4))
def test_6to4(inner: IPv4Address) -> None:
    """Nor is it behind 6to4, where the address stands in the upper bits."""
    assert isinstance(judge(IPv6Address((0x2002 << 112) | (int(inner) << 80) | 1)), Blocked)


@given(st.ip_addresses())
def test_never_wider_than_the_registry(address: IPv4Address | IPv6Address) -> None:
    """Nothing that the standard library knows not to be global is reached, except through NAT64."""
    if not address.is_global and address not in ip_network("64:ff9b::/96"):
        assert isinstance(judge(address), Blocked)


def test_reasons() -> None:
    """A reason says what the address is, and what to do if it is meant."""
    assert judge("10.0.0.1") == Blocked("10.0.0.1 is private; allow a network inside 10.0.0.0/8 to reach it")
    assert judge("64:ff9b::7f00:1") == Blocked(
        "64:ff9b::7f00:1 is NAT64 for 127.0.0.1 is loopback; allow a network inside 127.0.0.0/8 to reach it"
    )
    assert judge("169.254.169.254") == Blocked("169.254.169.254 is a metadata service of a cloud")


def test_all_answers_count() -> None:
    """One bad answer of a resolver rejects the name, and so does none at all."""
    assert judge_all(["1.1.1.1", "2606:4700::1111"]) == (ip_address("1.1.1.1"), ip_address("2606:4700::1111"))
    assert isinstance(judge_all(["1.1.1.1", "10.0.0.1"]), Blocked)
    assert judge_all([]) == Blocked("the name has no address")

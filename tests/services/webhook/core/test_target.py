from __future__ import annotations

from ipaddress import IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from services.webhook.core.target import DEFAULT_PORTS, LONGEST, Refused, Target, parse_target


@pytest.mark.parametrize(
    ("url", "canonical", "host", "port"),
    [
        ("https://example.org/hook", "https://example.org/hook", "example.org", 443),
        ("HTTPS://Example.ORG", "https://example.org/", "example.org", 443),
        ("http://example.org:80/", "http://example.org/", "example.org", 80),
        ("https://example.org:443?a=b", "https://example.org/?a=b", "example.org", 443),
        ("http://example.org:443/", "http://example.org:443/", "example.org", 443),
        ("https://example.org:8443/x", "https://example.org:8443/x", "example.org", 8443),
        ("https://my_service.internal:8080/", "https://my_service.internal:8080/", "my_service.internal", 8080),
        ("http://localhost:8999/", "http://localhost:8999/", "localhost", 8999),
        ("https://bücher.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443),
        ("https://例え.jp/", "https://xn--r8jz45g.jp/", "xn--r8jz45g.jp", 443),
        ("https://192.0.2.1/", "https://192.0.2.1/", "192.0.2.1", 443),
        ("https://[2001:DB8:0:0::1]/", "https://[2001:db8::1]/", "2001:db8::1", 443),
        ("https://[::ffff:7f00:1]/", None, "::ffff:7f00:1", 443),
        ("https://4chan.org/", "https://4chan.org/", "4chan.org", 443),
        ("https://1.2.3.4.example.org/", "https://1.2.3.4.example.org/", "1.2.3.4.example.org", 443),
        ("https://a.example/%41%c3%a9?q=%20", "https://a.example/%41%c3%a9?q=%20", "a.example", 443),
        ("https://a.example/é?q=ü&x[]=1", "https://a.example/%C3%A9?q=%C3%BC&x[]=1", "a.example", 443),
        ("https://a.example/a@b:c", "https://a.example/a@b:c", "a.example", 443),
        ("https://a.example//x", "https://a.example//x", "a.example", 443),
        ('https://a.example/"<>^`{|}', "https://a.example/%22%3C%3E%5E%60%7B%7C%7D", "a.example", 443),
    ],
)
def test_accepted(url: str, canonical: str | None, host: str, port: int) -> None:
    """A URL that every parser reads alike is taken, in canonical form; the client's parser finds the same host."""
    target = parse_target(url)
    assert isinstance(target, Target)
    assert target.port == port
    assert target.host == host or target.literal == ip_address(host)
    client = URL(target.url, encoded=True)
    assert (client.port, client.scheme, str(client)) == (port, target.scheme, target.url)
    if canonical is not None:
        assert target.url == canonical
        assert client.raw_host == host
    if target.literal is not None:
        assert target.literal == ip_address(client.raw_host or "")


REFUSED = (
    ("", "absolute"),
    ("example.org/hook", "absolute"),
    ("//example.org/", "absolute"),
    ("https:/example.org/", "absolute"),
    ("https:example.org", "absolute"),
    ("ftp://example.org/", "scheme"),
    ("file:///etc/passwd", "scheme"),
    ("gopher://127.0.0.1:6379/_x", "scheme"),
    ("javascript://example.org/%0aalert(1)", "scheme"),
    ("https://", "no host"),
    ("https:///x", "no host"),
    ("https://:443/", "no host"),
    ("https://user@127.0.0.1/", "user"),
    ("https://user:pw@example.org/", "user"),
    ("https://example.org@127.0.0.1/", "user"),
    ("https://@example.org/", "user"),
    ("https://example.org\\@127.0.0.1/", "backslash"),
    ("https://example.org#@127.0.0.1/", "fragment"),
    ("https://example.org/#x", "fragment"),
    (" https://example.org/", "space"),
    ("https://example.org/ ", "space"),
    ("https://exa mple.org/", "space"),
    ("https://example.org/\r\nHost: x", "control"),
    ("https://example.org/\t", "control"),
    ("https://example.org/\x00", "control"),
    ("https://example.org/\x7f", "control"),
    ("https://example.org/\u200b", "control"),
    ("https://exam\u00adple.org/", "control"),
    ("https://example.org/\u202e", "control"),
    ("https://example.org/\ud800", "control"),
    ("https://127.0.0.1%2f@example.org/", "user"),
    ("https://127%2e0.0.1/", "%"),
    ("https://[fe80::1%25eth0]/", "%"),
    ("https://2130706433/", "number"),
    ("https://017700000001/", "number"),
    ("https://0x7f000001/", "number"),
    ("https://0X7F000001/", "number"),
    ("https://0x7f.0.0.1/", "number"),
    ("https://127.0.0.0x1/", "number"),
    ("https://0177.0.0.1/", "number"),
    ("https://127.000.000.001/", "number"),
    ("https://127.1/", "number"),
    ("https://127.0.1/", "number"),
    ("https://0/", "number"),
    ("https://0x/", "number"),
    ("https://1.2.3.4.5/", "number"),
    ("https://256.1.1.1/", "number"),
    ("https://example.1/", "number"),
    ("https://example.0x1/", "number"),
    ("https://①②⑦.⓪.⓪.①/", "number"),
    ("https://１２７.０.０.１/", "number"),
    ("https://127。0。0。1/", "number"),
    ("https://127．0．0．1/", "number"),
    ("https://１２７.0.0.1/", "number"),
    ("https://٢١٣٠٧٠٦٤٣٣/", "host"),
    ("https://127.0.0.1./", "full stop"),
    ("https://localhost./", "full stop"),
    ("https://example.org./", "full stop"),
    ("https://./", "full stop"),
    ("https://a..example/", "no name"),
    ("https://.example/", "no name"),
    ("https://-a.example/", "no name"),
    ("https://a-.example/", "no name"),
    ("https://a,b.example/", "no name"),
    ("https://a*.example/", "no name"),
    (f"https://{'a' * 64}.example/", "no name"),
    (f"https://{'a.' * 127}example/", "no name"),
    ("https://[::1/", "cannot be read"),
    ("https://::1/", "no host"),
    ("https://a::1/", "port"),
    ("https://[::1]x/", "cannot be read"),
    ("https://[127.0.0.1]/", "IPv6"),
    ("https://[v1.a]/", "IPv6"),
    ("https://[]/", "IPv6"),
    ("https://[::1]:80:80/", "port"),
    ("https://example.org:/", "port"),
    ("https://example.org:0/", "port"),
    ("https://example.org:0443/", "port"),
    ("https://example.org:65536/", "port"),
    ("https://example.org:99999999/", "port"),
    ("https://example.org:+443/", "port"),
    ("https://example.org:４４３/", "port"),
    ("https://example.org:x/", "port"),
    ("https://example.org:22/", "not one of those allowed"),
    ("https://example.org:6379/", "not one of those allowed"),
    ("https://example.org:9000/", "not one of those allowed"),
    ("https://example.org/%zz", "hexadecimal"),
    ("https://example.org/%", "hexadecimal"),
    ("https://exa\u0378mple.org/", "control"),
    ("https://\u2603\u0301.example/", "international"),
    ("https://example.org/" + "a" * LONGEST, "characters"),
    ("https://example.org/" + "é" * 1000, "escaped"),
)


@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_refused(url: str, why: str) -> None:
    """Each way to smuggle a host, a port or a header past a reader is refused, and the reason names it."""
    refused = parse_target(url)
    assert isinstance(refused, Refused), refused
    assert why in refused.reason


def test_enough_spellings() -> None:
    """The table holds at least the sixty that it should."""
    assert len({url for url, _ in REFUSED}) >= 60


def test_any_port_where_allowed() -> None:
    """Without a list of ports all are taken, with another list those."""
    target = parse_target("http://kafka-ui:9000/x", None)
    assert isinstance(target, Target)
    assert target.port == 9000
    assert isinstance(parse_target("https://example.org/", {8443}), Refused)
    assert {80, 443, 8080, 8443, 8999} <= DEFAULT_PORTS
    assert not {22, 25, 5432, 6379, 8079, 9000, 9092} & DEFAULT_PORTS


@given(st.text(max_size=40) | st.from_regex(r"https?://[^/?#]{1,20}(:[0-9]+)?/[a-z%@\\.]*", fullmatch=True))
def test_any_text(url: str) -> None:
    """Whatever is accepted is ASCII, stays as it is when parsed again, and has the host that the client will see."""
    target = parse_target(url, None)
    if isinstance(target, Target):
        assert target.url.isascii()
        assert parse_target(target.url, None) == target
        client = URL(target.url, encoded=True)
        assert client.port == target.port
        if isinstance(target.literal, IPv6Address):
            assert IPv6Address(client.raw_host or "") == target.literal
        else:
            assert client.raw_host == target.host

"""
The URL of a subscription: parsed once, by rules narrower than any client's, into one canonical form.

Only what every parser reads alike is accepted, so that what was vetted is what is dialled.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from itertools import chain
from urllib.parse import quote

import idna

from services.webhook.core.address import Address

LONGEST = 2048
"""Characters of a URL."""

DEFAULT_PORTS: frozenset[int] = frozenset(chain((80, 443), range(8080, 9000)))
"""Where receivers listen; not mail, databases or caches."""

_SCHEME_PORTS = (("https", 443), ("http", 80))
_LONGEST_HOST = 253
_HIGHEST_PORT = 65_535

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?")
_AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?::(?P<port>.*))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE = "/?:@!$&'()*+,;=-._~%[]"
"""What stays as it is in path and query: RFC 3986, escapes already made, and brackets, which clients send bare."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to deliver."""

    url: str
    """Canonical: ASCII, lower-case scheme and host, no default port, no fragment."""

    scheme: str
    host: str
    """A name in ASCII, or an address without brackets."""

    port: int
    literal: Address | None
    """The address, where the host is one: there is nothing to resolve then, and still all to judge."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Deliveries cannot go to the URL."""

    reason: str


class _Refusal(Exception):
    """Carries the reason from the depth of the parse to its surface."""


def parse_target(url: str, ports: Container[int] | None = DEFAULT_PORTS) -> Target | Refused:
    """
    Where a URL points.

    Args:
        url: as the subscriber gave it.
        ports: those allowed; None for any, where the operator has allowed the host's network.
    """
    try:
        return _parse(url, ports)
    except _Refusal as refusal:
        return Refused(str(refusal))


def _parse(url: str, ports: Container[int] | None) -> Target:
    _check_text(url)
    parts = _URL.fullmatch(url)
    if parts is None:
        raise _Refusal("it is no absolute URL such as https://example.org/hook")
    scheme = parts["scheme"].lower()
    default_port = dict(_SCHEME_PORTS).get(scheme)
    if default_port is None:
        raise _Refusal(f"the scheme is {scheme!r}; only https and http are served")
    if "@" in parts["authority"]:
        raise _Refusal("it names a user; what authenticates us is the signature")
    authority = _AUTHORITY.fullmatch(parts["authority"])
    if authority is None:
        raise _Refusal(f"the host {parts['authority']!r} cannot be read")
    host, literal = _host(authority["host"])
    port = _port(authority["port"], default_port, ports)
    bracketed = f"[{host}]" if isinstance(literal, IPv6Address) else host
    suffix = "" if port == default_port else f":{port}"
    path = _encoded(parts["path"] or "/") + _encoded(parts["query"] or "")
    canonical = f"{scheme}://{bracketed}{suffix}{path}"
    if len(canonical) > LONGEST:
        raise _Refusal(f"with its letters escaped it has {len(canonical)} characters; at most {LONGEST} are allowed")
    return Target(canonical, scheme, host, port, literal)


def _check_text(url: str) -> None:
    if len(url) > LONGEST:
        raise _Refusal(f"it has {len(url)} characters; at most {LONGEST} are allowed")
    for position, letter in enumerate(url):
        if letter.isspace() or not letter.isprintable():
            raise _Refusal(f"there is a space or control character at position {position}")
        if letter == "\\":
            raise _Refusal(f"there is a backslash at position {position}")
        if letter == "#":
            raise _Refusal(f"there is a fragment at position {position}; it would never be sent")


def _host(text: str) -> tuple[str, Address | None]:
    """The host in canonical form, and as an address if it is one."""
    if not text:
        raise _Refusal("it has no host")
    if "%" in text:
        raise _Refusal("there is a % in the host")
    if text.startswith("["):
        return _bracketed(text[1:-1])
    host = text.lower() if text.isascii() else _in_ascii(text)
    labels = host.split(".")
    if not labels[-1] and len(labels) > 1:
        raise _Refusal("the host ends in a full stop; write it without")
    if _NUMBER.fullmatch(labels[-1]):
        return _dotted(host, text)
    if len(host) > _LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise _Refusal(f"the host {text!r} is no name")
    return host, None


def _bracketed(text: str) -> tuple[str, IPv6Address]:
    try:
        address = IPv6Address(text)
    except AddressValueError:
        raise _Refusal(f"the host [{text}] is no IPv6 address") from None
    return str(address), address


def _dotted(host: str, text: str) -> tuple[str, IPv4Address]:
    """
    Four decimal numbers, and nothing else that some client takes for an address.

    A last label that is a number makes it one (WHATWG URL, 3.5); 2130706433, 0x7f000001, 0177.0.0.1, 127.1 and
    full-width digits are ways to write 127.0.0.1 that pass by rules made for names.
    """
    try:
        if text.isascii():
            address = IPv4Address(host)
            return str(address), address
    except AddressValueError:
        pass
    raise _Refusal(f"the host {text!r} is a number; write an address as four decimal numbers, e.g. 192.0.2.1")


def _in_ascii(text: str) -> str:
    """An international name in its ASCII form (IDNA 2008 after UTS 46 mapping), as the client would write it."""
    try:
        return idna.encode(text, uts46=True, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError) as error:
        raise _Refusal(f"the host {text!r} is no international name: {error}") from None


def _port(text: str | None, default: int, ports: Container[int] | None) -> int:
    if text is None:
        port = default
    elif not _PORT.fullmatch(text) or int(text) > _HIGHEST_PORT:
        raise _Refusal(f"the port {text!r} is no number from 1 to {_HIGHEST_PORT}")
    else:
        port = int(text)
    if ports is not None and port not in ports:
        raise _Refusal(f"port {port} is not one of those allowed")
    return port


def _encoded(text: str) -> str:
    if _BAD_PERCENT.search(text):
        raise _Refusal("a % in the path or query is not followed by two hexadecimal digits")
    return quote(text, safe=_SAFE)

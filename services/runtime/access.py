"""
Who may call: API keys, or loopback alone while none is configured.

A browser on the same machine is a loopback client too, and any page open in it may send requests. So without keys a
request must also name a loopback host (against DNS rebinding), and a cross-site Origin is refused always. A proxy on
the same machine is a loopback client as well, for all the world behind it: what it forwards is not served without keys.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request is not served."""

    status: int
    detail: str


class Access:
    """Decides whether a request is served. Holds digests only, never keys."""

    def __init__(self, keys: Iterable[str], origins: Iterable[str] = ()) -> None:
        self._digests = tuple(hashlib.sha256(key.strip().encode()).digest() for key in keys)
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    @property
    def open_to_loopback(self) -> bool:
        """Whether loopback clients are served without a key."""
        return not self._digests

    def refusal(self, peer: str | None, headers: Mapping[str, str]) -> Refused | None:
        """
        Why a request is refused, or None.

        Args:
            peer: the address of the client's socket.
            headers: lower-case names.
        """
        host = headers.get("host", "")
        origin = headers.get("origin")
        if origin is not None and not self._is_own(origin, host):
            return Refused(
                403, f"requests from pages of {origin} are not served; add it to TOCSIN_ORIGINS if it is yours"
            )
        if self._digests:
            return self._judge_key(headers.get("authorization"))
        if not _is_loopback(peer) or any(name in headers for name in _FORWARDED):
            return Refused(403, "no API key is configured, so only this machine is served; set TOCSIN_API_KEYS")
        if _name(host) not in _LOOPBACK_NAMES:
            return Refused(403, f"host {host!r} is not this machine; without API keys only loopback names are served")
        return None

    def _judge_key(self, authorization: str | None) -> Refused | None:
        scheme, _, key = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            return Refused(401, "send your API key as 'Authorization: Bearer KEY'")
        digest = hashlib.sha256(key.strip().encode()).digest()
        if not any(hmac.compare_digest(digest, known) for known in self._digests):
            return Refused(401, "this API key is not known")
        return None

    def _is_own(self, origin: str, host: str) -> bool:
        if origin.rstrip("/").lower() in self._origins:
            return True
        # The stream and the pages are on two ports of one host: the name must agree, the port need not.
        place = _name(origin.partition("://")[2])
        return bool(place) and place == _name(host)


def _name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_loopback(peer: str | None) -> bool:
    try:
        address = ipaddress.ip_address(peer or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)

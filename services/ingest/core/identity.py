"""Which story it is, which revision of it, and the one spelling of its address."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from events.story import Notice, Severity, StoryId, StoryStatus
from services.ingest.core import clean
from services.ingest.core.draft import Draft

_DIGITS = 32
"""Hex digits of a derived id: 128 bits, beyond chance collision."""

_LONGEST_URL = 2048
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|mc_[ce]id|_ga|_gl|ref_src|ref_url|cmpid|ncid"
    r"|at_(?:medium|campaign|custom\d|format|link_\w+|bbc_team|ptr_name)|ocid|smid|smtyp|xtor|wt_mc|trk|spm"
)
_DEFAULT_PORTS = (("http", 80), ("https", 443))


def canonical_url(url: str | None) -> str | None:
    """
    The one spelling of a web address; None where it is not an absolute http or https one.

    Scheme and host in lower case, no default port, user, fragment or tracking parameter, the rest of the query sorted.
    """
    text = clean.line(url or "")
    if not text or len(text) > _LONGEST_URL:
        return None
    try:
        parts = urlsplit(text)
        host = _host(parts)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0].lower())
    ]
    return f"{parts.scheme}://{host}{path}{'?' + urlencode(sorted(query)) if query else ''}"


def story_id(draft: Draft, source: str) -> StoryId:
    """
    The id given in our own shape, as it is; else one derived from the source and the steadiest thing that is known.

    That is, in this order: the sender's identifier, the canonical address, the text. Only the last changes when the
    story is revised.
    """
    if draft.id:
        return StoryId(draft.id)
    if draft.guid:
        return _derived(source, "guid", draft.guid)
    if (url := canonical_url(draft.url)) is not None:
        # The same page over http and https is one page.
        return _derived(source, "url", url.partition("://")[2])
    text = clean.line(f"{draft.headline}\n{' '.join(draft.paragraphs)}").casefold()
    return _derived(source, "text", text)


def digest(
    *,
    headline: str,
    body: str,
    status: StoryStatus,
    test: bool,
    embargo: datetime | None,
    severity: Severity | None,
    notice: Notice | None,
) -> str:
    """SHA-256 in hex over what a reader would see and what decides whether it may be shown: the clean values."""
    parts = (
        headline,
        body,
        status.value,
        "test" if test else "",
        embargo.isoformat() if embargo else "",
        severity.value if severity else "",
        notice.value if notice else "",
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _derived(*parts: str) -> StoryId:
    return StoryId(hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:_DIGITS])


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return host if port is None or (parts.scheme, port) in _DEFAULT_PORTS else f"{host}:{port}"

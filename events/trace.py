"""
W3C Trace Context: the `traceparent` that ties a story's records and log lines together.

https://www.w3.org/TR/trace-context/#traceparent-header
"""

from __future__ import annotations

import hashlib
import re

_FORM = re.compile(r"00-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})")


def started(identity: str) -> str:
    """A new trace for something that arrived without one; equal identities give equal traces."""
    digest = hashlib.sha256(identity.encode()).hexdigest()
    return f"00-{digest[:32]}-{digest[32:48]}-01"


def child(traceparent: str | None, identity: str) -> str | None:
    """The same trace with a span of its own for the record named `identity`; None where there is no valid trace."""
    if valid(traceparent) is None or traceparent is None:
        return None
    span = hashlib.sha1(identity.encode(), usedforsecurity=False).hexdigest()[:16]
    return f"{traceparent[:36]}{span}{traceparent[52:]}"


def trace_id(traceparent: str | None) -> str | None:
    """The 32 hexadecimal digits that name the trace."""
    parts = _FORM.fullmatch(traceparent or "")
    return parts["trace"] if parts else None


def valid(traceparent: str | None) -> str | None:
    """The header as received, or None where it does not keep to the form or is all zeros."""
    parts = _FORM.fullmatch(traceparent or "")
    if parts is None or not parts["trace"].strip("0") or not parts["span"].strip("0"):
        return None
    return traceparent

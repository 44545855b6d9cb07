from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.webhook.core.response import Accepted, Failed, Gone, Throttled, judge, not_before

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [
        ((200, 201, 202, 204, 299), Accepted),
        ((300, 301, 302, 303, 307, 308, 399), Failed),
        ((400, 401, 403, 404, 418, 499), Failed),
        ((410,), Gone),
        ((429, 502, 503, 504), Throttled),
        ((500, 501, 505, 599), Failed),
        ((100, 101, 199, 600, 999, 0), Failed),
    ],
)
def test_judge(statuses: tuple[int, ...], kind: type) -> None:
    """Only 2xx is success; 410 is the end; busy servers throttle; all else is worth another attempt."""
    for status in statuses:
        verdict = judge(status, None, AT)
        assert type(verdict) is kind
        assert verdict.status == status
        assert isinstance(verdict, Accepted) or str(status) in verdict.detail


def test_redirects_are_explained() -> None:
    """The subscriber is told why a redirect is no success."""
    verdict = judge(301, None, AT)
    assert isinstance(verdict, Failed)
    assert "not followed" in verdict.detail


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Tue, 24 Nov 2026 10:02:00 GMT", 120),
        ("Tuesday, 24-Nov-26 10:02:00 GMT", 120),
        ("Tue Nov 24 10:02:00 2026", 120),
        ("Tue, 24 Nov 2026 12:02:00 +0200", 120),
        ("Tue, 24 Nov 2026 09:59:00 GMT", -60),
    ],
)
def test_retry_after(header: str, seconds: int) -> None:
    """Seconds and all three forms of an HTTP date are read."""
    assert not_before(header, AT) == AT + timedelta(seconds=seconds)
    throttled = judge(429, header, AT)
    assert isinstance(throttled, Throttled)
    assert throttled.not_before == AT + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "header", [None, "", "soon", "-5", "1.5", "١٢", "9" * 40, "9" * 65, "Tue, 99 Nov 2026 10:02:00 GMT", "1e3"]
)
def test_no_retry_after(header: str | None) -> None:
    """What names no moment is as if it were not there."""
    assert not_before(header, AT) is None


def test_only_throttles_have_it() -> None:
    """A Retry-After with another status is not looked at."""
    assert judge(500, "120", AT) == Failed("HTTP 500 Internal Server Error", 500)

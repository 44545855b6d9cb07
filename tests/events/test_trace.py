from __future__ import annotations

import re

import pytest

from events.trace import child, started, trace_id, valid

_TRACE = "0af7651916cd43dd8448eb211c80319c"
_GOOD = f"00-{_TRACE}-b7ad6b7169203331-01"
_FORM = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

_BAD = pytest.mark.parametrize(
    "traceparent",
    [
        None,
        "",
        "nonsense",
        _GOOD.upper(),
        _GOOD + "-extra",
        _GOOD + "\n",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{_TRACE}-{'0' * 16}-01",
        f"ff-{_TRACE}-b7ad6b7169203331-01",
    ],
)


def test_a_started_trace_has_the_form() -> None:
    """It is a traceparent that is sampled, and equal identities give equal ones."""
    assert _FORM.fullmatch(started("story-1"))
    assert started("story-1").endswith("-01")
    assert started("story-1") == started("story-1") != started("story-2")


def test_a_child_keeps_trace_and_flags() -> None:
    """Only the span is new."""
    made = child(_GOOD, "record-1")
    assert made is not None
    assert _FORM.fullmatch(made)
    assert made.split("-")[1::2] == [_TRACE, "01"]
    assert made != _GOOD
    assert made != child(_GOOD, "record-2")


@_BAD
def test_an_invalid_trace_has_no_child(traceparent: str | None) -> None:
    """What W3C calls invalid, zeros among it, is not continued."""
    assert child(traceparent, "record-1") is None


@_BAD
def test_an_invalid_trace_is_not_valid(traceparent: str | None) -> None:
    """The form, and no zeros."""
    assert valid(traceparent) is None


def test_a_valid_trace_is_given_back() -> None:
    """As received."""
    assert valid(_GOOD) == _GOOD


def test_the_trace_id_is_the_32_digits() -> None:
    """None where there is no trace."""
    assert trace_id(_GOOD) == _TRACE
    assert trace_id("nonsense") is None

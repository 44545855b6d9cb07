from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core import dates

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-06-30T03:47:00Z", datetime(2022, 6, 30, 3, 47, tzinfo=UTC)),
        ("2022-06-30T03:47Z", datetime(2022, 6, 30, 3, 47, tzinfo=UTC)),
        ("2022-06-30 03:47", datetime(2022, 6, 30, 3, 47, tzinfo=UTC)),
        ("2022-06-30T03:47:12,5+02:00", datetime(2022, 6, 30, 1, 47, 12, 500_000, tzinfo=UTC)),
        ("2022-06-30T03:47:12.123456789Z", datetime(2022, 6, 30, 3, 47, 12, 123_456, tzinfo=UTC)),
        ("20220630T034700+0530", datetime(2022, 6, 29, 22, 17, tzinfo=UTC)),
        ("2022-06-30", datetime(2022, 6, 30, tzinfo=UTC)),
        ("1987-02-26T15:01:01", datetime(1987, 2, 26, 15, 1, 1, tzinfo=UTC)),
        ("Thu, 30 Jun 2022 03:47:00 +0100", datetime(2022, 6, 30, 2, 47, tzinfo=UTC)),
        ("30 Jun 2022 03:47 GMT", datetime(2022, 6, 30, 3, 47, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        (" 2022-06-30 ", datetime(2022, 6, 30, tzinfo=UTC)),
    ],
)
def test_spellings(text: str, moment: datetime) -> None:
    """Each spelling that senders use names its moment in UTC; one without a zone is believed to be UTC."""
    assert dates.parse(text) == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2022-13-01", "2022-02-30T00:00Z", "12:30", "1" * 70, "0001-01-01T00:00+14:00"]
)
def test_no_date(text: str) -> None:
    """What names no moment is None, not an error and not a guess."""
    assert dates.parse(text) is None


@given(st.text(max_size=70))
def test_any_text(text: str) -> None:
    """No text makes the parser fail, and what it returns is always in UTC."""
    moment = dates.parse(text)
    assert moment is None or moment.utcoffset() == timedelta(0)


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 (bounds)
def test_iso_round_trip(moment: datetime) -> None:
    """What Python writes is read as the same moment."""
    assert dates.parse(moment.isoformat()) == moment


@pytest.mark.parametrize(
    ("moment", "believed"),
    [
        (AT, True),
        (AT + timedelta(days=2), True),
        (AT + timedelta(days=2, seconds=1), False),
        (datetime(1900, 1, 1, tzinfo=UTC), True),
        (datetime(1899, 12, 31, tzinfo=UTC), False),
    ],
)
def test_belief(moment: datetime, *, believed: bool) -> None:
    """A date before 1900 or over two days after its arrival is not believed."""
    assert dates.is_believed(moment, at=AT) is believed

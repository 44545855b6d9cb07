from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.core.formats import wire_text


@pytest.mark.parametrize(
    ("name", "version", "steady", "signals"),
    [
        ("BC-US--Giant Dam", "", "usgiantdam", ()),
        ("am-us--GiantDam", "1st Ld-Writethru", "usgiantdam", ()),
        ("BC-US--Giant Dam", "2nd Ld-CORRECTIVE", "usgiantdam", ("corrective",)),
        ("BC-US--Giant Dam", "KILL BULLETIN KILL", "usgiantdam", ("kill",)),
        ("BC-US--Giant Dam", "1st Take", "usgiantdam", ()),
        ("BC-US--Giant Dam", "Take 2", "usgiantdam/2", ()),
        ("BC-US--Giant Dam", "2nd Add", "usgiantdam/2", ()),
        ("Dam/Harrow/KILL", "Dam/Harrow/KILL", "damharrow", ("kill",)),
        ("Überflutung/Damm", "", "überflutungdamm", ()),
        ("BC-", "Take 2", "", ()),
    ],
)
def test_slug(name: str, version: str, steady: str, signals: tuple[str, ...]) -> None:
    """What counts revisions is not part of the name, however the slug is spelled; a further take is another text."""
    assert wire_text.slug(name, version) == wire_text.Slug(steady, signals)


def test_typed() -> None:
    """Quotes, dashes and control characters of the old alphabets become what they meant."""
    assert (
        wire_text.typed("\x13 ``Run,'' he said _ and ran -- home_made.\x11") == "“Run,” he said – and ran – home_made."
    )


@pytest.mark.parametrize(
    ("line", "held", "until"),
    [
        ("EMBARGOED until 1800 GMT 24 Nov 2026", True, datetime(2026, 11, 24, 18, tzinfo=UTC)),
        ("Embargo: 18:00 UTC on 24 November, 2026", True, datetime(2026, 11, 24, 18, tzinfo=UTC)),
        ("Sperrfrist bis 18.00 Uhr", True, None),
        ("Hold for release at 6 p.m.", True, None),
        ("Not for publication before Monday", True, None),
        ("Embargo till 1800 GMT 31 Feb 2026", True, None),
        ("Embargo on oil agreed", False, None),
        ("Embargoed goods seized at port", False, None),
        ("Embargoed until " + "x" * 300, False, None),
    ],
)
def test_embargo(line: str, until: datetime | None, *, held: bool) -> None:
    """A line that holds the story back is known from news about embargoes, and dated where it dates itself in full."""
    assert wire_text.embargo(("Dam breaks", line)) == (held, until)


@pytest.mark.parametrize(
    ("trailer", "moment"),
    [
        ("hra aw\n241530 Nov 26\n", datetime(2026, 11, 24, 15, 30, tzinfo=UTC)),
        ("241530 GMT nov 26", datetime(2026, 11, 24, 15, 30, tzinfo=UTC)),
        ("241530 MEZ Dez 2026", datetime(2026, 12, 24, 14, 30, tzinfo=UTC)),
        ("321530 Nov 26", None),
        ("241530 Xxx 26", None),
        ("no date", None),
    ],
)
def test_stamp(trailer: str, moment: datetime | None) -> None:
    """The last line of IPTC 7901 is read in the month names of several languages."""
    assert wire_text.stamp(trailer) == moment

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.core.draft import Unparseable
from services.ingest.core.formats.fields import Record, quoted, records


def _record(**values: object) -> Record:
    return Record("json", "line 4", values)


def test_text_takes_the_first_that_is_there() -> None:
    """Null and empty fields count as absent."""
    record = _record(a=None, b="", c="x", d="y")
    assert record.text("a", "b", "c", "d") == "x"
    assert record.text("a", "b") == ""


@pytest.mark.parametrize(("value", "code"), [(2, "2"), (2.0, "2"), ("u", "u"), (None, ""), (10**30, "")])
def test_codes(value: object, code: str) -> None:
    """Numbers and strings are codes; an absurd number is none."""
    assert _record(a=value).code("a") == code


@pytest.mark.parametrize("value", [True, 2.5, [], {}])
def test_no_code(value: object) -> None:
    """Anything else is refused by line and field."""
    with pytest.raises(Unparseable, match="line 4, field a"):
        _record(a=value).code("a")


@pytest.mark.parametrize(
    ("value", "number"), [("3", 3), (3, 3), ("3.0", 3), ("RB1", None), ("-1", None), ("1" * 11, None), ("³", None)]
)
def test_numbers(value: object, number: int | None) -> None:
    """Only a plain number is a revision number."""
    assert _record(a=value).number("a") == number


@pytest.mark.parametrize(
    ("value", "words"),
    [("a", ("a",)), (["a", "", "b"], ("a", "b")), ([{"code": "c", "name": "n"}, {}], ("c",)), (None, ())],
)
def test_texts(value: object, words: tuple[str, ...]) -> None:
    """Lists hold strings or objects with a code or name."""
    assert _record(a=value).texts("a") == words


def test_flags() -> None:
    """Absent is false; only booleans are flags."""
    assert _record(a=True).flag("a")
    assert not _record().flag("a")
    with pytest.raises(Unparseable):
        _record(a=1).flag("a")


def test_moments_and_deadlines() -> None:
    """A date that cannot be read is a doubt, but a deadline that cannot be read is refused."""
    record = _record(good="2026-01-01", bad="soon")
    assert record.moment("good") == (datetime(2026, 1, 1, tzinfo=UTC), ())
    moment, doubts = record.moment("bad")
    assert moment is None
    assert "'soon'" in doubts[0]
    assert record.deadline("none") is None
    with pytest.raises(Unparseable, match="field bad"):
        record.deadline("none", "bad")


def test_places() -> None:
    """Objects know where they stood."""
    assert [record.place for record in records(b'[{"a":1},{"a":2}]', format="json")] == ["item 1", "item 2"]
    assert [record.place for record in records(b'{"a":1}\n\n{"a":2}', format="json")] == ["line 1", "line 3"]
    assert [record.place for record in records(b'{\n"a":1}', format="json")] == ["document"]


def test_quoted_is_short_and_safe() -> None:
    """What is repeated in a message is short and printable."""
    assert quoted("\ud800" + "x" * 99).isprintable()
    assert len(quoted("x" * 99)) < 60

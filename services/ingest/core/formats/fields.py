"""Reading JSON that strangers sent: objects with their place, and fields with their type."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.ingest.core import dates
from services.ingest.core.decoding import decode_strictly
from services.ingest.core.draft import Unparseable
from services.ingest.core.json_values import as_list, as_object, described

_LONGEST_QUOTE = 40
_MOST_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON object, where it stood, and its fields by name; a field that is null counts as absent."""

    format: str
    place: str
    """`line 3`, `item 2`, or `document`."""

    values: Mapping[str, object]

    def wrong(self, field: str, what: str) -> Unparseable:
        """The error for one field, to be raised."""
        return Unparseable(self.format, f"{self.place}, field {field}", what)

    def text(self, *names: str) -> str:
        """
        The first of the fields that is there; empty where none is.

        Raises:
            Unparseable: it is not a string.
        """
        for name in names:
            value = self.values.get(name)
            if value is None:
                continue
            if not isinstance(value, str):
                raise self.wrong(name, f"is {described(value)}: send a string.")
            if value:
                return value
        return ""

    def code(self, *names: str) -> str:
        """
        A string, or a whole number as one; empty where there is neither.

        Raises:
            Unparseable: it is something else.
        """
        for name in names:
            value = self.values.get(name)
            if value is None or value == "":
                continue
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise self.wrong(name, f"is {described(value)}: send a string or a whole number.")
            return str(value) if isinstance(value, str) or abs(value) < 10**18 else ""
        return ""

    def number(self, *names: str) -> int | None:
        """
        A revision number, `3` or `"3"`; None where there is none or it is no plain number.

        Raises:
            Unparseable: it is neither a string nor a whole number.
        """
        text = self.code(*names).strip().removesuffix(".0")
        is_plain = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
        return int(text) if is_plain else None

    def texts(self, *names: str) -> tuple[str, ...]:
        """
        A list of strings; a single string counts as a list of one, and objects by their `name` or `code`.

        Raises:
            Unparseable: it is something else.
        """
        for name in names:
            value = self.values.get(name)
            if value is None:
                continue
            items = (value,) if isinstance(value, str) or as_object(value) is not None else as_list(value)
            if items is None:
                raise self.wrong(name, f"is {described(value)}: send a list of strings.")
            words = [item if isinstance(item, str) else _name_of(item) for item in items]
            if None in words:
                raise self.wrong(name, "holds something other than strings: send a list of strings.")
            return tuple(word for word in words if word)
        return ()

    def flag(self, name: str) -> bool:
        """
        A boolean; false where it is absent.

        Raises:
            Unparseable: it is something else.
        """
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.wrong(name, f"is {described(value)}: send true or false.")

    def moment(self, *names: str) -> tuple[datetime | None, tuple[str, ...]]:
        """
        A date, and a doubt where there is one that cannot be read.

        Raises:
            Unparseable: it is not a string.
        """
        text = self.text(*names)
        if not text:
            return None, ()
        moment = dates.parse(text)
        return moment, () if moment else (f"{self.place}: {names[0]} {quoted(text)} is no date that can be read.",)

    def deadline(self, *names: str) -> datetime | None:
        """
        A date that must not be misread, as an embargo.

        Raises:
            Unparseable: it is there and cannot be read.
        """
        text = self.text(*names)
        moment = dates.parse(text) if text else None
        if text and moment is None:
            name = next(name for name in names if self.values.get(name))
            raise self.wrong(name, f"{quoted(text)} is no date that can be read: send one as 2022-06-30T03:47:00Z.")
        return moment


def records(raw: bytes, *, format: str, charset: str | None = None) -> Iterator[Record]:  # noqa: A002 (a name in the error)
    """
    The objects of one JSON object, one JSON array, or JSON lines.

    Raises:
        Unparseable: not valid JSON, nested too deep, or something that is no object where one should be.
    """
    try:
        text = decode_strictly(raw, charset=charset)
    except UnicodeDecodeError as error:
        raise Unparseable(format, f"byte {error.start}", f"is not {error.encoding}: send JSON as UTF-8.") from None
    if not text.strip():
        raise Unparseable(format, "document", "is empty: send one object, an array of them, or one a line.")
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield from _lines(text, error, format)
        return
    if (items := as_list(value)) is not None:
        if not items:
            raise Unparseable(format, "document", "is an empty list: send at least one story.")
        for number, item in enumerate(items, start=1):
            yield _record(item, f"item {number}", format)
    else:
        place = "line 1" if "\n" not in text.strip() else "document"
        yield _record(value, place, format)


def quoted(text: str) -> str:
    """The beginning of a text, safe to repeat in a message."""
    short = text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
    return ascii(short)


def _lines(text: str, whole: Exception, format: str) -> Iterator[Record]:  # noqa: A002 (a name in the error)
    # Only line feeds part JSON lines: str.splitlines would also part at U+2028, which JSON strings may hold.
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) == 1 or lines[0][1].strip() in {"[", "{"}:
        raise Unparseable(format, _place(whole), _problem(whole)) from None
    for number, line in lines:
        try:
            value: object = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Unparseable(format, f"line {number}, {_column(error)}", _problem(error)) from None
        yield _record(value, f"line {number}", format)


def _record(value: object, place: str, format: str) -> Record:  # noqa: A002 (a name in the error)
    values = as_object(value)
    if values is None:
        raise Unparseable(format, place, f'is {described(value)}: send an object, as {{"headline": …}}.')
    return Record(format, place, values)


def _name_of(item: object) -> str | None:
    values = as_object(item)
    if values is None:
        return None
    return next((name for key in ("code", "qcode", "name", "literal") if isinstance(name := values.get(key), str)), "")


def _place(error: Exception) -> str:
    return f"line {error.lineno}, {_column(error)}" if isinstance(error, json.JSONDecodeError) else "document"


def _column(error: Exception) -> str:
    return f"column {error.colno}" if isinstance(error, json.JSONDecodeError) else "value"


def _problem(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "is nested too deep: send objects of a few levels."
    detail = error.msg[:1].lower() + error.msg[1:] if isinstance(error, json.JSONDecodeError) else str(error)
    return f"is not valid JSON ({detail}): send one object, an array of them, or one a line."

from __future__ import annotations

from services.ingest.core.draft import Refused, TooLarge, UnknownFormat, Unparseable


def test_errors_say_what_where_and_what_to_do() -> None:
    """Each refusal names the place, what is wrong there, and what to send instead."""
    unparseable = Unparseable("json", "line 3, field urgency", "is a list: send a number.")
    assert str(unparseable) == "json: line 3, field urgency: is a list: send a number."
    assert (unparseable.format, unparseable.where) == ("json", "line 3, field urgency")
    assert "smaller" in str(TooLarge(format="html", size=11, limit=10))
    unknown = UnknownFormat(content_type="image/png", known=("json", "html"))
    assert "image/png" in str(unknown)
    assert "json, html" in str(unknown)


def test_one_family() -> None:
    """A caller that turns input away catches one class."""
    assert issubclass(UnknownFormat, Refused)
    assert issubclass(TooLarge, Refused)
    assert issubclass(Unparseable, Refused)

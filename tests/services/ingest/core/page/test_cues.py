from __future__ import annotations

import pytest

from services.ingest.core.page import cues


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("SECTION", "breaking news"),
        ("SECTION", "eilmeldung"),
        ("SECTION", "速報"),
        ("BREAK", "related articles"),
        ("BREAK", "mehr zum thema"),
        ("END", "34 responses to “dam breaks”"),
        ("END", "leave a reply"),
        ("END", "12 kommentare"),
    ],
)
def test_whole_lines(cue: str, text: str) -> None:
    """Labels and headings are known by the whole line."""
    assert getattr(cues, cue).fullmatch(text)


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("FURNITURE_OPENING", "read more: the dam that broke"),
        ("FURNITURE_OPENING", "about us"),
        ("FURNITURE_OPENING", "leggi anche la cronaca"),
        ("CREDIT", "with reporting by the wire"),
        ("CREDIT", "(editing by a. writer)"),
        ("BYLINE", "by a. writer"),
        ("BYLINE", "published 3 march 2026"),
        ("THREAD", "3 hours ago"),
        ("THREAD", "someone says:"),
        ("CAPTION", "the dam on sunday. (photo by a. writer/afp)"),
        ("DATELINE", "geneva (wire) - the dam"),
        ("SCENE", "families wait for buses"),
        ("DATED", "families wait for buses in march 2026."),
    ],
)
def test_parts_of_lines(cue: str, text: str) -> None:
    """Each kind of line is known by its words."""
    assert getattr(cues, cue).search(text)


@pytest.mark.parametrize(
    "text",
    [
        "geneva (reuters) - the dam broke on sunday, killing three.",
        "“we read more and more about it,” she said.",
        "the minister followed the talks by telephone.",
        "shares fell on monday after the report.",
        "about forty people were hurt.",
        "home secretary resigns over the leak",
    ],
)
def test_news_is_no_furniture(text: str) -> None:
    """Sentences of the news that use the same words are left alone."""
    assert not cues.FURNITURE.search(text)
    assert not cues.FURNITURE_OPENING.match(text)
    assert not cues.END.fullmatch(text)

from __future__ import annotations

import pytest

from services.ingest.core.page import lines


def _one(text: str) -> lines.Line:
    (line,) = lines.read(text)
    return line


@pytest.mark.parametrize(
    "text",
    [
        "The dam broke on Sunday, officials said.",
        "“We saw it coming,” the mayor told reporters.",
        "In a report released on Monday, the group said that the coalition did little to help those who fled the city",
        "Власти сообщили о трёх погибших в результате взрыва на складе.",
        "東京都の調査によると、昨年の地震で被害を受けた建物は約三千棟にのぼる。",
    ],
)
def test_prose(text: str) -> None:
    """Sentences are prose in any script, also the long one whose period was lost."""
    assert _one(text).is_prose


@pytest.mark.parametrize(
    "text",
    [
        "World",
        "Breaking News",
        "Dam Breaks After Week Of Rain",
        "Sign in",
        "Jobs Contact Terms Advertise Help Archive Shop",
        "16x9",
    ],
)
def test_no_prose(text: str) -> None:
    """Labels, links and titles are not."""
    assert not _one(text).is_prose


@pytest.mark.parametrize(
    ("text", "furniture"),
    [
        ("Accessibility links", True),
        ("Share this with Email", True),
        ("© 2026 The Courier", True),
        ("Sign up for our newsletter to get the day in your inbox.", True),
        ("16x9 Image", True),
        (
            (
                "Our journalists report the news in twelve languages, in countries where few others can, "
                "and we provide what others cannot say there."
            ),
            True,
        ),
        (
            (
                "The paper, which had asked its readers to sign up for a newsletter, said in a statement on Monday "
                "that it would close at the end of the year after a century in print."
            ),
            False,
        ),
        ("Hundreds have fled the city since Sunday.", False),
    ],
)
def test_furniture(text: str, *, furniture: bool) -> None:
    """A line gives itself away by its words; a long paragraph that only mentions them does not."""
    assert _one(text).is_furniture is furniture


def test_blocks_bullets_and_repetitions() -> None:
    """A line knows how many stand with it, whether it was listed, and whether the page says it again."""
    home, world, news, again = lines.read("Home\n  • World\n\n\nNews\n\nHOME")
    assert (home.block, world.block, news.block) == (2, 2, 1)
    assert (world.bullet, world.text) == (True, "World")
    assert home.repeated
    assert again.repeated
    assert not news.repeated


def test_title_case() -> None:
    """Small words do not count against title case."""
    assert _one("Storm Kills Three In The Hills Of The North").has_title_case
    assert not _one("Storm kills three in the hills of the north").has_title_case


def test_content_words() -> None:
    """What two lines share is told by meaning, with possessives joined and grammar left out."""
    assert lines.content_words("The dam's keeper was the Mayor") == {"dam", "keeper", "mayor"}
    assert "地震" in lines.content_words("東京で地震")

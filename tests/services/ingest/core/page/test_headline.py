from __future__ import annotations

import pytest

from services.ingest.core.page import headline, lines

LEAD = "The northern dam broke on Sunday after a week of rain, officials said, and hundreds of families fled."


def test_the_line_that_speaks_of_the_text() -> None:
    """Among lines above the text the one that shares its words is the headline, not the label next to it."""
    page = lines.read(f"Accessibility links\n\nBreaking News\n\nNorthern Dam Breaks After Week Of Rain\n\n{LEAD}")
    assert headline.find(page, 3, 4) == 2


def test_no_headline() -> None:
    """Where only labels stand above a text, none is made up."""
    page = lines.read(f"Home\n\nMenu\n\n{LEAD}")
    assert headline.find(page, 2, 3) is None


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Northern dam breaks after rain | The Courier", "Northern dam breaks after rain"),
        ("Northern dam breaks after rain", "Northern dam breaks after rain"),
        (
            "Dam - a long story of how the north was built and broken",
            "Dam - a long story of how the north was built and broken",
        ),
    ],
)
def test_without_site(title: str, shown: str) -> None:
    """The page's title loses the site's name, and nothing else."""
    assert headline.without_site(lines.read(title), 0) == shown


def test_repeats_of_the_title() -> None:
    """The headline repeats the title of the page; comments that quote it do not count."""
    page = lines.read(
        "Northern dam breaks after rain | The Courier\n\nHome\n\nNorthern dam breaks after rain\n\nText.\n\n"
        "12 comments on Northern dam breaks after rain"
    )
    assert headline.repeats_of_title(page) == (2,)
    assert headline.repeats_of_title(lines.read("Home\n\nHome")) == ()


def test_section() -> None:
    """The label over the headline is its section; a menu far above is not."""
    page = lines.read("World\n\na\n\nb\n\nc\n\nBreaking News\n\nNorthern dam breaks")
    assert headline.section(page, 5) == "Breaking News"
    assert headline.section(page, 4) == ""
    assert headline.section(page, None) == ""

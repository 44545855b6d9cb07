from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.core.page import article

HEADLINE = "Northern Dam Breaks After Week Of Rain"
PARAGRAPHS = (
    "The northern dam broke on Sunday after a week of rain, officials said, and hundreds of families fled.",
    "“We heard it before we saw it,” said the mayor of the nearest town, where the streets were under water by noon.",
    "Three people were missing.",
    "The ministry of the interior, which had warned of the danger in March, sent boats and two helicopters there.",
)
TEXT = "\n\n".join(PARAGRAPHS)
MENU = "Home\nWorld\nPolitics\nSport\nShop\nJobs"
LINKS = "Related articles\n\nDam keeper quits\nRain to go on"
CAPTION = "Families wait for buses at the edge of the valley on March 1, 2026."
COMMENT = "I said years ago that this would happen, and nobody in the ministry ever listened to any of us."
SELF = (
    "  • 16x9 Image\n\n\n   Our journalists report the news in twelve languages in countries where others cannot. "
    "We provide what the people there cannot get."
)
COURIER = f"{HEADLINE} | The Courier"


@pytest.mark.parametrize(
    "page",
    [
        f"{HEADLINE}\n\n{TEXT}",
        f"Skip to content\n\n{MENU}\n\nBreaking News\n\n{HEADLINE}\n\n{TEXT}\n\n{LINKS}",
        f"{COURIER}\n{MENU}\n\n{HEADLINE}\n\nBy A. Writer\n\n{TEXT}\n\n{MENU}\n\n© 2026 The Courier",
        f"{HEADLINE}\n\n{CAPTION}\n\n{TEXT}\n\nWith reporting by the wire",
        f"{HEADLINE}\n\n{TEXT}\n\n3 comments\n\nsomeone says:\n\n{COMMENT}",
        f"{HEADLINE}\n\n{TEXT}\n{SELF}".replace("\n", "\r\n"),
    ],
)
def test_article_among_furniture(page: str) -> None:
    """Headline and paragraphs come out, and nothing else, whatever stands around them."""
    found = article.find(page)
    assert found.headline == HEADLINE
    assert found.paragraphs == PARAGRAPHS


def test_links_in_the_middle() -> None:
    """An article goes on below links to other stories, without the links."""
    first, *others = PARAGRAPHS
    page = "\n\n".join((HEADLINE, first, "Related", "Dam keeper quits after storm", *others))
    assert article.find(page).paragraphs == PARAGRAPHS


def test_an_agency_s_first_paragraph_is_no_caption() -> None:
    """Place and agency in brackets open a story, though captions name agencies too."""
    lead = f"GENEVA (Reuters) - {PARAGRAPHS[0]}"
    assert article.find(f"{HEADLINE}\n\n{lead}\n\n{PARAGRAPHS[1]}\n\n{PARAGRAPHS[3]}").paragraphs[0] == lead


def test_what_stands_beside_the_text() -> None:
    """Label, byline, date and credit are kept apart from the paragraphs."""
    found = article.find(
        f"Breaking News\n\n{HEADLINE}\n\nBy A. Writer\n\n2026-03-01\n\n{TEXT}\n\nWith reporting by the wire"
    )
    assert (found.section, found.byline, found.credit) == (
        "Breaking News",
        "By A. Writer",
        "With reporting by the wire",
    )
    assert found.published == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headline", "text"),
    [
        (
            "Staudamm im Norden gebrochen",
            (
                "Der Staudamm im Norden ist am Sonntag nach einer Woche Regen gebrochen, wie Behörden mitteilten.\n\n"
                "Drei Menschen werden vermisst, und hunderte Familien haben ihre Häuser verlassen."
            ),
        ),
        (
            "На севере прорвало плотину",
            (
                "Плотину на севере прорвало в воскресенье после недели дождей, сообщили местные власти.\n\n"
                "Трое человек пропали без вести, сотни семей покинули свои дома в долине реки."
            ),
        ),
        (
            "北部のダムが決壊",
            "北部のダムが日曜日、雨のあとに決壊したと当局が発表した。\n\n三人が行方不明となり、数百世帯が避難している。",
        ),
    ],
)
def test_other_languages(headline: str, text: str) -> None:
    """The measures hold in other languages and scripts."""
    found = article.find(f"Menu\n\n{headline}\n\n{text}\n\nFacebook\n\nTwitter")
    assert found.headline == headline
    assert "\n\n".join(found.paragraphs) == text


def test_a_headline_alone() -> None:
    """An alert of one line is a headline without paragraphs, or a paragraph that will make one."""
    found = article.find("Northern dam breaks, hundreds flee")
    assert "Northern dam breaks, hundreds flee" in (found.headline, *found.paragraphs)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab A.,\n•©|-…\u200b東"), max_size=300))
def test_any_text(text: str) -> None:
    """No text makes it fail, and no paragraph is made up."""
    found = article.find(text)
    assert all(paragraph for paragraph in found.paragraphs)


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "a " * 500_000, "a.\n" * 100_000, "(" * 200_000, "by " + "a" * 500_000, "\n" * 500_000]
)
def test_no_text_takes_for_ever(text: str) -> None:
    """Neither endless lines nor endless pages take more than a few seconds."""
    start = time.process_time()
    article.find(text)
    assert time.process_time() - start < 5

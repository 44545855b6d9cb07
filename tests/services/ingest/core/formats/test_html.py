from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import html

SENTENCES = [
    f"Officials in district {number} said on Monday that the river had risen further and that families were leaving."
    for number in range(8)
]
PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
<title>River rises again | The Example Courier</title>
<link rel="canonical" href="https://courier.example/river">
<script type="application/ld+json">{{"@context":"https://schema.org","@graph":[{{"@type":"WebSite","name":"x"}},
{{"@type":"NewsArticle","headline":"River rises again","datePublished":"2026-03-01T08:00:00Z",
"dateModified":"2026-03-01T09:30:00Z","articleSection":"World","author":[{{"name":"A. Writer"}},{{"name":"B. Writer"}}],
"keywords":["flood","river"]}}]}}</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li></ul></nav>
<article><h1>River rises again</h1>{"".join(f"<p>{sentence}</p>" for sentence in SENTENCES)}</article>
<footer><p>Copyright The Example Courier. All rights reserved.</p></footer></body></html>"""


def _one(page: str | bytes, charset: str | None = None) -> Draft:
    (draft,) = html.parse(page.encode() if isinstance(page, str) else page, charset=charset)
    return draft


def test_a_whole_page() -> None:
    """The article's text comes without furniture, and what the page declares comes with it."""
    draft = _one(PAGE)
    assert draft.headline == "River rises again"
    assert list(draft.paragraphs) == SENTENCES
    assert (draft.url, draft.language, draft.section) == ("https://courier.example/river", "en-GB", "World")
    assert draft.published == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert draft.first_published == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert (draft.byline, draft.keywords) == ("A. Writer, B. Writer", ("flood", "river"))


def test_declared_charset() -> None:
    """The charset that the page declares is believed, and the one of the request before it."""
    page = PAGE.replace("utf-8", "windows-1251").replace("River rises again", "Река вышла из берегов")
    assert _one(page.encode("windows-1251")).headline == "Река вышла из берегов"
    assert _one(page.encode("utf-16-le"), "utf-16-le").headline == "Река вышла из берегов"


def test_a_declared_body_stands_in() -> None:
    """Where a page shows no text and declares it, the declared one is taken."""
    body = "\\n\\n".join(SENTENCES)
    declared = f'{{"@type":"Article","headline":"A","articleBody":"{body}"}}'
    script = f'<script type="application/ld+json">{declared}</script>'
    page = f"<html><head>{script}</head><body><div id='app'></div></body></html>"
    assert list(_one(page).paragraphs) == SENTENCES


def test_unreadable_dates_are_doubts() -> None:
    """A page is not lost for its date."""
    draft = _one(PAGE.replace("2026-03-01T08:00:00Z", "last week"))
    assert draft.first_published is None
    assert "last week" in draft.doubts[0]


@pytest.mark.parametrize("page", ["<html></html>", "<!DOCTYPE html>", "<html><body><script>x</script></body></html>"])
def test_pages_without_an_article(page: str) -> None:
    """A page that says nothing is refused."""
    with pytest.raises(Unparseable):
        _one(page)


@pytest.mark.parametrize(
    ("head", "ours"),
    [
        (b"<!doctype HTML>", True),
        (b"\xef\xbb\xbf\n<html>", True),
        (b"<!-- saved -->\n<html>", True),
        (b"<?xml version='1.0'?><html xmlns=''>", True),
        ("<html>".encode("utf-16"), True),
        (b"<?xml version='1.0'?><rss>", False),
        (b"Breaking <b>news</b>", False),
    ],
)
def test_sniff(head: bytes, *, ours: bool) -> None:
    """A page is known by its first tag."""
    assert html.sniff(head) is ours


def test_a_run_of_comments() -> None:
    """Comments before the root are passed over, and thousands of them without one are no work."""
    assert html.sniff(b"<?xml version='1.0'?> <!-- a --> \n<!-- b --><html>")
    assert not html.sniff(b"<!---->" * 1200)

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import sitemap

NEWS = (
    "<news:news><news:publication><news:name>N</news:name><news:language>de</news:language></news:publication>"
    "<news:publication_date>2026-11-24</news:publication_date><news:title>Damm bricht</news:title>"
    "<news:keywords>Damm, Flut,</news:keywords></news:news>"
)


def _parse(urls: str) -> list[Draft]:
    return list(
        sitemap.parse(
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'.encode()
        )
    )


def test_entry() -> None:
    """Title, address, dates, language and keywords arrive; the address names the story."""
    (draft,) = _parse(f"<url><loc> https://n.example/1 </loc>{NEWS}</url>")
    assert (draft.headline, draft.url, draft.guid) == ("Damm bricht", "https://n.example/1", None)
    assert draft.published == draft.first_published == datetime(2026, 11, 24, tzinfo=UTC)
    assert (draft.language, draft.keywords) == ("de", ("Damm", "Flut"))


def test_modified() -> None:
    """The date of the last change is this revision's; one that cannot be read is a doubt."""
    (draft,) = _parse(f"<url><loc>https://n.example/1</loc><lastmod>2026-11-25</lastmod>{NEWS}</url>")
    assert draft.published == datetime(2026, 11, 25, tzinfo=UTC)
    (draft,) = _parse(f"<url><loc>https://n.example/1</loc><lastmod>soon</lastmod>{NEWS}</url>")
    assert draft.published == datetime(2026, 11, 24, tzinfo=UTC)
    assert "lastmod" in draft.doubts[0]


def test_others_are_passed_over() -> None:
    """Addresses without news, or news without an address or title, are no stories."""
    other = "<url><loc>https://n.example/about</loc></url>"
    untitled = NEWS.replace("Damm bricht", " ")
    urls = f"{other}<url>{NEWS}</url><url><loc>https://n.example/2</loc>{untitled}</url>"
    (draft,) = _parse(f"{urls}<url><loc>https://n.example/1</loc>{NEWS}</url>")
    assert draft.url == "https://n.example/1"
    assert _parse("") == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<urlset><url><loc>https://n.example</loc></url></urlset>", "send a news sitemap"),
        ("<sitemapindex><sitemap><loc>https://n.example/1.xml</loc></sitemap></sitemapindex>", r"n\.example/1\.xml"),
        ("<sitemapindex/>", "none"),
        ("<rss/>", "no sitemap"),
        (f"<urlset>{'<url/>' * 10_001}</urlset>", "at most 10000"),
    ],
)
def test_refusals(text: str, what: str) -> None:
    """An index, a sitemap without news and one that is too long are refused with what to send instead."""
    with pytest.raises(Unparseable, match=what):
        list(sitemap.parse(text.encode()))


def test_sniff() -> None:
    """The root tells."""
    assert sitemap.sniff(b"<urlset>")
    assert sitemap.sniff(b"<sitemapindex>")
    assert not sitemap.sniff(b"<rss>")

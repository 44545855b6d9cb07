from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.core.draft import Draft
from services.ingest.core.formats import feed

SPACES = (
    'xmlns:c="http://purl.org/rss/1.0/modules/content/" xmlns:d="http://purl.org/dc/elements/1.1/" '
    'xmlns:a="http://www.w3.org/2005/Atom" xmlns:m="http://search.yahoo.com/mrss/" xmlns:t="http://purl.org/dc/terms/"'
)


def _one(item: str, channel: str = "") -> Draft:
    text = f"<rss version='2.0' {SPACES}><channel><title>N</title>{channel}<item>{item}</item></channel></rss>"
    (draft,) = feed.parse(text.encode())
    return draft


@pytest.mark.parametrize(
    ("item", "guid", "url"),
    [
        ("<guid>https://n.example/1</guid><link>https://p.example/2</link>", None, "https://n.example/1"),
        ('<guid isPermaLink="false">https://n.example/?p=1#2</guid>', "https://n.example/?p=1", None),
        (
            '<guid isPermaLink="false">https://n.example/1</guid><link>http://N.example/1</link>',
            "https://n.example/1",
            "http://N.example/1",
        ),
        (
            '<guid isPermaLink="false">https://n.example/1</guid><link>https://N.example/1?utm_source=a</link>',
            None,
            "https://n.example/1",
        ),
        ("<guid>17</guid><link>/1</link>", "17", "https://n.example/1"),
        ("<guid> </guid><link>https://n.example/1</link>", None, "https://n.example/1"),
        ('<a:link rel="self" href="x"/><a:link href="https://n.example/1"/>', None, "https://n.example/1"),
        ("", None, None),
    ],
)
def test_identity(item: str, guid: str | None, url: str | None) -> None:
    """A guid that is the permanent address names the story as the address does; any other is a name of its own."""
    draft = _one(f"<title>a</title>{item}", "<link>https://n.example/</link>")
    assert (draft.guid, draft.url) == (guid, url)


@pytest.mark.parametrize(
    ("item", "paragraphs"),
    [
        ("<description>Short.</description><c:encoded>&lt;p&gt;Long.&lt;/p&gt;</c:encoded>", ("Long.",)),
        ("<description><![CDATA[<p>One.</p><p>Two.</p>]]></description><c:encoded> </c:encoded>", ("One.", "Two.")),
        ("<m:group><m:description>Seen.</m:description></m:group>", ("Seen.",)),
        ("<m:description>Seen.</m:description>", ("Seen.",)),
        ("", ()),
    ],
)
def test_text(item: str, paragraphs: tuple[str, ...]) -> None:
    """The fullest text that is there is taken."""
    assert _one(f"<title>a</title>{item}").paragraphs == paragraphs


def test_metadata() -> None:
    """Dates, language, source, categories and authors arrive."""
    draft = _one(
        "<title>&lt;b&gt;Dam&lt;/b&gt; breaks</title><pubDate>Tue, 24 Nov 2026 06:15:00 EST</pubDate>"
        "<t:modified>2026-11-24T12:00:00Z</t:modified><category>World</category><d:subject>Dams</d:subject>"
        "<m:keywords>flood</m:keywords><source url='x'>HRA</source><author>a@n.example (Ada Writer)</author>",
        "<language>en-gb</language>",
    )
    assert draft.headline == "Dam breaks"
    assert draft.first_published == datetime(2026, 11, 24, 11, 15, tzinfo=UTC)
    assert draft.published == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert (draft.language, draft.source, draft.section) == ("en-gb", "HRA", "World")
    assert (draft.keywords, draft.byline) == (("World", "Dams", "flood"), "Ada Writer")
    assert _one("<title>a</title><d:creator>Ada</d:creator><d:creator>Bo</d:creator>").byline == "Ada, Bo"


def test_a_date_that_cannot_be_read() -> None:
    """It is a doubt, not a refusal."""
    draft = _one("<title>a</title><pubDate>yesterday</pubDate>")
    assert draft.published is None
    assert "'yesterday'" in draft.doubts[0]


RDF_1_0 = (
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
    " xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='https://n.example/'>"
    "<dc:language>en</dc:language></channel><item rdf:about='https://n.example/1'><title>Dam breaks</title>"
    "<dc:date>2026-11-24T06:15:00Z</dc:date></item></rdf:RDF>"
)
RDF_0_9 = (
    "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'>"
    "<channel><title>N</title><language>en</language></channel><item><title>Dam breaks</title>"
    "<link>https://n.example/1</link><pubDate>2026-11-24T06:15:00Z</pubDate></item></r:RDF>"
)
RSS_0_91 = (
    '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
    "<rss version='0.91'><channel><language>en</language><item><title>Dam&nbsp;breaks</title>"
    "<link>https://n.example/1</link><pubDate>Tue, 24 Nov 2026 06:15 GMT</pubDate></item></channel></rss>"
)
ITEM_OUTSIDE = (
    "<rss version='2.0'><channel><language>en</language></channel><item><title>Dam breaks</title>"
    "<link>https://n.example/1</link><pubDate>24 Nov 2026 06:15:00 +0000</pubDate></item></rss>"
)


@pytest.mark.parametrize("text", [RDF_1_0, RDF_0_9, RSS_0_91, ITEM_OUTSIDE])
def test_old_versions(text: str) -> None:
    """RDF with items beside the channel and RSS with a document type say the same."""
    (draft,) = feed.parse(text.encode())
    assert (draft.headline, draft.url, draft.language) == ("Dam breaks", "https://n.example/1", "en")
    assert draft.published == datetime(2026, 11, 24, 6, 15, tzinfo=UTC)

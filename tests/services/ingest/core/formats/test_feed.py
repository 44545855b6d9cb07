from __future__ import annotations

import pytest

from services.ingest.core.draft import Unparseable
from services.ingest.core.formats import feed

ITEM = "<item><title>Dam breaks</title><description>AT &amp; T</description></item>"


def _rss(items: str) -> bytes:
    return f"<rss><channel>{items}</channel></rss>".encode()


@pytest.mark.parametrize(
    "raw",
    [
        _rss("<item><title>Dam &nbsp;breaks</title></item>"),
        _rss("<item><title>Dam breaks</title><description>AT&T</description></item>"),
        _rss("<item><title>Dam breaks</title><description>a<br>b</description></item>"),
        _rss("<item><title>Dam\x00 breaks\x0b</title></item>"),
        _rss(ITEM)[:-8],
        b" \n<?xml version='1.0'?>" + _rss(ITEM) + b"<!-- trailing --><br>",
        b"<?xml version='1.0' encoding='utf-8'?>"
        + _rss("<item><title>Dam breaks</title><link>\xe9</link></item>")[:-20],
        "<?xml version='1.0' encoding='utf-8'?><rss><channel><item><title>Dam breaks</title>"
        "<author>Zoë</author></item></channel></rss>".encode("latin-1"),
    ],
)
def test_broken_feeds(raw: bytes) -> None:
    """What is not well-formed is read as far as it goes, with a doubt that says where it breaks."""
    (draft,) = feed.parse(raw)
    assert " ".join(draft.headline.split()) == "Dam breaks"
    assert "as far as it goes" in draft.doubts[0]
    assert draft.doubts[0].startswith("line ")


def test_items_of_nothing() -> None:
    """They are passed over with a doubt, and the others are read."""
    drafts = list(feed.parse(_rss(f"<item><link>x</link></item>{ITEM}{ITEM}")))
    assert [draft.headline for draft in drafts] == ["Dam breaks", "Dam breaks"]
    assert "item 1 has neither" in drafts[0].doubts[0]
    assert drafts[1].doubts == ()


def test_an_empty_feed() -> None:
    """A feed without items holds no story, and is well-formed all the same."""
    assert list(feed.parse(_rss(""))) == []


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (_rss("<item/>"), "only items without"),
        (b"<opml/>", "no root of a format known here"),
        (b"<opml>", "not well-formed"),
        (b"", "not well-formed"),
        (b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>&a;</rss>", "declares entities"),
        (b"<html><p>a<br>b</html>", "not well-formed"),
        (_rss("<item><title>a</title></item>" * 3001), "over 3000"),
        (_rss("<item/>" * 100_000), "holds 100000 items"),
    ],
)
def test_refusals(raw: bytes, what: str) -> None:
    """What is no feed, declares entities or never ends is refused."""
    with pytest.raises(Unparseable, match=what):
        list(feed.parse(raw))


@pytest.mark.parametrize("head", [b"<rss>", b"<?xml version='1.0'?><rdf:RDF>", b"\xef\xbb\xbf<feed xmlns='x'>"])
def test_sniff(head: bytes) -> None:
    """The root tells."""
    assert feed.sniff(head)
    assert not feed.sniff(b"<html>")

from __future__ import annotations

import pytest

from services.ingest.core.page import metadata
from services.ingest.core.page.document import Document


def _read(head: str, body: str = "<p>x</p>", attributes: str = "") -> metadata.Metadata:
    document = Document.parse(f"<html {attributes}><head>{head}</head><body>{body}</body></html>")
    assert document is not None
    return metadata.read(document)


@pytest.mark.parametrize(
    ("head", "body", "headline"),
    [
        ("<title>Dam breaks - The Courier</title>", "", "Dam breaks"),
        (
            "<title>The Courier | Dam breaks in the north</title><meta property=og:site_name content='The Courier'>",
            "",
            "Dam breaks in the north",
        ),
        ("<title>Dam breaks</title>", "<h1>The Courier</h1><h1>Dam breaks</h1>", "Dam breaks"),
        ("<meta property='og:title' content='Dam breaks'>", "", "Dam breaks"),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Dam &amp; lock break"}</script>',
            "",
            "Dam & lock break",
        ),
        ("", "<h1>Dam breaks</h1>", "Dam breaks"),
        ("", "", ""),
    ],
)
def test_headline(head: str, body: str, headline: str) -> None:
    """The headline is the one that readers see, without the site's name."""
    assert _read(head, body).headline == headline


@pytest.mark.parametrize(
    "declared",
    ["{", "[[[[[[[[{}]]]]]]]]", '{"@type":"NewsArticle","headline":["a",{}],"author":5}', "null", "[" * 9999],
)
def test_broken_declarations_do_no_harm(declared: str) -> None:
    """Whatever stands in JSON-LD, the rest of the page is read."""
    found = _read(f'<script type="application/ld+json">{declared}</script><meta name=date content=2026-01-01>')
    assert found.published == "2026-01-01"


def test_meta_tags() -> None:
    """Without JSON-LD, Open Graph and meta tags tell."""
    found = _read(
        "<meta property='article:published_time' content='2026-01-01'><meta property='article:section' content='World'>"
        "<meta name=author content='A. Writer'><meta name=keywords content='a, b'><meta property=og:url content='https://n.example/a'>"
        "<meta property=og:locale content=de_DE>"
    )
    assert (found.published, found.section, found.byline) == ("2026-01-01", "World", "A. Writer")
    assert (found.keywords, found.url, found.language) == (("a", "b"), "https://n.example/a", "de_DE")


def test_the_document_itself() -> None:
    """At last the document's own language and times tell."""
    found = _read("", "<article><time datetime='2026-01-01T10:00Z'>now</time></article>", "lang=fr")
    assert (found.language, found.published) == ("fr", "2026-01-01T10:00Z")


def test_relative_canonical_address() -> None:
    """A relative canonical address is completed by the one that Open Graph gives."""
    found = _read("<link rel=canonical href='/b'><meta property=og:url content='https://n.example/a'>")
    assert found.url == "https://n.example/b"

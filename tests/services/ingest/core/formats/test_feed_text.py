from __future__ import annotations

import pytest

from services.ingest.core.formats import feed_text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Dam  breaks", "Dam breaks"),
        ("AT&amp;T buys <b>dam</b>", "AT&T buys dam"),
        ("&lt;em&gt;Dam&lt;/em&gt; breaks", "Dam breaks"),
        ("3 < 5 and 7 > 6", "3 < 5 and 7 > 6"),
        ("AT&T", "AT&T"),
    ],
)
def test_title(text: str, title: str) -> None:
    """Tags and entities go, escaped once or twice; signs that mean themselves stay."""
    assert feed_text.title(text) == title


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("One.\n\nTwo.", ("One.", "Two.")),
        ("<p>One.</p><p>Two &amp; three.</p><script>no</script>", ("One.", "Two & three.")),
        ("One &ndash; two", ("One – two",)),
        ("<p>One.</p><p>The post Dam breaks appeared first on Gazette.</p>", ("One.",)),
        ("<p>One.</p><p>Continue reading…</p><p>Read more »</p>", ("One.",)),
        ("<p>Read more books, doctors say.</p>", ("Read more books, doctors say.",)),
        ("", ()),
    ],
)
def test_body(text: str, paragraphs: tuple[str, ...]) -> None:
    """Plain text and HTML give paragraphs, without what content systems add at the end."""
    assert feed_text.body(text) == paragraphs


def test_is_same() -> None:
    """An identifier that is the address in another spelling is the same; what is no address is not."""
    assert feed_text.is_same("HTTPS://N.example:443/1", "https://n.example/1?utm_source=x")
    assert not feed_text.is_same("https://n.example/1", "https://n.example/2")
    assert not feed_text.is_same("17", "17")


@pytest.mark.parametrize(
    ("identifier", "steady"),
    [
        ("https://n.example/1#3", "https://n.example/1"),
        ("urn:1#3", "urn:1#3"),
        ("http://[#1", "http://["),
        ("https://n.example/#!/1", "https://n.example/#!/1"),
    ],
)
def test_steady(identifier: str, steady: str) -> None:
    """A fragment of an address counts revisions, and is not part of the name."""
    assert feed_text.steady(identifier) == steady


@pytest.mark.parametrize(
    ("link", "base", "absolute"),
    [
        ("/1", "https://n.example/feed", "https://n.example/1"),
        ("https://o.example/1", "https://n.example/", "https://o.example/1"),
        ("/1", "", "/1"),
        ("", "https://n.example/", ""),
        ("//[", "https://n.example/", "//["),
    ],
)
def test_absolute(link: str, base: str, absolute: str) -> None:
    """Relative links are relative to the base; where that makes no sense they stay."""
    assert feed_text.absolute(link, base) == absolute

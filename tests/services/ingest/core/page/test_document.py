from __future__ import annotations

from services.ingest.core.page.document import Document


def _document(text: str) -> Document:
    document = Document.parse(text)
    assert document is not None
    return document


def test_queries() -> None:
    """Strings, contents and attributes are found in the order of the document."""
    document = _document(
        "<html><head><meta name=a content=1></head><body><p class=x>One <b>two</b></p><p>3</p></body></html>"
    )
    assert document.first("//p/@class") == "x"
    assert document.first("//p/@id") == ""
    assert document.contents("//p") == ("One two", "3")
    assert list(document.attributes("meta")) == [{"name": "a", "content": "1"}]


def test_strip_keeps_the_tail() -> None:
    """What is taken out takes only itself along."""
    document = _document("<p>a<script>x</script>b</p>")
    document.strip(frozenset({"script"}))
    assert "".join(text for _, _, text in document.walk()) == "ab"


def test_nothing_to_parse() -> None:
    """An empty text is no document."""
    assert Document.parse("") is None


def test_a_nul_does_not_end_the_document() -> None:
    """A NUL in the text hides nothing behind it."""
    assert _document("<p>a\x00</p><p>b</p>").contents("//p") == ("a", "b")


def test_names_that_are_none() -> None:
    """An attribute whose name is no name is taken as it stands."""
    document = Document.parse("<html><meta {x='1' content='a'></html>")
    assert document is not None
    assert [found["content"] for found in document.attributes("meta")] == ["a"]

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.formats import markup


@pytest.mark.parametrize(
    ("fragment", "parts"),
    [
        ("<p>One <b>bold</b> word.</p>\n<p>Two.</p>", ("One bold word.", "Two.")),
        ("One<br>line<br><br>Two", ("One line", "Two")),
        ("One\n<br>line <br> <br/>\nTwo", ("One line", "Two")),
        ("<ul><li>a</li><li>b</li></ul>", ("a", "b")),
        ("<p>a</p><script>alert(1)</script><figure><figcaption>c</figcaption></figure><p>b</p>", ("a", "b")),
        ("<p>a<!-- hidden -->b</p>", ("ab",)),
        ("<div>a<p>b</p>c</div>", ("a", "b", "c")),
        ("plain &lt;text&gt;", ("plain <text>",)),
        ("<?xml version='1.0'?><p>a</p>", ("a",)),
        ("", ()),
        ("<p> </p>", ()),
    ],
)
def test_paragraphs(fragment: str, parts: tuple[str, ...]) -> None:
    """Blocks are paragraphs, inline tags vanish, scripts and captions do not count."""
    assert markup.paragraphs(fragment) == parts


@given(st.text(alphabet=st.sampled_from("<>/p!-?&;ab \x00\ud800"), max_size=60))
def test_any_fragment(fragment: str) -> None:
    """No fragment, however broken, makes it fail."""
    assert all(part.strip() for part in markup.paragraphs(fragment))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<p>a", True),
        (" <div class='x'>a", True),
        ("a</p>", True),
        ("BP <BP.L> up", False),
        ("a < b", False),
        ("<SRD> UP", False),
    ],
)
def test_is_markup(text: str, *, html: bool) -> None:
    """A ticker in angle brackets is no tag."""
    assert markup.is_markup(text) is html

from __future__ import annotations

import pytest

from services.ingest.core.draft import Unparseable
from services.ingest.core.formats import xml_text


@pytest.mark.parametrize(
    ("raw", "charset"),
    [
        ("<a>Zürich</a>".encode(), None),
        ("<a>Zürich</a>".encode("utf-16"), None),
        ("<a>Zürich</a>".encode("utf-16-le"), None),
        ("<a>Zürich</a>".encode("utf-16-be"), "utf-8"),
        (b"\xef\xbb\xbf" + "<a>Zürich</a>".encode(), "iso-8859-1"),
        ("<a>Zürich</a>".encode("latin-1"), "iso-8859-1"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a>Zürich</a>".encode("latin-1"), None),
        ("<?xml version='1.0' encoding='utf-8'?><a>Zürich</a>".encode(), "iso-8859-1"),
        ("<?xml version='1.0' encoding='no-such'?><a>Zürich</a>".encode(), None),
    ],
)
def test_encodings(raw: bytes, charset: str | None) -> None:
    """Byte order mark, transport and declaration are heard, and a server's blanket Latin-1 is not."""
    assert xml_text.read(raw, format="x", charset=charset) == "<a>Zürich</a>"


def test_a_wrong_encoding() -> None:
    """Bytes that are not of the encoding are refused with their line, or read somehow where that is asked for."""
    raw = "<?xml version='1.0' encoding='utf-8'?>\n<a>\nZürich</a>".encode("latin-1")
    with pytest.raises(Unparseable) as error:
        xml_text.read(raw, format="x")
    assert error.value.where == "line 3"
    assert "Zürich" in xml_text.read(raw, format="x", lenient=True)


@pytest.mark.parametrize(
    "doctype",
    ['<!DOCTYPE nitf SYSTEM "nitf-3-6.dtd">', "<!DOCTYPE\nnitf\nPUBLIC '-//x//EN'\n'a>b'>", "<!-- <!DOCTYPE a [ -->"],
)
def test_document_types_that_declare_nothing(doctype: str) -> None:
    """They are passed over, and lines count as before."""
    text = xml_text.read(f"<?xml version='1.0'?>\n{doctype}\n<a/>".encode(), format="x")
    assert text.count("\n", 0, text.index("<a/>")) == 2 + doctype.count("\n")
    assert "<!DOCTYPE n" not in text


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "line 1"),
        (b"<?xml version='1.0'?>\n<!-- a -->\n<!DOCTYPE a SYSTEM 'x' [\n<!ENTITY % x SYSTEM 'y'>]><a/>", "line 3"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"), "line 1"),
        (b"<!DOCTYPE a SYSTEM 'x", "line 1"),
    ],
)
@pytest.mark.parametrize("lenient", [False, True])
def test_document_types_that_declare_something(raw: bytes, line: str, *, lenient: bool) -> None:
    """Entities are refused before anything is parsed, in any encoding, however lenient."""
    with pytest.raises(Unparseable) as error:
        xml_text.read(raw, format="x", lenient=lenient)
    assert error.value.where == line


def test_html_entities() -> None:
    """Names that HTML knows become characters where a document type would declare them; those of XML stay."""
    assert xml_text.read(b"<!DOCTYPE a><a>&eacute;&amp;</a>", format="x") == "<a>é&amp;</a>"
    assert xml_text.read(b"<a>AT&T &nbsp;&nosuch;\x00</a>", format="x", lenient=True) == "<a>AT&amp;T \xa0</a>"


def test_characters_that_xml_does_not_have() -> None:
    """Their numbers are left out where a broken document is mended."""
    raw = b"<a>&#xD800;&#0;&#55296;&#x110000;&#xFFFF;&#8211;&#x2013;</a>"
    assert xml_text.read(raw, format="x", lenient=True) == "<a>&#8211;&#x2013;</a>"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<rss version='2.0'>", "rss"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<?xml-stylesheet href='a'?><!-- <x> -->\n<rdf:RDF xmlns:rdf='r'>", "RDF"),
        (b"<?xml version='1.0'?><!DOCTYPE nitf SYSTEM 'nitf.dtd'>\n<nitf>", "nitf"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>", "a"),
        ("<feed xmlns='a'>".encode("utf-16"), "feed"),
        (b"  <feed>", "feed"),
        (b"<!-- " * 3000, ""),
        (b"<!----><!--->" * 600, ""),
        (b"plain", ""),
        (b"", ""),
        (b"<", ""),
    ],
)
def test_root_name(head: bytes, name: str) -> None:
    """The root is found behind whatever may stand before it."""
    assert xml_text.root_name(head) == name

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.ingest.core.draft import Unparseable
from services.ingest.core.formats import xml_tree
from services.ingest.core.formats.xml_tree import ANY, Node

PREFIXES = {"urn:dc": "dc", "urn:old": ""}


def _root(text: str, *, lenient: bool = False) -> Node:
    return xml_tree.parse(text.encode(), format="x", prefixes=PREFIXES, lenient=lenient)


def test_keys() -> None:
    """A key has our prefix, not the sender's; the root's namespace has none; an unknown namespace never matches."""
    root = _root("<a xmlns='urn:a' xmlns:q='urn:dc' xmlns:o='urn:old' xmlns:z='urn:z'><b/><q:b/><o:c/><z:b/></a>")
    assert [node.name for node in root.children()] == ["b", "dc:b", "c", "?:b"]
    everything = xml_tree.parse(b"<a xmlns:z='urn:z'><z:b/></a>", format="x", prefixes={ANY: ""})
    assert [node.name for node in everything.children()] == ["b"]


def test_values() -> None:
    """Texts are found by key, the first key that has some first, without markup and comments."""
    root = _root("<a><b> </b><b>one<!-- no --> <i>two</i></b><c>three</c></a>")
    assert (root.value("c", "b"), root.value("b"), root.value("d")) == ("three", "one two", "")
    assert root.values("b", "c") == ("one two", "three")
    assert [node.text for node in root.children("c", "b")] == ["three", "", "one two"]
    assert [node.text for node in root.descendants("i", "c")] == ["two", "three"]
    assert (root.at("b", "i"), root.child("d")) == (None, None)
    assert root.at("c") is not None


def test_attributes() -> None:
    """Attributes are found by key, blank ones as if they were not there; the language is inherited."""
    root = _root("<a xml:lang='de' xmlns:q='urn:dc' q:x='1' y=' ' z=' 2 '><b/></a>")
    assert (root.attribute("dc:x"), root.attribute("y", "z"), root.attribute("x")) == ("1", "2", "")
    child = root.child("b")
    assert child is not None
    assert (root.language, child.language) == ("de", "de")
    assert _root("<a/>").language == ""


def test_steps() -> None:
    """A walk stays within its element and passes over what is silent, but for the text after it."""
    root = _root("<a><Q:b xmlns:Q='urn:q'>one<media>no<p/></media>two<br/>three</Q:b>four</a>")
    inner = root.children()[0]
    steps = list(inner.steps(frozenset({"media"})))
    assert "".join(text for _, _, text in steps) == "onetwothree"
    assert steps[0] == ("b", True, "one")


def test_dates() -> None:
    """A date that cannot be read is a doubt, and for an embargo an error; both name the line."""
    node = _root("<a>\n<b/></a>").children()[0]
    assert node.moment("sent", "20260102T030405Z") == (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), ())
    assert node.moment("sent", "") == (None, ())
    assert node.deadline("embargoed", "") is None
    (doubt,) = node.moment("sent", "soon")[1]
    assert doubt.startswith("line 2: sent 'soon'")
    with pytest.raises(Unparseable, match="line 2, field embargoed: 'soon'"):
        node.deadline("embargoed", "soon")


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("<a>\n<b></a>", "line 2, column 8", "not well-formed"),
        ("", "line 1, column 1", "empty"),
        ("<a>\x01</a>", "line 1, column 4", "not well-formed"),
        ("<a>&x;</a>", "line 1, column 7", "not defined"),
        ("<a>" * 300 + "</a>" * 300, "line 1, column 771", "nested too deep"),
        ("<!DOCTYPE a [<!ENTITY l 'lol'>]><a>&l;</a>", "line 1", "declares entities"),
        ("<a/><b/>", "line 1, column 5", "not well-formed"),
    ],
)
def test_refusals(text: str, where: str, what: str) -> None:
    """What is not well-formed or wants more than a tree is refused with its place."""
    with pytest.raises(Unparseable, match=what) as error:
        _root(text)
    assert error.value.where == where


def test_lenient() -> None:
    """What is broken is read as far as it goes, and entities that nobody declared are left out."""
    root = _root("<a><b>AT&T &eacute;&nosuch; fine</b><q:c>x</q:c><d>cut", lenient=True)
    assert root.value("b") == "AT&T é fine"
    assert (root.value("q:c"), root.value("d")) == ("x", "cut")


def test_lenient_on_nothing() -> None:
    """There must be an element at least."""
    with pytest.raises(Unparseable):
        _root("&&&", lenient=True)


def test_no_file_is_read() -> None:
    """An external entity or document type is refused or passed over, never fetched."""
    assert _root("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a>one</a>").text == "one"
    with pytest.raises(Unparseable):
        _root("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>")
    include = "<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='/etc/passwd' parse='text'/></a>"
    assert _root(include).text == ""

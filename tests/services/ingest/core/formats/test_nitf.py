from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.story import Notice, StoryStatus
from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import nitf

BODY = (
    "<body><body.head><hedline><hl1>Dam breaks</hl1></hedline></body.head>"
    "<body.content><p>One.</p></body.content></body>"
)


def _drafts(docdata: str, attributes: str = "", body: str = BODY, head: str = "") -> list[Draft]:
    text = f"<nitf>\n<head>{head}<docdata {attributes}>{docdata}</docdata></head>\n{body}</nitf>"
    return list(nitf.parse(text.encode()))


def _one(docdata: str, attributes: str = "", body: str = BODY, head: str = "") -> Draft:
    (draft,) = _drafts(docdata, attributes, body, head)
    return draft


@pytest.mark.parametrize(
    ("docdata", "attributes", "guid", "version"),
    [
        ('<doc-id id-string="D1"/>', "", "D1", None),
        ('<doc-id id-string="D2"/>', 'management-doc-idref="D1"', "D1", None),
        ('<doc-id id-string="D2"/><correction id-string="D1"/>', "", "D1", None),
        ('<doc-id id-string="D2_7"/><du-key key="faktum-0123456789" version="7"/>', "", "faktum-0123456789", 7),
        ('<du-key key="faktum-0123456789" generation="2" part="3"/>', "", "faktum-0123456789|3", 2),
        ('<du-key key="dam" version="b"/><date.issue norm="20261124T0615Z"/>', "", "dam|2026-11-24", None),
        ('<du-key version="4"/>', "", None, None),
    ],
)
def test_identity(docdata: str, attributes: str, guid: str | None, version: int | None) -> None:
    """The du-key groups revisions (with the day, where it is short and so reused), else the document referred to."""
    draft = _one(docdata, attributes)
    assert (draft.guid, draft.version) == (guid, version)


def test_a_kill_of_another_document() -> None:
    """A document that is canceled itself and refers to another one is the kill of that."""
    draft = _one('<doc-id id-string="D2"/>', 'management-status="canceled" management-doc-idref="D1"')
    assert (draft.guid, draft.status, draft.notice) == ("D1", StoryStatus.CANCELED, Notice.KILL)


def test_a_substitute() -> None:
    """A usable document that takes another one back is its kill and a story of its own."""
    attributes = 'management-doc-idref="D1" management-idref-status="canceled"'
    kill, story = _drafts('<doc-id regsrc="HRA" id-string="D2"/>', attributes)
    assert (kill.guid, kill.status, kill.notice, kill.source) == ("D1", StoryStatus.CANCELED, Notice.KILL, "HRA")
    assert (story.guid, story.status, story.notice, story.paragraphs) == ("D2", StoryStatus.USABLE, None, ("One.",))


def test_a_substitute_of_the_same_key() -> None:
    """Where both have one du-key, the substitute is a correction of the same story."""
    draft = _one('<du-key key="dam"/>', 'management-doc-idref="D1" management-idref-status="withheld"')
    assert (draft.guid, draft.notice) == ("dam", Notice.CORRECTION)


def test_correction_and_notes() -> None:
    """A correction is told by its element; its text and the editors' messages are the note."""
    draft = _one('<correction info="Two, not three"/><ed-msg info="Adds quotes" msg-type="update"/>')
    assert (draft.notice, draft.editorial_note, draft.signals) == (
        Notice.CORRECTION,
        "Two, not three Adds quotes",
        ("update",),
    )


def test_metadata() -> None:
    """Urgency, dates, slug, keywords, series, section and byline arrive."""
    draft = _one(
        '<urgency ed-urg="2"/><date.issue norm="20261124T061500+0100"/><date.release norm="20261125T000000Z"/>'
        '<key-list><keyword key="dams"/></key-list><series series.name="Floods"/><fixture fix-id="brief"/>',
        head='<pubdata position.section="World"/>',
        body=BODY.replace("</hedline>", "</hedline><byline>By <person>Ada</person> W.<byttl>Staff</byttl></byline>"),
    )
    assert (draft.priority_scheme, draft.priority) == ("ninjs", "2")
    assert draft.published == datetime(2026, 11, 24, 5, 15, tzinfo=UTC)
    assert draft.embargo == datetime(2026, 11, 25, tzinfo=UTC)
    assert (draft.slug, draft.section, draft.byline) == ("brief", "World", "By Ada W.")
    assert draft.keywords == ("dams", "Floods")


def test_text() -> None:
    """Inline markup stays in its paragraph, blocks part them, captions and notes are left out."""
    content = (
        "<body><body.content><block><p>At <location>Northwick</location>, a dam<br/>broke.</p><hl2>Later</hl2>"
        "<media><media-caption>no</media-caption></media><note><body.content><p>no</p></body.content></note>"
        "<bq><p>We left.</p></bq></block></body.content></body>"
    )
    assert _one("", body=content).paragraphs == ("At Northwick, a dam broke.", "Later", "We left.")


def test_what_stands_in() -> None:
    """Without a headline the title stands in, and without a body the abstract."""
    body = "<body><body.head><abstract><p>Short.</p></abstract></body.head></body>"
    draft = _one("", body=body, head="<title>Dam breaks</title>")
    assert (draft.headline, draft.paragraphs) == ("Dam breaks", ("Short.",))


def test_namespace_and_language() -> None:
    """The namespace of 3.6 changes nothing."""
    text = (
        '<nitf xmlns="http://iptc.org/std/NITF/2006-10-18/" baselang="nb-NO"><head/>'
        "<body><body.content><p>x</p></body.content></body></nitf>"
    )
    (draft,) = nitf.parse(text.encode())
    assert (draft.paragraphs, draft.language, draft.guid) == (("x",), "nb-NO", None)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (
            "<nitf><head><docdata management-status='gone'/></head><body><body.content>x</body.content></body></nitf>",
            "st",
        ),
        ("<nitf>\n<head>\n<docdata><date.release norm='soon'/></docdata></head><body><p/></body></nitf>", "hl1"),
        ("<nitf>\n<head><title>a</title><docdata><date.release norm='soon'/></docdata></head></nitf>", "date.release"),
        ("<nitf><head><title>a</title><docdata management-idref-status='x'/></head></nitf>", "management-idref-status"),
        ("<news/>", "field news"),
    ],
)
def test_refusals(text: str, where: str) -> None:
    """What cannot be read safely is refused with line and field."""
    with pytest.raises(Unparseable) as error:
        list(nitf.parse(text.encode()))
    assert where in error.value.where
    assert error.value.where.startswith("line ")


def test_sniff() -> None:
    """The root tells."""
    assert nitf.sniff(b"<?xml version='1.0'?><!DOCTYPE nitf SYSTEM 'nitf.dtd'><nitf>")
    assert not nitf.sniff(b"<newsItem>")

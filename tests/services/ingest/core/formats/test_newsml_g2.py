from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.story import Notice, StoryStatus
from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import newsml_g2

NAR = 'xmlns="http://iptc.org/std/nar/2006-10-01/"'
TEXT = '<contentSet><inlineData contenttype="text/plain">One.\n\nTwo.</inlineData></contentSet>'


def _item(
    meta: str = "", content: str = "<headline>Dam breaks</headline>", sets: str = TEXT, root: str = "newsItem"
) -> str:
    return (
        f'<{root} {NAR} guid="urn:1" version="3"><itemMeta><itemClass qcode="ninat:text"/>{meta}</itemMeta>'
        f"<contentMeta>{content}</contentMeta>{sets}</{root}>"
    )


def _one(text: str) -> Draft:
    (draft,) = newsml_g2.parse(text.encode())
    return draft


def _message(*items: str, header: str = "") -> str:
    return f"<newsMessage {NAR}><header>{header}</header><itemSet>{''.join(items)}</itemSet></newsMessage>"


def test_both_axes() -> None:
    """The editorial urgency is the priority; the header's, of the transmission, is kept as raw, on no ladder."""
    header = "<priority>1</priority>"
    told = _one(_message(_item(content="<urgency>4</urgency><headline>a</headline>"), header=header))
    untold = _one(_message(_item(), header=header))
    assert (told.priority_scheme, told.priority) == ("ninjs", "4")
    assert (untold.priority_scheme, untold.priority) == (newsml_g2.TRANSMISSION, "1")
    assert _one(_item()).priority is None


@pytest.mark.parametrize(
    ("meta", "status", "notice"),
    [
        ("", StoryStatus.USABLE, None),
        ('<pubStatus qcode="stat:usable"/>', StoryStatus.USABLE, None),
        ('<pubStatus qcode="stat:withheld"/>', StoryStatus.WITHHELD, None),
        ('<pubStatus qcode="stat:canceled"/>', StoryStatus.CANCELED, Notice.KILL),
        ('<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/>', StoryStatus.CANCELED, Notice.KILL),
        ("<embargoed/>", StoryStatus.WITHHELD, None),
    ],
)
def test_status(meta: str, status: StoryStatus, notice: Notice | None) -> None:
    """The publication status is read; an embargo without an end holds the story."""
    draft = _one(_item(meta))
    assert (draft.status, draft.notice, draft.embargo) == (status, notice, None)


def test_item_metadata() -> None:
    """Dates, embargo, signals, roles, notes, provider and version arrive."""
    draft = _one(
        _message(
            _item(
                '<provider qcode="nprov:HRA"/><versionCreated>2026-11-24T06:15:00+01:00</versionCreated>'
                "<firstCreated>2026-11-24T05:00:00Z</firstCreated><embargoed>2026-11-25T00:00:00Z</embargoed>"
                '<role qcode="hra:update"/><signal qcode="sig:correction"/><edNote>One.</edNote><edNote>Two.</edNote>'
            ),
            header='<signal qcode="sig:test"/>',
        )
    )
    assert (draft.guid, draft.version, draft.source) == ("urn:1", 3, "HRA")
    assert draft.published == datetime(2026, 11, 24, 5, 15, tzinfo=UTC)
    assert draft.first_published == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert draft.embargo == datetime(2026, 11, 25, tzinfo=UTC)
    assert draft.signals == ("sig:test", "sig:correction", "hra:update")
    assert draft.editorial_note == "One. Two."


def test_content_metadata() -> None:
    """Headline of the item's language, slug, byline, section and keywords arrive."""
    draft = _one(
        _item(
            content='<language tag="de"/><infoSource literal="HRA"/><genre qcode="g:1"><name>Eil</name></genre>'
            "<keyword>Damm</keyword><subject><name>Flut</name></subject><subject qcode='x:1'/><slugline>Damm</slugline>"
            '<headline role="hld:subHeadline">Unten</headline><headline xml:lang="en">Dam breaks</headline>'
            '<headline xml:lang="de-DE">Damm bricht</headline>'
        )
    )
    assert (draft.headline, draft.language, draft.byline) == ("Damm bricht", "de", "HRA")
    assert (draft.section, draft.slug, draft.keywords) == ("Eil", "Damm", ("Damm", "Flut"))


NITF = (
    '<nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body><body.head><hedline><hl1>Dam breaks</hl1></hedline>'
    "</body.head><body.content><p>One.</p><p>Two.</p></body.content></body></nitf>"
)


XHTML = (
    '<inlineXML contenttype="application/xhtml+xml"><h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>no'
    "</h:title></h:head><h:body><h:p>One.</h:p><h:script>no</h:script><h:p>Two.</h:p></h:body></h:html></inlineXML>"
)


@pytest.mark.parametrize(
    "sets",
    [
        f'<inlineXML contenttype="application/nitf+xml">{NITF}</inlineXML>',
        XHTML,
        '<inlineXML contenttype="application/xml"><story><p>One.</p><p>Two.</p></story></inlineXML>',
        '<inlineData contenttype="text/html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</inlineData>',
        '<inlineData contenttype="text/plain"><![CDATA[<p>One.</p><p>Two.</p>]]></inlineData>',
        "<inlineData>One.\n\nTwo.</inlineData>",
        '<inlineData contenttype="text/plain" encoding="base64">T25lLgoKVHdvLg==</inlineData>',
        '<inlineData contenttype="image/png" encoding="base64">xx</inlineData><inlineData>One.\n\nTwo.</inlineData>',
        '<remoteContent href="a.jpg"/><inlineXML/><inlineData>One.\n\nTwo.</inlineData>',
    ],
)
def test_content(sets: str) -> None:
    """The text is found in whatever form it stands."""
    assert _one(_item(sets=f"<contentSet>{sets}</contentSet>")).paragraphs == ("One.", "Two.")


def test_what_stands_in() -> None:
    """Without contents the description, without a headline the title, or that of the NITF inside."""
    draft = _one(_item("<title>Dam</title>", "<description>Short.</description>", ""))
    assert (draft.headline, draft.paragraphs) == ("Dam", ("Short.",))
    inner = _one(_item(content="", sets=f"<contentSet><inlineXML>{NITF}</inlineXML></contentSet>"))
    assert inner.headline == "Dam breaks"


def test_text_items_go_first() -> None:
    """Pictures and packages are stories only where there is no text item beside them."""
    picture = _item(sets="").replace("ninat:text", "ninat:picture").replace("urn:1", "urn:p")
    package = _item(sets="", root="packageItem").replace("urn:1", "urn:k")
    assert _one(_message(picture, package, _item())).guid == "urn:1"
    assert [draft.guid for draft in newsml_g2.parse(_message(picture, package).encode())] == ["urn:p", "urn:k"]
    assert _one(package).guid == "urn:k"


def test_several_items() -> None:
    """Each text item is a story."""
    drafts = list(newsml_g2.parse(_message(_item(), _item().replace("urn:1", "https://n.example/2")).encode()))
    assert [(draft.guid, draft.url) for draft in drafts] == [
        ("urn:1", None),
        ("https://n.example/2", "https://n.example/2"),
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (_item().replace('guid="urn:1"', ""), "line 1, field guid"),
        (_item(content="", sets=""), "line 1, field headline"),
        (_item('\n<pubStatus qcode="stat:lost"/>'), "line 2, field pubStatus"),
        (_item("<embargoed>soon</embargoed>"), "line 1, field embargoed"),
        (_item(sets='<contentSet><inlineData encoding="base64">*</inlineData></contentSet>'), "field inlineData"),
        (_message(), "field newsMessage"),
        (f"<conceptItem {NAR}/>", "field conceptItem"),
        (_item()[:-5], "line 3, column"),
    ],
)
def test_refusals(text: str, where: str) -> None:
    """What cannot be read safely is refused with line and field."""
    with pytest.raises(Unparseable) as error:
        list(newsml_g2.parse(text.encode()))
    assert where in error.value.where


def test_sniff() -> None:
    """The root tells, of news and of what is refused by name."""
    assert all(newsml_g2.sniff(f"<{root} {NAR}>".encode()) for root in ("newsMessage", "newsItem", "planningItem"))
    assert not newsml_g2.sniff(b"<NewsML>")

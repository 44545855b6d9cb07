from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.story import Notice, StoryStatus
from services.ingest.core.draft import Draft
from services.ingest.core.formats import feed


def _parse(entries: str, space: str = "http://www.w3.org/2005/Atom") -> list[Draft]:
    text = (
        f'<feed xmlns="{space}" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="en" '
        'xmlns:media="http://search.yahoo.com/mrss/" xml:base="https://n.example/">'
        f"<title>N</title><author><name>Desk</name></author>{entries}</feed>"
    )
    return list(feed.parse(text.encode()))


def test_entry() -> None:
    """Identifier, title, links, dates, author, categories and the feed it came from arrive."""
    (draft,) = _parse(
        "<entry xml:lang='de'><id>tag:n.example,2026:1</id><title type='html'>AT&amp;amp;T &amp;lt; all</title>"
        "<link rel='enclosure' href='a.mp3'/><link rel='alternate' type='text/plain' href='1.txt'/>"
        "<link type='text/html' href='1'/>"
        "<published>2026-11-24T06:15:00Z</published><updated>2026-11-24T07:00:00Z</updated>"
        "<author><name>Ada</name></author><category term='w' label='World'/><category term='dams'/>"
        "<source><title>HRA</title></source></entry>"
    )
    assert (draft.guid, draft.headline, draft.url) == ("tag:n.example,2026:1", "AT&T < all", "https://n.example/1")
    assert draft.published == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert draft.first_published == datetime(2026, 11, 24, 6, 15, tzinfo=UTC)
    assert (draft.language, draft.byline, draft.source) == ("de", "Ada", "HRA")
    assert (draft.section, draft.keywords) == ("World", ("World", "dams"))


@pytest.mark.parametrize(
    ("content", "paragraphs"),
    [
        ("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>One.</p><p>Two.</p></div></content>", 2),
        ("<content type='html'>&lt;p>One.&lt;/p>&lt;p>Two.&lt;/p></content>", 2),
        ("<content>One.\n\nTwo.</content>", 2),
        ("<content type='image/png'>aGk=</content><summary>Short.</summary>", 1),
        ("<content src='a.html'/><summary>Short.</summary>", 1),
        ("<media:group><media:description>Seen.</media:description></media:group>", 1),
        ("", 0),
    ],
)
def test_text(content: str, paragraphs: int) -> None:
    """Contents of each type are read, and the summary where there are none that are text."""
    (draft,) = _parse(f"<entry><title>a</title>{content}</entry>")
    assert len(draft.paragraphs) == paragraphs


def test_version_0_3() -> None:
    """The names of Atom 0.3 are understood, and an identifier that is an address stands in for the link."""
    (draft,) = _parse(
        "<entry><id>https://n.example/1</id><title mode='escaped' type='text/html'>a</title>"
        "<issued>2026-11-24T06:15:00Z</issued><modified>2026-11-24T07:00:00Z</modified>"
        "<content type='text/html' mode='escaped'>&lt;p>One.&lt;/p></content></entry>",
        "http://purl.org/atom/ns#",
    )
    assert (draft.guid, draft.url, draft.paragraphs) == ("https://n.example/1", "https://n.example/1", ("One.",))
    assert (draft.published, draft.byline) == (datetime(2026, 11, 24, 7, tzinfo=UTC), "Desk")


def test_deleted_entries() -> None:
    """An entry that is said to be deleted is killed, under the identifier that it had."""
    (silent, told) = _parse(
        "<at:deleted-entry ref='urn:1' when='2026-11-24T06:15:00Z'/><at:deleted-entry ref='urn:2' when=''>"
        "<at:comment>It is wrong.</at:comment></at:deleted-entry><at:deleted-entry/>"
    )
    assert (silent.guid, silent.status, silent.notice) == ("urn:1", StoryStatus.CANCELED, Notice.KILL)
    assert (silent.headline, told.headline) == ("Withdrawn: urn:1", "It is wrong.")
    assert silent.published == datetime(2026, 11, 24, 6, 15, tzinfo=UTC)

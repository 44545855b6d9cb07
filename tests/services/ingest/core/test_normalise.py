from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.story import Notice, Severity, StoryStatus
from services.ingest.core.draft import Draft
from services.ingest.core.normalise import doubts, normalise

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
USABLE, WITHHELD, CANCELED = StoryStatus.USABLE, StoryStatus.WITHHELD, StoryStatus.CANCELED


def test_clean_and_complete() -> None:
    """Text is cleaned, codes are mapped and kept, and what was not said has its default."""
    draft = Draft(
        format="json",
        id="r1",
        headline="  Dam\u200b breaks ",
        paragraphs=("One.\x00", " ", "Two."),
        url="HTTPS://n.example/a?utm_source=x",
        priority="2",
        keywords=("dam", "dam", " flood "),
        byline=" ",
    )
    story = normalise(draft, source="wire", at=AT)
    assert (story.id, story.source, story.headline, story.body) == ("r1", "wire", "Dam breaks", "One.\n\nTwo.")
    assert (story.url, story.severity, story.raw_priority) == ("https://n.example/a", Severity.BULLETIN, "ninjs:2")
    assert (story.published, story.first_seen, story.version) == (AT, AT, 1)
    assert (story.keywords, story.byline, story.language) == (("dam", "flood"), None, "en")


def test_own_source_goes_first() -> None:
    """A story that names its source keeps it, also in its id."""
    draft = Draft(format="ninjs", guid="urn:1", headline="a", source="Other")
    assert normalise(draft, source="wire", at=AT).source == "Other"
    assert normalise(draft, source="wire", at=AT).id == normalise(draft, source="feed", at=AT).id


def test_source_s_own_ladder() -> None:
    """A source whose numbers mean something else has them read so, and kept so."""
    story = normalise(Draft(format="json", headline="a", priority="5"), source="wire", at=AT, scheme="tt")
    assert (story.severity, story.raw_priority) == (Severity.DEFERRED, "tt:5")
    anpa = Draft(format="json", headline="a", priority="u", priority_scheme="anpa")
    assert normalise(anpa, source="wire", at=AT, scheme="tt").raw_priority == "anpa:u"


@pytest.mark.parametrize("published", [datetime(1, 1, 1, tzinfo=UTC), AT + timedelta(days=3)])
def test_absurd_dates(published: datetime) -> None:
    """An absurd date gives way to the time of arrival, and is noted."""
    draft = Draft(format="json", headline="a", published=published, first_published=published)
    story = normalise(draft, source="wire", at=AT)
    assert (story.published, story.first_published) == (AT, None)
    assert len(doubts(draft, at=AT)) == 2


def test_dates_that_are_believed() -> None:
    """A sound date stays, and there is nothing to note."""
    published = datetime(1987, 2, 26, tzinfo=UTC)
    draft = Draft(format="json", headline="a", published=published)
    assert normalise(draft, source="wire", at=AT).published == published
    assert doubts(draft, at=AT) == ()


def test_an_embargo_far_ahead_stays() -> None:
    """An embargo may lie further ahead than a date of publication may."""
    embargo = AT + timedelta(days=30)
    assert normalise(Draft(format="json", headline="a", embargo=embargo), source="wire", at=AT).embargo == embargo


@pytest.mark.parametrize(
    ("draft", "status", "notice"),
    [
        (Draft(format="x", headline="Dam breaks"), USABLE, None),
        (Draft(format="x", headline="Dam breaks", status=CANCELED), CANCELED, Notice.KILL),
        (Draft(format="x", headline="KILL KILL KILL: Dam"), CANCELED, Notice.KILL),
        (Draft(format="x", headline="Dam", editorial_note="A kill is mandatory."), CANCELED, Notice.KILL),
        (Draft(format="x", headline="Dam", signals=("sig:correction",)), USABLE, Notice.CORRECTION),
        (Draft(format="x", headline="CORRECTED: Dam"), USABLE, Notice.CORRECTION),
        (Draft(format="x", headline="CORRECTED: Dam", status=WITHHELD), WITHHELD, Notice.CORRECTION),
        (Draft(format="x", headline="Dam", signals=("HoldForRelease",)), WITHHELD, None),
    ],
)
def test_standing(draft: Draft, status: StoryStatus, notice: Notice | None) -> None:
    """Status and notice agree, whichever of status, signal, note and headline told."""
    story = normalise(draft, source="wire", at=AT)
    assert (story.status, story.notice) == (status, notice)


def test_test_stories() -> None:
    """A test is marked, by its status or by its headline."""
    assert normalise(Draft(format="x", headline="Dam", test=True), source="wire", at=AT).test
    assert normalise(Draft(format="x", headline="TEST, please ignore"), source="wire", at=AT).test


def test_a_body_without_headline() -> None:
    """The first sentence stands in for a missing headline."""
    story = normalise(Draft(format="x", paragraphs=("A dam broke. Many fled.",)), source="wire", at=AT)
    assert story.headline == "A dam broke."


def test_declared_language_goes_first() -> None:
    """What the sender declares is believed, in one spelling."""
    assert normalise(Draft(format="x", headline="Dam breaks", language="DE_at"), source="w", at=AT).language == "de-AT"


def test_same_input_same_digest() -> None:
    """Sent again, later, by another channel name: the digest is the same, so it is the same revision."""
    draft = Draft(format="x", id="1", headline="Dam breaks")
    first = normalise(draft, source="wire", at=AT)
    second = normalise(draft, source="wire", at=AT + timedelta(days=1))
    assert first.digest == second.digest

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from events.story import Story
from services.ingest.core.ingested import ingested

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
TRACE = f"00-{'a' * 32}-{'b' * 16}-01"
STORY = Story(id="r1", source="wire", digest="d1", headline="Dam breaks", published=AT, first_seen=AT)


def test_sent_again() -> None:
    """The same revision sent again, later, is the same record, so that every reader can drop it."""
    again = STORY.model_copy(update={"first_seen": AT + timedelta(hours=1)})
    assert ingested(again).id == ingested(STORY).id


def test_each_revision_is_a_record() -> None:
    """Another source, id, version or digest is another record."""
    changes = ({"source": "feed"}, {"id": "r2"}, {"version": 2}, {"digest": "d2"})
    ids = {ingested(STORY.model_copy(update=change)).id for change in ({}, *changes)}
    assert len(ids) == len(changes) + 1


def test_head_of_the_chain() -> None:
    """The record is dated by its arrival and carries the sender's trace."""
    envelope = ingested(STORY, traceparent=TRACE)
    assert (envelope.time, envelope.causation_id) == (AT, None)
    assert (envelope.traceparent or "").split("-")[1] == TRACE.split("-")[1]
    assert envelope.data.story == STORY

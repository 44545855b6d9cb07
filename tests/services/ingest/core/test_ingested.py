from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.story import Story
from services.ingest.core.ingested import ingested

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


def story(**fields: object) -> Story:
    """A story as normalised."""
    told = {"id": "s1", "source": "River Wire", "digest": "d" * 64, "headline": "Dam breaks", "language": "en"}
    return Story.model_validate({**told, "published": AT, "first_seen": AT, **fields})


def test_the_record_stands_at_the_head_of_its_chain() -> None:
    """From ingest, at the moment the story was seen, caused by nothing of ours."""
    envelope = ingested(story())
    assert (envelope.source, envelope.time, envelope.data.story) == ("/ingest", AT, story())
    assert envelope.causation_id is None
    assert envelope.correlation_id == envelope.id


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"first_seen": AT + timedelta(hours=1)}, True),
        ({"version": 2}, False),
        ({"digest": "e" * 64}, False),
        ({"id": "s2"}, False),
        ({"source": "River Wir", "id": "es1"}, False),
    ],
)
def test_a_revision_that_comes_again_is_the_same_record(other: dict[str, object], same: bool) -> None:  # noqa: FBT001
    """Whenever it comes; another version, text, story or source is another."""
    assert (ingested(story(**other)).id == ingested(story()).id) is same


def test_the_trace_of_the_sender_goes_on() -> None:
    """With a span of the record's own, and the sender's flags; without one a trace begins, for equal records equal."""
    envelope = ingested(story(), TRACE)
    assert envelope.traceparent is not None
    assert envelope.traceparent.startswith("00-0af7651916cd43dd8448eb211c80319c-")
    assert envelope.traceparent.endswith("-00")
    assert "b7ad6b7169203331" not in envelope.traceparent
    begun = ingested(story()).traceparent
    assert begun is not None
    assert begun == ingested(story(), "nonsense").traceparent == ingested(story()).traceparent

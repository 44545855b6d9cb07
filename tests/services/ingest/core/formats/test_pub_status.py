from __future__ import annotations

import pytest

from events.story import Notice, StoryStatus
from services.ingest.core.formats import pub_status


@pytest.mark.parametrize(
    ("text", "dated", "meaning"),
    [
        ("stat:usable", False, (StoryStatus.USABLE, None)),
        ("", False, (StoryStatus.USABLE, None)),
        ("http://cv.iptc.org/newscodes/pubstatusg2/Withheld", False, (StoryStatus.WITHHELD, None)),
        ("canceled", True, (StoryStatus.CANCELED, Notice.KILL)),
        ("stat:cancelled", False, (StoryStatus.CANCELED, Notice.KILL)),
        ("embargoed", True, (StoryStatus.USABLE, None)),
        ("embargoed", False, (StoryStatus.WITHHELD, None)),
        ("stat:lost", False, None),
    ],
)
def test_read(text: str, meaning: tuple[StoryStatus, Notice | None] | None, *, dated: bool) -> None:
    """Codes and qcodes mean the same, and an embargo without a date holds the story."""
    assert pub_status.read(text, embargo_is_dated=dated) == meaning

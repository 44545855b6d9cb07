from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from events.editorial import CorrectAlert, EditorActed, KillAlert


def _acted(**changes: Any) -> EditorActed:
    minimal = {
        "event_id": "e-1",
        "alert_id": "a-1",
        "action": {"action": "kill"},
        "editor": "desk",
        "reason": "hoax",
        "at": "2026-11-24T06:30:00Z",
    }
    return EditorActed.model_validate({**minimal, **changes})


@pytest.mark.parametrize(
    ("action", "read"),
    [
        ({"action": "kill"}, KillAlert()),
        ({"action": "correct", "headline": "Dam holds"}, CorrectAlert(headline="Dam holds")),
    ],
)
def test_the_word_tells_the_action(action: dict[str, str], read: KillAlert | CorrectAlert) -> None:
    """`action` decides which fields are read."""
    assert _acted(action=action).action == read


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"action": {"action": "bury"}}, "action"),
        ({"action": {"action": "correct"}}, "headline"),
        ({"action": {"action": "correct", "headline": ""}}, "headline"),
        ({"action": {"action": "correct", "headline": "x" * 301}}, "headline"),
        ({"editor": ""}, "editor"),
        ({"reason": ""}, "reason"),
        ({"at": "2026-11-24T06:30:00"}, "at"),
    ],
)
def test_an_incomplete_act_is_refused(changes: dict[str, Any], place: str) -> None:
    """Who, what, why and when must be said."""
    with pytest.raises(ValidationError, match=place):
        _acted(**changes)


def test_an_act_follows_its_event() -> None:
    """It is keyed by the event, so that it reaches the stage that holds the alert."""
    assert (_acted().key, _acted().subject) == ("e-1", "a-1")

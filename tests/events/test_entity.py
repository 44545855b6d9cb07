from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from events.entity import Entity, EntityType, Place, Topic


def test_the_kinds_of_names() -> None:
    """The values that clients and scripts rely on."""
    assert set(EntityType) == {"person", "organisation", "place", "event", "other"}


@pytest.mark.parametrize("changes", [{"start": -1}, {"end": -1}, {"salience": 1.1}, {"type": "thing"}])
def test_an_impossible_mention_is_refused(changes: dict[str, Any]) -> None:
    """Offsets count from 0, salience ends at 1, and the type is one of ours."""
    with pytest.raises(ValidationError, match=next(iter(changes))):
        Entity.model_validate({"text": "Oslo", "type": "place", "start": 0, "end": 4, **changes})


@pytest.mark.parametrize("changes", [{"latitude": 90.1}, {"latitude": -90.1}, {"longitude": 180.1}, {"salience": -0.1}])
def test_a_place_is_on_the_map(changes: dict[str, float]) -> None:
    """Coordinates are degrees."""
    with pytest.raises(ValidationError, match=next(iter(changes))):
        Place.model_validate({"name": "Oslo", **changes})


def test_a_place_may_lack_coordinates() -> None:
    """A name alone is a place."""
    assert Place(name="Oslo").latitude is None


def test_a_topic_has_a_score() -> None:
    """Between 0 and 1, and it must be given."""
    with pytest.raises(ValidationError, match="score"):
        Topic.model_validate({"id": "medtop:20000139", "name": "flood"})

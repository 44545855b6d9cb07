"""Names, places and topics found in a story."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from events.base import Model


class EntityType(StrEnum):
    """What a name names."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    EVENT = "event"
    OTHER = "other"


class Entity(Model):
    r"""
    One mention of a name.

    `start` and `end` count Unicode code points into headline + "\n" + body, end exclusive, so that
    `story.text[start:end] == text`.
    """

    text: str
    type: EntityType
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    id: str | None = None
    """Identifier shared with other systems, as `scheme:value`, e.g. `iso3166:SY` or `geonames:172955`."""

    name: str | None = None
    """The fullest form of the name in this story: equal for all mentions of one thing."""

    salience: float = Field(default=0.0, ge=0, le=1)
    """1 is what the story is about."""


class Place(Model):
    """A place on the map that the story speaks of."""

    name: str
    id: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2."""

    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    salience: float = Field(default=0.0, ge=0, le=1)


class Topic(Model):
    """An IPTC Media Topic."""

    id: str
    """`medtop:` and eight digits."""

    name: str
    score: float = Field(ge=0, le=1)

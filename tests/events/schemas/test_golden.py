from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from events.base import Event
from events.schemas.golden import file_name, plan, schema, text
from events.topics import EVENTS

_FOLDER = Path(__file__).resolve().parents[3] / "events" / "schemas"
_any_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)


class _First(Event):
    type: ClassVar[str] = "tocsin.sample.taken.v1"
    note: str


class _Grown(Event):
    type: ClassVar[str] = "tocsin.sample.taken.v1"
    note: str
    more: str = ""


class _Broken(Event):
    type: ClassVar[str] = "tocsin.sample.taken.v1"
    note: int


class _Second(Event):
    type: ClassVar[str] = "tocsin.sample.taken.v2"
    note: int


_PUBLISHED = {"tocsin.sample.taken.v1.json": text(_First)}


def test_the_published_schemas_are_current() -> None:
    """The files say what the models say, no more and no less; `make contract` brings them up to date."""
    decided = plan({path.name: path.read_text(encoding="utf-8") for path in _FOLDER.glob("*.json")})
    assert decided.refusals == ()
    assert sorted(decided.files) == [], "run `make contract`"


@_any_event
def test_each_is_a_valid_schema_that_names_its_event(event: type[Event]) -> None:
    """A stranger's validator takes it, and its id is the event's type."""
    made = schema(event)
    Draft202012Validator.check_schema(made)
    assert made["$id"] == "urn:" + event.type.replace(".", ":")
    assert file_name(event) == f"{event.type}.json"


@_any_event
@settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_written_is_valid(event: type[Event], populated: Any, data: st.DataObject) -> None:
    """The published schema accepts every value that we write, by a stranger's judgement."""
    fact = data.draw(populated(event))
    Draft202012Validator(json.loads(text(event))).validate(json.loads(fact.model_dump_json()))


@_any_event
def test_the_least_old_record_is_valid(event: type[Event]) -> None:
    """A field that has a default is not required, so that records from before it was added stay valid."""
    required = set(schema(event).get("required", ()))
    assert required == {name for name, field in event.model_fields.items() if field.is_required()}


def test_a_new_event_is_published() -> None:
    """Its file is written."""
    decided = plan({}, (_First,))
    assert (set(decided.files), decided.refusals) == ({"tocsin.sample.taken.v1.json"}, ())


def test_no_change_writes_nothing() -> None:
    """Running twice is running once."""
    assert plan(_PUBLISHED, (_First,)) == plan(plan({}, (_First,)).files, (_First,))
    assert plan(_PUBLISHED, (_First,)).files == {}


def test_a_compatible_change_is_written() -> None:
    """A field with a default goes through."""
    decided = plan(_PUBLISHED, (_Grown,))
    assert (decided.files, decided.refusals) == ({"tocsin.sample.taken.v1.json": text(_Grown)}, ())


def test_a_break_is_refused_with_the_way_out() -> None:
    """The refusal names file, place and kind of break, and what to do instead."""
    (refusal,) = plan(_PUBLISHED, (_Broken,)).refusals
    assert refusal.startswith("tocsin.sample.taken.v1.json: note: type changed: string became integer")
    assert "next version" in refusal


def test_the_next_version_goes_through() -> None:
    """With the old type kept beside it, the break is none."""
    decided = plan(_PUBLISHED, (_First, _Second))
    assert (set(decided.files), decided.refusals) == ({"tocsin.sample.taken.v2.json"}, ())


def test_a_type_cannot_vanish_unseen() -> None:
    """Its records may lie in the log: the file is deleted by hand, when they do not."""
    (refusal,) = plan(_PUBLISHED, (_Second,)).refusals
    assert refusal.startswith("tocsin.sample.taken.v1.json: no event has this type")

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from events.compat import Break, Kind, breaks
from events.topics import EVENTS


class _Level(StrEnum):
    LOW = "low"
    HIGH = "high"


class _Higher(StrEnum):
    LOW = "low"
    HIGH = "high"
    TOP = "top"


class _Apple(BaseModel):
    kind: Literal["apple"] = "apple"
    weight: int


class _Pear(BaseModel):
    kind: Literal["pear"] = "pear"


class _Heavy(BaseModel):
    kind: Literal["apple"] = "apple"
    weight: str


class _Tree(BaseModel):
    name: str
    branches: tuple[_Tree, ...] = ()


class _Bush(BaseModel):
    name: int
    branches: tuple[_Bush, ...] = ()


_FRUIT, _TIURF = _Apple | _Pear, _Pear | _Apple
_Fruit = Annotated[_Apple | _Pear, Field(discriminator="kind")]
_WORDS = tuple[str, ...]
_Field = tuple[Any, Any]


def _limited(annotation: Any, **constraints: Any) -> _Field:
    """A required field with constraints."""
    return (Annotated[annotation, Field(**constraints)], ...)


def _schema(fields: dict[str, _Field]) -> dict[str, Any]:
    model: type[BaseModel] = create_model("Sample", **fields)  # type: ignore[call-overload]
    return model.model_json_schema()


def _one(old: _Field | None, new: _Field | None) -> list[Break]:
    """The breaks between two models that differ in the field `x`; None where there is none."""
    before, after = ({"kept": (str, ...)} | ({} if field is None else {"x": field}) for field in (old, new))
    return breaks(_schema(before), _schema(after))


def _kinds(found: list[Break]) -> list[tuple[str, Kind]]:
    return [(each.path, each.kind) for each in found]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        pytest.param((str, ...), None, Kind.FIELD_REMOVED, id="required field removed"),
        pytest.param((str, "a"), None, Kind.FIELD_REMOVED, id="optional field removed"),
        pytest.param(None, (str, ...), Kind.FIELD_REQUIRED, id="new field without default"),
        pytest.param((str, "a"), (str, ...), Kind.FIELD_REQUIRED, id="default taken away"),
        pytest.param((str, "a"), (str, "b"), Kind.DEFAULT_CHANGED, id="other default"),
        pytest.param((str, ...), (int, ...), Kind.TYPE_CHANGED, id="text to number"),
        pytest.param((float, ...), (int, ...), Kind.TYPE_CHANGED, id="number to integer"),
        pytest.param((int, ...), (float, ...), Kind.TYPE_CHANGED, id="integer to number"),
        pytest.param((str, ...), (tuple[str, ...], ...), Kind.TYPE_CHANGED, id="one to many"),
        pytest.param((Any, ...), (str, ...), Kind.TYPE_CHANGED, id="anything to text"),
        pytest.param((str | None, ...), (str, ...), Kind.TYPE_NARROWED, id="null no more"),
        pytest.param((str, ...), (str | None, ...), Kind.TYPE_WIDENED, id="null too"),
        pytest.param((str | None, ...), (int | None, ...), Kind.TYPE_CHANGED, id="another variant"),
        pytest.param((_Fruit, ...), (_Apple, ...), Kind.TYPE_NARROWED, id="variant removed"),
        pytest.param((_Apple, ...), (_Fruit, ...), Kind.TYPE_WIDENED, id="variant added"),
        pytest.param((_Higher, ...), (_Level, ...), Kind.VALUE_REMOVED, id="enum value removed"),
        pytest.param((_Level, ...), (_Higher, ...), Kind.VALUE_ADDED, id="enum value added"),
        pytest.param((Literal["a"], ...), (Literal["a", "b"], ...), Kind.VALUE_ADDED, id="constant to choice"),
        pytest.param((Literal["a", "b"], ...), (Literal["a"], ...), Kind.VALUE_REMOVED, id="choice to constant"),
        pytest.param((str, ...), (_Level, ...), Kind.CONSTRAINT_TIGHTENED, id="text to enum"),
        pytest.param((_Level, ...), (str, ...), Kind.CONSTRAINT_LOOSENED, id="enum to text"),
        pytest.param(_limited(int, ge=0), _limited(int, ge=1), Kind.CONSTRAINT_TIGHTENED, id="minimum up"),
        pytest.param(_limited(int, ge=1), _limited(int, ge=0), Kind.CONSTRAINT_LOOSENED, id="minimum down"),
        pytest.param(_limited(int, le=9), _limited(int, le=8), Kind.CONSTRAINT_TIGHTENED, id="maximum down"),
        pytest.param(_limited(int, le=8), _limited(int, le=9), Kind.CONSTRAINT_LOOSENED, id="maximum up"),
        pytest.param((str, ...), _limited(str, min_length=1), Kind.CONSTRAINT_TIGHTENED, id="length asked for"),
        pytest.param(_limited(str, min_length=1), (str, ...), Kind.CONSTRAINT_LOOSENED, id="length no more"),
        pytest.param(_limited(str, pattern="a"), _limited(str, pattern="b"), Kind.CONSTRAINT_CHANGED, id="pattern"),
        pytest.param((_WORDS, ...), _limited(_WORDS, min_length=1), Kind.CONSTRAINT_TIGHTENED, id="not empty"),
    ],
)  # fmt: skip
def test_each_kind_of_break_is_found(old: _Field | None, new: _Field | None, kind: Kind) -> None:
    """One change to one field is one break, of its kind, at its place."""
    assert _kinds(_one(old, new)) == [("x", kind)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(None, (str, "a"), id="new field with default"),
        pytest.param(None, (str | None, None), id="new field that may be null"),
        pytest.param(None, (_Fruit, _Pear()), id="new field with a model for default"),
        pytest.param((str, ...), (str, "a"), id="required field gets a default"),
        pytest.param((str, ...), _limited(str, description="clearer", title="Y", examples=["z"]), id="other words"),
        pytest.param(_limited(_FRUIT, discriminator="kind"), _limited(_TIURF, discriminator="kind"), id="order"),
        pytest.param((str | None, ...), (None | str, ...), id="other order of types"),
        pytest.param((Literal["a", "b"], ...), (Literal["b", "a"], ...), id="other order of values"),
    ],
)  # fmt: skip
def test_what_is_allowed_breaks_nothing(old: _Field | None, new: _Field | None) -> None:
    """Old records are read by new readers, and new records by old ones."""
    assert _one(old, new) == []


def test_a_renamed_field_is_recognised() -> None:
    """It is a removed field, and the message asks about the new one of the same shape."""
    found = breaks(_schema({"title": (str, ...)}), _schema({"headline": (str, ""), "count": (int, 0)}))
    assert [str(each) for each in found] == [
        "title: field removed: old readers know it; was it renamed to 'headline'?",
    ]


def test_a_required_new_name_breaks_both_ways() -> None:
    """Old readers miss the old name, old records the new one."""
    found = breaks(_schema({"title": (str, ...)}), _schema({"headline": (str, ...)}))
    assert _kinds(found) == [("title", Kind.FIELD_REMOVED), ("headline", Kind.FIELD_REQUIRED)]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ((_Apple, ...), (_Heavy, ...), "x.weight"),
        ((tuple[_Apple, ...], ...), (tuple[_Heavy, ...], ...), "x[].weight"),
        ((dict[str, _Apple], ...), (dict[str, _Heavy], ...), "x{}.weight"),
        ((tuple[str, _Apple], ...), (tuple[str, _Heavy], ...), "x[1].weight"),
        ((_Apple | None, ...), (_Heavy | None, ...), "x.weight"),
        ((_Apple | _Pear, ...), (_Heavy | _Pear, ...), "x.weight"),
        ((dict[str, tuple[_Apple | None, ...]], ...), (dict[str, tuple[_Heavy | None, ...]], ...), "x{}[].weight"),
    ],
)
def test_nested_definitions_are_compared(old: _Field, new: _Field, path: str) -> None:
    """A break deep in a definition is found where it is used, whatever the definition is called."""
    assert _kinds(_one(old, new)) == [(path, Kind.TYPE_CHANGED)]


def test_recursive_definitions_end() -> None:
    """A model that holds itself is compared once."""
    assert breaks(_Tree.model_json_schema(), _Tree.model_json_schema()) == []
    assert ("name", Kind.TYPE_CHANGED) in _kinds(breaks(_Tree.model_json_schema(), _Bush.model_json_schema()))


def test_another_length_of_fixed_items_is_found() -> None:
    """A pair is no triple."""
    assert (
        "x",
        Kind.TYPE_CHANGED,
    ) in _kinds(_one((tuple[str, str], ...), (tuple[str, str, str], ...)))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ({"format": "date-time"}, {"format": "date"}, Kind.FORMAT_CHANGED),
        ({"format": "date-time"}, {}, Kind.FORMAT_CHANGED),
        ({"const": 1}, {"const": 2}, Kind.VALUE_REMOVED),
        ({"multipleOf": 2}, {"multipleOf": 3}, Kind.CONSTRAINT_CHANGED),
        ({}, {"neverHeardOf": True}, Kind.CONSTRAINT_TIGHTENED),
        ({"additionalProperties": True}, {"additionalProperties": False}, Kind.TYPE_CHANGED),
        ({"additionalProperties": False}, {}, Kind.TYPE_CHANGED),
        ({"discriminator": {"propertyName": "kind"}, "oneOf": [{"type": "null"}]},
         {"discriminator": {"propertyName": "sort"}, "oneOf": [{"type": "null"}]}, Kind.DISCRIMINATOR_CHANGED),
    ],
)  # fmt: skip
def test_no_keyword_passes_unseen(old: dict[str, Any], new: dict[str, Any], kind: Kind) -> None:
    """What pydantic writes rarely, and what this module has never heard of, counts as well."""
    assert kind in [each.kind for each in breaks(old, new)]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_breaks_nothing_of_itself(event: Any) -> None:
    """No false alarms on the real ones, as validated and as serialised."""
    read, written = event.model_json_schema(mode="validation"), event.model_json_schema(mode="serialization")
    assert breaks(read, read) == []
    assert breaks(read, written) == []


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_field_of_every_event_is_guarded(event: Any) -> None:
    """Taking away any one field of any event is found."""
    schema = event.model_json_schema()
    for name in schema["properties"]:
        left = {field: value for field, value in schema["properties"].items() if field != name}
        assert (name, Kind.FIELD_REMOVED) in _kinds(breaks(schema, {**schema, "properties": left}))


def test_a_break_of_the_whole_says_so() -> None:
    """There is always a place to look at."""
    assert str(Break("", Kind.TYPE_CHANGED, "object became array")) == "the document: type changed: object became array"

"""Any value of any model of the contract, made from the model's own fields: nothing to keep up by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from annotated_types import Ge, Interval, Le, MaxLen, MinLen
from hypothesis import strategies as st
from pydantic import AwareDatetime

from events.base import Model

Populate = Callable[[type[Model]], st.SearchStrategy[Any]]

_ZONES = st.sampled_from((UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=9, minutes=30))))
_MOMENTS = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1), timezones=_ZONES)  # noqa: DTZ001 (the zone is drawn)


@pytest.fixture(scope="session")
def populated() -> Populate:
    """Makes a strategy for a model: every field is given a value, also those that may be None or empty."""
    return _model


def _model(model: type[Model]) -> st.SearchStrategy[Any]:
    fields = {name: _value(field.annotation, field.metadata) for name, field in model.model_fields.items()}
    return st.builds(model, **fields)


def _value(annotation: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 (one line a kind of type)
    if hasattr(annotation, "__metadata__"):
        return _value(annotation.__origin__, [*annotation.__metadata__, *metadata])
    if hasattr(annotation, "__supertype__"):
        return _value(annotation.__supertype__, metadata)
    if annotation is AwareDatetime or annotation is datetime:
        return _MOMENTS
    if get_origin(annotation) is Literal:
        return st.sampled_from(get_args(annotation))
    if get_origin(annotation) in {Union, UnionType}:
        return st.one_of([_value(kind, metadata) for kind in get_args(annotation) if kind is not type(None)])
    if get_origin(annotation) in {tuple, dict}:
        return _collection(annotation, metadata)
    if issubclass(annotation, Model):
        return _model(annotation)
    if issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    return _scalar(annotation, metadata)


def _collection(annotation: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:
    inner = get_args(annotation)
    if get_origin(annotation) is dict:
        return st.dictionaries(_value(inner[0], []), _value(inner[1], []), min_size=1, max_size=2)
    if inner[-1] is ...:
        return st.lists(_value(inner[0], []), min_size=1, max_size=2).map(tuple)
    return st.tuples(*(_value(kind, []) for kind in inner))


def _scalar(annotation: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:
    lowest, highest = _bound(metadata, Ge, "ge"), _bound(metadata, Le, "le")
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        return st.integers(min_value=lowest, max_value=highest if highest is not None else 2**53)
    if annotation is float:
        return st.floats(min_value=lowest, max_value=highest, allow_nan=False, allow_infinity=False)
    if annotation is str:
        longest = _bound(metadata, MaxLen, "max_length")
        return st.text(min_size=_bound(metadata, MinLen, "min_length") or 1, max_size=min(longest or 8, 8))
    raise NotImplementedError(f"teach tests/events/conftest.py to make a {annotation!r}")


def _bound(metadata: list[Any], kind: type, name: str) -> Any:
    return next((getattr(item, name) for item in metadata if isinstance(item, kind | Interval)), None)

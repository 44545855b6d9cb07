"""
Whether a changed event still understands the old one: both ways, since both happen.

New code reads the old records that lie in the log; while a release is rolled out, and at every subscriber after it,
old code reads the new records. So whatever one of the two could not read is a break.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

Schema = Mapping[str, Any]
"""A JSON Schema as pydantic writes one: references lead into its own `$defs`."""

_Seen = frozenset[tuple[str, str]]

_LOWER_BOUNDS = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_UPPER_BOUNDS = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_ANNOTATIONS = frozenset(
    {"title", "description", "examples", "deprecated", "default", "$defs", "$schema", "$id", "$ref"}
)
_STRUCTURE = frozenset(
    {"type", "properties", "required", "items", "prefixItems", "additionalProperties"}
    | {"enum", "const", "anyOf", "oneOf", "discriminator"}
)
_ANYTHING: Schema = MappingProxyType({})
_NOTHING: Schema = MappingProxyType({"not": _ANYTHING})


class Kind(StrEnum):
    """What was done to the schema."""

    FIELD_REMOVED = "field removed"
    """Old readers need it, or fall back to its default without a word. A renamed field is a removed one."""

    FIELD_REQUIRED = "field required"
    """Old records lack it."""

    DEFAULT_CHANGED = "default changed"
    """Records written before the field existed now read differently."""

    TYPE_CHANGED = "type changed"
    TYPE_NARROWED = "type narrowed"
    """Old records may hold what new readers refuse."""

    TYPE_WIDENED = "type widened"
    """New records may hold what old readers refuse."""

    VALUE_REMOVED = "value removed"
    """Old records may hold it."""

    VALUE_ADDED = "value added"
    """Old readers refuse it: our enums do not map what they do not know."""

    CONSTRAINT_TIGHTENED = "constraint tightened"
    """Old records may lie outside."""

    CONSTRAINT_LOOSENED = "constraint loosened"
    """Old readers refuse what lies outside."""

    CONSTRAINT_CHANGED = "constraint changed"
    FORMAT_CHANGED = "format changed"
    DISCRIMINATOR_CHANGED = "discriminator changed"


@dataclass(frozen=True, slots=True)
class Break:
    """One change that an old reader or an old record does not survive."""

    path: str
    """Where: `story.severity`, `entities[].start`, `clocks{}`; empty for the whole document."""

    kind: Kind
    detail: str

    def __str__(self) -> str:
        """As one line, for whoever made the change."""
        return f"{self.path or 'the document'}: {self.kind}: {self.detail}"


def breaks(old: Schema, new: Schema) -> list[Break]:
    """
    What a change from `old` to `new` breaks, in the order of the old document.

    Allowed are: a new field with a default, a required field that gets a default (writers still write every field),
    other names for definitions, other words in titles and descriptions. A keyword that is not known here counts
    as a constraint, so that nothing passes unseen.
    """
    return list(_Comparison(old, new).differ("", old, new, frozenset()))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The two documents, which hold the definitions that references lead to."""

    old: Schema
    new: Schema

    def differ(self, path: str, old: Schema, new: Schema, seen: _Seen) -> Iterator[Break]:
        """The breaks between two places; a pair of definitions that is being compared already is not entered again."""
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in seen:
                return
            seen |= {pair}
        old, new = _resolved(self.old, old), _resolved(self.new, new)
        if _members(old) or _members(new):
            yield from _discriminator(path, old, new)
            yield from self._variants(path, old, new, seen)
        elif _type(old) != _type(new):
            yield Break(path, Kind.TYPE_CHANGED, f"{_type(old)} became {_type(new)}")
        else:
            yield from _values(path, old, new)
            yield from _constraints(path, old, new)
            yield from self._fields(path, old, new, seen)
            yield from self._parts(path, old, new, seen)

    def _variants(self, path: str, old: Schema, new: Schema, seen: _Seen) -> Iterator[Break]:
        olds, news = _labelled(self.old, old), _labelled(self.new, new)
        gone = [label for label in olds if label not in news]
        come = [label for label in news if label not in olds]
        if gone and come:
            yield Break(path, Kind.TYPE_CHANGED, f"{', '.join(gone)} became {', '.join(come)}")
        elif gone:
            yield Break(path, Kind.TYPE_NARROWED, f"{', '.join(gone)} is gone")
        elif come:
            yield Break(path, Kind.TYPE_WIDENED, f"{', '.join(come)} is new")
        for label, variant in olds.items():
            if label in news:
                yield from self.differ(path, variant, news[label], seen)

    def _fields(self, path: str, old: Schema, new: Schema, seen: _Seen) -> Iterator[Break]:
        was, now = _fields(old), _fields(new)
        needed, needs = frozenset(old.get("required", ())), frozenset(new.get("required", ()))
        added = [name for name in now if name not in was]
        for name, field in was.items():
            place = f"{path}.{name}".lstrip(".")
            if name not in now:
                yield Break(place, Kind.FIELD_REMOVED, f"old readers know it{self._rename(field, now, added, seen)}")
                continue
            if name in needs - needed:
                yield Break(place, Kind.FIELD_REQUIRED, "it was optional, so old records may lack it")
            elif name not in needed and field.get("default") != now[name].get("default"):
                yield Break(
                    place, Kind.DEFAULT_CHANGED, f"{field.get('default')!r} became {now[name].get('default')!r}"
                )
            yield from self.differ(place, field, now[name], seen)
        for name in added:
            if name in needs:
                place = f"{path}.{name}".lstrip(".")
                yield Break(place, Kind.FIELD_REQUIRED, "old records lack it: give it a default")

    def _rename(self, field: Schema, now: Mapping[str, Schema], added: Iterable[str], seen: _Seen) -> str:
        alike = [repr(name) for name in added if not any(self.differ("", field, now[name], seen))]
        return f"; was it renamed to {' or '.join(alike)}?" if alike else ""

    def _parts(self, path: str, old: Schema, new: Schema, seen: _Seen) -> Iterator[Break]:
        for keyword, mark in (("items", "[]"), ("additionalProperties", "{}")):
            if keyword in old or keyword in new:
                first, second = _as_schema(old.get(keyword, True)), _as_schema(new.get(keyword, True))
                yield from self.differ(path + mark, first, second, seen)
        firsts, seconds = old.get("prefixItems", ()), new.get("prefixItems", ())
        if len(firsts) != len(seconds):
            yield Break(path, Kind.TYPE_CHANGED, f"{len(firsts)} fixed items became {len(seconds)}")
        for index, (first, second) in enumerate(zip(firsts, seconds, strict=False)):
            yield from self.differ(f"{path}[{index}]", first, second, seen)


def _resolved(document: Schema, schema: Schema) -> Schema:
    """The schema, with the definition that it refers to unfolded under its own keywords."""
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = {**target, **{keyword: value for keyword, value in schema.items() if keyword != "$ref"}}
    return schema


def _members(schema: Schema) -> list[Schema]:
    return [*schema.get("anyOf", ()), *schema.get("oneOf", ())]


def _labelled(document: Schema, schema: Schema) -> dict[str, Schema]:
    """The variants of a union (of one, where it is none), each under what tells it from the others."""
    variants: dict[str, Schema] = {}
    for member in _members(schema) or [schema]:
        label = base = _label(_resolved(document, member))
        while label in variants:
            label = f"{base} (number {sum(known.startswith(base) for known in variants) + 1})"
        variants[label] = member
    return variants


def _label(schema: Schema) -> str:
    tags = [f"{name}={field['const']!r}" for name, field in _fields(schema).items() if "const" in field]
    return f"{_type(schema)} with {', '.join(tags)}" if tags else _type(schema)


def _type(schema: Schema) -> str:
    return str(schema.get("type", "nothing" if "not" in schema else "anything"))


def _fields(schema: Schema) -> Mapping[str, Schema]:
    fields: Mapping[str, Schema] = schema.get("properties", _ANYTHING)
    return fields


def _as_schema(schema: Schema | bool) -> Schema:  # noqa: FBT001 (JSON Schema writes "anything" and "nothing" so)
    if isinstance(schema, bool):
        return _ANYTHING if schema else _NOTHING
    return schema


def _discriminator(path: str, old: Schema, new: Schema) -> Iterator[Break]:
    was, now = (schema.get("discriminator", _ANYTHING).get("propertyName") for schema in (old, new))
    if was != now and _members(old) and _members(new):
        yield Break(path, Kind.DISCRIMINATOR_CHANGED, f"{was!r} became {now!r}")


def _values(path: str, old: Schema, new: Schema) -> Iterator[Break]:
    was, now = (schema.get("enum", [schema["const"]] if "const" in schema else None) for schema in (old, new))
    if was is None and now is not None:
        yield Break(path, Kind.CONSTRAINT_TIGHTENED, f"only {now} are left")
    elif was is not None and now is None:
        yield Break(path, Kind.CONSTRAINT_LOOSENED, f"it was one of {was}")
    elif was is not None and now is not None:
        yield from (Break(path, Kind.VALUE_REMOVED, repr(value)) for value in was if value not in now)
        yield from (Break(path, Kind.VALUE_ADDED, repr(value)) for value in now if value not in was)


def _constraints(path: str, old: Schema, new: Schema) -> Iterator[Break]:
    for keyword in dict.fromkeys((*old, *new)):
        was, now = old.get(keyword), new.get(keyword)
        if was == now or keyword in _ANNOTATIONS | _STRUCTURE:
            continue
        detail = f"{keyword} {was!r} became {now!r}"
        if keyword == "format":
            yield Break(path, Kind.FORMAT_CHANGED, detail)
        elif was is None or (now is not None and _tighter(keyword, was, now)):
            yield Break(path, Kind.CONSTRAINT_TIGHTENED, detail)
        elif now is None or keyword in _LOWER_BOUNDS | _UPPER_BOUNDS:
            yield Break(path, Kind.CONSTRAINT_LOOSENED, detail)
        else:
            yield Break(path, Kind.CONSTRAINT_CHANGED, detail)


def _tighter(keyword: str, was: Any, now: Any) -> bool:
    return (keyword in _LOWER_BOUNDS and now > was) or (keyword in _UPPER_BOUNDS and now < was)

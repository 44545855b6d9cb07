"""
What the published schemas must say now, and whether they may say it.

A file is the promise made to those who hold old records and old readers. It follows the models as long as
`events.compat` finds no break; what breaks needs an event type of a higher version, which has a file of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.base import Event
from events.compat import breaks
from events.topics import EVENTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the published files: write all of `files`, unless there are `refusals`."""

    files: Mapping[str, str]
    """Name and text of each file that is new or says something else than before."""

    refusals: tuple[str, ...]
    """What cannot be published, and the way out, one change each."""


def file_name(event: type[Event]) -> str:
    """Where the schema of an event lies, under events/schemas/."""
    return f"{event.type}.json"


def schema(event: type[Event]) -> dict[str, Any]:
    """
    The JSON Schema of an event's value, as a reader must see it.

    That is pydantic's validation mode: a field that has a default is not required, since records from before the
    field was added lie in the log. (What we write holds every field.)
    """
    return {
        "$schema": DIALECT,
        "$id": f"urn:{event.type.replace('.', ':')}",
        **event.model_json_schema(mode="validation"),
    }


def text(event: type[Event]) -> str:
    """The schema as a file holds it: the same model gives the same bytes."""
    return json.dumps(schema(event), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def plan(published: Mapping[str, str], events: tuple[type[Event], ...] = EVENTS) -> Plan:
    """
    Compare the models with the files, given as name and text.

    A file whose event is gone is refused too: records of that type may still lie in the log.
    """
    wanted = {file_name(event): text(event) for event in events}
    refusals = [
        f"{name}: {found} (old records or old readers break: keep this type as it is and add one of the next version)"
        for name, new in wanted.items()
        if name in published
        for found in breaks(json.loads(published[name]), json.loads(new))
    ]
    refusals += [
        f"{name}: no event has this type (when none of its records can be in the log any more, delete the file by hand)"
        for name in sorted(published)
        if name not in wanted
    ]
    files = {name: new for name, new in wanted.items() if published.get(name) != new}
    return Plan(files=files, refusals=tuple(refusals))

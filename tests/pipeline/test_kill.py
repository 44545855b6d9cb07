"""Guarantee 1 and 2: whatever is killed, nothing acknowledged is lost, and no revision is doubled or missing."""

from __future__ import annotations

import itertools
import json
import urllib.error
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import alert_log
import pytest
import wire
from instance import Instance, kafka_settings, running, until

from events.alert import Alert
from services.classify.settings import ClassifySettings
from services.cli.replay import Replay
from services.cli.settings import SERVICES
from services.ingest.core import receive

_STORIES = 1000
_SETTLE_SECONDS = 90


@pytest.fixture(scope="module")
def night() -> list[dict[str, Any]]:
    """The stories of a night that is just over."""
    return list(wire.stories(_STORIES, datetime.now(UTC).replace(microsecond=0)))


@pytest.fixture(scope="module")
def undisturbed(night: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """(alert id, revision) of a run of the pure stages that nothing disturbs."""
    replay = Replay(ClassifySettings())
    found: list[tuple[str, int]] = []
    for story in _parsed(night):
        found += [(item.id, item.revision) for item in replay.feed(story) if isinstance(item, Alert)]
    assert len(found) > _STORIES / 4, "the night must have enough alerts to say something"
    return sorted(found)


@pytest.mark.slow
def test_all_in_one_killed_while_stories_are_pushed(
    tmp_path: Path, night: list[dict[str, Any]], undisturbed: list[tuple[str, int]]
) -> None:
    """SIGKILL of the one process, three times in the night, changes nothing in the set of alert revisions."""
    instance = Instance(tmp_path)
    with running(instance):
        _push(night, instance, {at: [lambda: _again(instance)] for at in (250, 500, 900)})
        _assert_settles(alert_log.embedded(tmp_path), undisturbed)
        assert instance.stop() == 0
    assert _log_of(alert_log.embedded(tmp_path)) == undisturbed


@pytest.mark.slow
@pytest.mark.kafka
def test_each_service_on_kafka_killed_once(
    tmp_path: Path, kafka_bootstrap: str, night: list[dict[str, Any]], undisturbed: list[tuple[str, int]]
) -> None:
    """SIGKILL of each service's own process, one after another, changes nothing in the set of alert revisions."""
    settings = kafka_settings(kafka_bootstrap)
    processes = {name: Instance(tmp_path, (name,), **settings, KAFKA__INSTANCE=name) for name in SERVICES}
    with _all_running(processes):
        kills: dict[int, list[Callable[[], None]]] = {
            100 + 140 * place: [lambda name=name: _again(processes[name])]  # type: ignore[misc]
            for place, name in enumerate(SERVICES)
        }
        _push(night, processes["ingest"], kills)
        _assert_settles(alert_log.kafka(kafka_bootstrap), undisturbed)
    assert _log_of(alert_log.kafka(kafka_bootstrap)) == undisturbed


def _push(night: list[dict[str, Any]], ingest: Instance, disturbances: Mapping[int, list[Callable[[], None]]]) -> None:
    """Push one after another, each until it is acknowledged, as a wire's own sender does."""
    for at, story in enumerate(night):
        for disturb in disturbances.get(at, ()):
            disturb()
        for attempt in itertools.count():
            try:
                ingest.ask("POST", "/v1/stories", story)
            except urllib.error.HTTPError as error:
                assert error.code == 503, error.read()  # noqa: PT017
            except OSError:
                assert attempt < 1000
            else:
                break


def _again(instance: Instance) -> None:
    instance.kill()
    instance.start()


class _all_running:  # noqa: N801 (reads as a word in a with statement)
    def __init__(self, processes: Mapping[str, Instance]) -> None:
        self._processes = processes

    def __enter__(self) -> None:
        for process in self._processes.values():
            process.start()

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.stop()


def _assert_settles(make: alert_log.MakeBus, expected: list[tuple[str, int]]) -> None:
    until(
        lambda: len(_log_of(make)) >= len(expected),
        _SETTLE_SECONDS,
        f"{len(expected)} alert revisions were expected",
    )


def _log_of(make: alert_log.MakeBus) -> list[tuple[str, int]]:
    """(id, revision) of every record, so that one that lies there twice is seen twice."""
    return sorted((alert.id, alert.revision) for alert in alert_log.alerts(make))


def _parsed(night: list[dict[str, Any]]) -> Iterator[Any]:
    for story in night:
        raw = json.dumps(story).encode()
        yield from receive.stories(raw, content_type="application/json", source="push", at=datetime.now(UTC))

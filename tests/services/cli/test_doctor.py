from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from events.topics import TOPICS
from services.cli import doctor
from services.cli.doctor import Finding, environment, examine
from services.cli.settings import Settings, load
from services.runtime.bus.embedded import EmbeddedBus


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _settings(**given: Any) -> Settings:
    return load(**{"http_port": _free(), "ws_port": _free(), **given})


def _found(subject: str, **given: Any) -> Finding:
    findings = {each.subject: each for each in asyncio.run(examine(_settings(**given)))}
    return findings[subject]


def test_a_good_installation() -> None:
    """Every check is good, in the order of causes, before anything was started."""
    findings = asyncio.run(examine(_settings()))
    assert [each for each in findings if not each.well] == []
    subjects = [each.subject for each in findings]
    assert subjects[:6] == ["python", "sqlite", "package events", "package services", "environment", "access"]
    assert [subject.split()[0] for subject in subjects[6:]] == ["disk", "log", "http", "ws", "instance"]


def test_looking_changes_nothing(folder: Path) -> None:
    """No log is made by asking whether there is one."""
    found = _found("log (embedded)")
    assert (found.well, found.what) == (True, f"none yet; the next 'tocsin up' makes it in {folder / '.tocsin'}")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["TOCSIN_HTTP_PROT"], "TOCSIN_HTTP_PROT (did you mean TOCSIN_HTTP_PORT?)"),
        (["TOCSIN_WEBHOOKS__ALLOW_PRIVATE"], "(did you mean TOCSIN_WEBHOOK__ALLOW_PRIVATE?)"),
        (["TOCSIN_ZZZ", "TOCSIN_HTTP_PORT"], "no setting is called TOCSIN_ZZZ: it does nothing"),
        (["tocsin_http_prot"], "tocsin_http_prot (did you mean"),
    ],
)
def test_a_misspelt_variable_is_named(names: Sequence[str], said: str) -> None:
    """It would be ignored without a word."""
    found = environment(names)
    assert not found.well
    assert said in found.what


@pytest.mark.parametrize(
    "names",
    [
        ["TOCSIN_HTTP_PORT", "tocsin_ws_port", "TOCSIN_KAFKA__BOOTSTRAP"],
        ["TOCSIN_KAFKA"],
        ["TOCSIN_TEST_KAFKA"],
        ["HOME"],
    ],
)
def test_variables_that_are_known(names: Sequence[str]) -> None:
    """Settings, groups of them, and those of the tests."""
    assert environment(names).well


def test_doctor_reads_the_real_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only what it is given."""
    monkeypatch.setenv("TOCSIN_HTTP_PROT", "1")
    assert not _found("environment").well


@pytest.mark.parametrize(
    ("given", "well", "said"),
    [
        ({}, True, "no API key: only this machine is served"),
        ({"api_keys": ("k1", "k2")}, True, "2 API keys"),
        ({"http_host": "0.0.0.0"}, False, "set TOCSIN_API_KEYS"),  # noqa: S104 (judged, not bound)
        ({"ws_host": "0.0.0.0"}, False, "set TOCSIN_API_KEYS"),  # noqa: S104 (likewise)
        ({"http_host": "0.0.0.0", "api_keys": ("k1",)}, True, "1 API keys"),  # noqa: S104 (likewise)
    ],
)
def test_access(given: dict[str, Any], well: bool, said: str) -> None:  # noqa: FBT001 (a table)
    """Who listens on more than loopback without a key serves nobody there."""
    found = doctor._access(load(**given))
    assert (found.well, said in found.what) == (well, True)


def test_another_owner_of_our_packages(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with a package `events` would have overwritten ours."""
    info = folder / "site" / "intruder-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: intruder\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("events\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder / "site")])
    found = _found("package events")
    assert not found.well
    assert "belongs to intruder as well" in found.what


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below a GiB it says what to do."""
    monkeypatch.setattr(doctor, "_LEAST_FREE_BYTES", 1 << 60)
    found = _found("disk")
    assert not found.well
    assert "free some, or set TOCSIN_DATA" in found.what


def test_the_log_of_a_running_instance(folder: Path) -> None:
    """Topics that are missing are made at the next start; all there are is said as well."""
    (folder / ".tocsin").mkdir()
    assert _found("log (embedded)").what == "8 topics will be made by the next 'tocsin up'"

    async def declare() -> None:
        bus = EmbeddedBus(folder / ".tocsin")
        await bus.start()
        await bus.declare(TOPICS)
        await bus.close()

    asyncio.run(declare())
    assert _found("log (embedded)").what == "8 topics"


def test_a_log_that_cannot_be_opened(folder: Path) -> None:
    """The folder is a file; or what should be the log is none."""
    (folder / "file").write_text("")
    assert not _found("log (embedded)", data=folder / "file").well
    assert "cannot be made" in _found("log (embedded)", data=folder / "file" / "below").what
    (folder / ".tocsin").mkdir()
    (folder / ".tocsin" / "log.sqlite3").write_text("not a database at all" * 100)
    found = _found("log (embedded)")
    assert (found.well, "cannot open the log" in found.what) == (False, True)


def test_a_folder_that_must_not_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before a start fails on it."""
    (folder / "locked").mkdir()
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != folder / "locked")
    assert "not writable" in _found("log (embedded)", data=folder / "locked" / "data").what


def test_a_broker_that_is_away() -> None:
    """With Kafka chosen, and no word of the disk."""
    given = {"bus": "kafka", "kafka": {"bootstrap": f"127.0.0.1:{_free()}"}}
    findings = {each.subject: each for each in asyncio.run(examine(_settings(**given)))}
    assert not findings["log (kafka)"].well
    assert findings["disk"].what == "the log is on Kafka"


@pytest.mark.parametrize("name", ["http", "ws"])
def test_a_port_that_is_taken(name: str) -> None:
    """Named with the variable that moves it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        found = _found(f"{name} port {port}", **{f"{name}_port": port})
    assert not found.well
    assert f"set TOCSIN_{name.upper()}_PORT to a free port" in found.what


def test_an_address_that_is_not_ours() -> None:
    """A host that this machine does not have cannot be listened on."""
    port = _free()
    assert not _found(f"ws port {port}", ws_host="192.0.2.1", ws_port=port).well


@pytest.mark.parametrize(
    ("answer", "well", "said"),
    [
        ((200, {"status": "ready", "problems": []}), True, "running and ready"),
        ((503, {"status": "not ready", "problems": ["enrich: starting"]}), False, "not ready: 503 Service"),
        ((404, b"<html>nginx</html>"), False, "something else than Tocsin"),
        ((200, b"hello"), False, "something else than Tocsin"),
    ],
)
def test_what_answers(api: Any, answer: tuple[int, object], well: bool, said: str) -> None:  # noqa: FBT001 (a table)
    """A running instance, one that is not ready, and something else on its port; its ports are not called taken."""
    api.answers["GET /readyz"] = answer
    findings = asyncio.run(examine(load()))
    assert (findings[-1].subject, findings[-1].well) == ("instance", well)
    assert said in findings[-1].what
    assert [each for each in findings if " port " in each.subject] == []


def test_the_command(tocsin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`tocsin doctor` ends with 0 when all is well, and with 1 when something is not."""
    monkeypatch.setenv("TOCSIN_HTTP_PORT", str(_free()))
    monkeypatch.setenv("TOCSIN_WS_PORT", str(_free()))
    ran = tocsin("doctor")
    assert (ran.status, "BAD" in ran.out) == (0, False)
    monkeypatch.setenv("TOCSIN_HTTP_PROT", "1")
    ran = tocsin("doctor")
    assert ran.status == 1
    assert "BAD  environment: no setting is called TOCSIN_HTTP_PROT" in ran.out

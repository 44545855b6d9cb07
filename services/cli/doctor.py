"""`tocsin doctor`: each check says what it looked at, what it found and what to do."""

from __future__ import annotations

import difflib
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import packages_distributions

from events.topics import TOPICS
from services.cli.client import instance
from services.cli.errors import Declined, Unreachable
from services.cli.log import exists, opened
from services.cli.settings import PREFIX, Settings, described
from services.runtime.errors import RuntimeFault

_LEAST_FREE_BYTES = 1 << 30
_FOR_TESTS = "TOCSIN_TEST_"
_NONE = "none is running here"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    subject: str
    well: bool
    what: str


async def examine(settings: Settings) -> list[Finding]:
    """Every check, in an order in which the first bad one is the likely cause of the rest."""
    running = await _running(settings)
    owners = packages_distributions()
    ports = (
        _port("http", settings.http_host, settings.http_port),
        _port("ws", settings.ws_host, settings.ws_port),
    )
    return [
        Finding("python", sys.version_info >= (3, 11), sys.version.split()[0]),
        Finding("sqlite", sqlite3.sqlite_version_info >= (3, 35), sqlite3.sqlite_version),
        *(_package(name, owners.get(name, ())) for name in ("events", "services")),
        environment(os.environ),
        _access(settings),
        _disk(settings),
        await _log(settings),
        *(() if _answers(running) else ports),
        running,
    ]


def environment(variables: Iterable[str]) -> Finding:
    """A misspelt TOCSIN_* variable is ignored without a word, so it is named here, with the setting that was meant."""
    known = {name.removeprefix(PREFIX) for name, _, _ in described()} | {name.upper() for name in Settings.model_fields}
    ours = sorted(name for name in variables if name.upper().startswith(PREFIX))
    strange = [
        name
        for name in ours
        if not name.upper().startswith(_FOR_TESTS) and name.upper().removeprefix(PREFIX) not in known
    ]
    if not strange:
        return Finding("environment", well=True, what=f"{len(ours)} {PREFIX}* variables")
    told: list[str] = []
    for name in strange:
        meant = difflib.get_close_matches(name.upper().removeprefix(PREFIX), known, n=1)
        told.append(f"{name} (did you mean {PREFIX}{meant[0]}?)" if meant else name)
    return Finding(
        "environment",
        well=False,
        what=f"no setting is called {', '.join(told)}: it does nothing; see 'tocsin settings'",
    )


def _package(name: str, owners: Iterable[str]) -> Finding:
    """Another distribution with a package of that name would have overwritten ours without a word."""
    others = sorted(set(owners) - {"tocsin"})
    if not others:
        return Finding(f"package {name}", well=True, what="is Tocsin's")
    return Finding(
        f"package {name}",
        well=False,
        what=f"belongs to {', '.join(others)} as well: install Tocsin into an environment of its own",
    )


def _access(settings: Settings) -> Finding:
    if settings.api_keys:
        return Finding("access", well=True, what=f"{len(settings.api_keys)} API keys")
    alone = {settings.http_host, settings.ws_host} <= {"127.0.0.1", "::1", "localhost"}
    advice = "" if alone else "; it listens on more than loopback, yet all others are refused: set TOCSIN_API_KEYS"
    return Finding("access", well=alone, what=f"no API key: only this machine is served{advice}")


def _disk(settings: Settings) -> Finding:
    if settings.bus != "embedded":
        return Finding("disk", well=True, what="the log is on Kafka")
    folder = settings.data.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    enough = free >= _LEAST_FREE_BYTES
    advice = "" if enough else ": free some, or set TOCSIN_DATA to another disk"
    return Finding("disk", well=enough, what=f"{free / (1 << 30):.1f} GiB free at {folder}{advice}")


async def _log(settings: Settings) -> Finding:
    subject = f"log ({settings.bus})"
    if not exists(settings):
        return _to_be_made(subject, settings)
    try:
        async with opened(settings) as bus:
            missing: list[str] = []
            for topic in TOPICS:
                try:
                    await bus.bounds(topic.name)
                except KeyError:
                    missing.append(topic.name)
    except RuntimeFault as error:
        return Finding(subject, well=False, what=str(error))
    if missing:
        return Finding(subject, well=True, what=f"{len(missing)} topics will be made by the next 'tocsin up'")
    return Finding(subject, well=True, what=f"{len(TOPICS)} topics")


def _to_be_made(subject: str, settings: Settings) -> Finding:
    folder = settings.data.absolute()
    above = next(parent for parent in folder.parents if parent.exists())
    if not (above.is_dir() and os.access(above, os.W_OK)):
        return Finding(subject, well=False, what=f"{folder} cannot be made: {above} is not writable; set TOCSIN_DATA")
    return Finding(subject, well=True, what=f"none yet; the next 'tocsin up' makes it in {folder}")


def _port(name: str, host: str, port: int) -> Finding:
    subject = f"{name} port {port}"
    try:
        family, kind, _, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        advice = (
            f"{host}: {error.strerror}; set {PREFIX}{name.upper()}_PORT to a free port, or {PREFIX}{name.upper()}_HOST"
        )
        return Finding(subject, well=False, what=advice)
    return Finding(subject, well=True, what="free")


def _answers(running: Finding) -> bool:
    """Whether something is there, so that its ports are taken rightly."""
    return running.what != _NONE


async def _running(settings: Settings) -> Finding:
    if settings.http_port == 0:
        return Finding("instance", well=True, what=_NONE)
    try:
        async with instance(settings) as there:
            answer = await there.ask("GET", "/readyz")
    except Unreachable:
        return Finding("instance", well=True, what=_NONE)
    except Declined as error:
        if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return Finding("instance", well=False, what=f"running, and not ready: {error}")
        return _another(settings)
    match answer:
        case {"status": "ready"}:
            return Finding("instance", well=True, what="running and ready")
        case _:
            return _another(settings)


def _another(settings: Settings) -> Finding:
    what = f"something else than Tocsin answers at {settings.http_address}: set TOCSIN_HTTP_PORT to a free port"
    return Finding("instance", well=False, what=what)

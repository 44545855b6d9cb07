"""`tocsin doctor`: each check says what it looked at, what it found and what to do."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import sys
from dataclasses import dataclass
from importlib.metadata import packages_distributions

from events.topics import TOPICS
from services.cli.client import instance
from services.cli.errors import Declined, Unreachable
from services.cli.log import bus_of
from services.cli.settings import Settings
from services.runtime.errors import RuntimeFault

_LEAST_FREE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    subject: str
    well: bool
    what: str


async def examine(settings: Settings) -> list[Finding]:
    """Every check, in an order in which the first bad one is the likely cause of the rest."""
    running = await _running(settings)
    return [
        Finding("python", sys.version_info >= (3, 11), sys.version.split()[0]),
        Finding("sqlite", sqlite3.sqlite_version_info >= (3, 35), sqlite3.sqlite_version),
        *(_package(name) for name in ("events", "services")),
        _access(settings),
        _disk(settings),
        await _log(settings),
        *((running,) if running.well else (_port("http", settings.http_host, settings.http_port), running)),
    ]


def _package(name: str) -> Finding:
    """Another distribution with a package of that name would have overwritten ours without a word."""
    others = sorted(set(packages_distributions().get(name, ())) - {"tocsin"})
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
    alone = settings.http_host in {"127.0.0.1", "::1", "localhost"}
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
    bus = bus_of(settings)
    try:
        await bus.start()
    except RuntimeFault as error:
        return Finding(subject, well=False, what=str(error))
    try:
        missing: list[str] = []
        for topic in TOPICS:
            try:
                await bus.bounds(topic.name)
            except KeyError:
                missing.append(topic.name)
        if missing:
            return Finding(subject, well=True, what=f"{len(missing)} topics will be made by the next 'tocsin up'")
        return Finding(subject, well=True, what=f"{len(TOPICS)} topics")
    except RuntimeFault as error:
        return Finding(subject, well=False, what=str(error))
    finally:
        await bus.close()


def _port(name: str, host: str, port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            advice = f"{error.strerror}; set TOCSIN_{name.upper()}_PORT to a free port"
            return Finding(f"{name} port {port}", well=False, what=advice)
    return Finding(f"{name} port {port}", well=True, what="free")


async def _running(settings: Settings) -> Finding:
    try:
        async with instance(settings) as there:
            await there.ask("GET", "/readyz")
    except Unreachable:
        return Finding("instance", well=True, what="none is running here")
    except Declined as error:
        return Finding("instance", well=False, what=str(error))
    return Finding("instance", well=True, what="running and ready")

"""The deployment for real: needs Docker, several minutes, and no server of others."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import sqlite3
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from types import ModuleType
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook
from websockets.sync.client import connect

_SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "trial.py"
_ALERT_SECONDS = 20.0
_NUMBERS = itertools.count(1)
_HAPPENINGS = (
    "Explosion tears through refinery near {}, at least {} dead",
    "Earthquake of magnitude 7 strikes {}, {} buildings collapse",
    "Gunman opens fire at {} market, police say {} killed",
    "Passenger train derails outside {}, {} carriages overturned",
    "Ferry with {1} on board sinks off {0}",
    "President of {} resigns after {} days of protest",
    "Dam bursts above {}, {} villages told to leave",
)


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("trial", _SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["trial"] = module
    spec.loader.exec_module(module)
    return module


trial = _load()


@dataclass
class Doors:
    """Where a client goes: through Caddy with its certificate checked, or to each service where Caddy is left out."""

    stack: Any
    tls: ssl.SSLContext | None = None
    origin: str = ""

    @classmethod
    def of(cls, stack: Any) -> Doors:
        """The doors of a stack that is up."""
        if "caddy" not in stack.services:
            return cls(stack)
        root = stack.folder / "root.crt"
        stack.compose("cp", "caddy:/data/caddy/pki/authorities/local/root.crt", str(root))
        port = stack.address("caddy", 443).rpartition(":")[2]
        return cls(stack, ssl.create_default_context(cafile=str(root)), f"localhost:{port}")

    def ask(self, service: str, method: str, path: str, body: object = None, *, key: str | None = None) -> Any:
        """Send a request; gives the JSON that was answered."""
        base = f"https://{self.origin}" if self.tls else f"http://{self._direct(service, 8080)}"
        request = urllib.request.Request(base + path, method=method)  # noqa: S310 (our own address)
        request.add_header("authorization", f"Bearer {self.stack.key if key is None else key}")
        if body is not None:
            request.add_header("content-type", "application/json")
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=10, context=self.tls) as answer:  # noqa: S310 (likewise)
            return json.load(answer)

    @contextmanager
    def stream(self) -> Iterator[Any]:
        """An open alert stream that everything is subscribed to."""
        address = f"wss://{self.origin}" if self.tls else f"ws://{self._direct('websocket', 8081)}"
        headers = {"authorization": f"Bearer {self.stack.key}"}
        with connect(f"{address}/v1/stream", ssl=self.tls, additional_headers=headers) as stream:
            stream.send(json.dumps({"type": "subscribe", "id": "all", "filter": ""}))
            assert json.loads(stream.recv(10))["type"] == "subscribed"
            yield stream

    def _direct(self, service: str, port: int) -> str:
        if "tocsin" in self.stack.services:
            service = "tocsin"
        return str(self.stack.address(service, port))


@dataclass
class Inbox:
    """What a webhook receiver got: bodies with their headers."""

    got: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    @classmethod
    def opened(cls, host: str) -> tuple[Inbox, ThreadingHTTPServer]:
        """An inbox, and the server that fills it."""
        inbox = cls()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                inbox.got.append((body, {name.lower(): value for name, value in self.headers.items()}))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer((host, 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return inbox, server


@pytest.fixture(scope="module")
def engine() -> None:
    """Docker; the test is skipped, or fails in CI, where there is none."""
    if (lacking := trial.missing()) is not None:
        reason = f"no deployment to try: {lacking}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="module")
def cluster(engine: None) -> Iterator[Any]:
    """compose.yaml, built and up and healthy."""
    present = trial.optional()
    with trial.stack(
        trial.HERE / "compose.yaml",
        (*trial.SERVICES, *present),
        trial.over_cluster(present),
        TOCSIN_WEBHOOK__ALLOW_PRIVATE="172.16.0.0/12,10.0.0.0/8,192.168.0.0/16",
    ) as made:
        made.compose("build", "topics", *(["caddy"] if "caddy" in present else []))
        made.up()
        yield made


def _story(doors: Doors) -> tuple[str, str]:
    """Push a breaking story that is like no other, as often as it takes; its id and headline."""
    number = next(_NUMBERS)
    place = f"{ascii_uppercase[number % 26]}{ascii_lowercase[number // 26 % 26]}lenstad"
    headline = f"BREAKING: {_HAPPENINGS[number % len(_HAPPENINGS)].format(place, number + 10)}"
    story = {"source": "wire", "id": f"trial-{time.time_ns()}", "headline": headline, "urgency": 1}
    taken = _until(lambda: _asked(lambda: doors.ask("ingest", "POST", "/v1/stories", story)), f"{headline} is taken in")
    return taken["accepted"][0]["id"], headline


def _asked(ask: Callable[[], Any]) -> Any:
    """The answer; None while there is none, or one that says to come again."""
    try:
        return ask()
    except urllib.error.HTTPError as error:
        if error.code in {404, 502, 503}:
            return None
        raise
    except OSError:
        return None


def _until(ask: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    until = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < until, f"not within {seconds:g} s: {what}"
        time.sleep(0.2)
    return answer


def _rings(stream: Any, headline: str) -> None:
    until = time.monotonic() + _ALERT_SECONDS
    while (left := until - time.monotonic()) > 0:
        message = json.loads(stream.recv(left))
        if message["type"] == "alert" and message["alert"]["headline"] == headline:
            return
    raise AssertionError(f"no alert: {headline}")


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Docker there is no trial, and the message says so."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert "install Docker" in trial.missing()


_CLOSED = {
    "Config": {"User": "10001:10001"},
    "HostConfig": {
        "ReadonlyRootfs": True,
        "CapDrop": ["ALL"],
        "CapAdd": None,
        "SecurityOpt": ["no-new-privileges:true"],
        "Privileged": False,
        "Memory": 1,
        "NanoCpus": 1,
        "PidsLimit": 1,
    },
}


@pytest.mark.parametrize(
    ("part", "name", "value", "said"),
    [
        ("Config", "User", "", "runs as root"),
        ("Config", "User", "0:0", "runs as 0:0"),
        ("HostConfig", "ReadonlyRootfs", False, "can write to its root file system"),
        ("HostConfig", "CapDrop", None, "keeps capabilities"),
        ("HostConfig", "CapAdd", ["SYS_ADMIN"], "has ['SYS_ADMIN']"),
        ("HostConfig", "SecurityOpt", None, "may gain privileges"),
        ("HostConfig", "Privileged", True, "is privileged"),
        ("HostConfig", "Memory", 0, "has no limit of memory"),
        ("HostConfig", "PidsLimit", None, "has no limit of processes"),
    ],
)
def test_an_open_container_is_told(part: str, name: str, value: object, said: str) -> None:
    """Each thing that a container may do without need is named; one that may do none of them is closed."""
    assert trial.unhardened(_CLOSED) == []
    assert trial.unhardened({**_CLOSED, part: {**_CLOSED[part], name: value}}) == [said]


@pytest.mark.docker
def test_every_container_is_closed(cluster: Any) -> None:
    """No root, no writing, no capabilities, bounds on all: of what runs, not of what is written in the file."""
    found = {service: trial.unhardened(each) for service, each in cluster.containers().items()}
    assert set(found) >= {*trial.SERVICES, "kafka", "topics"}
    assert {service: problems for service, problems in found.items() if problems} == {}
    assert cluster.compose("exec", "-T", "classify", "id", "-u").strip() == "10001"
    with pytest.raises(trial.TrialFault, match="Read-only file system"):
        cluster.compose("exec", "-T", "classify", "touch", "/opt/tocsin/x")
    with pytest.raises(trial.TrialFault, match="No module named"):
        cluster.compose("exec", "-T", "classify", "python", "-c", "import hatchling")


@pytest.mark.docker
def test_a_story_rings(cluster: Any) -> None:
    """What is pushed at the one origin comes out at a websocket, and at a webhook with a signature that verifies."""
    doors = Doors.of(cluster)
    inbox, server = Inbox.opened(cluster.gateway())
    url = f"http://{server.server_address[0]}:{server.server_address[1]}/hook"
    try:
        order = doors.ask("webhook", "POST", "/v1/subscriptions", {"channel": "webhook", "url": url, "filter": ""})
        with doors.stream() as stream:
            _, headline = _story(doors)
            _rings(stream, headline)
        body, headers = _until(lambda: next(iter(inbox.got), None), "the webhook is called")
        assert headline in json.dumps(Webhook(order["secret"]).verify(body, headers))
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.docker
def test_without_a_key_nothing_is_served(cluster: Any) -> None:
    """The keys are read from the secret's file: without one of them the answer is 401."""
    with pytest.raises(urllib.error.HTTPError, match="401"):
        Doors.of(cluster).ask("websocket", "GET", "/v1/alerts", key="guessed")


@pytest.mark.docker
def test_the_inside_is_not_shown_outside(cluster: Any) -> None:
    """Metrics and probes are not to be had at the public origin."""
    if "caddy" not in cluster.services:
        pytest.skip("Caddy is left out: its image is not on this machine")
    for path in ("/metrics", "/healthz", "/readyz"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            Doors.of(cluster).ask("websocket", "GET", path)


@pytest.mark.docker
def test_prometheus_sees_every_process(cluster: Any) -> None:
    """All six are up with the key from its secret, and the rules are loaded without an error."""
    if "prometheus" not in cluster.services:
        pytest.skip("Prometheus is left out: its image is not on this machine")

    def asked(path: str) -> Any:
        address = f"http://{cluster.address('prometheus', 9090)}/api/v1/{path}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)["data"]

    def up() -> set[str]:
        targets = asked("targets")["activeTargets"]
        return {each["labels"].get("service", "") for each in targets if each["health"] == "up"}

    _until(lambda: up() >= set(trial.SERVICES), "every process is scraped")
    rules = [rule for group in asked("rules")["groups"] for rule in group["rules"]]
    assert len(rules) > 10
    assert [rule["name"] for rule in rules if rule.get("lastError")] == []


@pytest.mark.docker
@pytest.mark.parametrize("service", ["kafka", *trial.SERVICES])
def test_a_crash_loses_nothing(cluster: Any, service: str) -> None:
    """Whatever is killed while stories flow: each that was acknowledged has its verdict afterwards, and rings."""
    doors = Doors.of(cluster)
    told = [_story(doors)]
    crash = threading.Thread(target=cluster.crash, args=(service,))
    crash.start()
    told += [_story(doors) for _ in range(4)]
    crash.join()
    told.append(_story(doors))
    events: set[str] = set()
    for story_id, headline in told:
        path = f"/v1/stories/{story_id}/verdict"
        verdict = _until(
            lambda path=path: _asked(lambda: doors.ask("websocket", "GET", path)), f"a verdict on {headline}", 120.0
        )
        assert verdict["breaking"], headline
        events.add(verdict["event_id"])

    def rung() -> set[str]:
        page = _asked(lambda: doors.ask("websocket", "GET", "/v1/alerts?limit=500"))
        return set() if page is None else {alert["event_id"] for alert in page["items"]}

    _until(lambda: rung() >= events, "every event has rung", 60.0)


@pytest.mark.docker
def test_one_container_is_enough(engine: None) -> None:
    """compose.embedded.yaml: it is as closed, rings, can be backed up, and made anew it still has its alerts."""
    with trial.stack(trial.HERE / "compose.embedded.yaml", ("tocsin",), trial.OVER_EMBEDDED) as single:
        single.compose("build")
        single.up()
        assert {name: trial.unhardened(each) for name, each in single.containers().items()} == {"tocsin": []}
        doors = Doors.of(single)
        with doors.stream() as stream:
            _, headline = _story(doors)
            _rings(stream, headline)
        backup = "VACUUM INTO '/data/backup.sqlite3'"
        single.compose("exec", "-T", "tocsin", "python", "-m", "sqlite3", "/data/log.sqlite3", backup)
        single.compose("cp", "tocsin:/data/backup.sqlite3", str(single.folder / "log.sqlite3"))
        with closing(sqlite3.connect(single.folder / "log.sqlite3")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        single.compose("up", "--detach", "--wait", "--force-recreate")
        page = doors.ask("websocket", "GET", "/v1/alerts")
        assert [alert["headline"] for alert in page["items"]] == [headline]

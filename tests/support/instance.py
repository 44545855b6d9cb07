"""A Tocsin process under test: started as an operator starts it, killed as a machine kills it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_READY_SECONDS = 60


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Instance:
    """One `tocsin up` process."""

    def __init__(self, folder: Path, services: Sequence[str] = (), **settings: str) -> None:
        self.http_port, self.ws_port = free_port(), free_port()
        self._services = services
        self._log = folder / f"{'-'.join(services) or 'all'}.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")},
            "TOCSIN_DATA": str(folder / "data"),
            "TOCSIN_HTTP_PORT": str(self.http_port),
            "TOCSIN_WS_PORT": str(self.ws_port),
            **{f"TOCSIN_{name}": value for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Instance:
        """Start it and wait until every part is ready."""
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "services.cli.main", "up", *self._services]
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        until(self._is_ready, _READY_SECONDS, f"it is not ready:\n{self.log_end()}")
        return self

    def kill(self) -> None:
        """SIGKILL: no last words."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)

    def ask(self, method: str, path: str, body: object = None, content_type: str = "application/json") -> Any:
        """The JSON answer of the instance; urllib.error.HTTPError where it declines."""
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http_port}{path}", raw, {"content-type": content_type}, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def log_end(self, lines: int = 40) -> str:
        """The end of what it logged."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:]) if self._log.exists() else ""

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"it ended with {self._process.returncode}:\n{self.log_end()}")
        try:
            self.ask("GET", "/readyz")
        except OSError:
            return False
        return True


@contextlib.contextmanager
def running(instance: Instance) -> Iterator[Instance]:
    """A started instance that is stopped at the end, whatever happens."""
    try:
        yield instance.start()
    finally:
        with contextlib.suppress(AssertionError):
            instance.stop()


def until(condition: Callable[[], object], seconds: float, otherwise: str) -> None:
    """Look until the condition holds; fail with `otherwise` when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(otherwise)
        time.sleep(0.02)


def kafka_settings(bootstrap: str) -> Mapping[str, str]:
    """Settings of an instance on a real broker."""
    return {"BUS": "kafka", "KAFKA__BOOTSTRAP": bootstrap}

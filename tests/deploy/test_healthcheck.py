from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Self

import pytest

_SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "healthcheck.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("healthcheck", _SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


healthcheck = _load()


class _Answering:
    """Answers one request with given bytes, in as many pieces as given; keeps what was asked."""

    def __init__(self, *pieces: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._pieces = pieces
        self.port = int(self._listener.getsockname()[1])
        self.asked = b""
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            self.asked = connection.recv(4096)
            for piece in self._pieces:
                connection.sendall(piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._listener.close()


@pytest.fixture
def free_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A port at which nobody listens, as long as the test runs."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = int(held.getsockname()[1])
        monkeypatch.setenv("TOCSIN_HTTP_PORT", str(port))
        yield port


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ((b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", b"{}"), 0),
        ((b"HTTP/1.1 503 Service Unavailable\r\n\r\n200",), 1),
        ((b"HTTP/1.1 2000 Odd\r\n\r\n",), 1),
        ((b"SSH-2.0-200 200\r\n",), 1),
        ((b"",), 1),
    ],
)
def test_only_200_is_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pieces: tuple[bytes, ...], status: int
) -> None:
    """The status of the answer decides, whatever its body; what was answered is printed."""
    with _Answering(*pieces) as there:
        monkeypatch.setenv("TOCSIN_HTTP_PORT", str(there.port))
        assert healthcheck.main(["/readyz"]) == status
    assert there.asked.startswith(b"GET /readyz HTTP/1.1\r\n")
    assert b"".join(pieces).partition(b"\r\n")[0].decode() in capsys.readouterr().out


def test_nobody_there_is_unwell(free_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    """A process that does not listen is not well, and no traceback says so."""
    assert healthcheck.main([]) == 1
    assert f"nobody answers at port {free_port}" in capsys.readouterr().out


def test_it_runs_without_site_packages() -> None:
    """As the image calls it: isolated, so that it starts fast and no package can change it."""
    command = [sys.executable, "-I", "-S", str(_SCRIPT)]
    done = subprocess.run(command, env={"TOCSIN_HTTP_PORT": "1"}, capture_output=True, text=True, check=False)  # noqa: S603 (our own script)
    assert (done.returncode, done.stderr) == (1, "")

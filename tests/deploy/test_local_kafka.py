"""Brokers without docker. That one runs is shown by each test marked `kafka`; here is how it starts and ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "local_kafka.py"


def test_what_is_missing_is_said(local_kafka_source: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a JDK and Maven there is no broker, and the message names both."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert "java and mvn" in (local_kafka_source.missing() or "")
    with pytest.raises(local_kafka_source.BrokerFault, match="JDK"):
        local_kafka_source.Broker.start()


@pytest.mark.kafka
@pytest.mark.slow
def test_a_broker_ends_with_the_process_that_started_it(local_kafka: ModuleType, tmp_path: Path) -> None:
    """However that ends: here it is killed."""
    (port,) = local_kafka._free_ports(1)
    command = [sys.executable, str(SCRIPT), "--port", str(port), "--data", str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 (our own script)
        assert process.stdout is not None
        assert f"127.0.0.1:{port}".encode() in process.stdout.readline()
        process.kill()
    assert _closes(port)


@pytest.mark.kafka
@pytest.mark.slow
def test_data_in_a_folder_of_its_own_is_kept(local_kafka: ModuleType, tmp_path: Path) -> None:
    """An interrupt ends the broker in order, and a second run has the same cluster."""
    (port,) = local_kafka._free_ports(1)
    for _ in range(2):
        command = [sys.executable, str(SCRIPT), "--port", str(port), "--data", str(tmp_path / "data")]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 (our own script)
            assert process.stdout is not None
            process.stdout.readline()
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(30) == 0
    assert _closes(port)
    assert (tmp_path / "data" / "node-1" / "data" / "meta.properties").exists()


def _closes(port: int) -> bool:
    """Whether nobody listens any more, within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return True
    return False

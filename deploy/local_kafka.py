"""
Apache Kafka without docker: brokers in KRaft mode on loopback, from Maven's jars.

For tests, benchmarks and a developer's `make kafka`; needs a JDK (17 or newer) and Maven, and nothing but the standard
library of Python. The jars are fetched once into `.cache/kafka` of the repository.
"""

# ruff: noqa: INP001 (a script, and no package)
from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

VERSION = "4.4.0"
_HERE = Path(__file__).resolve().parent
_POM = _HERE / "kafka" / "pom.xml"
_LOGGING = _HERE / "kafka" / "log4j2.properties"
_CACHE = _HERE.parent / ".cache" / "kafka"
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_JVM = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-Djava.awt.headless=true")
_HEADER = struct.Struct(">ihhihib")
"""Size, API key, API version, correlation id, client id (null), topics (none), auto creation (no)."""


class BrokerFault(RuntimeError):
    """No broker runs; the message says why, with the end of its log."""


def missing() -> str | None:
    """What this machine lacks to run a broker; None when it lacks nothing."""
    lacking = [name for name in ("java", "mvn") if shutil.which(name) is None]
    if not lacking:
        return None
    return f"{' and '.join(lacking)} not found: install a JDK (17 or newer) and Maven to run Kafka {VERSION}"


def jars() -> Path:
    """
    The folder with Kafka's jars, filled by Maven where it is not.

    Raises:
        BrokerFault: Maven is missing or could not fetch them.
    """
    folder = _CACHE / VERSION
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(folder)
    return folder


@dataclass
class _Node:
    number: int
    port: int
    controller_port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    guard: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / "broker.log"


@dataclass
class Broker:
    """A running cluster. Nodes are numbered from 1; each is broker and controller."""

    nodes: dict[int, _Node]
    folder: Path
    _keep: bool = field(default=False, repr=False)

    @classmethod
    def start(cls, nodes: int = 1, *, folder: Path | None = None, port: int | None = None) -> Broker:
        """
        Start a cluster and return when it answers.

        Args:
            nodes: 1, or 3 for a cluster that outlives one of them.
            folder: where the data is kept; without it, in a temporary folder that goes with the cluster.
            port: of node 1, the others follow; without it, free ports.

        Raises:
            BrokerFault: it did not start.
        """
        if (lacking := missing()) is not None:
            raise BrokerFault(lacking)
        ports = _free_ports(2 * nodes) if port is None else [port + at for at in range(2 * nodes)]
        root = folder or Path(tempfile.mkdtemp(prefix="tocsin-kafka-"))
        members = {n: _Node(n, ports[n - 1], ports[nodes + n - 1], root / f"node-{n}") for n in range(1, nodes + 1)}
        broker = cls(members, root, folder is not None)
        try:
            broker._format()
            for number in members:
                broker._launch(number)
            broker._await_ready(nodes)
        except BaseException:
            broker._end()
            raise
        return broker

    @property
    def bootstrap(self) -> str:
        """Addresses for a client: `host:port,host:port`."""
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes.values())

    def kill(self, node: int) -> None:
        """End a node as a crash would, by SIGKILL."""
        self._kill(self.nodes[node])

    def restart(self, node: int) -> None:
        """Start a killed node again, on its data and ports; returns when all running nodes answer."""
        self._kill(self.nodes[node])
        self._launch(node)
        self._await_ready(sum(each.process is not None for each in self.nodes.values()))

    def stop(self) -> None:
        """End all nodes; a temporary folder is deleted."""
        self._end()
        if not self._keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def tail(self, lines: int = 30) -> str:
        """The ends of the nodes' logs."""
        parts: list[str] = []
        for node in self.nodes.values():
            if node.log.exists():
                text = node.log.read_text(errors="replace").splitlines()[-lines:]
                parts.append(f"--- {node.log}\n" + "\n".join(text))
        return "\n".join(parts)

    def _format(self) -> None:
        # A leading dash would be taken for an option.
        cluster = "k" + urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
        for node in self.nodes.values():
            node.folder.mkdir(parents=True, exist_ok=True)
            settings = node.folder / "server.properties"
            settings.write_text(_settings(node, list(self.nodes.values())))
            if (node.folder / "data" / "meta.properties").exists():
                continue
            command = _java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings))
            command.insert(1, "-XX:TieredStopAtLevel=1")
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own words)
            if done.returncode:
                raise BrokerFault(f"cannot format {node.folder}:\n{done.stdout}{done.stderr}")

    def _launch(self, number: int) -> None:
        node = self.nodes[number]
        command = _java("kafka.Kafka", str(node.folder / "server.properties"))
        with node.log.open("ab") as log:
            node.process = subprocess.Popen(  # noqa: S603 (our own words)
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        # It must not outlive us, however we end: the guard reads our end of a pipe, which the kernel closes with us.
        node.guard = subprocess.Popen(  # noqa: S603 (our own words)
            ["/bin/sh", "-c", 'read -r word; [ "$word" = done ] || kill -9 "$1"', "sh", str(node.process.pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def _await_ready(self, expected: int) -> None:
        until = time.monotonic() + _START_SECONDS
        running = [node for node in self.nodes.values() if node.process is not None]
        while not all(_brokers_seen_by(node.port) == expected for node in running):
            for node in running:
                if node.process is not None and node.process.poll() is not None:
                    raise BrokerFault(f"node {node.number} ended with {node.process.returncode}\n{self.tail()}")
            if time.monotonic() > until:
                raise BrokerFault(f"no answer within {_START_SECONDS:.0f} s\n{self.tail()}")
            time.sleep(0.05)

    def _end(self) -> None:
        for node in self.nodes.values():
            if self._keep and node.process is not None:
                node.process.terminate()
        for node in self.nodes.values():
            if self._keep and node.process is not None:
                try:
                    node.process.wait(_STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
        for node in self.nodes.values():
            self._kill(node)

    @staticmethod
    def _kill(node: _Node) -> None:
        if node.process is not None:
            node.process.kill()
            node.process.wait()
            node.process = None
        if node.guard is not None:
            node.guard.communicate(b"done\n")
            node.guard = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a cluster until interrupted."""
    parser = argparse.ArgumentParser(description=f"Run Apache Kafka {VERSION} without docker.")
    parser.add_argument("--nodes", type=int, default=1, choices=(1, 3), help="how many brokers")
    parser.add_argument("--port", type=int, default=9092, help="port of the first; 2 ports a node are used from there")
    parser.add_argument("--data", type=Path, default=_CACHE / "data", help="folder for the log, kept between runs")
    chosen = parser.parse_args(arguments)
    try:
        broker = Broker.start(chosen.nodes, folder=chosen.data, port=chosen.port)
    except BrokerFault as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    try:
        sys.stdout.write(f"Kafka {VERSION} at {broker.bootstrap}, data in {broker.folder}; Ctrl-C ends it\n")
        sys.stdout.flush()
        for node in broker.nodes.values():
            if node.process is not None:
                node.process.wait()
    except KeyboardInterrupt:
        sys.stdout.write("stopping\n")
    finally:
        broker.stop()
    return 0


def _fetch(folder: Path) -> None:
    partial = folder.with_name(f"{folder.name}.{os.getpid()}")
    command = ["mvn", "-q", "-B", "--strict-checksums", "-f", str(_POM), "dependency:copy-dependencies"]
    command += ["-DincludeScope=runtime", f"-DoutputDirectory={partial}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own words)
    except FileNotFoundError as error:
        raise BrokerFault("mvn not found: install Maven") from error
    if done.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        raise BrokerFault(f"Maven cannot fetch Kafka's jars:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    partial.rename(folder)


def _java(main_class: str, *arguments: str) -> list[str]:
    return [
        "java",
        *_JVM,
        f"-Dlog4j2.configurationFile={_LOGGING}",
        "-cp",
        f"{jars()}/*",
        main_class,
        *arguments,
    ]


def _settings(node: _Node, nodes: Sequence[_Node]) -> str:
    """The server.properties of a node. Few threads and few internal partitions: it shares a developer's machine."""
    voters = ",".join(f"{each.number}@127.0.0.1:{each.controller_port}" for each in nodes)
    replicas = min(3, len(nodes))
    in_sync = max(1, replicas - 1)
    settings: dict[str, object] = {
        "node.id": node.number,
        "process.roles": "broker,controller",
        "controller.quorum.voters": voters,
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "listeners": f"PLAINTEXT://127.0.0.1:{node.port},CONTROLLER://127.0.0.1:{node.controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{node.port}",
        "log.dirs": node.folder / "data",
        "auto.create.topics.enable": "false",
        "default.replication.factor": replicas,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": replicas,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": in_sync,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": in_sync,
        "share.coordinator.state.topic.num.partitions": 1,
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,
        # A killed node's successor is let in when the session of its predecessor has ended.
        "broker.session.timeout.ms": 3000,
        "broker.heartbeat.interval.ms": 500,
        "num.network.threads": 2,
        "num.io.threads": 4,
        "background.threads": 2,
        "num.recovery.threads.per.data.dir": 1,
        # A member's start must not wait for the pre-allocated 128 MiB of the cleaner.
        "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _brokers_seen_by(port: int) -> int:
    """How many brokers the one at `port` knows of, by a Metadata request (version 5); 0 while it does not answer."""
    request = _HEADER.pack(_HEADER.size - 4, 3, 5, 1, -1, 0, 0)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(request)
            answer = connection.recv(16, socket.MSG_WAITALL)
    except OSError:
        return 0
    # Size, correlation id, throttle time, number of brokers.
    return int(struct.unpack(">iiii", answer)[3]) if len(answer) == 16 else 0  # noqa: PLR2004 (four integers)


if __name__ == "__main__":
    sys.exit(main())

"""
Tries the deployment for real: builds the image, brings the compose file up and looks whether it is closed.

`python deploy/trial.py` needs Docker with Compose, and leaves nothing running; the tests send news through it and kill
its containers. PYTHON_IMAGE, KAFKA_IMAGE, CADDY_IMAGE and PROMETHEUS_IMAGE name others than the public images. Caddy
and Prometheus are left out, with a word, where theirs are not on this machine: then the services' own ports are used.
"""

# ruff: noqa: INP001 (a script, and no package)
from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SERVICES = ("ingest", "classify", "enrich", "alert", "websocket", "webhook")
_OURS = "tocsin-trial"
_IMAGE = f"{_OURS}:local"
_OPTIONAL = (("caddy", "CADDY_IMAGE", "caddy:2"), ("prometheus", "PROMETHEUS_IMAGE", "prom/prometheus:v3.5.0"))
_READY_SECONDS = 180


class TrialFault(RuntimeError):
    """The trial cannot go on; the message says at what, with what Docker said."""


def missing() -> str | None:
    """What this machine lacks for a trial; None when it lacks nothing."""
    if shutil.which("docker") is None:
        return "docker not found: install Docker with the Compose plugin"
    for words in (("docker", "compose", "version"), ("docker", "info")):
        done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 (fixed words)
        if done.returncode:
            return f"'{' '.join(words)}' fails: {done.stderr.strip()[-300:]}"
    return None


@dataclass
class Stack:
    """A compose file that is up, under a project name of its own so that it meets no other on this machine."""

    file: Path
    folder: Path
    """Holds the secrets and what is laid over the compose file."""

    services: tuple[str, ...]
    key: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def project(self) -> str:
        """The name under which Compose knows it."""
        return f"{_OURS}-{self.file.stem.replace('.', '-')}"

    def compose(self, *words: str) -> str:
        """
        Run `docker compose` on it; gives what was printed.

        Raises:
            TrialFault: it failed.
        """
        command = ["docker", "compose", "-p", self.project, "--project-directory", str(HERE), "--profile", "*"]
        command += ["-f", str(self.file), "-f", str(self.folder / "over.yaml"), *words]
        environment = {**os.environ, "TOCSIN_IMAGE": _IMAGE, **self.environment}
        return _run(command, environment)

    def up(self, *services: str) -> float:
        """Start the services, all by default, and return the seconds until all were healthy."""
        began = time.monotonic()
        self.compose("up", "--detach", "--wait", "--wait-timeout", str(_READY_SECONDS), *(services or self.services))
        return time.monotonic() - began

    def containers(self) -> dict[str, dict[str, Any]]:
        """What Docker says of each container, by service."""
        ids = self.compose("ps", "--all", "--quiet").split()
        found: list[dict[str, Any]] = json.loads(_run(["docker", "inspect", *ids]))
        return {each["Config"]["Labels"]["com.docker.compose.service"]: each for each in found}

    def crash(self, service: str) -> None:
        """SIGKILL, and a start as the restart policy would give: Docker takes a kill by hand for a stop."""
        self.compose("kill", "--signal", "SIGKILL", service)
        self.compose("start", service)

    def address(self, service: str, port: int) -> str:
        """Where a published port is on this machine: host:port."""
        return self.compose("port", service, str(port)).strip()

    def gateway(self) -> str:
        """The address of this machine as the containers see it."""
        network = json.loads(_run(["docker", "network", "inspect", f"{self.project}_outside"]))
        return str(network[0]["IPAM"]["Config"][0]["Gateway"])

    def logs(self, lines: int = 20) -> str:
        """The ends of all logs."""
        return self.compose("logs", "--no-color", "--tail", str(lines))

    def down(self) -> None:
        """End it, with its volumes."""
        self.compose("down", "--volumes", "--timeout", "15")


@contextmanager
def stack(file: Path, services: Sequence[str], over: str, **environment: str) -> Iterator[Stack]:
    """A stack to be brought up, which ends with the block; `over` is laid over the compose file."""
    with tempfile.TemporaryDirectory(prefix=f"{_OURS}-") as name:
        made = Stack(file, Path(name), tuple(services), environment=environment)
        for secret in ("api_keys", "metrics_key", "grafana_password"):
            (made.folder / secret).write_text(made.key)
            (made.folder / secret).chmod(0o644)
        made.folder.chmod(0o755)
        known = ("api_keys",) if "embedded" in file.name else ("api_keys", "metrics_key", "grafana_password")
        listed = "".join(f"  {each}: {{file: {made.folder / each}}}\n" for each in known)
        (made.folder / "over.yaml").write_text(f"{over}\nsecrets:\n{listed}")
        try:
            yield made
        finally:
            made.down()


def optional() -> tuple[str, ...]:
    """Those services whose images may be missing, and are here."""
    return tuple(service for service, variable, public in _OPTIONAL if _has(os.environ.get(variable) or public))


def over_cluster(present: Sequence[str]) -> str:
    """What is laid over compose.yaml: loopback ports that Docker chooses, and one key for Prometheus and all others."""
    lines = ["services:"]
    for service, ports in (("ingest", (8080,)), ("websocket", (8080, 8081)), ("webhook", (8080,))):
        listed = ", ".join(f'"127.0.0.1::{port}"' for port in ports)
        lines.append(f"  {service}: {{networks: [outside], ports: [{listed}]}}")
    if "caddy" in present:
        lines.append('  caddy: {ports: !override ["127.0.0.1::443"]}')
    if "prometheus" in present:
        lines.append('  prometheus: {ports: !override ["127.0.0.1::9090"]}')
    return "\n".join(lines)


OVER_EMBEDDED = 'services:\n  tocsin: {ports: !override ["127.0.0.1::8080", "127.0.0.1::8081"]}'


def unhardened(container: Mapping[str, Any]) -> list[str]:
    """What a container may do that it need not, from `docker inspect`; empty when it is as closed as it should be."""
    config, host = container["Config"], container["HostConfig"]
    allowed = {"CAP_NET_BIND_SERVICE", "NET_BIND_SERVICE"}
    bounds = (("Memory", "memory"), ("NanoCpus", "processors"), ("PidsLimit", "processes"))
    checks = (
        (config["User"].partition(":")[0] in {"", "0", "root"}, f"runs as {config['User'] or 'root'}"),
        (not host["ReadonlyRootfs"], "can write to its root file system"),
        ("ALL" not in (host["CapDrop"] or ()), "keeps capabilities"),
        (bool(set(host["CapAdd"] or ()) - allowed), f"has {host['CapAdd']}"),
        (not any(each.startswith("no-new-privileges") for each in host["SecurityOpt"] or ()), "may gain privileges"),
        (host["Privileged"], "is privileged"),
        *((not host[name], f"has no limit of {what}") for name, what in bounds),
    )
    return [what for bad, what in checks if bad]


def image_bytes(image: str) -> int:
    """The size of an image on disk, its base included."""
    return int(json.loads(_run(["docker", "image", "inspect", image]))[0]["Size"])


def main() -> int:
    """Build, bring up, look, and say what was found; the tests do the rest."""
    if (lacking := missing()) is not None:
        sys.stderr.write(f"no trial here: {lacking}\n")
        return 1
    present = optional()
    left_out = [service for service, _, _ in _OPTIONAL if service not in present]
    with stack(HERE / "compose.yaml", (*SERVICES, *present), over_cluster(present)) as cluster:
        began = time.monotonic()
        cluster.compose("build", "topics", *(["caddy"] if "caddy" in present else []))
        sys.stdout.write(
            f"built in {time.monotonic() - began:.0f} s, {image_bytes(_IMAGE) / 1e6:.0f} MB with its base\n"
        )
        sys.stdout.write(f"all healthy after {cluster.up():.0f} s; left out: {', '.join(left_out) or 'nothing'}\n")
        open_doors = {service: unhardened(each) for service, each in cluster.containers().items()}
    for service, problems in open_doors.items():
        sys.stdout.write(f"{service}: {', '.join(problems) or 'closed'}\n")
    return int(any(open_doors.values()))


def _has(image: str) -> bool:
    command = ("docker", "image", "inspect", image)
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 (fixed words)


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 (our words)
    if done.returncode:
        told = f"{done.stdout[-2000:]}{done.stderr[-4000:]}"
        raise TrialFault(f"{' '.join(command)} ended with {done.returncode}:\n{told}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

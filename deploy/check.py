"""
Whether what is deployed agrees with the code: metrics, settings, alert rules, their tests and their runbooks.

`python deploy/check.py` says what does not, and lets promtool, which comes with Prometheus, try the rules.
"""

# ruff: noqa: INP001 (a script, and no package)
from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from services.cli.settings import described
from services.runtime import metrics

HERE = Path(__file__).resolve().parent
_METRIC = re.compile(r"\btocsin_[a-z0-9_]+")
_ALERT = re.compile(r"^\s*- alert: (\w+)$", re.MULTILINE)
_RUNBOOK = re.compile(r"^\s*runbook: (\S+)$", re.MULTILINE)
_SETTING = re.compile(r"\bTOCSIN_[A-Z][A-Z_]*[A-Z]\b")
_SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",), "gauge": ("",)}
_OF_COMPOSE = frozenset({"TOCSIN_IMAGE", "TOCSIN_SITE", "TOCSIN_TLS"})
"""Variables that the compose files take from outside, and no service reads."""


def known_metrics() -> frozenset[str]:
    """The names of all series that our processes expose, apart from those of the client library itself."""
    collectors = (getattr(metrics, name) for name in dir(metrics) if name.isupper())
    families = (family for each in collectors if hasattr(each, "describe") for family in each.describe())
    return frozenset(f"{family.name}{suffix}" for family in families for suffix in _SUFFIXES[family.type])


def known_settings() -> frozenset[str]:
    """The variables that mean something: to a service, or to the compose files."""
    return _OF_COMPOSE | {name for name, _, _ in described()}


def strangers(text: str, pattern: re.Pattern[str], known: Collection[str]) -> list[str]:
    """What a text names by the pattern and nobody knows."""
    return sorted(set(pattern.findall(text)) - set(known))


def astray(rules: str, trials: str, runbooks: Collection[str]) -> Iterator[str]:
    """
    What is wrong between alerts, their tests and their runbooks.

    Args:
        rules: rules.yml.
        trials: rules_test.yml.
        runbooks: the names of the files in deploy/runbooks.
    """
    alerts = _ALERT.findall(rules)
    if linked := sorted(set(_RUNBOOK.findall(rules)) ^ {f"deploy/runbooks/{alert}.md" for alert in alerts}):
        yield f"an alert links its own runbook, but: {', '.join(linked)}"
    for alert in alerts:
        if f"{alert}.md" not in runbooks:
            yield f"alert {alert} has no deploy/runbooks/{alert}.md"
        if not re.search(rf"\b{alert}\b", trials):
            yield f"alert {alert} is not tried in rules_test.yml"
    for orphan in sorted(set(runbooks) - {f"{alert}.md" for alert in alerts}):
        yield f"deploy/runbooks/{orphan} belongs to no alert"


def problems() -> list[str]:
    """What does not agree in this checkout."""
    rules = HERE / "prometheus" / "rules.yml"
    shown = [rules, *sorted((HERE / "grafana" / "dashboards").glob("*.json"))]
    told = [HERE / "Dockerfile", *sorted(HERE.glob("compose*.yaml")), HERE.parent / "docs" / "operating.md"]
    runbooks = [path.name for path in (HERE / "runbooks").iterdir()]
    return [
        *(f"{path.name}: no metric {name}" for path in shown for name in _in(path, _METRIC, known_metrics())),
        *(f"{path.name}: no setting {name}" for path in told for name in _in(path, _SETTING, known_settings())),
        *astray(rules.read_text("utf-8"), rules.with_name("rules_test.yml").read_text("utf-8"), runbooks),
    ]


def judged() -> str | None:
    """What promtool finds wrong with the rules; None when nothing."""
    commands = (("check", "rules", "rules.yml"), ("test", "rules", "rules_test.yml"))
    for words in (*commands, ("check", "config", "--syntax-only", "prometheus.yml")):
        command = ("promtool", *words)
        done = subprocess.run(command, cwd=HERE / "prometheus", capture_output=True, text=True, check=False)  # noqa: S603 (our own words)
        if done.returncode:
            return f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
    return None


def main() -> int:
    """Print what is wrong."""
    found: Sequence[str] = problems()
    if shutil.which("promtool") is None:
        sys.stdout.write("promtool is not here (it comes with Prometheus): the rules were not tried\n")
    elif (wrong := judged()) is not None:
        found = [*found, wrong]
    for each in found:
        sys.stdout.write(f"{each}\n")
    return int(bool(found))


def _in(path: Path, pattern: re.Pattern[str], known: Collection[str]) -> list[str]:
    return strangers(path.read_text("utf-8"), pattern, known)


if __name__ == "__main__":
    sys.exit(main())

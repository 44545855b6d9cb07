from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

_DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
_RULES = "  - alert: Down\n    annotations:\n      runbook: deploy/runbooks/Down.md\n"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("deploy_check", _DEPLOY / "check.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["deploy_check"] = module
    spec.loader.exec_module(module)
    return module


check = _load()


@pytest.mark.slow
def test_what_is_deployed_agrees_with_the_code() -> None:
    """No rule or panel asks for a metric that is not there, no file sets what is no setting, alerts have pages."""
    assert check.problems() == []


@pytest.mark.parametrize(
    ("rules", "trials", "runbooks", "said"),
    [
        (_RULES, "name: Down", ["Down.md"], []),
        (_RULES, "name: Down", [], ["alert Down has no deploy/runbooks/Down.md"]),
        (_RULES, "name: ServiceDown", ["Down.md"], ["alert Down is not tried in rules_test.yml"]),
        (_RULES, "name: Down", ["Down.md", "Up.md"], ["deploy/runbooks/Up.md belongs to no alert"]),
        (
            _RULES.replace("/Down", "/Up"),
            "name: Down",
            ["Down.md"],
            ["an alert links its own runbook, but: deploy/runbooks/Down.md, deploy/runbooks/Up.md"],
        ),
    ],
)
def test_what_is_astray_is_said(rules: str, trials: str, runbooks: list[str], said: list[str]) -> None:
    """An alert without a page, without a test or with the link of another, and a page without an alert."""
    assert list(check.astray(rules, trials, runbooks)) == said


@pytest.mark.parametrize(
    ("text", "pattern", "known", "said"),
    [
        ("rate(tocsin_stories_total[5m])", "_METRIC", "known_metrics", ["tocsin_stories_total"]),
        ("rate(tocsin_stories_accepted_total[5m])", "_METRIC", "known_metrics", []),
        ("tocsin_e2e_latency_seconds_bucket", "_METRIC", "known_metrics", []),
        ("tocsin_streams_open_total", "_METRIC", "known_metrics", ["tocsin_streams_open_total"]),
        ("TOCSIN_API_KEY: x", "_SETTING", "known_settings", ["TOCSIN_API_KEY"]),
        ("TOCSIN_KAFKA__BOOTSTRAP: x", "_SETTING", "known_settings", []),
    ],
)
def test_a_wrong_name_is_said(text: str, pattern: str, known: str, said: list[str]) -> None:
    """A metric with the wrong name or suffix and a misspelt setting are named."""
    names: Callable[[], frozenset[str]] = getattr(check, known)
    assert check.strangers(text, getattr(check, pattern), names()) == said


def test_rules_do_what_they_should() -> None:
    """Each alert rings where it must and is silent where it must not: promtool says so."""
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not here, which tries the rules: install Prometheus")
    assert check.judged() is None


def test_the_dashboard_begins_with_the_flow_of_news() -> None:
    """It is JSON, its panels have ids and places of their own, and the first row answers the first question."""
    board = json.loads((_DEPLOY / "grafana" / "dashboards" / "tocsin.json").read_text("utf-8"))
    panels = board["panels"]
    assert (panels[0]["type"], panels[0]["title"]) == ("row", "Is news flowing?")
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [
        (x, y)
        for panel in panels
        for at in (panel["gridPos"],)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(places)) == len(places), "panels overlap"
    assert all(x < 24 for x, _ in places)
    assert all(target["expr"] for panel in panels if panel["type"] != "row" for target in panel["targets"])


def test_the_command_says_nothing_when_all_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    """Its exit status is what a pipeline looks at."""
    assert check.main() == 0
    assert capsys.readouterr().out in {
        "",
        "promtool is not here (it comes with Prometheus): the rules were not tried\n",
    }

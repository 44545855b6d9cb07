from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.cli.settings import described

_VERBS = {
    *("up", "demo", "replay", "ingest", "tail", "receive", "settings", "doctor"),
    *("subscriptions", "deadletters", "topics"),
}
_GROUPS = {
    "subscriptions": {"list", "show", "add", "remove", "test", "deliveries"},
    "deadletters": {"list", "show", "requeue"},
    "topics": {"list", "apply"},
}


def _listed(*arguments: str) -> set[str]:
    """The names in the box of commands."""
    text = CliRunner().invoke(app, [*arguments, "--help"]).output
    return set(re.findall(r"^│ (\w+)  ", text.partition("Commands")[2], re.MULTILINE))


def test_help_lists_every_verb() -> None:
    """Those of the design, and the demo."""
    assert _listed() == _VERBS


@pytest.mark.parametrize("group", _GROUPS)
def test_help_lists_the_verbs_of_a_group(group: str) -> None:
    """Each has its own."""
    assert _listed(group) == _GROUPS[group]


@pytest.mark.parametrize("verb", sorted(_VERBS))
def test_every_verb_has_help(verb: str) -> None:
    """Without starting anything."""
    ran = CliRunner().invoke(app, [verb, "--help"])
    assert ran.exit_code == 0
    assert "Usage: " in ran.output


@pytest.mark.parametrize(
    ("arguments", "environment", "status", "said"),
    [
        (["up", "classifier"], {}, 2, "no such service: classifier"),
        (["up", "--bus", "rabbit"], {}, 2, "'rabbit' is not one of"),
        (["up"], {"TOCSIN_HTTP_PORT": "x"}, 2, "setting TOCSIN_HTTP_PORT: "),
        (["doctor"], {"TOCSIN_LOG_LEVEL": "loud"}, 2, "setting TOCSIN_LOG_LEVEL: "),
        (["settings", "--nope"], {}, 2, "No such option"),
        (["nope"], {}, 2, "No such command"),
        (["receive", "--port", "70000"], {}, 2, "65535"),
        (["replay"], {}, 2, "Missing argument"),
        (["ingest", "a.json"], {"TOCSIN_HTTP_PORT": "1"}, 1, "no instance answers at http://127.0.0.1:1 ("),
        (["subscriptions", "list"], {"TOCSIN_HTTP_PORT": "1"}, 1, "'tocsin up'"),
        (["deadletters", "list"], {}, 1, "there is no log in"),
        (["topics", "list"], {"TOCSIN_DATA": "a.json"}, 1, "cannot open the log"),
        (["replay", "missing.txt"], {}, 1, "missing.txt: No such file or directory"),
    ],
)
def test_what_goes_wrong_is_a_sentence(
    tocsin: Any,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    environment: dict[str, str],
    status: int,
    said: str,
) -> None:
    """2 for what was asked wrongly, 1 for what failed; never a traceback."""
    (folder / "a.json").write_text('{"headline": "Dam holds"}')
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ran = tocsin(*arguments)
    assert (ran.status, ran.out) == (status, "")
    assert said in " ".join(re.sub("[│╭╮╰╯─]", " ", ran.err).split())
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) <= 6


def test_every_setting_is_printed_whole(tocsin: Any) -> None:
    """As it would stand in the environment, with what it means below, at any width."""
    ran = tocsin("settings")
    lines = ran.out.splitlines()
    assert lines[::2] == [f"{name}={'' if default in ((), None) else default}" for name, default, _ in described()]
    assert lines[1::2] == [f"    {meaning}" for _, _, meaning in described()]
    assert max(map(len, lines)) <= 110


def test_the_script_starts_light() -> None:
    """`tocsin --help` loads no service, no model, no client: those are loaded by the commands that use them."""
    code = "import sys, services.cli.main; print([n for n in sys.modules if n.split('.')[0] in sys.argv[1:]])"
    heavy = ["pydantic", "aiohttp", "fastapi", "aiokafka", "trafilatura", "lxml", "structlog", "prometheus_client"]
    ran = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)  # noqa: S603
    assert ran.stdout == "[]\n"


@pytest.mark.slow
def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    """`tocsin replay … | head` ends quietly."""
    lines = "".join(f'{{"id": "s{n}", "headline": "Story {n}", "body": "{"word " * 500}"}}\n' for n in range(200))
    (tmp_path / "a.jsonl").write_text(lines)
    command = [sys.executable, "-m", "services.cli.main", "replay", "--json", str(tmp_path / "a.jsonl")]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    with subprocess.Popen(  # noqa: S603
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 1

"""Of the command line as a whole: what is written about it is true."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from services.cli.main import app

_ROOT = Path(__file__).resolve().parents[3]
_PAGES = ("*.md", "docs/*.md", "docs/decisions/*.md")
_PLANS = frozenset({"STATUS.md"})
"""Pages that speak of what is not there yet."""

_SPAN = re.compile(r"`(tocsin [^`]+)`")
_PROMPT = re.compile(r"^\s*(?:\$ )?((?:\.venv/bin/)?tocsin .*)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(?:console|sh|bash|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _commands() -> Iterator[tuple[str, str]]:
    """Page and command, of each in a code block or a code span."""
    for pattern in _PAGES:
        for path in sorted(each for each in _ROOT.glob(pattern) if each.name not in _PLANS):
            text = path.read_text(encoding="utf-8")
            blocks = [found for block in _BLOCK.findall(text) for found in _PROMPT.findall(block)]
            for found in [*blocks, *_SPAN.findall(_BLOCK.sub("", text))]:
                for command in re.split(r"\s*(?:;|&&|\|)\s*", re.sub(r"\s+# .*", "", found)):
                    if "tocsin " in command:
                        yield path.name, command.removeprefix(".venv/bin/")


def _parse(command: str) -> None:
    """
    Parse as the shell and typer would, without running anything.

    Raises:
        Exception: typer's, where it would refuse.
    """
    words = shlex.split(command)[1:]
    target: Any = typer.main.get_command(app)
    context = None
    while hasattr(target, "commands") and words:
        context = target.make_context("tocsin", [words[0]], parent=context, resilient_parsing=True)
        name = words.pop(0)
        assert name in target.commands, f"there is no command {name!r}"
        target = target.commands[name]
    options = {spelling for parameter in target.params for spelling in (*parameter.opts, *parameter.secondary_opts)}
    used = {word.partition("=")[0] for word in words if word.startswith("-") and word != "-"}
    assert used <= options | {"--help"}, f"no such option: {sorted(used - options)}"
    if words and not used & {"--help"} and not hasattr(target, "commands"):
        target.make_context(target.name, list(words), parent=context)


def test_the_pages_have_commands() -> None:
    """Else the next test would show nothing."""
    found = list(_commands())
    assert len(found) >= 10
    assert {"README.md", "filters.md"} <= {page for page, _ in found}


@pytest.mark.parametrize(("page", "command"), sorted(set(_commands())))
def test_commands_in_the_pages_exist(page: str, command: str) -> None:
    """Each command that the pages name is one that this command line takes."""
    bare = {"--filter": "--filter=x", "--since": "--since=x"}
    words = command.split()
    _parse(" ".join([*words[:-1], bare.get(words[-1], words[-1])]))


@pytest.mark.parametrize(
    "command",
    ["tocsin fly", "tocsin up --wings", "tocsin topics fly", "tocsin up --bus rabbit", "tocsin deadletters show a b"],
)
def test_what_does_not_exist_is_found_out(command: str) -> None:
    """The check can fail."""
    with pytest.raises(Exception, match=r"."):
        _parse(command)

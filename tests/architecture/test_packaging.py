from __future__ import annotations

import tomllib
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest

import events
import services


@pytest.mark.parametrize("package", ["events", "services"])
def test_no_one_else_owns_our_packages(package: str) -> None:
    """The names are common: another distribution with one of them would overwrite ours without an error."""
    # An editable install owns a path file only, so that there the list is empty.
    assert set(packages_distributions().get(package, ())) <= {"tocsin"}


def test_the_packages_are_those_of_this_tree(root: Path) -> None:
    """What is tested is what is in the repository, not what an index sent."""
    assert [Path(package.__path__[0]) for package in (events, services)] == [root / "events", root / "services"]


def test_it_cannot_be_uploaded() -> None:
    """Tocsin is an application; an index refuses this classifier."""
    assert "Private :: Do Not Upload" in (distribution("tocsin").metadata.get_all("Classifier") or [])


def test_the_licence_goes_along(root: Path) -> None:
    """Licence and notice are named in the metadata, and are there, whole."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    texts = {name: (root / name).read_text(encoding="utf-8") for name in project["license-files"]}
    assert set(texts) == {"LICENSE", "NOTICE"}
    assert "Apache License" in texts["LICENSE"]
    assert texts["LICENSE"].count("\n") > 190
    assert "Tocsin" in texts["NOTICE"]


def test_the_command_exists() -> None:
    """`tocsin` leads to something that can be called."""
    (script,) = (entry for entry in distribution("tocsin").entry_points if entry.group == "console_scripts")
    assert script.name == "tocsin"
    assert callable(script.load())

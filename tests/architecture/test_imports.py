from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter import Contract
from importlinter.api import read_configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

_ROOT = Path(__file__).resolve().parents[2]
_CONFIGURATION = read_configuration(str(_ROOT / ".importlinter"))
_KINDS: dict[str, type[Contract]] = {
    "layers": LayersContract,
    "forbidden": ForbiddenContract,
    "protected": ProtectedContract,
}


def _contract(options: dict[str, Any]) -> Contract:
    return _KINDS[options["type"]](options["name"], _CONFIGURATION["session_options"], options)


_CONTRACTS = {options["id"]: _contract(options) for options in _CONFIGURATION["contracts_options"]}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom today."""
    return grimp.build_graph("events", "services", include_external_packages=True, cache_dir=None)


def _outcome(contract: str, graph: grimp.ImportGraph) -> tuple[bool, str]:
    """Whether it is kept, and what it found."""
    checked = _CONTRACTS[contract].check(copy.deepcopy(graph), verbose=False)
    return checked.kept, str(checked.metadata)


@pytest.mark.parametrize("name", _CONTRACTS)
def test_the_contract_is_kept(name: str, graph: grimp.ImportGraph) -> None:
    """Nobody imports what it should not; `make imports` shows the same."""
    contract = _CONTRACTS[name]
    outcome = contract.check(copy.deepcopy(graph), verbose=False)
    if not outcome.kept:
        contract.render_broken_contract(outcome)
    assert outcome.kept, f"{contract.name}: see the captured output"


@pytest.mark.parametrize(
    ("importer", "imported", "contract"),
    [
        ("services.alert.app", "services.classify.core.rules", "map"),
        ("services.runtime.run", "services.alert.app", "map"),
        ("services.websocket.app", "services.cli.main", "map"),
        ("events.story", "services.runtime.clock", "map"),
        ("events.base", "events.story", "contract-first"),
        ("events.codec", "events.asyncapi", "contract-first"),
        ("services.alert.core.step", "services.alert.app", "rooms"),
        ("services.websocket.core.session", "services.websocket.adapters.stream", "rooms"),
        ("services.classify.core.step", "services.classify.settings", "rooms"),
        ("services.classify.app", "services.classify.training.evaluate", "rooms"),
        ("services.alert.core.step", "services.runtime.clock", "pure"),
        ("services.alert.core.step", "socket", "pure"),
        ("services.ingest.core.formats.html", "logging", "pure"),
        ("events.story", "asyncio", "pure"),
        ("services.alert.app", "aiokafka", "kafka"),
        ("services.cli.main", "aiokafka", "kafka"),
        ("services.webhook.adapters.client", "websockets", "websockets"),
        ("services.ingest.adapters.routes", "aiohttp", "outgoing"),
    ],
)
def test_a_forbidden_import_is_caught(importer: str, imported: str, contract: str, graph: grimp.ImportGraph) -> None:
    """Each contract can fail: one line too many, and it does."""
    worse = copy.deepcopy(graph)
    assert importer in worse.modules
    if imported not in worse.modules:
        worse.add_module(imported, is_squashed=True)
    worse.add_import(importer=importer, imported=imported)
    kept, found = _outcome(contract, worse)
    assert not kept
    assert found != _outcome(contract, graph)[1]


@pytest.mark.parametrize(
    ("module", "contract"),
    [("services.archive", "listed"), ("services.alert.shortcuts", "rooms")],
)
def test_a_new_folder_must_be_listed(module: str, contract: str, graph: grimp.ImportGraph) -> None:
    """A service that nobody put on the map, and a room that no service has, are caught."""
    worse = copy.deepcopy(graph)
    worse.add_module(module)
    outcome = _CONTRACTS[contract].check(worse, verbose=False)
    assert not outcome.kept
    assert module in str(outcome.metadata["undeclared_modules"])


def test_events_are_all_on_the_map(graph: grimp.ImportGraph) -> None:
    """A new module of the contract has a place in its layers; import-linter cannot ask that of a root package."""
    layers = " ".join(next(o for o in _CONFIGURATION["contracts_options"] if o["id"] == "contract-first")["layers"])
    assert graph.find_children("events") == set(layers.replace("|", " ").split())

"""What all tests share: one real Kafka broker a session, started for the first test that asks for it."""

from __future__ import annotations

import gc
import importlib.util
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

# A developer's run tries a few examples of each property; what decides whether a change lands tries all.
settings.register_profile("quick", max_examples=20)
settings.register_profile("thorough", max_examples=100)
settings.load_profile("thorough" if os.environ.get("CI") == "true" else "quick")

_LOCAL_KAFKA = Path(__file__).resolve().parents[1] / "deploy" / "local_kafka.py"
_BROKER = pytest.StashKey[object]()


def pytest_collection_finish() -> None:
    """
    Leave what lives as long as the session out of garbage collection.

    Modules, models and thousands of tests would be looked through at every collection.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def local_kafka_source() -> ModuleType:
    """The module that runs brokers, whether or not this machine can."""
    return _load()


@pytest.fixture(scope="session")
def local_kafka(local_kafka_source: ModuleType) -> ModuleType:
    """The module that runs brokers; the test is skipped, or fails in CI, where this machine cannot."""
    module = local_kafka_source
    if (lacking := module.missing()) is not None:
        reason = f"no Kafka broker for this test: {lacking}; or set TOCSIN_TEST_KAFKA=host:port"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return module


@pytest.fixture(scope="session")
def kafka_bootstrap(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a real broker: TOCSIN_TEST_KAFKA where that is set, else one that runs for this session."""
    given = os.environ.get("TOCSIN_TEST_KAFKA")
    if given:
        yield given
        return
    broker = request.getfixturevalue("local_kafka").Broker.start()
    request.config.stash[_BROKER] = broker
    try:
        yield broker.bootstrap
    finally:
        del request.config.stash[_BROKER]
        broker.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of the broker's log with a test that failed on it."""
    report = yield
    broker = item.config.stash.get(_BROKER, None)
    if report.failed and broker is not None and item.get_closest_marker("kafka"):
        report.sections.append(("Kafka's log", broker.tail()))
    return report


def _load() -> ModuleType:
    if "local_kafka" not in sys.modules:
        spec = importlib.util.spec_from_file_location("local_kafka", _LOCAL_KAFKA)
        module = importlib.util.module_from_spec(spec)
        sys.modules["local_kafka"] = module
        spec.loader.exec_module(module)
    return sys.modules["local_kafka"]

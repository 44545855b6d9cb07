"""A real broker for the time of a measurement."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def broker() -> Iterator[str]:
    """The address of a broker: TOCSIN_TEST_KAFKA where that is set, else one that is started here."""
    given = os.environ.get("TOCSIN_TEST_KAFKA")
    if given:
        yield given
        return
    started = _local_kafka().Broker.start()
    try:
        yield started.bootstrap
    finally:
        started.stop()


def _local_kafka() -> Any:
    path = Path(__file__).resolve().parents[1] / "deploy" / "local_kafka.py"
    spec = importlib.util.spec_from_file_location("local_kafka", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["local_kafka"] = module
    spec.loader.exec_module(module)
    return module

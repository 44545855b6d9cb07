from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.cli.errors import NoLog
from services.cli.log import bus_of, exists, opened
from services.cli.settings import load
from services.runtime.bus.embedded import EmbeddedBus
from services.runtime.bus.kafka import KafkaBus


def test_the_settings_choose_the_bus() -> None:
    """Neither is started by being chosen."""
    assert isinstance(bus_of(load()), EmbeddedBus)
    assert isinstance(bus_of(load(bus="kafka")), KafkaBus)


async def test_looking_makes_no_log(folder: Path) -> None:
    """Else a mistyped folder would be an empty log, and its emptiness the answer."""
    settings = load()
    assert not exists(settings)
    with pytest.raises(NoLog, match=r"there is no log in .*\.tocsin: 'tocsin up' makes it"):
        async with opened(settings):
            pass
    assert os.listdir(folder) == []  # noqa: PTH208 (a test may wait)
    assert exists(load(bus="kafka"))


async def test_opened_is_started_and_closed(folder: Path) -> None:
    """What is there can be read."""
    settings = load()
    settings.data.mkdir()
    async with opened(settings) as bus:
        assert await bus.log_id()
        with pytest.raises(KeyError):
            await bus.bounds("tocsin.stories")

from __future__ import annotations

import socket

import pytest
from pydantic import ValidationError

from services.websocket.settings import WebsocketSettings


def test_a_gateway_is_named_after_its_machine() -> None:
    """Unless it is told another name."""
    assert WebsocketSettings().gateway == socket.gethostname()
    assert WebsocketSettings(gateway="desk").gateway == "desk"


@pytest.mark.parametrize("wrong", [{"outbox_bytes": 0}, {"auth_seconds": 0}, {"outbox": 1}, {"gateway": ""}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    """A misspelt setting too."""
    with pytest.raises(ValidationError):
        WebsocketSettings.model_validate(wrong)


def test_every_setting_says_what_it_is() -> None:
    """`tocsin settings` prints it."""
    assert all(field.description for field in WebsocketSettings.model_fields.values())

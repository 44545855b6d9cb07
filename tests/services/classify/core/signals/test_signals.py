from __future__ import annotations

from services.classify.core.context import NO_CONTEXT
from services.classify.core.signals import SIGNALS


def test_each_signal_names_itself(reading) -> None:
    """A reason's signal is the module that gave it, so that grep finds it."""
    read = reading(
        "BREAKING: Magnitude 7.1 quake kills 12", "Sponsored", severity="urgent", section="Opinion", keywords=("alert",)
    )
    for signal in SIGNALS:
        for reason in signal(read, NO_CONTEXT):
            assert signal.__module__.rpartition(".")[2] == reason.signal


def test_garbage_is_read_without_error(reading) -> None:
    """Nothing that a source sends makes a signal fail."""
    for text in (
        "",
        " ",
        "\x00\ufffd\u202e",
        "?" * 5000,
        "ß" * 300,
        "1" * 400,
        "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    ):
        for signal in SIGNALS:
            signal(reading(text, text), NO_CONTEXT)

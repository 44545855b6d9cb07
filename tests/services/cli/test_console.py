from __future__ import annotations

import pytest

from services.cli import console


def test_printing_keeps_the_text_of_strangers(capsys: pytest.CaptureFixture[str]) -> None:
    """Brackets are no markup, colons no emoji, and a long line is not cut."""
    console.out.print("[/red] :fire: " + "x" * 200)
    console.err.print("[bold]")
    captured = capsys.readouterr()
    assert captured.out == "[/red] :fire: " + "x" * 200 + "\n"
    assert captured.err == "[bold]\n"


def test_a_line_is_one_json_value(capsys: pytest.CaptureFixture[str]) -> None:
    """In the letters it is written in."""
    console.line({"a": "Örebro\n"})
    console.document({"a": "é"})
    assert capsys.readouterr().out == '{"a": "Örebro\\n"}\n{\n  "a": "é"\n}\n'


def test_an_entry_is_a_name_with_what_there_is_to_say(capsys: pytest.CaptureFixture[str]) -> None:
    """Empty details are left out."""
    console.entry("name", "first", "", "third")
    assert capsys.readouterr().out == "name\n    first\n    third\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Örebro 日本\n\tx", "Örebro 日本\n\tx"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\u202eb", "a\\u202eb"),
        ("\r", "\\r"),
    ],
)
def test_nothing_steers_the_terminal(text: str, shown: str) -> None:
    """Control characters of a record that was refused are shown, and not obeyed."""
    assert console.printable(text) == shown

"""The terminal: two consoles that print texts of strangers as they are, and lists that stay legible at any width."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.text import Text

out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


def line(value: object) -> None:
    """One JSON value on a line of its own, at once: whoever reads it may be waiting."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def document(value: Any) -> None:
    """A JSON value for people."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def entry(title: str, *details: str) -> None:
    """One item of a list: its name, and below it, indented, what there is to say; empty details are left out."""
    out.print(Text(printable(title), "bold"))
    for detail in filter(None, details):
        out.print(Text(f"    {printable(detail)}"))


def printable(text: str) -> str:
    """The text without what would steer a terminal: control characters are escaped, save line feeds and tabs."""
    return "".join(each if each.isprintable() or each in "\n\t" else ascii(each)[1:-1] for each in text)

"""
Publish the schemas: `python -m events.schemas` writes them, with `--check` it only says what is out of date.

The one place under events/ that touches files; it decides nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

from events.schemas.golden import plan

_FOLDER = Path(__file__).parent


def main(arguments: list[str]) -> int:
    """Write what changed; 1 where a change is refused, or where `--check` finds one."""
    decided = plan({path.name: path.read_text(encoding="utf-8") for path in _FOLDER.glob("*.json")})
    for refusal in decided.refusals:
        sys.stderr.write(f"refused: {refusal}\n")
    if decided.refusals:
        return 1
    for name, text in decided.files.items():
        if "--check" in arguments:
            sys.stderr.write(f"out of date: events/schemas/{name} (make contract)\n")
        else:
            (_FOLDER / name).write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote events/schemas/{name}\n")
    return 1 if "--check" in arguments and decided.files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Run the benchmarks that are named, or all."""

from __future__ import annotations

import asyncio
import sys

from bench import latency, stage_tax
from bench.broker import broker
from services.runtime import logs

_ALL = ("stage", "latency")


def main() -> None:
    """Start a broker, measure, print."""
    logs.configure("warning")
    chosen = sys.argv[1:] or _ALL
    with broker() as bootstrap:
        if "stage" in chosen:
            asyncio.run(stage_tax.measure(bootstrap))
        if "latency" in chosen:
            asyncio.run(latency.measure(bootstrap))


main()

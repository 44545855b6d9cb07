"""Benchmarks: ratios measured side by side in one run, with their spread. `python -m bench [stage|latency]`."""

"""
The metrics that every service has, in Prometheus' conventions (base units, `_total`, `_seconds`).

Module-level on purpose: the client library keeps one registry per process.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

EVENTS = Counter("tocsin_stage_events_total", "Events taken in by a stage.", ("stage",))
WRITTEN = Counter("tocsin_stage_written_total", "Events written by a stage.", ("stage",))
DEAD_LETTERS = Counter("tocsin_dead_letters_total", "Records set aside.", ("stage", "reason"))
RETRIES = Counter("tocsin_stage_retries_total", "Commits that failed and were begun again.", ("stage",))
STEP = Histogram("tocsin_stage_batch_seconds", "Decoding and stepping one batch.", ("stage",), buckets=_FAST)
COMMIT = Histogram("tocsin_stage_commit_seconds", "Committing one batch.", ("stage",), buckets=_FAST)
LAG = Gauge(
    "tocsin_consumer_lag_seconds", "Age of the newest record taken in, when it was taken.", ("stage", "partition")
)
LATENCY = Histogram(
    "tocsin_e2e_latency_seconds", "From the arrival of a story to the commit of a stage.", ("stage",), buckets=_FAST
)
OWNED = Gauge("tocsin_partitions_owned", "Partition numbers that this process has.", ("stage",))
STREAMS = Gauge("tocsin_streams_open", "Open subscriptions.", ("protocol",))
DELIVERED = Counter("tocsin_stream_messages_total", "Alert revisions written to streams.", ("protocol",))
ATTEMPTS = Counter("tocsin_webhook_attempts_total", "Webhook attempts by outcome.", ("outcome",))
ACCEPTED = Counter("tocsin_stories_accepted_total", "Stories acknowledged.", ("source",))
REFUSED = Counter("tocsin_stories_refused_total", "Story documents refused.", ("reason",))
LOOP_LAG = Gauge("tocsin_event_loop_lag_seconds", "How late the event loop ran its last timer.")

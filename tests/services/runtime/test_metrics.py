from __future__ import annotations

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from services.runtime import metrics


def test_metrics_keep_to_the_conventions_of_prometheus() -> None:
    """Ours have one prefix, base units, and help that ends with a full stop."""
    metrics.EVENTS.labels("test").inc(0)
    text = generate_latest().decode()
    ours = [family for family in text_string_to_metric_families(text) if family.name.startswith("tocsin_")]
    by_name = {family.name: family for family in ours}
    assert by_name["tocsin_stage_events"].type == "counter"
    assert by_name["tocsin_stage_commit_seconds"].type == "histogram"
    assert by_name["tocsin_event_loop_lag_seconds"].type == "gauge"
    for family in ours:
        assert family.documentation.endswith("."), family.name
        assert not family.name.endswith(("_ms", "_milliseconds")), family.name

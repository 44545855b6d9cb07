"""
Measures the judgement on labelled streams: `python -m services.classify.training.evaluate DATA_DIR [--speed]`.

DATA_DIR holds `cluster_uci`, `cluster_ecbplus`, `reuters_priority`, `live_coverage` and `score/`, as JSON lines.
Every story goes through `step` in stream order, exactly as the service would run it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from events.story import Story, StoryClassified, StoryId, StoryIngested, Verdict
from services.classify.adapters.knowledge import load_knowledge
from services.classify.core.rules import Rules
from services.classify.core.step import step
from services.classify.core.window import Window

FIXED = datetime(2014, 3, 10, 12, tzinfo=UTC)
"""For streams that say no time."""


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a gzipped file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def story_of(row: Mapping[str, str]) -> Story:
    """A story in English from a line of the data."""
    at = datetime.fromisoformat(row["time"]) if "time" in row else FIXED
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    text = f"{row['headline']}\n{row.get('body', '')}"
    return Story(
        id=StoryId(row["id"]),
        source=row.get("source") or "wire",
        digest=sha256(text.encode()).hexdigest(),
        headline=row["headline"],
        body=row.get("body") or "",
        section=row.get("section"),
        language="en",
        published=at,
        first_seen=at,
    )


def judge(stories: Iterable[Story], rules: Rules) -> Iterator[tuple[Story, Verdict]]:
    """Each story with its verdict, over one window."""
    window = Window()
    for story in stories:
        decision = step(window, rules, StoryIngested(story=story), story.first_seen)
        for change in decision.changes:
            window.apply(change)
        for event in decision.events:
            if isinstance(event, StoryClassified):
                yield story, event.verdict


def scored(data: Path, name: str, rules: Rules, scorer: str, *options: str) -> Mapping[str, object]:
    """What the scorer says of the verdicts on one set."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as written:
        for story, verdict in judge(map(story_of, rows(data / name / "stories.jsonl.gz")), rules):
            line = {
                "id": story.id,
                "cluster": verdict.event_id,
                "score": verdict.score,
                "breaking": verdict.breaking,
            }
            written.write(json.dumps(line) + "\n")
        written.flush()
        gold = str(data / name / "gold.jsonl.gz")
        command = [sys.executable, str(data / "score" / scorer), gold, written.name, "--json", *options]
        answer = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 (our own scorer)
    result: Mapping[str, object] = json.loads(answer.stdout)
    return result


_BREAKING_SHOWN = (
    "label", "n", "base_rate", "average_precision", "roc_auc", "recall_at_p50", "precision", "recall", "f1",
    "alerts_per_100", "pairwise_order",
)  # fmt: skip
_CLUSTERS_SHOWN = ("stories", "gold_clusters", "pred_clusters", "bcubed", "pairs", "first_story_hard")

RUNS = (
    ("cluster_uci", "score_cluster.py", (), _CLUSTERS_SHOWN),
    ("cluster_ecbplus", "score_cluster.py", (), (*_CLUSTERS_SHOWN, "confused_within_topic")),
    ("reuters_priority", "score_breaking.py", ("--label", "breaking"), _BREAKING_SHOWN),
    ("reuters_priority", "score_breaking.py", ("--label", "alert"), _BREAKING_SHOWN),
    ("live_coverage", "score_breaking.py", ("--label", "live"), _BREAKING_SHOWN),
)


def main() -> None:
    """Prints a line of JSON for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", default="", help="sets whose name holds this")
    arguments = parser.parse_args()
    rules = Rules(knowledge=load_knowledge())
    for name, scorer, options, shown in RUNS:
        if arguments.only in name:
            result = scored(arguments.data, name, rules, scorer, *options)
            kept = {key: result[key] for key in shown if key in result}
            sys.stdout.write(f"{name} {json.dumps(kept)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

_SEED = Path(__file__).resolve().parents[4] / "shared" / "seed"
_HEADLINE = "Amnesty Condemns U.S.-Led Coalition For Failure To Acknowledge Raqqa Deaths"
_NAMES = {
    "Amnesty International": "organisation",
    "Raqqa": "place",
    "Syria": "place",
    "Iraq": "place",
    "Mosul": "place",
    "Islamic State": "organisation",
    "Pentagon": "organisation",
    "Kumi Naidoo": "person",
}
_FURNITURE = ("Accessibility links", "16x9 Image", "RFE/RL journalists report", "With reporting by")

QUAKE = {
    "id": "q1",
    "source": "Coast Wire",
    "published": "2019-03-01T12:00:00Z",
    "headline": "BREAKING: Strong earthquake kills dozens in Chile, tsunami warning issued",
    "body": "An earthquake of magnitude 7.8 killed at least 40 people in Chile, officials said.",
    "language": "en",
    "urgency": 1,
}
HERBS = {
    "id": "h1",
    "source": "Garden Weekly",
    "published": "2019-03-01T13:00:00Z",
    "headline": "Five ways to keep balcony herbs alive",
    "body": "Basil does not like the cold. Water it rarely.",
    "language": "en",
    "urgency": 6,
}
KILL = {
    **QUAKE,
    "version": 2,
    "status": "canceled",
    "headline": "KILL: Earthquake",
    "published": "2019-03-01T14:00:00Z",
}


def _write(path: Path, stories: Iterable[dict[str, Any]]) -> Path:
    raw = "".join(json.dumps(story) + "\n" for story in stories).encode()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def _of(lines: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["type"] == kind]


def test_the_seed_page(tocsin: Any) -> None:
    """A real page: one story without furniture, breaking with reasons, one alert with the names in their places."""
    assert list(_SEED.glob("*.txt")), f"the seed page is missing: {_SEED}/*.txt"
    lines = tocsin("replay", "--json", _SEED).lines
    (story,), (verdict,), (alert,) = (_of(lines, kind) for kind in ("story", "verdict", "alert"))
    assert story["headline"] == alert["headline"] == _HEADLINE
    assert [words for words in _FURNITURE if words in story["body"]] == []
    assert story["body"].count("\n\n") >= 6
    assert verdict["breaking"]
    assert {"marker"} <= {reason["signal"] for reason in verdict["reasons"]}
    text = story["headline"] + "\n" + story["body"]
    assert [each for each in alert["entities"] if text[each["start"] : each["end"]] != each["text"]] == []
    found = {(each["text"], each["type"]) for each in alert["entities"]}
    assert _NAMES.items() <= found


def test_the_shapes_are_those_of_the_design(tocsin: Any, folder: Path) -> None:
    """What scripts rely on, in each kind of line, in the order story, verdict, alert, entities."""
    ran = tocsin("replay", "--json", "--entities", "all", _write(folder / "a.jsonl", [QUAKE, HERBS, KILL]))
    assert ran.status == 0
    assert [line["type"] for line in ran.lines] == [
        *("story", "verdict", "alert", "entities"),
        *("story", "verdict", "entities"),
        *("story", "verdict", "alert", "entities"),
    ]
    story, verdict, alert, entities = ran.lines[:4]
    assert {"id", "headline", "body", "language", "source", "published"} <= story.keys()
    assert {"story_id", "event_id", "breaking", "score", "reasons"} <= verdict.keys()
    assert (verdict["story_id"], verdict["breaking"], type(verdict["score"])) == ("q1", True, float)
    assert all({"signal", "weight", "evidence"} <= reason.keys() for reason in verdict["reasons"])
    wanted = {"id", "revision", "status", "headline", "summary", "entities", "places", "topics", "stories", "reasons"}
    assert wanted | {"clocks"} <= alert.keys()
    assert (alert["revision"], alert["status"], alert["stories"]) == (1, "raised", ["q1"])
    assert all({"text", "type", "start", "end", "salience"} <= each.keys() for each in alert["entities"])
    assert entities.keys() == {"type", "story_id", "entities"}
    assert (entities["story_id"], entities["entities"]) == ("q1", alert["entities"])
    herbs = ran.lines[5]
    assert (herbs["breaking"], herbs["story_id"]) == (False, "h1")
    killed = ran.lines[9]
    assert (killed["id"], killed["revision"], killed["status"]) == (alert["id"], 2, "killed")


def test_the_clock_is_the_stories_own(tocsin: Any, folder: Path) -> None:
    """A story of 2019 is news in 2019: it breaks as on its day, and nothing in the output is of today."""
    lines = tocsin("replay", "--json", _write(folder / "a.jsonl", [QUAKE, HERBS])).lines
    story, verdict, alert = lines[:3]
    assert verdict["breaking"]
    assert story["first_seen"] == story["published"] == "2019-03-01T12:00:00Z"
    assert {moment[:13] for moment in alert["clocks"].values()} == {"2019-03-01T12"}


def test_an_older_story_does_not_turn_the_clock_back(tocsin: Any, folder: Path) -> None:
    """It was seen after what came before it; when it was published is its own."""
    late = {**HERBS, "published": "2019-02-28T09:00:00Z"}
    story = tocsin("replay", "--json", _write(folder / "a.jsonl", [QUAKE, late])).lines[-2]
    assert (story["first_seen"], story["published"]) == ("2019-03-01T12:00:00Z", "2019-02-28T09:00:00Z")


def test_a_later_story_ends_an_embargo(tocsin: Any, folder: Path) -> None:
    """The alert comes with the first story after the embargo, before that story's own lines."""
    held = {**QUAKE, "embargo": "2019-03-01T12:30:00Z"}
    lines = tocsin("replay", "--json", _write(folder / "a.jsonl", [held, HERBS])).lines
    assert [(line["type"], line.get("id")) for line in lines[:2]] == [("story", "q1"), ("verdict", None)]
    assert [line["type"] for line in lines[2:]] == ["story", "alert", "verdict"]
    assert (lines[3]["stories"], lines[3]["status"]) == (["q1"], "raised")


def test_an_embargo_that_nothing_ends_is_told(tocsin: Any, folder: Path) -> None:
    """Else nobody knew why a breaking story rang nothing."""
    held = {**QUAKE, "embargo": "2019-03-01T15:00:00Z"}
    ran = tocsin("replay", "--json", _write(folder / "a.jsonl", [held, HERBS]))
    assert _of(ran.lines, "alert") == []
    assert "held until 2019-03-01 15:00 UTC, its embargo" in ran.err
    assert ran.status == 0


def test_two_runs_are_equal(tocsin: Any, folder: Path) -> None:
    """For dated stories every byte of the output follows from the input; the way it is packed changes nothing."""
    stories = [QUAKE, HERBS, {**QUAKE, "id": "q2", "source": "Inland Post"}, KILL]
    plain = _write(folder / "a.jsonl", stories)
    packed = _write(folder / "b.jsonl.gz", stories)
    first = tocsin("replay", "--json", "--entities", "all", plain).out
    assert tocsin("replay", "--json", "--entities", "all", plain).out == first
    assert tocsin("replay", "--json", "--entities", "all", packed).out == first
    assert tocsin("replay", "--json", "--entities", "all", "-", stdin=plain.read_bytes()).out == first


def test_unreadable_documents_are_named_and_the_rest_is_replayed(tocsin: Any, folder: Path) -> None:
    """On standard error, with exit status 1; brackets in a name are no colours."""
    (folder / "in").mkdir()
    (folder / "in" / "[red]a.bin").write_bytes(b"\x00\x01")
    (folder / "in" / "b.jsonl").write_bytes(b"{nonsense [/red]\n" + json.dumps(HERBS).encode())
    ran = tocsin("replay", "--json", folder / "in", folder / "missing.txt")
    assert ran.status == 1
    assert [line["id"] for line in _of(ran.lines, "story")] == ["h1"]
    assert [line.partition(": ")[0].rpartition("/")[2] for line in ran.err.splitlines()] == [
        *("[red]a.bin", "b.jsonl, line 1", "missing.txt")
    ]


@pytest.mark.parametrize(
    ("status", "alerts"), [("usable", [False]), ("withheld", []), ("canceled", []), ("test", [True])]
)
def test_the_statuses_of_the_design(tocsin: Any, folder: Path, status: str, alerts: list[bool]) -> None:
    """What may not be used rings nothing; a test runs the whole pipe, marked as one."""
    lines = tocsin("replay", "--json", _write(folder / "a.jsonl", [{**QUAKE, "status": status}])).lines
    assert [alert["test"] for alert in _of(lines, "alert")] == alerts
    assert _of(lines, "verdict")[0]["breaking"] == bool(alerts)


def test_for_people(tocsin: Any, folder: Path) -> None:
    """Without `--json`: the verdict in words, each reason, and the alert's life."""
    ran = tocsin("replay", _write(folder / "a.jsonl", [QUAKE, HERBS, KILL]))
    assert "verdict  breaking  " in ran.out
    assert "verdict  not breaking  " in ran.out
    assert "RAISED" in ran.out
    assert "KILLED" in ran.out
    assert "needed" in ran.out


def test_all_entities_are_for_measuring(tocsin: Any, folder: Path) -> None:
    """They are JSON, so they go with `--json` and are not strewn among sentences."""
    ran = tocsin("replay", "--entities", "all", _write(folder / "a.jsonl", [QUAKE]))
    assert (ran.status, ran.out) == (2, "")
    assert "--json" in ran.err


def test_the_threshold_is_the_settings(tocsin: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replay judges as the instance would that has these settings."""
    monkeypatch.setenv("TOCSIN_CLASSIFY__THRESHOLD", "1")
    verdict = tocsin("replay", "--json", _write(folder / "a.jsonl", [QUAKE])).lines[1]
    assert (verdict["threshold"], verdict["breaking"]) == (1, False)

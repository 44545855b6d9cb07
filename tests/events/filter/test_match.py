from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from events.alert import Alert, AlertStatus
from events.entity import Entity, EntityType, Place, Topic
from events.filter import InvalidFilter, facts, holds, matches, parse
from events.filter.match import names
from events.filter.tree import Field, Has
from events.story import Severity

PAGE = Path(__file__).parents[3] / "docs" / "filters.md"

BASE: dict[str, Any] = {
    "id": "a1",
    "event_id": "e1",
    "revision": 1,
    "status": "raised",
    "severity": "urgent",
    "interrupt": True,
    "headline": "Ferry sinks off Kos; 12 missing",
    "summary": "The Aegean Star’s crew sent a mayday. All-clear was denied.",
    "language": "pt-BR",
    "score": 0.8,
    "lead": "s1",
}

ALERT = Alert.model_validate(
    BASE
    | {
        "entities": [
            Entity(text="Núñez", name="María Núñez", id="wikidata:Q1", type=EntityType.PERSON, start=0, end=5),
            Entity(text="Coast Guard", type=EntityType.ORGANISATION, start=0, end=5),
        ],
        "places": [
            Place(name="Kos", id="geonames:259820", country="GR", latitude=36.85, longitude=27.23),
            Place(name="Aegean Sea"),
        ],
        "topics": [Topic(id="medtop:20000139", name="transport accident and incident", score=0.9)],
        "reports": [
            {"story_id": "s1", "source": "Coast Wire", "headline": "h", "published": "2026-11-24T10:00:00Z"},
            {"story_id": "s2", "source": "Island FM", "headline": "h", "published": "2026-11-24T10:01:00Z"},
        ],
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("severity:urgent", True),
        ("severity=URGENT", True),
        ("severity>=urgent", True),
        ("severity<=urgent", True),
        ("severity>urgent", False),
        ("severity<urgent", False),
        ("severity>routine", True),
        ("severity<bulletin", True),
        ("severity>=bulletin", False),
        ("score>=0.8", True),
        ("score>0.8", False),
        ("score=.8", True),
        ("score<1", True),
        ("status:raised", True),
        ("status:killed", False),
        ("topic:medtop:20000139", True),
        ("topic:20000139", True),
        ('topic:"Transport accident and incident"', True),
        ("topic:transport", False),
        ("entity:nunez", True),
        ('entity:"MARIA NÚÑEZ"', True),
        ("entity:wikidata:Q1", True),
        ("entity:Maria", False),
        ("person:nunez", True),
        ("organisation:nunez", False),
        ('organization:"coast  guard"', True),
        ('person:"Coast Guard"', False),
        ("place:gr", True),
        ("place:kos", True),
        ("place:geonames:259820", True),
        ('place:"aegean sea"', True),
        ("place:SY", False),
        ("bbox(20, 30, 30, 40)", True),
        ("bbox(28, 30, 30, 40)", False),
        ("bbox(20, 37, 30, 40)", False),
        ("bbox(170, -90, -170, 90)", False),
        ("bbox(20, -90, -170, 90)", True),
        ("place:bbox(20, 30, 30, 40)", True),
        ("near(37.98, 23.73, 340)", True),
        ("near(37.98, 23.73, 320)", False),
        ("near(36.85, 27.23, 0)", True),
        ("language:pt", True),
        ("lang:PT-br", True),
        ("language:pt-PT", False),
        ("language:p", None),
        ("source:'Island", False),
        ('source:"island fm"', True),
        ('source:"coast wire" source:"island fm"', True),
        ("headline:ferry", True),
        ("headline:mayday", False),
        ("mayday", True),
        ("ferr", False),
        ("star", True),
        ('"aegean star"', True),
        ('"star aegean"', False),
        ('"kos 12 missing"', True),
        ("all-clear", True),
        ("id:a1", True),
        ("id:A1", False),
        ("not ferry", False),
        ("ferry plane", False),
        ("ferry or plane", True),
        ("plane or ferry kos", True),
        ("(plane or ferry) paris", False),
        ("not not ferry", True),
        ("not (plane or paris)", True),
        ("test:false", True),
        ("test:true", False),
        ("not test:true", True),
    ],
)
def test_term(text: str, *, expected: bool | None) -> None:
    """Each kind of term holds for the alert exactly when the language says so."""
    if expected is None:
        with pytest.raises(InvalidFilter):
            parse(text)
    else:
        assert matches(parse(text), ALERT) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("ferry", False),
        ("severity>=deferred", False),
        ("not test:false", False),
        ("not plane", False),
        ("test:false or ferry", False),
        ("test:true", True),
        ("test:true ferry", True),
        ("test:true plane", False),
        ("ferry or test:true", True),
        ("ferry or (test:true and plane)", False),
        ("(ferry or test:true) kos", True),
        ("(plane or test:true) (kos or test:false)", True),
        ("not (not test:true)", False),
        ("test:true and not plane", True),
    ],
)
def test_test_alerts(text: str, *, expected: bool) -> None:
    """A test alert gets through only where test:true helped to let it through."""
    assert matches(parse(text), ALERT.model_copy(update={"test": True})) is expected


@pytest.mark.parametrize(
    ("headline", "wanted", "expected"),
    [
        ("東京で地震発生", "地震", True),
        ("東京で地震発生", "震地", False),
        ("서울에 지진이 났다", "지진", True),
        ("दिल्ली में भूकंप", "भूकंप", True),
        ("दिल्ली में भूकंप", "भूकप", False),
        ("زِلْزَال في حلب", "زلزال", True),
        ("Große Explosion", "GROSSE", True),
        ("İstanbul'da deprem", "istanbul", True),
        ("がけ崩れ", "かけ", False),
    ],
)
def test_words_of_many_scripts(headline: str, wanted: str, *, expected: bool) -> None:
    """Words are found in every script: where no spaces part them, as a run of letters."""
    assert matches(parse(wanted), ALERT.model_copy(update={"headline": headline})) is expected


def test_a_place_without_coordinates_is_nowhere() -> None:
    """A shape never matches an alert whose places have no coordinates."""
    alert = ALERT.model_copy(update={"places": (Place(name="Kos"),)})
    assert not matches(parse("bbox(-180, -90, 180, 90)"), alert)
    assert not matches(parse("near(0, 0, 20038)"), alert)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status:killed", True),
        ("ferry or (status:killed and place:GR)", True),
        ("not status:killed", False),
        ("status:raised", False),
        ("", False),
    ],
)
def test_names(text: str, *, expected: bool) -> None:
    """A term is asked for by name when it stands in the filter outside every not."""
    assert names(parse(text), Has(Field.STATUS, AlertStatus.KILLED.value)) is expected


def test_ladder() -> None:
    """Every severity is at least itself and everything below it on the ladder, and no more."""
    for have in Severity:
        known = facts(ALERT.model_copy(update={"severity": have}))
        reached = [want for want in Severity if holds(parse(f"severity>={want}"), known)]
        assert reached == list(Severity)[have.rank :]


def _page() -> tuple[list[Alert], list[tuple[str, list[str]]]]:
    text = PAGE.read_text()
    block = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert block is not None
    alerts: list[Alert] = []
    for line in block.group(1).splitlines():
        sample = json.loads(line)
        reports = [
            {"story_id": "s", "source": name, "headline": "h", "published": "2026-11-24T10:00:00Z"}
            for name in sample.pop("sources")
        ]
        alerts.append(Alert.model_validate(BASE | {"summary": "", "language": "und", "reports": reports} | sample))
    rows = re.findall(r"^\| `(.+?)` \| ([a-z, ]+) \|$", text.split("## Examples")[1], re.MULTILINE)
    return alerts, [(filter_text, names.split(", ")) for filter_text, names in rows]


def test_examples_of_the_page() -> None:
    """Every example in docs/filters.md matches the sample alerts that the page says, and no other."""
    alerts, examples = _page()
    assert len(examples) == 10
    found = [(text, [alert.id for alert in alerts if matches(parse(text), alert)]) for text, _ in examples]
    assert found == examples


def test_terms_of_the_page() -> None:
    """Every term in the table of docs/filters.md is valid, and so is the filter shown for test alerts."""
    table = PAGE.read_text().split("## Examples")[0]
    terms = [
        term for row in re.findall(r"^\| (`.+`) \|", table, re.MULTILINE) for term in re.findall(r"`([^`]+)`", row)
    ]
    assert len(terms) >= 20
    for term in terms:
        parse(term.replace("(w, s, e, n)", "(1, 2, 3, 4)").replace("(lat, lon, km)", "(1, 2, 3)"))
    assert "`severity:flash or (test:true and topic:sport)`" in table


def test_mistake_of_the_page() -> None:
    """The error that docs/filters.md shows is the one that is raised."""
    with pytest.raises(InvalidFilter) as caught:
        parse("severity>=urgnt")
    assert f"```\n{caught.value}\n```" in PAGE.read_text()

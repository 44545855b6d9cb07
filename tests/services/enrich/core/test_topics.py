from __future__ import annotations

import pytest

from services.enrich.core.recognise import Recogniser
from services.enrich.core.topics import parse_topics, topics


@pytest.mark.parametrize(
    ("headline", "body", "expected"),
    [
        ("Quake kills dozens", "A magnitude 7 earthquake collapsed homes; rescuers search the rubble.", "03000000"),
        ("Striker wins title", "The midfielder scored two goals in the final match of the league season.", "15000000"),
        ("Central bank lifts rates", "Shares fell as inflation hit the economy and investors sold stocks.", "04000000"),
        (
            "Court sentences banker",
            "The judge convicted the defendant of fraud; prosecutors asked for prison.",
            "02000000",
        ),
        (
            "Rebels break truce",
            "Troops and militants fought; shelling killed soldiers despite the ceasefire.",
            "16000000",
        ),
        ("Voters go to polls", "The election decides the parliament; the opposition candidate leads.", "11000000"),
        ("Typhoon nears coast", "Forecasters expect rainfall and winds as the storm makes landfall.", "17000000"),
        ("Vaccine trial begins", "Hospitals report infections as doctors fight the outbreak of the virus.", "07000000"),
    ],
)
def test_the_first_topic(headline: str, body: str, expected: str, recogniser: Recogniser) -> None:
    """Plain stories get the topic that a desk would give them."""
    found = topics(headline, body, recogniser.topic_words)
    assert found[0].id == f"medtop:{expected}"
    assert 0 < found[0].score <= 1


def test_seventeen_topics(recogniser: Recogniser) -> None:
    """All of the top level, and each has words."""
    known = recogniser.topic_words
    assert len(known.names) == 17
    assert {code for pairs in known.weights.values() for code, _ in pairs} == set(known.names)


def test_no_words_no_topic(recogniser: Recogniser) -> None:
    """Silence is better than chance."""
    assert topics("", "", recogniser.topic_words) == ()
    assert topics("A thing", "Something happened somewhere.", recogniser.topic_words) == ()


def test_a_wrong_line_is_named() -> None:
    """Words without a topic before them are refused, with the line's number."""
    with pytest.raises(ValueError, match="line 2"):
        parse_topics(["# remark", "3: orphaned words"])

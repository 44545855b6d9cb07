"""The shipped recogniser, loaded once, and a small lexicon and gazetteer of our own."""

from __future__ import annotations

import pytest

from services.enrich.adapters import model_file
from services.enrich.core.gazetteer import Gazetteer, parse
from services.enrich.core.lexicon import Lexicon, build
from services.enrich.core.recognise import Recogniser


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    return model_file.load()


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return build(
        (
            ("honorific", ("Minister", "Mr.", "President")),
            ("org_head", ("Ministry", "Commission")),
            ("place_head", ("Airport", "River")),
            ("organisation", ("Red Cross", "NATO")),
            ("country", ("Qatar", "France", "Trinidad and Tobago")),
            ("nationality", ("Syrian",)),
            ("calendar", ("Monday",)),
            ("event", ("World Cup", "Olympics")),
            ("event_head", ("Festival",)),
            ("work_head", ("Treaty",)),
            ("first_name", ("Kumi",)),
            ("common", ("amnesty", "the", "said")),
        )
    )


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    rows = (
        "C|iso3166:US|US||39.0|-98.0|330000000|United States,U.S.|Vereinigte Staaten",
        "C|iso3166:GE|GE||42.0|44.0|3700000|Georgia|Géorgie",
        "C|iso3166:RU|RU||60.0|90.0|144000000|Russia|Россия",
        "S|iso3166-2:US-GA|US||33.0|-83.0|10000000|Georgia|",
        "S|iso3166-2:US-ID|US||44.0|-115.0|1800000|Idaho|",
        "P|geonames:1|RU||55.7|37.6|10000000|Moscow|Moskau,Москва",
        "P|geonames:2|US|ID|46.7|-117.0|25000|Moscow|",
        "P|geonames:3|US|GA|33.7|-84.4|500000|Atlanta|",
        "P|geonames:4|JP||35.7|139.7|9700000|Tokyo|東京",
    )
    lines = [row.replace("|", "\t").replace(",", "|") for row in rows]
    return parse(lines, {"Russian": "RU", "Georgian": "GE", "American": "US"})

from __future__ import annotations

import pytest

from services.enrich.core.gazetteer import Gazetteer, parse, parse_countries


def test_names_lead_to_places(gazetteer: Gazetteer) -> None:
    """One name can mean several places; the order of the file is kept."""
    assert [gazetteer.sites[i].id for i in gazetteer.by_name["Georgia"]] == ["iso3166:GE", "iso3166-2:US-GA"]
    assert [gazetteer.sites[i].id for i in gazetteer.other_names["Moskau"]] == ["geonames:1"]


def test_by_id(gazetteer: Gazetteer) -> None:
    """An entity's identifier leads back to its place."""
    site = gazetteer.by_id("geonames:2")
    assert site is not None
    assert (site.name, site.country, site.division, site.latitude) == ("Moscow", "US", "ID", 46.7)
    assert gazetteer.by_id("geonames:0") is None


def test_a_damaged_line_is_refused() -> None:
    """A truncated file is not half a gazetteer."""
    with pytest.raises(ValueError, match="unpack"):
        parse(["P\tgeonames:1\tRU"], {})


def test_parse_countries() -> None:
    """Names and the words for people come apart."""
    names, demonyms = parse_countries(["# remark", "SY: Syria|Syrian Arab Republic; Syrian|Syrians", "CG: Congo; "])
    assert names == {"SY": ("Syria", "Syrian Arab Republic"), "CG": ("Congo",)}
    assert demonyms == {"Syrian": "SY", "Syrians": "SY"}


def test_a_wrong_country_line_is_named() -> None:
    """Whoever edits the list learns where it went wrong."""
    with pytest.raises(ValueError, match="line 1"):
        parse_countries(["SY Syria"])

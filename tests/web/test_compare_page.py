"""Two times side by side: the table is complete without a script, the map's data is for officers alone."""

from collections.abc import Iterator
from dataclasses import fields

import pytest
from flask import Flask

from geo_offlimits.domain.designation import Terms
from geo_offlimits.domain.premises import Subject
from tests.web.isle import HOSTILE, Browser, signed_in
from tests.web.test_register_pages import decide, proposed
from web import vocabulary

PAGE = "/register/ISLE/compare"
# Before the lift of Old Anchor, on the clocks of the Azores; now it is the day after.
BEFORE = "at=2026-03-01T07:30&known_at=2026-03-01T07:30"


def section(page: str, title: str) -> str:
    start = page.index(f">{title} <span")
    ends = [end for end in (page.find("</section>", start), page.find("</details>", start)) if end > 0]
    return page[start : min(ends)]


@pytest.fixture
def officer(app: Flask) -> Browser:
    return signed_in(app, "officer")


def test_the_page_first_asks_for_two_times_and_compares_nothing(officer: Browser) -> None:
    page = officer.get(PAGE).text
    for name in ("at", "known_at", "and_at", "and_known_at"):
        assert f'name="{name}"' in page
    assert "folium-map" not in page
    assert f'href="{PAGE}?{BEFORE.replace(":", "%3A")}"'.replace("&", "&amp;") in officer.get(
        f"/register/ISLE/in-force?{BEFORE}"
    ).text.replace("07:30", "07%3A30")


def test_what_came_went_and_changed_stands_in_the_table(app: Flask, officer: Browser) -> None:
    made = proposed(officer, name="Harbour Cellar", **{"from": ""})
    assert decide(signed_in(app, "head"), made, "designate") == 303
    listing = "/register/ISLE/ISLE-0001"
    assert officer.post(f"{listing}/rename", {"name": "Red Heron"}, page=listing).status_code == 303
    page = officer.get(f"{PAGE}?{BEFORE}").text
    assert "Old Anchor" in section(page, "In force at the first time only")
    assert "Harbour Cellar" in section(page, "In force at the second time only")
    changed = section(page, "In force both times, and changed")
    for told in ("Red Heron", "Blue Lantern", "Name on the sign", "State"):
        assert told in changed, told
    same = section(page, "In force both times")
    assert "uid=" not in page
    assert "Old Anchor" not in same
    assert "Red Heron" not in same


def test_the_data_of_the_map_is_what_an_edition_would_say_and_nobody_keeps_it(officer: Browser) -> None:
    answer = officer.get(f"/register/ISLE/held.json?{BEFORE}")
    assert answer.headers["Cache-Control"] == "private, no-store"
    names = {feature["id"]: feature["properties"]["name"] for feature in answer.get_json()["features"]}
    assert names["ISLE-0002"] == "Old Anchor"
    assert set(HOSTILE) <= set(names.values())
    now = officer.get("/register/ISLE/held.json").get_json()["features"]
    assert "ISLE-0002" not in {feature["id"] for feature in now}
    for told in answer.get_json()["features"]:
        assert not {"basis", "note", "authority", "proposer"} & set(told["properties"])


def test_the_script_of_the_map_holds_addresses_and_no_name(officer: Browser) -> None:
    script = officer.get(f"/register/ISLE/compare.js?{BEFORE}").text
    assert "L.control.sideBySide(" in script
    for name in ("Old Anchor", "Blue Lantern", "cycler"):
        assert name not in script
    page = officer.get(f"{PAGE}?{BEFORE}").text
    assert "side_by_side.js" in page
    assert "<style" not in page


@pytest.mark.parametrize("path", ["compare", "compare.js", "held.json"])
def test_a_time_that_is_none_is_refused(officer: Browser, path: str) -> None:
    assert officer.get(f"/register/ISLE/{path}?at=yesterday").status_code == 422


def test_two_times_that_say_the_same_are_said_to(officer: Browser) -> None:
    page = officer.get(f"{PAGE}?at=2026-03-01T12:00&and_at=2026-03-01T12:00").text
    assert "Nothing differs between the two times." in page
    assert "Blue Lantern" in section(page, "In force both times")


def fields_of_a_listing() -> Iterator[str]:
    yield from (item.name for kind in (Subject, Terms) for item in fields(kind))
    yield "state"


def test_whatever_may_change_has_a_word() -> None:
    for name in fields_of_a_listing():
        assert vocabulary.changed(name) != name, name

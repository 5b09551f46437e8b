"""Two lists side by side on a page: table, map and file say the same, and nothing of another mission shows unasked."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring, wire
from geo_offlimits.domain.drift import Drift
from geo_offlimits.domain.instants import Period
from geo_offlimits.services import drift as service
from geo_offlimits.services import editions, missions, register
from tests import proving
from tests.tampering import another_signature, tamper
from tests.web.isle import HOSTILE, Browser, Clock, listing, quick, signed_in

PAGE = "/register/ISLE/drift"


def told(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))[1:]


@pytest.fixture
def officer(app: Flask) -> Browser:
    return signed_in(app, "officer")


@pytest.fixture
def recognised(wiring: Wiring, clock: Clock) -> None:
    """ISLE recognises ROCK, which lists Blue Lantern as well, eleven metres beside."""
    for number, code in (("root", "ISLE"), ("stranger", "ROCK")):
        with wiring.reading() as act:
            actor = proving.actor(act, f"p-{number}")
        with wiring.writing(actor) as act:
            if code == "ISLE":
                missions.set_recognised(act, code, ("ROCK",))
                continue
            register.add_alone(act, code, *listing("Blue Lantern", -29.9995, 10.0), confirm_outside=True)
            clock.later(minutes=5)
            editions.publish(act, wiring.keyring, code, expires_in=timedelta(days=30))


def test_without_another_list_the_page_says_when_there_will_be_one(officer: Browser) -> None:
    page = officer.get(PAGE).text
    assert "There is no other list yet." in page
    assert "folium-map" not in page
    assert f'href="{PAGE}"' in officer.get("/register/ISLE/in-force").text


@pytest.mark.parametrize("path", ["", "/rows.json", "/report.csv"])
def test_a_list_that_is_not_theirs_reads_like_one_that_is_not_there(officer: Browser, path: str) -> None:
    hidden, absent = (officer.get(f"{PAGE}{path}?with={code}") for code in ("ROCK", "NONE"))
    assert hidden.status_code == absent.status_code == 422
    assert "Rock Bar" not in hidden.text
    assert hidden.text.replace("ROCK", "NONE").count("NONE") == absent.text.count("NONE")


@pytest.mark.usefixtures("recognised")
def test_the_table_the_map_and_the_file_say_the_same(officer: Browser) -> None:
    page = officer.get(f"{PAGE}?with=ROCK").text
    assert "ISLE: signed edition 2 of" in page
    assert "ROCK: signed edition 2 of" in page
    rows = page.split("<tr id=")[1:]
    drawn = officer.get(f"{PAGE}/rows.json?with=ROCK").get_json()["features"]
    filed = told(officer.get(f"{PAGE}/report.csv?with=ROCK").data)
    assert len(rows) == len(drawn) == len({row[0] for row in filed})
    for row, feature in zip(rows, drawn, strict=True):
        assert row.startswith(f'"row-{feature["id"]}"')
        assert f'class="standing {feature["properties"]["status"]}"' in row
    assert [row[2] for row in filed if row[4] == "Rock Bar"] == ["ROCK"]
    (lantern,) = [row for row in rows if "ISLE-0001" in row]
    assert "Place: 55 m apart" in lantern
    assert "ROCK-0002" in lantern
    assert "Only here" in next(row for row in rows if "ISLE-0003" in row)
    assert all(name in {one["properties"]["name"] for one in drawn} for name in HOSTILE)


@pytest.mark.usefixtures("recognised")
def test_only_one_status_is_shown_when_asked_and_the_script_holds_no_name(officer: Browser) -> None:
    page = officer.get(f"{PAGE}?with=ROCK&status=only_there").text
    assert "Rock Bar" in page
    assert "Blue Lantern" not in page
    drawn = officer.get(f"{PAGE}/rows.json?with=ROCK&status=only_there").get_json()["features"]
    assert [one["properties"]["name"] for one in drawn] == ["Rock Bar"]
    script = officer.get(f"{PAGE}/map.js?with=ROCK").text
    assert "Rock Bar" not in script
    assert "Blue Lantern" not in script
    for limit in ("here", "-5", "nan"):
        assert officer.get(f"{PAGE}?with=ROCK&within={limit}").status_code == 422
    near = officer.get(f"{PAGE}?with=ROCK&within=0").text
    assert "Left out:" in near
    # The file holds what the reader sees, and says so by its name.
    link = re.findall(r'href="([^"]+)" download', page)[0].replace("&amp;", "&")
    saved = officer.get(link)
    assert "filename=ISLE-drift-only_there.csv" in saved.headers["Content-Disposition"]
    assert [row[1:5:3] for row in told(saved.data)] == [["Only there", "Rock Bar"]]
    assert len(told(officer.get(f"{PAGE}/report.csv?with=ROCK").data)) > 1


@pytest.mark.usefixtures("recognised")
def test_who_may_read_an_earlier_edition_chooses_it_and_table_map_and_file_follow(app: Flask, officer: Browser) -> None:
    assert 'name="edition"' not in officer.get(f"{PAGE}?with=ROCK").text
    for number in ("1", "3", "9" * 30, "now"):
        assert officer.get(f"{PAGE}?with=ROCK&edition={number}").status_code == 404, number
    auditor = signed_in(app, "auditor")
    assert "Old Anchor" not in auditor.get(f"{PAGE}?with=ROCK").text
    page = auditor.get(f"{PAGE}?with=ROCK&edition=1").text
    assert re.search(r'<option value="1" selected>ISLE · Edition 1 · ', page)
    assert "Old Anchor" in page
    links = re.findall(r'<a class="(?:only_\w+|button)" href="([^"]+)"', page)
    assert len(links) == 3
    assert all("edition=1" in one for one in links)
    drawn = auditor.get(f"{PAGE}/rows.json?with=ROCK&edition=1").get_json()["features"]
    filed = told(auditor.get(f"{PAGE}/report.csv?with=ROCK&edition=1").data)
    for names in ({one["properties"]["name"] for one in drawn}, {row[4] for row in filed}):
        assert "Old Anchor" in names


@pytest.mark.usefixtures("recognised")
def test_an_edition_that_does_not_verify_is_said_and_keeps_nobody_from_the_page(
    officer: Browser, wiring: Wiring
) -> None:
    tamper(wiring.settings.store, another_signature, mission="ROCK", number=2)
    answer = officer.get(PAGE)
    assert answer.status_code == 200
    assert "Edition 2 of ROCK does not verify" in answer.text
    assert "There is no other list yet." in answer.text
    asked = officer.get(f"{PAGE}?with=ROCK&within=900")
    assert "Edition 2 of ROCK does not verify" in asked.text
    assert "Rock Bar" not in asked.text


@pytest.mark.usefixtures("recognised")
def test_a_report_that_is_kept_answers_for_no_list_that_another_process_has_replaced(
    officer: Browser, wiring: Wiring, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Drift] = []
    compare = service.compare

    def counted(*lists: Any, **how: Any) -> Drift:
        made.append(compare(*lists, **how))
        return made[-1]

    monkeypatch.setattr(service, "compare", counted)
    asked = f"{PAGE}?with=ROCK&within=901"
    for _ in range(2):
        assert "Reef Bar" not in officer.get(asked).text
    assert len(made) == 1  # it is kept
    other = wire(wiring.settings, clock, passphrases=quick())
    with other.reading() as act:
        stranger = proving.actor(act, "p-stranger")
    with other.writing(stranger) as act:
        until = Period(start=None, end=clock.now + timedelta(minutes=20))
        subject, terms = listing("Reef Bar", -29.98, 10.0)
        register.add_alone(act, "ROCK", subject, replace(terms, valid=until), confirm_outside=True)
        clock.later(minutes=5)
        editions.publish(act, other.keyring, "ROCK", expires_in=timedelta(days=30))
    other.store.close()
    page = officer.get(asked).text
    assert "Reef Bar" in page
    assert "No longer holds" not in page
    clock.later(minutes=20)
    assert re.search(r"Reef Bar.*Ended", officer.get(asked).text)
    assert len(made) == 3

"""A partner's list goes through the same report, lies on a page of its own, and becomes no proposal."""

import io
import re
from datetime import date

from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.services import partners, transcribing
from tests import proving
from tests.web.import_steps import begun, names, shown, step
from tests.web.isle import signed_in

PAGE = "/register/ISLE/partners"
READ = f"{PAGE}/list?id=ISLE-P0001"
API = "/api/v1/missions/ISLE"
LIST = "name,lat,lon\nHarbour Cellar,10.2,-30.2\n<b>{{ 7*7 }}</b>,10.21,-30.2\nBad Row,95,1\n"
SAID = {"partner": "kfor", "reference": "HQ 12/26", "received": "2026-03-01"}


def partners_list(wiring: Wiring) -> None:
    """ISLE-P0001, entered by the officer and confirmed by the head."""
    for number in ("officer", "head"):
        with wiring.reading() as act:
            actor = proving.actor(act, f"p-{number}")
        with wiring.writing(actor) as act:
            if number == "head":
                partners.confirm(act, "ISLE-P0001")
                continue
            said = transcribing.Received(partner="KFOR", reference="HQ 12/26", received=date(2026, 3, 1))
            table = read_rows(("kfor.csv", LIST.encode()))
            transcribing.enter(act, transcribing.ready(act, "ISLE", table, said))


def test_a_partners_list_is_kept_and_confirmed_by_another_person(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    before = names(wiring)
    file = begun(officer, LIST, "kfor.csv")
    found = re.search(r'name="seen" value="(\w+)"', shown(officer, file))
    assert found
    seen = {"seen": found.group(1)}
    refused = step(officer, "partner", file, **seen, **SAID | {"received": "soon"})
    assert refused.status_code == 422
    assert "HQ 12/26" in refused.text
    answer = step(officer, "partner", file, **seen, **SAID)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, PAGE), answer.text
    assert names(wiring) == before
    page = officer.get(PAGE).text
    assert "Waits for a second person" in page
    assert "by you" in page
    assert "Confirm it" not in officer.get(READ).text
    assert READ.partition("?")[0] in head.get("/register/ISLE/").text
    read = head.get(READ).text
    assert "not in it: 4" in read
    assert "<bdi>Somebody Officer</bdi>" in read
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in read
    assert "10.20000, -30.20000 ±" in read
    assert "Confirm it" in read
    empty = head.post(f"{PAGE}/refuse", {"id": "ISLE-P0001", "reason": " "}, page=READ)
    assert empty.status_code == 422
    assert 'id="reason-ISLE-P0001-issue"' in empty.text
    answer = head.post(f"{PAGE}/confirm", {"id": "ISLE-P0001"}, page=READ)
    assert answer.status_code == 303, answer.text
    page = officer.get(PAGE).text
    assert "Confirmed" in page
    assert "<bdi>Somebody Head</bdi>" in page
    assert "Refuse it" not in officer.get(READ).text
    assert READ.partition("?")[0] not in head.get("/register/ISLE/").text
    again = head.post(f"{PAGE}/refuse", {"id": "ISLE-P0001", "reason": "no"}, page=PAGE)
    assert "does not wait for anybody" in again.text


def test_a_partners_list_has_the_map_of_a_report(app: Flask, wiring: Wiring) -> None:
    partners_list(wiring)
    auditor = signed_in(app, "auditor")
    page = auditor.get(READ).text
    assert 'id="rows-map"' in page
    features = auditor.get(f"{PAGE}/rows.json?id=ISLE-P0001").get_json()["features"]
    assert [(one["id"], one["geometry"]["coordinates"]) for one in features] == [
        (2, [-30.2, 10.2]),
        (3, [-30.2, 10.21]),
    ]
    assert all(f'id="row-{one["id"]}"' in page for one in features)
    assert features[1]["properties"] == {"row": 3, "name": "<b>{{ 7*7 }}</b>", "status": "entry", "away": False}
    script = auditor.get(f"{PAGE}/map.js?id=ISLE-P0001").text
    assert "new Offlimits.Rows(" in script
    assert "Harbour" not in script
    assert auditor.get(f"{PAGE}/rows.json?id=ISLE-P0009").status_code == 409


def test_what_is_no_signed_edition_is_said_so(app: Flask) -> None:
    officer = signed_in(app, "officer")
    answer = officer.post(f"{PAGE}/recognise", {"file": (io.BytesIO(b"name\nEel\n"), "list.csv")}, page=PAGE)
    assert answer.status_code == 422
    assert "This is no signed edition" in answer.text
    assert "No list of a partner is here." in answer.text


def test_an_edition_of_our_own_is_not_kept_as_somebody_elses_list(app: Flask) -> None:
    officer = signed_in(app, "officer")
    ours = officer.get("/api/v1/missions/ISLE/editions/current").data
    file = begun(officer, ours, "list.geojson")
    found = re.search(r'name="seen" value="(\w+)"', shown(officer, file))
    assert found
    answer = step(officer, "partner", file, seen=found.group(1), **SAID)
    assert answer.status_code == 409
    assert "is edition 2 of ISLE and says so itself" in answer.text
    assert officer.get(f"{API}/partners").get_json() == []


def test_programs_read_what_partners_gave_and_how_it_differs(app: Flask, wiring: Wiring) -> None:
    partners_list(wiring)
    auditor = signed_in(app, "auditor")
    (told,) = auditor.get(f"{API}/partners").get_json()
    assert (told["id"], told["state"], told["entries"]) == ("ISLE-P0001", "confirmed", 2)
    assert (told["origin"]["entered_by"], told["origin"]["entered_by_name"]) == ("p-officer", "Somebody Officer")
    assert told["settled_by_name"] == "Somebody Head"
    one = auditor.get(f"{API}/partners/ISLE-P0001").get_json()
    assert {name: one[name] for name in told} == told
    assert (one["rows"], one["not_read"]) == ({"KFOR-R0002": 2, "KFOR-R0003": 3}, [4])
    assert one["list"]["features"][0]["geometry"]["coordinates"] == [-30.2, 10.2]
    drift = auditor.get(f"{API}/drift", query_string={"with": "KFOR", "within_m": 0}).get_json()
    assert drift["there"]["confirmed_by_name"] == "Somebody Head"
    assert (drift["here"]["whole"], drift["there"]["whole"]) == (True, False)
    assert drift["counts"]["only_there"] == 2
    for query, field in (({}, "with"), ({"with": "KFOR", "edge": 1}, "edge"), ({"with": "ROCK"}, "with")):
        answer = auditor.get(f"{API}/drift", query_string=query)
        assert (answer.status_code, answer.get_json()["issues"][0]["field"]) == (422, field)
    for path in ("partners", "partners/ISLE-P0001", "partners/ISLE-P0009", "drift?with=KFOR"):
        assert signed_in(app, "staff").get(f"{API}/{path}").status_code == 404
    assert auditor.get(f"{API}/partners/ISLE-P0009").status_code == 404

import gzip
import hashlib
import json
from typing import Any

import pytest
from flask import Flask
from shapely import Point

from geo_offlimits.bootstrap import Wiring
from tests.web.isle import Browser, Clock, signed_in
from web.openapi import OPERATIONS, document

CHECK = "/api/v1/check"
EDITION = "/api/v1/missions/ISLE/editions"
AT_THE_LANTERN = {"lat": 10.0, "lon": -30.0, "uncertainty_m": 1}


@pytest.fixture
def staff(app: Flask) -> Browser:
    return signed_in(app, "staff")


def asked(browser: Browser, **body: Any) -> Any:
    answer = browser.ask(CHECK, {"mission": "ISLE"} | body)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_a_position_at_a_door_is_listed_on_the_current_edition(staff: Browser) -> None:
    told = asked(staff, positions=[AT_THE_LANTERN])
    assert (told["edition"]["mission"], told["edition"]["number"], told["edition"]["stale"]) == ("ISLE", 2, False)
    (answer,) = told["answers"]
    assert answer["verdict"] == "listed"
    match = answer["matches"][0]
    assert (match["entry_id"], match["name"], match["issuer"]) == ("ISLE-0001", "Blue Lantern", "ISLE")
    assert answer["position"] == AT_THE_LANTERN
    assert "notations" not in answer


def test_a_lifted_premises_is_not_listed_any_more(staff: Browser) -> None:
    (answer,) = asked(staff, positions=[{"lat": 10.0, "lon": -29.99, "uncertainty_m": 1}])["answers"]
    assert answer["verdict"] == "not_listed"


def test_a_retired_edition_answers_for_its_own_time(staff: Browser) -> None:
    lifted = {"lat": 10.0, "lon": -29.99, "uncertainty_m": 1}
    told = asked(staff, positions=[lifted], known_at="2026-03-01T08:30:00Z")
    assert told["edition"]["number"] == 1
    assert told["answers"][0]["verdict"] == "listed"


def test_every_position_gets_its_answer_in_order(staff: Browser) -> None:
    places = [{"lat": 10.2, "lon": -30.2}, AT_THE_LANTERN, {"text": "10.0, -30.0", "uncertainty_m": 1}]
    verdicts = [one["verdict"] for one in asked(staff, positions=places)["answers"]]
    assert verdicts == ["not_listed", "listed", "listed"]


def test_notations_are_given_when_asked_for(staff: Browser) -> None:
    (answer,) = asked(staff, positions=[AT_THE_LANTERN], notations=True)["answers"]
    assert {"decimal", "mgrs", "utm", "plus", "geo"} <= set(answer["notations"])


def test_an_entry_chosen_by_its_sign_needs_no_position(staff: Browser) -> None:
    (answer,) = asked(staff, entry_id="ISLE-0001")["answers"]
    assert answer["verdict"] == "listed"


def test_reasons_are_told_in_the_reader_s_language(staff: Browser) -> None:
    staff.post("/language", {"language": "fr"}, page="/list")
    (answer,) = asked(staff, positions=[{"lat": 50.0, "lon": 0.0}])["answers"]
    assert answer["reasons"][0]["code"] == "outside_territory"
    assert "position is outside" not in answer["reasons"][0]["text"]


def test_past_its_expiry_the_list_still_lists_but_clears_nothing(app: Flask, clock: Clock) -> None:
    clock.later(days=40)
    told = asked(signed_in(app, "staff"), positions=[AT_THE_LANTERN, {"lat": 10.2, "lon": -30.2}])
    assert told["edition"]["stale"]
    assert [one["verdict"] for one in told["answers"]] == ["listed", "cannot_tell"]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"positions": [{"lat": 95, "lon": 0}]}, "lat", "beyond 90"),
        ({"positions": [{"lat": 121.5, "lon": 10.0}]}, "lat", "swapped"),
        ({"positions": [{"lat": 1e400, "lon": 0}]}, None, "not JSON"),
        ({"positions": [{"lat": True, "lon": 0}]}, "lat", "not a number"),
        ({"positions": [{"lat": "42.6", "lon": 0}]}, "lat", "not a number"),
        ({"positions": [{"lat": 42.6}]}, "positions[0]", "no position"),
        ({"positions": [[42.6, 21.1]]}, "positions[0]", "not an object"),
        ({"positions": {"lat": 1}}, "positions", "not a list"),
        ({"positions": []}, "positions", "send 1 to 1000"),
        ({"positions": [AT_THE_LANTERN] * 1001}, "positions", "send 1 to 1000"),
        ({"positions": [{"text": "nowhere at all"}]}, None, ""),
        ({"positions": [AT_THE_LANTERN], "radius_m": -1}, "radius_m", "not between"),
        ({"positions": [AT_THE_LANTERN], "venue": "pub"}, "venue", "use one of"),
        ({"positions": [AT_THE_LANTERN], "personnel": 7}, "personnel", "not text"),
        ({"positions": [AT_THE_LANTERN], "at": "2026-11-20T22:00:00"}, "time", "no time zone"),
        ({"positions": [AT_THE_LANTERN], "at": "tomorrow"}, "time", "is not a time"),
        ({"positions": [{"lat": 10**400, "lon": 0}]}, "lat", "not a number"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_field_and_a_remedy(
    staff: Browser, body: dict[str, Any], field: str | None, words: str
) -> None:
    answer = staff.ask(CHECK, {"mission": "ISLE"} | body)
    told = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), answer.text
    assert {"type", "title", "status", "detail"} <= set(told)
    assert told["status"] == 422
    assert words in told["detail"]
    if field:
        assert field in [issue["field"] for issue in told["issues"]]


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"positions": [{"lat": NaN, "lon": 0}]}', b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(staff: Browser, raw: bytes) -> None:
    headers = {"X-CSRF-Token": staff.token("/list"), "Content-Type": "application/json"}
    answer = staff.client.post(CHECK, data=raw, headers=headers, base_url=staff.base_url)
    assert answer.status_code == 422, answer.text


def test_ambiguous_text_comes_back_with_its_readings(staff: Browser) -> None:
    answer = staff.ask(CHECK, {"mission": "ISLE", "positions": [{"text": "10,5 30,2"}]})
    if answer.status_code == 422 and "readings" in answer.get_json():
        assert all({"lat", "lon"} == set(reading) for reading in answer.get_json()["readings"])


@pytest.mark.parametrize("mission", ["NOWHERE", "ROCK", "{{7*7}}"])
def test_an_unknown_mission_and_another_s_mission_are_both_absent(staff: Browser, mission: str) -> None:
    answers = [staff.ask(CHECK, {"mission": code, "positions": [AT_THE_LANTERN]}) for code in (mission, "OTHER")]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].get_json() == answers[1].get_json()


def test_too_much_at_once_is_refused_before_it_is_read(staff: Browser) -> None:
    headers = {"X-CSRF-Token": staff.token("/list"), "Content-Type": "application/json"}
    answer = staff.client.post(CHECK, data=b" " * 600_000, headers=headers, base_url=staff.base_url)
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")


def test_a_check_is_post_only(staff: Browser) -> None:
    answer = staff.get(CHECK)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_name_is_found_in_spite_of_accents_and_typos(staff: Browser) -> None:
    answer = staff.ask("/api/v1/find", {"mission": "ISLE", "name": "blu lantrn", "limit": 3})
    assert answer.get_json()["matches"][0]["entry_id"] == "ISLE-0001"


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "x", "limit": 0.5}, {"name": "x", "limit": 1e9}, {"name": 5}]
)
def test_an_impossible_search_is_refused(staff: Browser, body: dict[str, Any]) -> None:
    assert staff.ask("/api/v1/find", {"mission": "ISLE"} | body).status_code == 422


# ---- editions --------------------------------------------------------------------------------------------------------


def test_an_edition_is_its_canonical_bytes_under_a_strong_etag(staff: Browser, wiring: Wiring) -> None:
    answer = staff.get(f"{EDITION}/current")
    with wiring.store.reading() as tx:
        stored = tx.editions.current("ISLE")
    assert stored
    assert answer.data == stored.content
    assert answer.mimetype == "application/geo+json"
    assert answer.headers["ETag"] == f'"{stored.sha256}"'
    assert hashlib.sha256(answer.data).hexdigest() == stored.sha256
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_who_has_the_edition_already_gets_304(staff: Browser) -> None:
    etag = staff.get(f"{EDITION}/current").headers["ETag"]
    again = staff.get(f"{EDITION}/2", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == etag
    assert staff.get(f"{EDITION}/2", headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_edition_travels_compressed_to_who_can_read_it(staff: Browser) -> None:
    plain, packed = staff.get(f"{EDITION}/2"), staff.get(f"{EDITION}/2", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_the_export_is_the_edition_s_own_bytes(staff: Browser) -> None:
    export = staff.get("/missions/ISLE/editions/current/export.geojson")
    assert export.data == staff.get(f"{EDITION}/2").data
    assert export.headers["Content-Disposition"] == 'attachment; filename="ISLE-edition-2.geojson"'


EXPORT = "/missions/ISLE/editions/current/export.geojson"


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("bbox=-30.005,9.9,-29.995,10.1", {"ISLE-0001"}),
        ("near=10.0,-30.0&within_m=50", {"ISLE-0001"}),
        ("near=10.0,-30.0&within_m=3000&bbox=-30.005,9.9,-29.97,10.1", {"ISLE-0001", "ISLE-0003"}),
        ("bbox=-31,0,-30.9,1", set()),
    ],
)
def test_an_export_holds_what_its_filter_asks_for_and_says_so(staff: Browser, query: str, kept: set[str]) -> None:
    answer = staff.get(f"{EXPORT}?{query}")
    assert (answer.status_code, answer.mimetype) == (200, "application/geo+json"), answer.text
    told = json.loads(answer.data)
    assert {one["id"] for one in told["features"]} == kept
    assert set(told["offlimits"]["filtered"]) <= {"bbox", "near"}
    assert told["offlimits"]["number"] == 2
    assert "filtered" in answer.headers["Content-Disposition"]
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()}"'
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_an_export_s_envelope_binds_the_file_and_its_filter(staff: Browser) -> None:
    from geo_offlimits.delivery.signing import EXPORT_TYPE, PublicKey, verify  # noqa: PLC0415  (of one test)

    query = "bbox=-30.005,9.9,-29.995,10.1"
    keys = [PublicKey.from_pem(one["pem"]) for one in staff.get("/api/v1/keys").get_json()]
    signed = json.loads(verify(staff.get(f"{EXPORT}.dsse?{query}").data, keys, EXPORT_TYPE))
    assert signed["sha256"] == hashlib.sha256(staff.get(f"{EXPORT}?{query}").data).hexdigest()
    assert signed["filtered"] == {"bbox": [-30.005, 9.9, -29.995, 10.1]}
    assert staff.get(f"{EXPORT}.dsse").data == staff.get(f"{EDITION}/2/envelope").data


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("sektor=North", "sektor"),
        ("sector=Nowhere", "sector"),
        ("sector=", "sector"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=nan,0,1,1", "bbox"),
        ("bbox=-30,10,-29,9", "bbox"),
        ("bbox=-30,9,-29,10&bbox=0,0,1,1", "bbox"),
        ("near=10.0,-30.0", "within_m"),
        ("within_m=50", "near"),
        ("near=10.0,-30.0&within_m=nan", "within_m"),
        ("near=10.0,-30.0&within_m=-1", "within_m"),
        ("near=95,0&within_m=5", "position"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused_and_never_passed_over(staff: Browser, query: str, field: str) -> None:
    for path in (EXPORT, f"{EXPORT}.dsse"):
        answer = staff.get(f"{path}?{query}", headers={"Accept": "application/json"})
        assert answer.status_code == 422, answer.text
        assert field in [issue["field"] for issue in answer.get_json()["issues"]]


@pytest.mark.parametrize("number", ["3", "0", "-1", "99999999999999999999", "last", "1.0", "²"])
def test_an_edition_that_does_not_exist_is_absent(staff: Browser, number: str) -> None:
    for path in (f"{EDITION}/{number}", f"/missions/ISLE/editions/{number}", f"{EDITION}/{number}/envelope"):
        assert staff.get(path).status_code == 404, path


def test_a_retired_edition_is_for_conduct_and_audit_roles_only(app: Flask) -> None:
    for role, status in (("staff", 404), ("head", 404), ("conduct", 200), ("auditor", 200)):
        browser = signed_in(app, role)
        assert browser.get(f"{EDITION}/1").status_code == status, role
        assert browser.get("/missions/ISLE/editions/1").status_code == status, role
        assert browser.get("/missions/ISLE/editions/1/export.geojson").status_code == status, role
        part = "export.geojson?bbox=-31,9,-29,11"
        assert browser.get(f"/missions/ISLE/editions/1/{part}").status_code == status, role


def test_an_unknown_format_is_absent(staff: Browser) -> None:
    assert staff.get("/missions/ISLE/editions/current/export.exe").status_code == 404


def test_tampered_bytes_are_never_served(app: Flask, wiring: Wiring) -> None:
    with wiring.store._engines.writer.begin() as connection:
        for trigger in (
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        ):
            connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
        text = "replace(CAST(content AS TEXT), 'Blue Lantern', 'Blue Lanterm')"
        changed = f"UPDATE edition SET content = CAST({text} AS BLOB)"  # noqa: S608  (nothing in it is given)
        connection.exec_driver_sql(changed)
    staff = signed_in(app, "staff")
    answer = staff.get(f"{EDITION}/2")
    assert answer.status_code == 503
    assert "Lanterm" not in answer.text
    assert staff.get("/missions/ISLE/editions/current").status_code == 503
    assert staff.get(f"{EXPORT}?bbox=-31,9,-29,11").status_code == 503


def test_the_envelope_and_the_keys_verify_the_edition(staff: Browser) -> None:
    from geo_offlimits.delivery.signing import EDITION_TYPE, PublicKey, verify  # noqa: PLC0415  (of one test)

    keys = [PublicKey.from_pem(one["pem"]) for one in staff.get("/api/v1/keys").get_json()]
    envelope = staff.get(f"{EDITION}/current/envelope").data
    assert verify(envelope, keys, EDITION_TYPE) == staff.get(f"{EDITION}/current").data


def test_a_delta_names_what_went(staff: Browser) -> None:
    told = staff.get(f"{EDITION}/2/delta?from=1").get_json()
    assert (told["from"], told["to"]) == (1, 2)
    assert told["removed"] == [{"id": "ISLE-0002", "name": "Old Anchor"}]
    assert not told["added"]


@pytest.mark.parametrize("before", ["", "9", "x"])
def test_a_delta_from_nowhere_is_absent(staff: Browser, before: str) -> None:
    assert staff.get(f"{EDITION}/2/delta?from={before}").status_code == 404


def test_the_missions_shown_are_those_of_the_caller(app: Flask) -> None:
    assert [one["code"] for one in signed_in(app, "staff").get("/api/v1/missions").get_json()] == ["ISLE"]
    assert [one["code"] for one in signed_in(app, "stranger").get("/api/v1/missions").get_json()] == ["ROCK"]


# ---- proposals -------------------------------------------------------------------------------------------------------

PROPOSAL = {
    "names": [{"text": "Pier Three", "lang": "en", "kind": "sign"}],
    "position": {"text": "10.05, -30.05", "uncertainty_m": 5},
    "category": "bar",
    "basis": "security",
    "authority": "Head of Mission",
    "directive": "ISLE/2",
    "hours": {"tz": "Atlantic/Azores", "weekly": [{"days": [5, 6], "from": "20:00", "to": "04:00"}]},
    "applies_to": ["military"],
    "part": {"floor": "3"},
}
PREMISES = "/api/v1/missions/ISLE/premises"


def test_an_integrator_proposes_and_nothing_is_in_force_yet(app: Flask, wiring: Wiring) -> None:
    answer = signed_in(app, "officer").ask(PREMISES, PROPOSAL)
    assert answer.status_code == 201, answer.text
    told = answer.get_json()
    assert told["state"] == "proposed"
    with wiring.store.reading() as tx:
        made = tx.register.get(told["designation_id"])
    assert made
    assert isinstance(made.subject.geometry, Point)
    assert (made.subject.label, made.subject.geometry.x, made.subject.geometry.y) == ("Pier Three", -30.05, 10.05)
    assert made.subject.uncertainty_m == 5
    assert made.terms.hours
    assert made.terms.hours.weekly[0].days == (5, 6)
    assert made.terms.applies_to == ("military",)


RING = [[-30.1, 10.1], [-30.0, 10.1], [-30.0, 10.2], [-30.1, 10.1]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"names": []},
        {"names": "Pier Three"},
        {"names": [{"text": " "}]},
        {"names": [{"text": "x", "kind": "nick"}]},
        {"basis": "gossip"},
        {"basis": None},
        {"authority": ""},
        {"position": None, "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}},
        {"position": None, "geometry": {"type": "Polygon", "coordinates": [RING * 5000]}},
        {"position": None, "geometry": {"type": "Polygon", "coordinates": "x"}},
        {"position": None, "geometry": {"type": "LineString", "coordinates": RING}},
        {"position": None, "geometry": {"type": "Point", "coordinates": [0, 95]}},
        {"position": None, "geometry": {"type": "Point", "coordinates": [None, 1]}},
        {"position": None, "geometry": {"type": "GeometryCollection", "geometries": []}},
        {"position": None, "geometry": []},
        {"hours": {"tz": "Mars/Base", "weekly": [{"days": [1], "from": "20:00", "to": "04:00"}]}},
        {"hours": {"tz": "UTC", "weekly": [{"days": [9], "from": "20:00", "to": "04:00"}]}},
        {"hours": {"tz": "UTC", "weekly": ["always"]}},
        {"hours": []},
        {"part": "the cellar"},
        {"review_by": "soon"},
        {"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"},
        {"exceptions": [7]},
        {"note": "x" * 3000},
        {"note": "a\u0000b"},
    ],
    ids=lambda wrong: json.dumps(wrong)[:60],
)
def test_an_impossible_proposal_is_refused_and_nothing_is_kept(
    app: Flask, wiring: Wiring, wrong: dict[str, Any]
) -> None:
    with wiring.store.reading() as tx:
        before = tx.audit.checkpoint().size
    officer = signed_in(app, "officer")
    answer = officer.ask(PREMISES, PROPOSAL | wrong)
    assert answer.status_code == 422, answer.text
    assert answer.get_json()["detail"]
    with wiring.store.reading() as tx:
        assert tx.audit.checkpoint().size == before + 1  # signing in


# ---- the description -------------------------------------------------------------------------------------------------


def test_every_api_route_is_described_and_everything_described_is_a_route(app: Flask) -> None:
    routes = {
        (method.lower(), rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    assert {(one.method, one.path) for one in OPERATIONS} == routes


def test_the_description_is_whole(staff: Browser) -> None:
    told = staff.get("/api/v1/openapi.json").get_json()
    assert told == json.loads(json.dumps(document()))
    assert told["openapi"].startswith("3.")
    text = json.dumps(told)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "#/components/schemas/')[1:]}:
        assert reference in told["components"]["schemas"]

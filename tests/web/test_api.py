import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from shapely import Point

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.coordinates import notations
from tests.web.isle import Browser, Clock, signed_in
from web.openapi import OPERATIONS, SCHEMAS, document

CHECK = "/api/v1/check"
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


def test_a_retired_edition_answers_conduct_for_its_own_time_and_nobody_else(app: Flask, staff: Browser) -> None:
    then = {"positions": [{"lat": 10.0, "lon": -29.99, "uncertainty_m": 1}], "known_at": "2026-03-01T08:30:00Z"}
    told = asked(signed_in(app, "conduct"), **then)
    assert told["edition"]["number"] == 1
    assert told["answers"][0]["verdict"] == "listed"
    for person in (staff, signed_in(app, "head")):
        refused = person.ask(CHECK, {"mission": "ISLE"} | then)
        assert (refused.status_code, refused.mimetype) == (404, "application/problem+json")
        assert told["answers"][0]["matches"][0]["name"] not in refused.text


def test_every_position_gets_its_answer_in_order(staff: Browser) -> None:
    places = [{"lat": 10.2, "lon": -30.2}, AT_THE_LANTERN, {"text": "10.0, -30.0", "uncertainty_m": 1}]
    verdicts = [one["verdict"] for one in asked(staff, positions=places)["answers"]]
    assert verdicts == ["not_listed", "listed", "listed"]


def test_notations_are_given_when_asked_for(staff: Browser) -> None:
    (answer,) = asked(staff, positions=[AT_THE_LANTERN], notations=True)["answers"]
    assert {"decimal", "dms", "dm", "mgrs", "utm", "plus", "geo"} == set(answer["notations"])


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
        ({"positions": [{"lat": 1e400, "lon": 0}]}, None, "holds Infinity"),
        ({"positions": [{"lat": True, "lon": 0}]}, "lat", "not a number"),
        ({"positions": [{"lat": "42.6", "lon": 0}]}, "lat", "not a number"),
        ({"positions": [{"lat": 42.6}]}, "positions[0]", "no position"),
        ({"positions": [[42.6, 21.1]]}, "positions[0]", "not an object"),
        ({"positions": {"lat": 1}}, "positions", "not a list"),
        ({"positions": []}, "positions", "send 1 to 10000"),
        ({"positions": [AT_THE_LANTERN] * 10_001}, "positions", "send 1 to 10000"),
        ({"positions": [{"text": "nowhere at all"}]}, None, ""),
        ({"positions": [AT_THE_LANTERN | {"uncertainty_m": -1}]}, "uncertainty_m", "not between 0"),
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


@pytest.mark.parametrize(
    "raw",
    [
        b'{"mission": "ISLE", "positions": [{"lat": 10, "lon": -30}], "positions": [{"lat": 10.2, "lon": -30.2}]}',
        b'{"mission": "ISLE", "positions": [{"lat": 10, "lat": 10.2, "lon": -30}]}',
    ],
)
def test_a_member_given_twice_is_refused_by_its_name(staff: Browser, raw: bytes) -> None:
    headers = {"X-CSRF-Token": staff.token("/list"), "Content-Type": "application/json"}
    answer = staff.client.post(CHECK, data=raw, headers=headers, base_url=staff.base_url)
    assert answer.status_code == 422, answer.text
    assert answer.get_json()["issues"][0]["field"] in ("positions", "lat")


def test_ambiguous_text_comes_back_with_its_readings_and_each_can_be_sent_back(staff: Browser) -> None:
    answer = staff.ask(CHECK, {"mission": "ISLE", "positions": [AT_THE_LANTERN, {"text": "10°00′N 30°00′O"}]})
    assert answer.status_code == 422
    readings = answer.get_json()["readings"]
    assert [(one["lat"], one["lon"]) for one in readings] == [(10, 30), (10, -30)]
    assert [one["position"] for one in asked(staff, positions=readings)["answers"]] == readings


def test_text_is_read_by_the_mission_s_territory(staff: Browser) -> None:
    turned = staff.ask(CHECK, {"mission": "ISLE", "positions": [{"text": "-30.0000, 10.0000"}]})
    assert turned.status_code == 422
    assert turned.get_json()["readings"][0] == {"lat": 10.0, "lon": -30.0, "uncertainty_m": 10.0}
    (answer,) = asked(staff, positions=[{"text": notations(Position(lat=10.0, lon=-30.0))["plus"][4:]}])["answers"]
    assert answer["position"]["lat"] == pytest.approx(10.0, abs=1e-5)


def test_an_answer_by_entry_alone_has_no_position(staff: Browser) -> None:
    (answer,) = asked(staff, positions=[], entry_id="ISLE-0001")["answers"]
    assert answer["position"] is None


@pytest.mark.parametrize("mission", ["NOWHERE", "ROCK", "{{7*7}}"])
def test_an_unknown_mission_and_another_s_mission_are_both_absent(staff: Browser, mission: str) -> None:
    answers = [staff.ask(CHECK, {"mission": code, "positions": [AT_THE_LANTERN]}) for code in (mission, "OTHER")]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].get_json() == answers[1].get_json()


def test_too_much_at_once_is_refused_before_it_is_read(staff: Browser) -> None:
    headers = {"X-CSRF-Token": staff.token("/list"), "Content-Type": "application/json"}
    answer = staff.client.post(CHECK, data=b" " * 1_100_000, headers=headers, base_url=staff.base_url)
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")


def test_a_check_is_post_only(staff: Browser) -> None:
    answer = staff.get(CHECK)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_name_is_found_in_spite_of_accents_and_typos(staff: Browser) -> None:
    answer = staff.ask("/api/v1/find", {"mission": "ISLE", "name": "blu lantrn", "limit": 3})
    assert answer.get_json()["matches"][0]["entry_id"] == "ISLE-0001"


def test_why_a_name_is_thought_to_be_it_is_said_in_the_reader_s_language(staff: Browser) -> None:
    asked = {"mission": "ISLE", "name": "blue lantrn"}
    assert "one letter differs" in staff.ask("/api/v1/find", asked).get_json()["matches"][0]["reason"]
    staff.post("/language", {"language": "fr"}, page="/list")
    assert "une lettre diffère" in staff.ask("/api/v1/find", asked).get_json()["matches"][0]["reason"]


@pytest.mark.parametrize(("name", "is_position"), [("blue lantern", False), ("10,0 -30,0", True), ("95, 0", True)])
def test_find_says_whether_the_text_is_meant_as_a_position(staff: Browser, name: str, is_position: bool) -> None:
    assert staff.ask("/api/v1/find", {"mission": "ISLE", "name": name}).get_json()["position"] is is_position


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "x", "limit": 0.5}, {"name": "x", "limit": 1e9}, {"name": 5}]
)
def test_an_impossible_search_is_refused(staff: Browser, body: dict[str, Any]) -> None:
    assert staff.ask("/api/v1/find", {"mission": "ISLE"} | body).status_code == 422


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
        made = tx.register.get(told["id"])
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
        {"names": [{"text": "\u200b\u2060"}]},
        {"names": [{"text": "\u202eraB"}]},
        {"names": [{"text": f"Bar {number}"} for number in range(51)]},
        {"exceptions": ["duty"] * 51},
        {"position": {"lat": -30.05, "lon": 10.05}},
        {"confirm_outside": "yes"},
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
        assert tx.audit.checkpoint().size == before


def test_a_proposal_outside_the_territory_says_so_and_is_taken_once_it_is_meant(app: Flask) -> None:
    officer = signed_in(app, "officer")
    away = PROPOSAL | {"position": {"lat": -30.05, "lon": 10.05}}
    told = officer.ask(PREMISES, away).get_json()
    assert (told["status"], told["issues"][0]["field"]) == (422, "position")
    assert "the other way round it lies inside" in told["issues"][0]["remedy"]
    assert officer.ask(PREMISES, away | {"confirm_outside": True}).status_code == 201


def test_a_call_that_is_tried_again_makes_one_proposal(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    told = [officer.ask(PREMISES, PROPOSAL) for _ in range(2)]
    assert [answer.status_code for answer in told] == [201, 201]
    assert told[0].get_json() == told[1].get_json()
    assert signed_in(app, "head").ask(PREMISES, PROPOSAL).status_code == 409
    with wiring.store.reading() as tx:
        assert len(tx.register.all("ISLE")) == 8 + 1


def test_a_byte_order_mark_in_front_of_a_body_is_no_part_of_it(app: Flask) -> None:
    officer = signed_in(app, "officer")
    how = {"content_type": "application/json", "base_url": officer.base_url}
    headers = {"X-CSRF-Token": officer.token("/list")}
    body = json.dumps(PROPOSAL)
    answer = officer.client.post(PREMISES, data=b"\xef\xbb\xbf" + body.encode(), headers=headers, **how)
    assert answer.status_code == 201, answer.text
    answer = officer.client.post(PREMISES, data=body.encode("utf-16"), headers=headers, **how)
    assert answer.status_code == 422
    assert "in UTF-8" in answer.get_json()["detail"]


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


def undescribed(schema: dict[str, Any], value: Any, where: str = "") -> Iterator[str]:
    """Members that an answer has beyond its description, or lacks though it is described as having them."""
    if reference := schema.get("$ref"):
        schema = SCHEMAS[reference.rsplit("/", 1)[1]]
    if "oneOf" in schema:
        schema = next((one for one in schema["oneOf"] if one.get("type") != "null"), {}) if value is not None else {}
        yield from undescribed(schema, value, where)
    elif isinstance(value, dict) and "properties" in schema:
        known = set(schema["properties"])
        yield from (f"{where}.{name}" for name in (set(value) - known) | (set(schema["required"]) - set(value)))
        for name in known & set(value):
            yield from undescribed(schema["properties"][name], value[name], f"{where}.{name}")
    elif isinstance(value, list):
        for one in value:
            yield from undescribed(schema.get("items", {}), one, f"{where}[]")


def described(method: str, path: str) -> dict[str, Any]:
    return next(one.answer for one in OPERATIONS if (one.method, one.path) == (method, path))


def test_answers_have_the_members_that_the_description_promises(app: Flask, staff: Browser) -> None:
    answers = (
        (described("post", CHECK), asked(staff, positions=[AT_THE_LANTERN], notations=True)),
        (
            described("post", "/api/v1/find"),
            staff.ask("/api/v1/find", {"mission": "ISLE", "name": "blue"}).get_json(),
        ),
        (described("get", "/api/v1/missions"), staff.get("/api/v1/missions").get_json()),
        (described("get", "/api/v1/keys"), staff.get("/api/v1/keys").get_json()),
        (
            described("get", "/api/v1/missions/{code}/editions"),
            staff.get("/api/v1/missions/ISLE/editions").get_json(),
        ),
        (
            described("get", "/api/v1/missions/{code}/editions/{number}/delta"),
            staff.get("/api/v1/missions/ISLE/editions/2/delta?from=1").get_json(),
        ),
        (
            described("post", "/api/v1/missions/{code}/premises"),
            signed_in(app, "officer").ask(PREMISES, PROPOSAL).get_json(),
        ),
    )
    assert answers[0][1]["answers"][0]["matches"]
    assert answers[1][1]["matches"]
    assert [fault for schema, told in answers for fault in undescribed(schema, told)] == []

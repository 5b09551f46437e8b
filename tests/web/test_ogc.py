"""`/ogc/`: what each caller finds there, how it is asked, and how a slip is refused."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from shapely.geometry import box, shape
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Actor, Role, RoleGrant
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.services import editions, people, register
from tests import proving
from tests.tampering import another_signature, tamper
from tests.web.isle import Browser, Clock, listing, signed_in
from tests.web.test_questions import asked, questions
from tests.web.test_tokens import Device, basic, issued

__all__ = ["asked"]

ITEMS = "/ogc/collections/premises/items"
WGS84, MERCATOR = (f"http://www.opengis.net/def/crs/EPSG/0/{code}" for code in (4326, 3857))
CURRENT = ["ISLE-0001", "ISLE-0003", "ISLE-0004", "ISLE-0005", "ISLE-0006", "ISLE-0007"]
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


def actor(wiring: Wiring, number: str) -> Actor:
    with wiring.reading() as act:
        return proving.actor(act, f"p-{number}")


@pytest.fixture
def staff(app: Flask) -> Browser:
    return signed_in(app, "staff")


def read(browser: Browser, path: str, **query: Any) -> Any:
    answer = browser.get(path, query_string=query or None)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.data)


def ids(browser: Browser, path: str = ITEMS, **query: Any) -> list[str]:
    told = read(browser, path, **query)
    assert told["numberReturned"] == len(told["features"])
    return [one["id"] for one in told["features"]]


def linked(told: Any, rel: str) -> str | None:
    return next((one["href"] for one in told["links"] if one["rel"] == rel), None)


# ---- what there is ---------------------------------------------------------------------------------------------------


def test_a_client_finds_everything_from_the_landing_page(staff: Browser) -> None:
    told = read(staff, "/ogc/")
    (described,) = [one for one in told["links"] if one["rel"] == "service-desc"]
    assert described == {
        "rel": "service-desc",
        "type": OPENAPI,
        "href": "http://localhost/ogc/api",
        "title": "Description of this interface",
    }
    assert staff.get("/ogc/api").headers["Content-Type"] == OPENAPI
    conforms = read(staff, str(linked(told, "conformance")))["conformsTo"]
    for needed in (
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
        "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
        "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    ):
        assert needed in conforms
    names = [one["id"] for one in read(staff, str(linked(told, "data")))["collections"]]
    assert names == ["premises", "boundaries", "facilities", "premises-ISLE-ed2"]
    assert staff.get("/ogc").location == "http://localhost/ogc/"


def test_the_description_is_openapi_3_0_and_declares_the_limit_of_every_collection(staff: Browser) -> None:
    told = read(staff, "/ogc/api")
    assert told["openapi"] == "3.0.3"
    for name in ("premises", "boundaries", "facilities", "premises-ISLE-ed2"):
        parameters = told["paths"][f"/collections/{name}/items"]["get"]["parameters"]
        (limit,) = [one for one in parameters if one.get("name") == "limit"]
        assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
    assert told["components"]["parameters"]["limit"]["schema"]["maximum"] == 1000
    assert '"null"' not in json.dumps(told), "which OpenAPI 3.0 does not know"


def test_every_answer_says_of_which_edition_it_is_and_that_it_is_suspicion(
    staff: Browser, wiring: Wiring, clock: Clock
) -> None:
    with wiring.reading(actor(wiring, "staff")) as act:
        header = editions.header(act, "ISLE")
        assert edition_file.sha256(editions.content(act, "ISLE")) == header.sha256
    expires = format_instant(header.expires_at)
    for path in ("/ogc/collections/premises", ITEMS, f"{ITEMS}/ISLE-0001", "/ogc/collections/premises-ISLE-ed2/items"):
        told = read(staff, path)["offlimits"]
        assert told["standing"] == "suspected, precautionary"
        (edition,) = told["editions"]
        assert (edition["mission"], edition["number"], edition["sha256"]) == ("ISLE", 2, header.sha256)
        assert (edition["expires_at"], edition["expired"], edition["demonstration"]) == (expires, False, True)
    about = read(staff, "/ogc/collections/premises")["description"]
    assert header.sha256 in about
    assert expires in about
    assert "suspected, precautionary" in about
    clock.now = header.expires_at
    assert read(signed_in(staff.client.application, "staff"), ITEMS)["offlimits"]["editions"][0]["expired"] is True


def test_a_feature_is_the_entry_as_published(staff: Browser, wiring: Wiring) -> None:
    with wiring.reading(actor(wiring, "staff")) as act:
        published = {one["id"]: one for one in json.loads(editions.content(act, "ISLE"))["features"]}
    for one in read(staff, ITEMS)["features"]:
        own = published[one["id"]]
        added = {"mission": "ISLE", "edition": 2, "edition_expires_at": one["properties"]["edition_expires_at"]}
        assert one["properties"] == own["properties"] | added
        assert one["geometry"] == own["geometry"]
        alone = read(staff, f"{ITEMS}/{one['id']}")
        assert (alone["properties"], alone["geometry"]) == (one["properties"], one["geometry"])
    assert staff.get(ITEMS).mimetype == "application/geo+json"
    (place,) = read(staff, "/ogc/collections/facilities/items")["features"]
    assert (place["id"], place["properties"]["name"]) == ("ISLE-F-1", "Seaside Library")
    (territory,) = read(staff, "/ogc/collections/boundaries/items")["features"]
    assert shape(territory["geometry"]).equals(box(-30.5, 9.5, -29.5, 10.5))
    assert (territory["properties"]["kind"], territory["properties"]["valid_to"]) == ("territory", None)


# ---- for whom --------------------------------------------------------------------------------------------------------


def test_each_caller_finds_what_is_theirs(app: Flask, wiring: Wiring) -> None:
    assert ids(signed_in(app, "staff")) == CURRENT
    assert ids(signed_in(app, "stranger")) == ["ROCK-0001"]
    with wiring.writing(actor(wiring, "root")) as act:
        people.grant_role(act, "staff", RoleGrant(role=Role.STAFF, mission="ROCK"))
    both = signed_in(app, "staff")
    assert ids(both) == [*CURRENT, "ROCK-0001"]
    assert ids(both, mission="ROCK") == ["ROCK-0001"]
    assert ids(both, limit=2, offset=5) == ["ISLE-0007", "ROCK-0001"]
    west, south, east, north = read(both, "/ogc/collections/premises")["extent"]["spatial"]["bbox"][0]
    assert (west, south, north) == (-30.0, 10.0, 10.0)
    assert east == pytest.approx(-20.0)


def test_a_retired_edition_is_there_for_those_who_answer_for_it_and_for_no_token(app: Flask, wiring: Wiring) -> None:
    retired = "/ogc/collections/premises-ISLE-ed1"
    for who, there in (("auditor", True), ("conduct", True), ("staff", False), ("patrol", False), ("stranger", False)):
        browser = signed_in(app, who)
        assert (browser.get(retired).status_code == 200) == there, who
        assert (browser.get(f"{retired}/items").status_code == 200) == there, who
        listed = [one["id"] for one in read(browser, "/ogc/collections")["collections"]]
        assert ("premises-ISLE-ed1" in listed) == there, who
    assert "ISLE-0002" in ids(signed_in(app, "auditor"), f"{retired}/items")
    assert "ISLE-0002" not in ids(signed_in(app, "auditor"))
    device = Device(app, issued(wiring, "auditor"))
    assert device(retired).status_code == 404
    assert device("/ogc/collections/premises-ISLE-ed2").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/premises-ISLE-ed3",
        "/ogc/collections/premises-ISLE-ed02",
        "/ogc/collections/premises-ROCK-ed1",
        "/ogc/collections/premises-VOID-ed1/items",
        "/ogc/collections/drafts",
        "/ogc/collections/premises/items/ISLE-0002",
        "/ogc/collections/premises/items/ISLE-0008",
        "/ogc/collections/premises/items/ROCK-0001",
        "/ogc/collections/facilities/items/F-1",
        "/ogc/elsewhere",
    ],
)
def test_what_is_not_theirs_is_not_there(staff: Browser, path: str) -> None:
    answer = staff.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_device_reads_by_basic_and_does_not_hold_the_list_for_it(app: Flask, wiring: Wiring) -> None:
    text = issued(wiring)
    answer = app.test_client().get(ITEMS, headers=basic(text))
    assert [one["id"] for one in json.loads(answer.data)["features"]] == CURRENT
    assert answer.headers["Cache-Control"] == "private, no-cache"
    with wiring.reading(actor(wiring, "patrol")) as act:
        (token,) = act.tx.tokens.of_person("p-patrol")
    assert token.edition is None
    refused = app.test_client().get(ITEMS, headers=basic("offlimits_wrong"))
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
    nobody = app.test_client().get(ITEMS)
    assert (nobody.status_code, nobody.mimetype) == (401, "application/problem+json")


def test_an_edition_that_does_not_verify_is_served_to_nobody(staff: Browser, wiring: Wiring) -> None:
    wiring.store.close()
    tamper(wiring.settings.store, another_signature, mission="ISLE", number=2)
    for path in (ITEMS, f"{ITEMS}/ISLE-0001", "/ogc/collections/facilities/items"):
        answer = staff.get(path)
        assert (answer.status_code, answer.mimetype) == (503, "application/problem+json"), path
        assert b"Lantern" not in answer.data


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_pages_lead_on_and_back_with_every_parameter(staff: Browser) -> None:
    asked_for = {"limit": "2", "bbox": "-31,9,-29,11", "filter": "name <> 'é&=%'", "crs": WGS84, "category": "bar"}
    told, found = read(staff, ITEMS, **asked_for), list[str]()
    pages = [told]
    while address := linked(told, "next"):
        told = read(staff, address.removeprefix("http://localhost"))
        pages.append(told)
    for page in pages:
        found += [one["id"] for one in page["features"]]
        assert (page["numberMatched"], page["numberReturned"]) == (6, 2)
    assert found == CURRENT
    back = read(staff, str(linked(told, "prev")).removeprefix("http://localhost"))
    assert back["features"] == pages[1]["features"]
    assert linked(pages[0], "prev") is None
    query = dict(parse_qsl(urlsplit(str(linked(pages[0], "next"))).query))
    assert query == asked_for | {"offset": "2"}


def test_a_limit_beyond_the_most_is_taken_for_the_most(staff: Browser) -> None:
    assert len(ids(staff, limit=10**8)) == 6
    assert ids(staff, offset=6) == []
    assert ids(staff, offset=10**8) == []
    assert linked(read(staff, ITEMS, offset=6), "next") is None


def test_a_page_of_a_long_list_writes_its_own_features_only_and_asks_the_store_no_more(
    app: Flask, wiring: Wiring, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = signed_in(app, "staff")
    staff.get(ITEMS)
    few = questions(asked, staff, ITEMS)
    with wiring.writing(actor(wiring, "head")) as act:
        for at in range(60):
            register.add_alone(act, "ISLE", *listing(f"Bar number {at}", -30.2, 9.6 + at / 100))
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30))
    staff.get(ITEMS)
    written = list[str]()
    true = edition_file.properties

    def noted(entry: Entry) -> dict[str, Any]:
        written.append(entry.entry_id)
        return true(entry)

    monkeypatch.setattr(edition_file, "properties", noted)
    asked.clear()
    assert ids(staff, limit=5, offset=30) == written
    assert len(written) == 5
    assert len([one for one in asked if one.startswith("SELECT")]) <= few


# ---- as pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/",
        "/ogc/conformance",
        "/ogc/collections",
        "/ogc/collections/premises",
        "/ogc/collections/premises/queryables",
        ITEMS,
        f"{ITEMS}/ISLE-0003",
    ],
)
def test_people_get_pages_and_programs_documents(staff: Browser, path: str) -> None:
    def kinds(*answers: TestResponse) -> set[str | None]:
        assert {answer.status_code for answer in answers} == {200}
        return {answer.mimetype for answer in answers}

    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    json_forms: set[str | None] = {"application/json", "application/geo+json", "application/schema+json"}
    assert kinds(staff.get(path, headers=browser), staff.get(path, query_string={"f": "html"})) == {"text/html"}
    programs = [
        staff.get(path, headers={"Accept": "*/*"}),
        staff.get(path),
        staff.get(path, query_string={"f": "json"}),
    ]
    assert kinds(*programs, staff.get(path, query_string={"f": "json"}, headers=browser)) <= json_forms


def test_a_page_shows_names_as_they_are_typed_and_leads_on(staff: Browser) -> None:
    page = staff.get(ITEMS, query_string={"f": "html", "limit": 3}).text
    assert "Blue Lantern" in page
    assert "&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert 'rel="next"' in page or "offset=3" in page
    one = staff.get(f"{ITEMS}/ISLE-0006", query_string={"f": "html"}).text
    assert "&lt;img src=x onerror=alert(1)&gt;" in one


def test_a_refused_page_is_a_page_in_the_reader_s_language(staff: Browser) -> None:
    staff.post("/language", {"language": "fr", "next": "/list"}, page="/list")
    answer = staff.get(f"{ITEMS}?limit=0", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "pas un nombre entier d’au moins 1" in answer.text

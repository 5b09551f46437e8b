"""`/ogc/`: what each caller finds there, how it is asked, and how a slip is refused."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from pyproj import Transformer
from shapely.geometry import box, shape
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import Period, format_instant
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.people import Actor, Role, RoleGrant
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.services import editions, missions, people, register
from tests import proving
from tests.tampering import another_signature, tamper
from tests.web.isle import HOSTILE, Browser, Clock, listing, signed_in
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


@pytest.fixture
def longer(wiring: Wiring, clock: Clock) -> None:
    """Edition 3 of ISLE: beside what was there, a rule without a place, an area, and a bar until a day in April."""
    until = Period(start=clock.now - timedelta(days=1), end=clock.now + timedelta(days=30))
    with wiring.writing(actor(wiring, "root")) as act:
        ends = Boundary(kind=BoundaryKind.SECTOR, name="Nord", geometry=box(-30.5, 10, -29.5, 10.5))
        missions.set_sectors(act, "ISLE", (ends,))
    with wiring.writing(actor(wiring, "head")) as act:
        rule = {
            "kind": SubjectKind.CATEGORY_RULE,
            "category": VenueKind.CASINO,
            "geometry": None,
            "uncertainty_m": None,
        }
        register.add_alone(act, "ISLE", *listing("Every casino", 0, 0, **rule))
        area = {"kind": SubjectKind.AREA, "geometry": box(-30.3, 9.6, -30.2, 9.7), "category": VenueKind.STREET}
        register.add_alone(act, "ISLE", *listing("Harbour mile", 0, 0, **area))
        subject, terms = listing("Плава лампа", -30.4, 9.9)
        register.add_alone(act, "ISLE", subject, replace(terms, valid=until))
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30))
    clock.later(minutes=1)


RULE, AREA, LAMP = "ISLE-0009", "ISLE-0010", "ISLE-0011"


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


# ---- filters ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("longer")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"bbox": "-30.45,9.8,-30.35,10"}, [RULE, LAMP]),
        ({"bbox": "-30.45,9.8,-100,-30.35,10,500"}, [RULE, LAMP]),
        ({"bbox": "9.8,-30.45,10,-30.35", "bbox-crs": WGS84}, [RULE, LAMP]),
        ({"bbox": "-3389661,1096450,-3378530,1118889", "bbox-crs": MERCATOR}, [RULE, LAMP]),
        ({"bbox": "170,9.8,-30.35,10"}, [RULE, LAMP]),
        ({"bbox": "170,-10,-170,10"}, [RULE]),
        ({"bbox": "-30.25,9.65,-30.25,9.65"}, [RULE, AREA]),
        ({"bbox": "-200,-100,200,100"}, [*CURRENT, RULE, AREA, LAMP]),
        ({"datetime": "2020-01-01T00:00:00Z"}, []),
        ({"datetime": "../2020-01-01T00:00:00Z"}, []),
        ({"datetime": "2026-06-01T00:00:00Z"}, [*CURRENT, RULE, AREA]),
        ({"datetime": "2026-06-01T00:00:00+02:00/.."}, [*CURRENT, RULE, AREA]),
        ({"datetime": "2026-03-15T00:00:00Z/"}, [*CURRENT, RULE, AREA, LAMP]),
        ({"datetime": "/.."}, [*CURRENT, RULE, AREA, LAMP]),
        ({"category": "casino"}, [RULE]),
        ({"name": "Плава лампа"}, [LAMP]),
        ({"id": AREA}, [AREA]),
        ({"uncertainty_m": "2", "category": "bar", "bbox": "-30.45,9.8,-30.35,10"}, [LAMP]),
        ({"mission": "ROCK"}, []),
        ({"filter": "subject <> 'premises'"}, [RULE, AREA]),
        ({"filter": "subject <> 'premises'", "filter-lang": "cql2-text", "bbox": "0,0,1,1"}, [RULE]),
        ({"filter": "S_INTERSECTS(geometry,POINT(9.65 -30.25))", "filter-crs": WGS84}, [AREA]),
        ({"filter": "geometry IS NULL OR CASEI(name) LIKE CASEI('ПЛАВА%')"}, [RULE, LAMP]),
        ({"filter": "name = '{}'".format(HOSTILE[4].replace("'", "''"))}, ["ISLE-0007"]),
    ],
)
def test_what_is_asked_for_comes_and_nothing_else(staff: Browser, query: dict[str, str], expected: list[str]) -> None:
    assert ids(staff, **query) == expected
    assert read(staff, ITEMS, **query, limit=1)["numberMatched"] == len(expected)


@pytest.mark.usefixtures("longer")
def test_boundaries_and_facilities_are_asked_likewise(staff: Browser) -> None:
    boundaries, facilities = "/ogc/collections/boundaries/items", "/ogc/collections/facilities/items"
    assert ids(staff, boundaries, kind="sector") == ["ISLE-2"]
    assert ids(staff, boundaries, filter="name = 'Isle'") == ["ISLE-1"]
    assert ids(staff, boundaries, bbox="-30,9.6,-29.9,9.7") == ["ISLE-1"]
    assert ids(staff, boundaries, datetime="2026-03-15T00:00:00Z") == ["ISLE-1", "ISLE-2"]
    assert ids(staff, facilities, datetime="1999-01-01T00:00:00Z") == ["ISLE-F-1"]
    assert ids(staff, facilities, bbox="0,0,1,1") == []


@pytest.mark.usefixtures("longer")
def test_geometries_come_in_the_reference_system_that_was_asked_for(staff: Browser) -> None:
    plain = read(staff, f"{ITEMS}/{LAMP}")
    assert plain["geometry"]["coordinates"] == [-30.4, 9.9]
    answer = staff.get(f"{ITEMS}/{LAMP}", query_string={"crs": WGS84})
    assert json.loads(answer.data)["geometry"]["coordinates"] == [9.9, -30.4]
    assert answer.headers["Content-Crs"] == f"<{WGS84}>"
    (x, y) = read(staff, f"{ITEMS}/{LAMP}", crs=MERCATOR)["geometry"]["coordinates"]
    to_mercator = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    assert (x, y) == pytest.approx(to_mercator.transform(-30.4, 9.9), abs=0.001)
    assert staff.get(ITEMS).headers["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    assert read(staff, f"{ITEMS}/{RULE}", crs=MERCATOR)["geometry"] is None


REFUSED = (
    ({"limits": "5"}, "limits"),
    ({"q": "lantern"}, "q"),
    ({"basis": "trafficking"}, "basis"),
    ({"f": "xml"}, "f"),
    ({"limit": "0"}, "limit"),
    ({"limit": "-1"}, "limit"),
    ({"limit": "ten"}, "limit"),
    ({"limit": "9" * 40}, "limit"),
    ({"limit": "٣"}, "limit"),
    ({"offset": "-1"}, "offset"),
    ({"bbox": "1,2,3"}, "bbox"),
    ({"bbox": "1,2,3,4,5"}, "bbox"),
    ({"bbox": "1,5,3,4"}, "bbox"),
    ({"bbox": "1,2,3,nan"}, "bbox"),
    ({"bbox": "1,2,inf,4"}, "bbox"),
    ({"bbox": ""}, "bbox"),
    ({"bbox": "0,0,1,1", "bbox-crs": "EPSG:4326"}, "bbox-crs"),
    ({"crs": "http://www.opengis.net/def/crs/EPSG/0/31370"}, "crs"),
    ({"datetime": "yesterday"}, "datetime"),
    ({"datetime": "2026-03-01"}, "datetime"),
    ({"datetime": "2026-03-01T00:00:00"}, "datetime"),
    ({"datetime": "2026-03-02T00:00:00Z/2026-03-01T00:00:00Z"}, "datetime"),
    ({"datetime": "../../.."}, "datetime"),
    ({"filter": "name ="}, "filter"),
    ({"filter": "name = 5"}, "filter"),
    ({"filter": "(" * 1500}, "filter"),
    ({"filter": "x" * 2001}, "filter"),
    ({"filter": "name = 'a'", "filter-lang": "cql2-json"}, "filter-lang"),
    ({"filter": "name = 'a'", "filter-crs": "nowhere"}, "filter-crs"),
    ({"since": "soon"}, "since"),
    ({"uncertainty_m": "inf"}, "uncertainty_m"),
)


@pytest.mark.parametrize(("query", "name"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_slip_is_refused_with_the_name_of_its_parameter(staff: Browser, query: dict[str, str], name: str) -> None:
    answer = staff.get(ITEMS, query_string=query)
    told = json.loads(answer.data)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert [issue["field"] for issue in told["issues"]] == [name]
    assert told["detail"].startswith(f"{name}: ")


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/?a=1",
        "/ogc/collections?limit=5",
        "/ogc/api?x=",
        f"{ITEMS}/ISLE-0001?bbox=0,0,1,1",
        f"{ITEMS}?f=json&f=html",
    ],
)
def test_an_unknown_parameter_is_refused_everywhere(staff: Browser, path: str) -> None:
    assert staff.get(path).status_code == 400


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

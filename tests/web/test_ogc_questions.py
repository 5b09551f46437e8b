"""What `/ogc/` is asked with: places, times, properties, filters, reference systems, and how a slip is refused."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from pyproj import Transformer
from shapely.geometry import box

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.services import editions, missions, register
from tests.web.isle import HOSTILE, Browser, Clock, listing
from tests.web.test_ogc import CURRENT, ITEMS, MERCATOR, WGS84, actor, ids, read, staff

__all__ = ["staff"]


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

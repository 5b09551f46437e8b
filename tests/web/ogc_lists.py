"""What the tests of `/ogc/` ask for and of: a longer list, and how it is read."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from shapely.geometry import box

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.people import Actor
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.services import editions, missions, register
from tests import proving
from tests.web.isle import Browser, Clock, listing

ITEMS = "/ogc/collections/premises/items"
WGS84, MERCATOR = (f"http://www.opengis.net/def/crs/EPSG/0/{code}" for code in (4326, 3857))
CURRENT = ["ISLE-0001", "ISLE-0003", "ISLE-0004", "ISLE-0005", "ISLE-0006", "ISLE-0007"]
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


def actor(wiring: Wiring, number: str) -> Actor:
    with wiring.reading() as act:
        return proving.actor(act, f"p-{number}")


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

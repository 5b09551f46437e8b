"""The page on which a patrol takes the list along."""

import io
import json
import re
from datetime import timedelta

import pytest
from flask import Flask
from shapely.geometry import box

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.services import editions, missions
from geo_offlimits.services.forms import FORMS
from tests.web.access_table import OFFERED
from tests.web.isle import Browser, signed_in
from tests.web.test_ogc import actor
from web.instructions import INSTRUCTIONS

PAGE = "/missions/ISLE/take-along"


@pytest.fixture
def patrol(app: Flask) -> Browser:
    return signed_in(app, "patrol")


def test_every_format_is_offered_with_what_to_do_on_a_device(patrol: Browser) -> None:
    assert set(INSTRUCTIONS) == set(FORMS)
    offered = set(re.findall(r'<option value="(\w+)"', patrol.get(PAGE).text.split("sector")[0]))
    assert offered == set(FORMS)
    for name, how in INSTRUCTIONS.items():
        page = patrol.get(f"{PAGE}?format={name}").text
        for text in (how.device, how.load, how.test, how.remove):
            assert text in page, text
        address = re.search(r'href="([^"]+export\.\w+)" download', page)
        assert address
        assert patrol.get(address[1]).status_code == 200 or name not in OFFERED


def test_it_tells_the_age_and_the_expiry_of_what_is_taken_along(patrol: Browser) -> None:
    page = patrol.get(PAGE).text
    assert "Edition 2" in page
    assert "Current until" in page
    assert re.search(r"\d entr(y|ies)", page)


@pytest.fixture
def east(wiring: Wiring) -> None:
    """Edition 3 of ISLE has a sector."""
    sector = Boundary(kind=BoundaryKind.SECTOR, name="Port East", geometry=box(-30.0, 9.5, -29.5, 10.5))
    with wiring.writing(actor(wiring, "root")) as act:
        missions.set_sectors(act, "ISLE", (sector,))
    with wiring.writing(actor(wiring, "head")) as act:
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30), renew=True)


@pytest.mark.usefixtures("east")
def test_a_sector_is_a_part_and_the_page_says_so(patrol: Browser) -> None:
    page = patrol.get(f"{PAGE}?format=gpx&sector=Port+East").text
    assert "What is left out is not cleared" in page
    assert "export.gpx?sector=Port+East" in page
    assert "What is left out is not cleared" not in patrol.get(f"{PAGE}?format=gpx&sector=").text


@pytest.mark.usefixtures("east")
def test_a_sector_that_there_is_not_is_refused_on_the_page_and_gets_no_code(patrol: Browser) -> None:
    refused = patrol.get(f"{PAGE}?format=gpx&sector=Nowhere")
    assert refused.status_code == 422
    assert "There is no sector" in refused.text
    assert "Port East" in refused.text
    assert "data:image/svg+xml" not in refused.text
    assert "export.gpx" not in refused.text


def test_the_code_for_another_device_holds_the_address_and_nobody_s_key(patrol: Browser) -> None:
    page = patrol.get(f"{PAGE}?format=gpx").text
    assert 'src="data:image/svg+xml;base64,' in page
    assert "signs in there" in page
    assert "offlimits_" not in page


def test_around_a_place_goes_by_a_form_so_that_no_address_tells_where(patrol: Browser) -> None:
    address = "/missions/ISLE/editions/current/export.geojson"
    fields = {"near": "10.0, -30.0", "within_m": "50", "route": (io.BytesIO(b""), "")}
    answer = patrol.post(address, fields, page=PAGE, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert json.loads(answer.data)["offlimits"]["filtered"]["near"]["within_m"] == 50
    neither = patrol.post(address, {"within_m": "50", "near": " "}, page=PAGE, content_type="multipart/form-data")
    assert neither.status_code == 422


def test_an_unknown_format_is_absent_and_the_page_is_for_who_may_export(app: Flask, patrol: Browser) -> None:
    assert patrol.get(f"{PAGE}?format=exe").status_code == 404
    assert signed_in(app, "stranger").get(PAGE).status_code == 404
    assert PAGE in patrol.get("/").text

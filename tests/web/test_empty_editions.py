"""An edition that lists nothing: published only when it is meant, and never shown as a bare blank."""

import re

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.people import Role, RoleGrant
from geo_offlimits.services import missions, people
from tests import proving
from tests.web.isle import Browser, mission, signed_in, territory

PUBLISH = "/register/REEF/publish"
NOTHING = "Edition 1 lists no premises."


@pytest.fixture
def reef(app: Flask, wiring: Wiring) -> Flask:
    """REEF, where nothing has ever been put in force."""
    with wiring.reading() as act:
        root = proving.actor(act, "p-root")
    with wiring.writing(root) as act:
        missions.add_mission(act, mission("REEF"), territory(-10.5))
        for reference, role in (("staff", Role.STAFF), ("head", Role.HEAD)):
            people.grant_role(act, reference, RoleGrant(role=role, mission="REEF"))
    return app


def publish(head: Browser, **confirmed: str) -> tuple[int, str]:
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', head.get(PUBLISH).text)
    assert seen
    answer = head.post(PUBLISH, {"seen": seen.group(1), "days": "30", **confirmed}, page="/list")
    return answer.status_code, answer.text


def test_the_page_asks_whether_an_edition_that_lists_nothing_is_meant(reef: Flask, wiring: Wiring) -> None:
    head = signed_in(reef, "head")
    page = head.get(PUBLISH).text
    assert "This edition would list nothing" in page
    assert 'name="confirm_empty"' in page
    status, page = publish(head)
    assert status == 409
    assert "Edition 1 of REEF would list nothing" in page
    with wiring.store.reading() as tx:
        assert tx.editions.headers("REEF") == ()
    assert publish(head, confirm_empty="yes")[0] == 303
    assert 'name="confirm_empty"' not in head.get("/register/ISLE/publish").text


def test_every_page_that_would_be_blank_says_that_the_edition_lists_no_premises(reef: Flask) -> None:
    head, staff = signed_in(reef, "head"), signed_in(reef, "staff")
    assert publish(head, confirm_empty="yes")[0] == 303
    for path in ("/list?mission=REEF", "/missions/REEF/editions/current", "/acknowledge/1?mission=REEF"):
        assert NOTHING in staff.get(path).text, path
    for form in ({"do": "check", "position": "10.0, -10.0"}, {"do": "find", "search": "Blue Lantern"}):
        page = staff.post("/list?mission=REEF", form, page="/list").text
        assert 'class="verdict not_listed"' in page
        assert "Edition 1 of REEF lists no premises." in page
    (answer,) = staff.ask("/api/v1/check", {"mission": "REEF", "positions": [{"lat": 10.0, "lon": -10.0}]}).get_json()[
        "answers"
    ]
    assert [reason["code"] for reason in answer["reasons"]] == ["empty_edition"]
    assert NOTHING not in staff.get("/list?mission=ISLE").text

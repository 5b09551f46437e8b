"""Approved places on the register's pages: a head adds and retires, staff see it with the next edition."""

from flask import Flask
from shapely import Point

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.mission import Facility
from tests.web.isle import HOSTILE, Browser, signed_in
from tests.web.test_register_pages import publish

PAGE = "/register/ISLE/facilities"
FORM = {
    "name": "Harbour Canteen",
    "kind": "canteen",
    "position": "10.2, -30.2",
    "address": "2 Quay",
    "locality": "Port Sorrel",
}


def added(browser: Browser, **changes: str) -> int:
    return browser.post(PAGE, FORM | changes, page=PAGE).status_code


def known(wiring: Wiring) -> tuple[Facility, ...]:
    with wiring.store.reading() as tx:
        return tx.facilities.all("ISLE")


def test_a_head_adds_an_approved_place_and_staff_see_it_with_the_next_edition(app: Flask, wiring: Wiring) -> None:
    head, staff = signed_in(app, "head"), signed_in(app, "staff")
    before = known(wiring)
    assert added(head) == 303
    (made,) = set(known(wiring)) - set(before)
    assert (made.name, made.kind, made.address, made.locality) == (
        "Harbour Canteen",
        "canteen",
        "2 Quay",
        "Port Sorrel",
    )
    assert made.geometry.equals(Point(-30.2, 10.2))
    page = head.get(PAGE).text
    assert "Added. Publish an edition so that staff see it." in page
    assert "Harbour Canteen" in page
    assert "Harbour Canteen" not in staff.get("/missions/ISLE/editions/current/export.geojson").text
    assert publish(head)[0] == 303
    assert "Harbour Canteen" in staff.get("/missions/ISLE/editions/current/export.geojson").text


def test_a_place_outside_the_territory_waits_for_a_yes(app: Flask, wiring: Wiring) -> None:
    head = signed_in(app, "head")
    before = known(wiring)
    beyond = {"position": "10.2, -25.2"}
    answer = head.post(PAGE, FORM | beyond, page=PAGE)
    assert answer.status_code == 422
    assert "outside the territory of ISLE" in answer.text
    assert 'name="confirm_outside"' in answer.text
    assert known(wiring) == before
    assert 'name="confirm_outside"' not in head.get(PAGE).text
    assert added(head, **beyond, confirm_outside="yes") == 303
    assert len(known(wiring)) == len(before) + 1


def test_a_form_sent_twice_adds_one_place(app: Flask, wiring: Wiring) -> None:
    head = signed_in(app, "head")
    before = len(known(wiring))
    assert (added(head), added(head)) == (303, 303)
    assert len(known(wiring)) == before + 1
    assert added(head, name="Harbour Library") == 303
    assert len(known(wiring)) == before + 2


def test_a_retired_place_leaves_the_page_now_and_the_list_with_the_next_edition(app: Flask, wiring: Wiring) -> None:
    head, staff = signed_in(app, "head"), signed_in(app, "staff")
    (one,) = known(wiring)
    assert one.name in staff.get("/missions/ISLE/editions/current/export.geojson").text
    assert head.post(f"{PAGE}/{one.facility_id}/retire", page=PAGE).status_code == 303
    assert known(wiring) == ()
    page = head.get(PAGE).text
    assert "Retired. Publish an edition" in page
    assert one.name not in page
    assert one.name in staff.get("/missions/ISLE/editions/current/export.geojson").text
    assert publish(head)[0] == 303
    assert one.name not in staff.get("/missions/ISLE/editions/current/export.geojson").text
    assert head.post(f"{PAGE}/{one.facility_id}/retire", page=PAGE).status_code == 404


def test_a_form_with_a_fault_comes_back_with_what_was_typed_and_adds_nothing(app: Flask, wiring: Wiring) -> None:
    head = signed_in(app, "head")
    before = known(wiring)
    for changes, field in (
        ({"position": "nowhere"}, "position"),
        ({"position": ""}, "position"),
        ({"name": " "}, "name"),
    ):
        answer = head.post(PAGE, FORM | changes, page=PAGE)
        assert answer.status_code == 422
        assert f'id="{field}-issue"' in answer.text
        assert 'value="canteen"' in answer.text
    assert known(wiring) == before


def test_officers_read_the_page_and_only_heads_change_it(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    (one,) = known(wiring)
    page = officer.get(PAGE).text
    assert one.name in page
    assert "/retire" not in page
    assert 'name="position"' not in page
    assert added(officer) == 404
    assert known(wiring) == (one,)


def test_a_hostile_name_is_shown_as_typed(app: Flask) -> None:
    head = signed_in(app, "head")
    for name in HOSTILE:
        assert added(head, name=name) == 303
    page = head.get(PAGE).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ cycler.__init__" in page

"""What is said of a place, set right on the register's pages."""

import json
import re

from flask import Flask
from shapely import Point, box
from shapely.geometry import mapping

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.designation import Designation
from tests.web.isle import Browser, signed_in

LISTING = "/register/ISLE/ISLE-0001"


def known(wiring: Wiring) -> Designation:
    with wiring.store.reading() as tx:
        found = tx.register.get("ISLE-0001")
    assert found
    return found


def as_it_stands(found: Designation) -> dict[str, object]:
    subject = found.subject
    return {
        "name": [name.text for name in subject.names] + [""],
        "category": subject.category.value if subject.category else "",
        "address": subject.address or "",
        "locality": subject.locality or "",
        "uncertainty_m": "" if subject.uncertainty_m is None else subject.uncertainty_m,
        "reason": "surveyed again",
    }


def test_an_officer_moves_a_footprint_and_a_head_makes_it_so(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    before = known(wiring)
    form = as_it_stands(before) | {"position": "10.06, -30.06", "uncertainty_m": "4"}
    assert officer.post(f"{LISTING}/change", form, page=f"{LISTING}/change").status_code == 303
    assert known(wiring) == before
    page = officer.get(LISTING).text
    assert "Change to decide" in page
    assert "Make this change" not in page, "not by who proposed it"
    assert "ISLE-0001" in head.get("/register/ISLE/").text.split("Changes to decide")[1]
    page = head.get(LISTING).text
    assert "surveyed again" in page
    assert "10.06000, -30.06000" in page
    assert head.post(f"{LISTING}/make-change", {"reason": ""}, page=LISTING).status_code == 303
    after = known(wiring)
    assert after.subject.geometry == Point(-30.06, 10.06)
    assert after.subject.uncertainty_m == 4
    assert after.subject.names == before.subject.names
    told = head.get(LISTING).text
    assert "Another place on the map" not in told, "nothing waits any more"
    assert "Changed by a second signature" in told


def test_who_decides_is_told_that_the_place_would_lie_outside_the_territory(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    form = as_it_stands(known(wiring)) | {"position": "10.06, -25.06", "uncertainty_m": "4"}
    assert officer.post(f"{LISTING}/change", form, page=f"{LISTING}/change").status_code == 422
    sent = officer.post(f"{LISTING}/change", form | {"confirm_outside": "yes"}, page=f"{LISTING}/change")
    assert sent.status_code == 303
    assert "outside the mission’s territory" in head.get(LISTING).text
    nearer = as_it_stands(known(wiring)) | {"position": "10.06, -30.06", "uncertainty_m": "4"}
    assert officer.post(f"{LISTING}/withdraw-change", {"reason": ""}, page=LISTING).status_code == 303
    assert officer.post(f"{LISTING}/change", nearer, page=f"{LISTING}/change").status_code == 303
    assert "outside the mission’s territory" not in head.get(LISTING).text


def looked_at(page: str, step: str) -> dict[str, str]:
    """What the form of a step on this page sends, left as it is."""
    form = page.split(f'action="{LISTING}/{step}"')[1].split("</form>", maxsplit=1)[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_a_change_swapped_for_another_while_a_head_looks_is_not_made(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    before = known(wiring)
    form = as_it_stands(before)
    officer.post(f"{LISTING}/change", form | {"position": "10.0001, -30.0001"}, page=f"{LISTING}/change")
    signed = looked_at(head.get(LISTING).text, "make-change")
    officer.post(f"{LISTING}/withdraw-change", page=LISTING)
    officer.post(f"{LISTING}/change", form | {"position": "10.06, -30.06"}, page=f"{LISTING}/change")
    answer = head.post(f"{LISTING}/make-change", signed, page=LISTING)
    assert answer.status_code == 409
    assert "ISLE-0001 has changed since you looked" in answer.text
    assert known(wiring) == before
    head.post(f"{LISTING}/make-change", looked_at(answer.text, "make-change"), page=LISTING)
    assert known(wiring).subject.geometry == Point(-30.06, 10.06), "the page that refuses shows what stands now"


def test_a_form_filled_in_before_a_rename_does_not_undo_it(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    form = as_it_stands(known(wiring)) | looked_at(officer.get(f"{LISTING}/change").text, "change")
    officer.post(f"{LISTING}/rename", {"name": "Bluer Lantern"}, page=LISTING)
    form |= {"address": "Quay 9", "reason": "asked there"}
    answer = officer.post(f"{LISTING}/change", form, page=f"{LISTING}/change")
    assert answer.status_code == 409
    assert "has changed since you looked" in answer.text
    assert known(wiring).subject.label == "Bluer Lantern"


def test_whoever_decides_is_shown_every_field_that_changes(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    form = as_it_stands(known(wiring)) | {"floor": "3rd floor", "category": "hotel", "name": ["Blue Lantern", "Azure"]}
    officer.post(f"{LISTING}/change", form, page=f"{LISTING}/change")
    told = waiting_change(head)
    for words in ("Only part of the building", "3rd floor", "Kind of venue", "Bar", "Hotel", "Azure"):
        assert words in told
    head.post(f"{LISTING}/make-change", page=LISTING)
    officer.post(f"{LISTING}/change", form | {"floor": ""}, page=f"{LISTING}/change")
    told = waiting_change(head)
    assert "3rd floor" in told, "the whole building would be accused"
    assert "Kind of venue" not in told


def test_an_outline_that_grows_about_its_middle_is_told_in_metres(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    small, large = box(-30.0001, 9.9999, -29.9999, 10.0001), box(-30.001, 9.999, -29.999, 10.001)
    for outline in (small, large):
        form = as_it_stands(known(wiring)) | {"geometry": json.dumps(mapping(outline))}
        officer.post(f"{LISTING}/change", form, page=f"{LISTING}/change")
        told = waiting_change(head)
        head.post(f"{LISTING}/make-change", page=LISTING)
    assert told.count("4 corners") == 2
    assert "its edge moves by up to 140 m" in told


def test_a_change_of_what_was_lifted_meanwhile_can_only_be_refused(app: Flask, wiring: Wiring) -> None:
    officer, head, deputy = (signed_in(app, who) for who in ("officer", "head", "deputy"))
    form = as_it_stands(known(wiring)) | {"position": "10.06, -30.06"}
    officer.post(f"{LISTING}/change", form, page=f"{LISTING}/change")
    head.post(f"{LISTING}/propose-lift", {"reason": "closed"}, page=LISTING)
    deputy.post(f"{LISTING}/lift", {"reason": "agreed"}, page=LISTING)
    page = deputy.get(LISTING).text
    assert "Refuse the change" in page
    assert "Make this change" not in page


def waiting_change(reader: Browser) -> str:
    return reader.get(LISTING).text.split("Change to decide")[1].split("<form")[0]


def test_the_form_sent_as_it_stands_changes_nothing_and_says_so(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    before = known(wiring)
    answer = officer.post(f"{LISTING}/change", as_it_stands(before), page=f"{LISTING}/change")
    assert answer.status_code == 409
    assert "is described so already" in answer.text
    assert known(wiring) == before


def test_a_name_is_corrected_and_what_was_typed_comes_back_with_a_refusal(app: Flask, wiring: Wiring) -> None:
    officer, deputy = signed_in(app, "officer"), signed_in(app, "deputy")
    form = as_it_stands(known(wiring)) | {"name": ["Bluer Lantern", "Azure"], "reason": ""}
    answer = officer.post(f"{LISTING}/change", form, page=f"{LISTING}/change")
    assert answer.status_code == 422
    assert 'value="Bluer Lantern"' in answer.text
    assert 'value="Azure"' in answer.text
    assert officer.post(f"{LISTING}/change", form | {"reason": "misread"}, page=f"{LISTING}/change").status_code == 303
    assert "Another description" in deputy.get(LISTING).text
    deputy.post(f"{LISTING}/make-change", {"reason": ""}, page=LISTING)
    assert [name.text for name in known(wiring).subject.names] == ["Bluer Lantern", "Azure"]


def test_a_place_outside_the_territory_is_asked_about(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    form = as_it_stands(known(wiring)) | {"position": "-30.06, 10.06"}
    answer = officer.post(f"{LISTING}/change", form, page=f"{LISTING}/change")
    assert answer.status_code == 422
    assert 'name="confirm_outside"' in answer.text
    again = officer.post(f"{LISTING}/change", form | {"confirm_outside": "yes"}, page=f"{LISTING}/change")
    assert again.status_code == 303


def test_a_refused_change_needs_its_reason_and_the_page_says_where(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    before = known(wiring)
    form = as_it_stands(before) | {"position": "10.06, -30.06"}
    officer.post(f"{LISTING}/change", form, page=f"{LISTING}/change")
    answer = head.post(f"{LISTING}/refuse-change", {"reason": " "}, page=LISTING)
    assert answer.status_code == 422
    assert 'id="reason-refuse_change-issue"' in answer.text
    assert head.post(f"{LISTING}/refuse-change", {"reason": "no"}, page=LISTING).status_code == 303
    assert officer.post(f"{LISTING}/withdraw-change", {"reason": ""}, page=LISTING).status_code == 409
    assert known(wiring) == before


def test_an_operator_is_recorded_for_officers_alone(app: Flask) -> None:
    officer, staff = signed_in(app, "officer"), signed_in(app, "staff")
    answer = officer.post(f"{LISTING}/operator", {"operator": "Keeper & Sons", "since": "2026-03-04"}, page=LISTING)
    assert answer.status_code == 303
    assert "Keeper &amp; Sons" in officer.get(LISTING).text
    for path in ("/", "/list", "/missions/ISLE/editions/current"):
        assert "Keeper" not in staff.get(path).text

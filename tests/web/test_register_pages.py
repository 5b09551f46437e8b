"""From an officer's proposal to what staff see: the whole way through the pages."""

import re

import pytest
from flask import Flask
from shapely import Point

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.designation import Designation, State
from tests.web.isle import Browser, Clock, signed_in
from web import paging

PROPOSE = "/register/ISLE/propose"
FORM = {
    "name": "Harbour Cellar",
    "aliases": "The Cellar\nCellar Bar",
    "former": "Old Cellar",
    "position": "10.05, -30.05",
    "uncertainty_m": "3",
    "category": "night_club",
    "restriction": "off_limits",
    "basis": "security",
    "authority": "Head of Mission",
    "directive": "ISLE/7",
    "address": "Quay 4",
    "locality": "Port Sorrel",
    "from": "2026-03-02",
    "days": ["5", "6"],
    "opens": "20:00",
    "closes": "04:00",
    "exceptions": "Official duty",
    "reason": "report 12",
}


def known(wiring: Wiring, designation_id: str) -> Designation:
    with wiring.store.reading() as tx:
        found = tx.register.get(designation_id)
    assert found
    return found


def proposed(officer: Browser, **changes: object) -> str:
    answer = officer.post(PROPOSE, {**FORM, **changes, "do": "propose"}, page="/register/ISLE/")
    assert answer.status_code == 303, answer.text
    return str(answer.location.rsplit("/", 1)[1])


def decide(browser: Browser, designation_id: str, step: str, reason: str = "") -> int:
    path = f"/register/ISLE/{designation_id}"
    return browser.post(f"{path}/{step}", {"reason": reason}, page=path).status_code


def publish(head: Browser, **changes: str) -> tuple[int, str]:
    page = head.get("/register/ISLE/publish").text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen
    form = {"seen": seen.group(1), "days": "30"} | changes
    answer = head.post("/register/ISLE/publish", form, page="/register/ISLE/")
    return answer.status_code, answer.text


def test_a_proposal_becomes_a_listing_that_staff_see_only_with_the_next_edition(app: Flask, wiring: Wiring) -> None:
    officer, head, staff = (signed_in(app, who) for who in ("officer", "head", "staff"))
    made = proposed(officer)
    assert made in head.get("/register/ISLE/").text
    assert decide(head, made, "designate") == 303
    assert known(wiring, made).state is State.IN_FORCE
    assert "Harbour Cellar" not in staff.get("/list").text
    assert publish(head)[0] == 303
    assert "Harbour Cellar" in staff.get("/list").text


def test_a_listing_whose_term_has_run_out_reads_as_ended_with_its_end(app: Flask, clock: Clock) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    made = proposed(officer, to="2026-03-05")
    assert decide(head, made, "designate") == 303
    page = officer.get(f"/register/ISLE/{made}").text
    assert "In force" in page[page.index("<h1") : page.index("What was decided")]
    assert decide(officer, made, "propose-lift", "gone") == 303
    clock.later(days=10)
    officer = signed_in(app, "officer")
    for path in (f"/register/ISLE/{made}", "/register/ISLE/"):
        page = officer.get(path).text
        row = page[page.index("Harbour Cellar</") :]
        row = row[: row.index("What was decided" if path.endswith(made) else "</tr>")]
        assert "Ended 6 Mar 2026, 00:00" in row, path
        assert "In force" not in row, path


def test_a_listing_that_begins_later_reads_as_such_and_not_as_in_force(app: Flask, clock: Clock) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    made = proposed(officer, **{"from": "2026-03-20"})
    address = f"/register/ISLE/{made}"
    assert "<dt>From</dt><dd>20 Mar 2026, 00:00" in head.get(address).text
    assert decide(head, made, "designate") == 303
    page = head.get(address).text
    assert "Designated. It begins later." in page
    assert "in force." not in page
    assert ">In force from 20 Mar 2026, 00:00" in page
    assert "<dt>From</dt><dd>20 Mar 2026, 00:00" in page
    assert decide(officer, made, "propose-lift", "gone") == 303
    assert ">Lift proposed, in force from 20 Mar 2026, 00:00" in head.get("/register/ISLE/").text
    clock.later(days=19)
    page = signed_in(app, "officer").get(address).text
    assert ">In force, lift proposed<" in page
    assert "<dt>Since</dt><dd>20 Mar 2026, 00:00" in page


def test_everything_in_the_form_reaches_the_register(app: Flask, wiring: Wiring) -> None:
    made = known(wiring, proposed(signed_in(app, "officer"), applies_to=["military", "police"], floor="3"))
    subject, terms = made.subject, made.terms
    assert {(name.text, name.kind.value) for name in subject.names} == {
        ("Harbour Cellar", "sign"),
        ("The Cellar", "alias"),
        ("Cellar Bar", "alias"),
        ("Old Cellar", "former"),
    }
    assert isinstance(subject.geometry, Point)
    assert (subject.geometry.y, subject.geometry.x, subject.uncertainty_m) == (10.05, -30.05, 3)
    assert subject.part
    assert subject.part.floor == "3"
    assert (subject.address, subject.locality) == ("Quay 4", "Port Sorrel")
    assert terms.valid.start
    assert terms.valid.start.isoformat() == "2026-03-02T01:00:00+00:00"  # midnight in the Azores
    assert terms.hours
    assert (terms.hours.tz, terms.hours.weekly[0].days) == ("Atlantic/Azores", (5, 6))
    assert terms.applies_to == ("military", "police")
    assert terms.exceptions == ("Official duty",)
    assert made.steps[0].reason == "report 12"


def test_the_last_day_that_is_given_is_included_in_the_mission_s_time(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    valid = known(wiring, proposed(officer, to="2026-03-02")).terms.valid
    assert valid.start
    assert valid.end
    assert valid.start.isoformat() == "2026-03-02T01:00:00+00:00"
    assert valid.end.isoformat() == "2026-03-03T01:00:00+00:00"
    assert "This day included, in Atlantic/Azores" in officer.get(PROPOSE).text


def test_a_short_code_is_looked_for_in_the_mission_s_territory_by_page_and_by_api(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    body = {"names": [{"text": "Tern"}], "position": {"text": "2222+2222"}}
    body |= {"basis": "security", "authority": "Head", "directive": "ISLE/7"}
    sent = officer.ask("/api/v1/missions/ISLE/premises", {**body, "confirm_alike": True}).get_json()["id"]
    for made in (proposed(officer, position="2222+2222", confirm_alike="yes"), sent):
        place = known(wiring, made).subject.geometry
        assert isinstance(place, Point)
        assert (round(place.y, 4), round(place.x, 4)) == (10.0, -30.0)


def test_an_outline_drawn_on_the_map_is_taken_instead_of_the_position(app: Flask, wiring: Wiring) -> None:
    ring = "[[-30.05,10.05],[-30.04,10.05],[-30.04,10.06],[-30.05,10.05]]"
    made = proposed(signed_in(app, "officer"), geometry=f'{{"type":"Polygon","coordinates":[{ring}]}}')
    geometry = known(wiring, made).subject.geometry
    assert geometry
    assert geometry.geom_type == "Polygon"


def test_premises_without_a_known_place_can_be_proposed(app: Flask, wiring: Wiring) -> None:
    made = proposed(signed_in(app, "officer"), position="")
    assert known(wiring, made).subject.geometry is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"position": "95, 0"}, "beyond 90"),
        ({"position": "somewhere"}, ""),
        ({"name": "", "aliases": "", "former": ""}, "no name"),
        ({"authority": ""}, "authority"),
        ({"from": "tomorrow"}, "not a date"),
        ({"to": "2026-03-01"}, "comes before the first"),
        ({"to": "9999-12-31"}, "beyond the calendar"),
        ({"uncertainty_m": "far"}, "not a number"),
        ({"geometry": "{"}, "not a drawing"),
        ({"geometry": '{"type":"Point","type":"Point","coordinates":[-30.05,10.05]}'}, "not a drawing"),
        ({"basis": "gossip"}, "use one of"),
        ({"name": "\u200b\u2060"}, "nothing that can be seen"),
        ({"former": "\u202eraB"}, "U+202E"),
        ({"exceptions": "x" * 2001}, "longer than 2000"),
        ({"exceptions": "duty\n" * 51}, "more than 50"),
        ({"locality": "x" * 201}, "longer than 200"),
        ({"lang": "Serbian, Cyrillic"}, "no tag of a language"),
        ({"reason": "x" * 2001}, "longer than 2000"),
    ],
)
def test_a_refused_form_comes_back_with_the_sentence_and_what_was_typed(
    app: Flask, wiring: Wiring, changes: dict[str, str], sentence: str
) -> None:
    officer = signed_in(app, "officer")
    answer = officer.post(PROPOSE, {**FORM, **changes, "do": "propose"}, page="/register/ISLE/")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="ISLE/7"' in answer.text
    assert 'role="alert"' in answer.text
    with wiring.store.reading() as tx:
        assert len(tx.register.all("ISLE")) == 8


def test_a_form_sent_twice_makes_one_proposal(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    made = proposed(officer)
    assert proposed(officer) == made
    answer = head.post(PROPOSE, {**FORM, "do": "propose"}, page="/register/ISLE/")
    assert answer.status_code == 409
    assert f"{made} says this already, word for word" in answer.text
    alone = {**FORM, "name": "Second Cellar", "do": "add_alone", "confirm_alike": "yes"}
    assert len({head.post(PROPOSE, alone, page="/register/ISLE/").location for _ in range(2)}) == 1
    with wiring.store.reading() as tx:
        assert len(tx.register.all("ISLE")) == 8 + 2


def test_a_place_outside_the_territory_is_asked_about_and_taken_once_it_is_meant(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    assert "confirm_outside" not in officer.get(PROPOSE).text
    swapped = {**FORM, "position": "-30.05, 10.05", "do": "propose"}
    answer = officer.post(PROPOSE, swapped, page="/register/ISLE/")
    assert answer.status_code == 422
    assert "the other way round it lies inside" in answer.text
    assert 'name="confirm_outside"' in answer.text
    assert "-30.05, 10.05" in answer.text
    with wiring.store.reading() as tx:
        assert len(tx.register.all("ISLE")) == 8
    made = known(wiring, proposed(officer, position="-30.05, 10.05", confirm_outside="yes"))
    assert isinstance(made.subject.geometry, Point)
    assert made.subject.geometry.y == -30.05


def test_who_proposed_cannot_designate(app: Flask, wiring: Wiring) -> None:
    head = signed_in(app, "head")
    made = proposed(head)
    assert "/designate" not in head.get(f"/register/ISLE/{made}").text
    assert decide(head, made, "designate") == 409
    assert known(wiring, made).state is State.PROPOSED


def test_a_head_alone_puts_in_force_and_another_confirms(app: Flask, wiring: Wiring) -> None:
    head, deputy = signed_in(app, "head"), signed_in(app, "deputy")
    answer = head.post(PROPOSE, {**FORM, "do": "add_alone"}, page="/register/ISLE/")
    made = answer.location.rsplit("/", 1)[1]
    assert known(wiring, made).state is State.AWAITING_SECOND
    assert decide(head, made, "confirm") == 409
    assert decide(deputy, made, "confirm") == 303
    assert known(wiring, made).state is State.IN_FORCE


def test_an_officer_cannot_add_alone(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    assert "add_alone" not in officer.get(PROPOSE).text
    assert officer.post(PROPOSE, {**FORM, "do": "add_alone"}, page="/register/ISLE/").status_code == 404
    with wiring.store.reading() as tx:
        assert len(tx.register.all("ISLE")) == 8


def test_a_lift_needs_two_persons_and_a_reason(app: Flask, wiring: Wiring) -> None:
    head, deputy = signed_in(app, "head"), signed_in(app, "deputy")
    assert decide(head, "ISLE-0001", "propose-lift") == 422
    assert decide(head, "ISLE-0001", "propose-lift", "closed down") == 303
    assert decide(head, "ISLE-0001", "lift", "closed down") == 409
    assert known(wiring, "ISLE-0001").state is State.LIFT_PROPOSED
    assert decide(deputy, "ISLE-0001", "lift", "seen empty") == 303
    assert known(wiring, "ISLE-0001").state is State.LIFTED
    page = head.get("/register/ISLE/ISLE-0001").text
    assert "closed down" in page
    assert "seen empty" in page
    assert "Somebody Deputy" in page


def test_a_head_who_added_alone_is_not_offered_to_keep_it_listed(app: Flask, wiring: Wiring) -> None:
    head, deputy, officer = (signed_in(app, who) for who in ("head", "deputy", "officer"))
    assert decide(officer, "ISLE-0003", "propose-lift", "closed") == 303
    path = "/register/ISLE/ISLE-0003"
    assert "/lift" in head.get(path).text
    assert "/refuse-lift" not in head.get(path).text
    assert decide(head, "ISLE-0003", "refuse-lift", "it is not") == 409
    assert known(wiring, "ISLE-0003").state is State.LIFT_PROPOSED
    assert "/refuse-lift" in deputy.get(path).text
    assert decide(deputy, "ISLE-0003", "refuse-lift", "seen open") == 303
    assert known(wiring, "ISLE-0003").state is State.IN_FORCE


def test_a_rename_keeps_the_listing_and_the_old_name(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    path = "/register/ISLE/ISLE-0001"
    assert officer.post(f"{path}/rename", {"name": "Red Lantern", "lang": ""}, page=path).status_code == 303
    page = officer.get(path).text
    assert "Red Lantern" in page
    assert "Blue Lantern" in page
    assert known(wiring, "ISLE-0001").state is State.IN_FORCE


def test_only_the_proposer_is_offered_to_withdraw(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    assert "/withdraw" in officer.get("/register/ISLE/ISLE-0008").text
    assert "/withdraw" not in head.get("/register/ISLE/ISLE-0008").text
    assert decide(head, "ISLE-0008", "withdraw") == 409
    assert decide(officer, "ISLE-0008", "withdraw") == 303
    assert known(wiring, "ISLE-0008").state is State.WITHDRAWN


def test_what_was_done_is_told_once_on_the_next_page(app: Flask) -> None:
    officer = signed_in(app, "officer")
    made = proposed(officer)
    path = f"/register/ISLE/{made}"
    assert "A head of mission or deputy decides" in officer.get(path).text
    assert "A head of mission or deputy decides" not in officer.get(path).text


# ---- publishing ------------------------------------------------------------------------------------------------------


def test_a_place_that_is_known_without_an_address_is_not_said_to_be_unknown(app: Flask) -> None:
    officer, head, staff = (signed_in(app, who) for who in ("officer", "head", "staff"))
    nowhere = {"address": "", "locality": "", "aliases": "", "former": ""}
    outline = '{"type":"Polygon","coordinates":[[[-30.05,10.05],[-30.04,10.05],[-30.04,10.06],[-30.05,10.05]]]}'
    shown = {
        "Point Bar": ({"position": "10.05, -30.05"}, "25P HM"),
        "Outline Bar": ({"position": "", "geometry": outline}, "Marked on the map"),
        "Hidden Bar": ({"position": ""}, "Exact place not known"),
        "Somewhere Bar": ({"position": "", "locality": "Port Sorrel"}, "Port Sorrel · Exact place not known"),
    }
    for name, (place, _) in shown.items():
        assert decide(head, proposed(officer, **(nowhere | place | {"name": name})), "designate") == 303
    assert publish(head)[0] == 303
    for path in ("/list", "/missions/ISLE/editions/current"):
        page = staff.get(path).text
        for name, (_, words) in shown.items():
            row = page[page.index(f">{name}<") :].split("</tr>")[0]
            assert words in row, (path, name, row)
            assert ("not known" in row) is ("not known" in words), (path, name)


def test_a_proposal_renamed_while_a_head_looks_is_not_designated(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    made = proposed(officer)
    path = f"/register/ISLE/{made}"
    form = head.get(path).text.split(f'action="{path}/designate"')[1].split("</form>")[0]
    seen = dict(re.findall(r'name="(seen)" value="(\w+)"', form))
    officer.post(f"{path}/rename", {"name": "The Rival’s Bar"}, page=path)
    answer = head.post(f"{path}/designate", seen, page=path)
    assert answer.status_code == 409
    assert f"{made} has changed since you looked" in answer.text
    assert known(wiring, made).state is State.PROPOSED


def test_the_hours_of_a_proposal_are_shown_to_whoever_decides(app: Flask) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    made = proposed(officer, days=["1"], opens="03:00", closes="03:01")
    for path in (f"/register/ISLE/{made}", f"/register/ISLE/batch?step=designated&id={made}"):
        page = head.get(path).text
        assert "Mon 03:00–03:01" in page
        assert "Official duty" in page


def test_the_register_tells_what_was_in_force_then_as_it_was_known_then(app: Flask) -> None:
    officer, path = signed_in(app, "officer"), "/register/ISLE/in-force"

    def shown(query: str = "") -> tuple[str, str]:
        """What holds, and what does not, as the page lists them."""
        held, _, over = officer.get(f"{path}{query}").text.partition("Not in force")
        return held, over

    assert "Old Anchor" not in shown()[0]  # lifted since
    assert "Old Anchor" in shown()[1]
    then = "2026-03-01T07:30"  # before the lift, on the mission's clocks
    assert "Old Anchor" in shown(f"?at={then}")[0]
    assert "Old Anchor" in shown(f"?known_at={then}")[0]
    assert "Old Anchor" not in "".join(shown("?known_at=2026-02-01T00:00"))
    for wrong in ("?at=soon", "?at=0001-01-01T00:00", "?known_at=9999-12-31T23:59", "?at=2026-02-30T00:00"):
        assert officer.get(f"{path}{wrong}").status_code in {200, 422}


def test_a_long_register_is_turned_page_by_page_and_nothing_is_left_out(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = signed_in(app, "head")
    whole = re.findall(r'<small class="soft nobreak">(ISLE-\d+)</small>', head.get("/register/ISLE/in-force").text)
    assert len(whole) > 6
    monkeypatch.setattr(paging, "A_PAGE", 3)
    turned = []
    for page in range(1, (len(whole) + 2) // 3 + 1):
        text = head.get(f"/register/ISLE/in-force?page={page}").text
        shown = re.findall(r'<small class="soft nobreak">(ISLE-\d+)</small>', text)
        assert 0 < len(shown) <= 3
        turned += shown
    assert turned == whole
    assert "at=2026" in head.get("/register/ISLE/in-force?page=1&at=2026-03-01T10:00").text

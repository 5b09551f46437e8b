"""`/people/<code>/<person_id>` and `/people/<code>/accounts`: one person moves, accounts are opened."""

import re
from datetime import timedelta

from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.people import Person
from tests.web.isle import PASSPHRASE, Browser, Clock, departed, signed_in
from tests.web.test_people_page import reported

STAFF = "/people/ISLE/p-staff"
ACCOUNTS = "/people/ISLE/accounts"


def listed(app: Flask, *units: str) -> None:
    """People from a personnel list, without a passphrase: N1, N2 and so on, each of the unit named in their place."""
    rows = [f"N{number},New {number} <b>ليلى</b>,{unit},civilian" for number, unit in enumerate(units, 1)]
    admin, content = signed_in(app, "admin"), "\n".join(["number,name,unit,category", *rows])
    _, fields = reported(admin, content)
    assert admin.post("/people/ISLE/land", fields, page="/people/ISLE/").status_code == 303


def known(wiring: Wiring, number: str) -> Person:
    with wiring.store.reading() as tx:
        found = tx.people.find(number)
    assert found
    return found


def test_a_person_moves_and_their_page_keeps_where_they_were(app: Flask, wiring: Wiring, clock: Clock) -> None:
    admin = signed_in(app, "admin")
    clock.later(days=3)
    admin = signed_in(app, "admin")
    assert "Where they served" not in admin.get(STAFF).text
    sent = {"unit": "Depot <x>", "sector": "West", "from": "2026-03-04"}
    assert admin.post(f"{STAFF}/move", sent, page=STAFF).location == STAFF
    page = admin.get(STAFF).text
    assert "Moved. Where they served before" in page
    assert "Depot &lt;x&gt;" in page
    assert "Harbour" in page.partition("Where they served")[2]
    moved = known(wiring, "staff")
    assert (moved.unit, moved.sector) == ("Depot <x>", "West")
    assert moved.posted_from
    assert moved.posted_from.date().isoformat() == "2026-03-04"


def test_a_move_that_cannot_be_keeps_what_was_typed_and_moves_nobody(app: Flask, wiring: Wiring) -> None:
    admin = signed_in(app, "admin")
    for sent, status in (({"unit": "Harbour"}, 409), ({"unit": "Depot", "from": "2031-01-01"}, 422)):
        answer = admin.post(f"{STAFF}/move", sent, page=STAFF)
        assert answer.status_code == status
        assert f'value="{sent["unit"]}"' in answer.text
    assert known(wiring, "staff").unit == "Harbour"


def test_somebody_of_another_mission_is_not_there(app: Flask) -> None:
    admin = signed_in(app, "root")  # who manages people everywhere
    for code, status in (("ROCK", 200), ("ISLE", 404)):
        assert admin.get(f"/people/{code}/p-stranger").status_code == status
    page = "/people/ISLE/"
    assert admin.post("/people/ISLE/p-stranger/move", {"unit": "Depot"}, page=page).status_code == 404


def test_a_lost_passphrase_is_replaced_shown_once_and_the_old_one_opens_nothing(app: Flask) -> None:
    admin, staff = signed_in(app, "admin"), signed_in(app, "staff")
    assert "A passphrase of their own" in admin.get(STAFF).text
    shown = admin.post(f"{STAFF}/passphrase", page=STAFF)
    once = passphrases(shown.text)[0]
    assert once not in admin.get(STAFF).text
    assert "A one-time passphrase, not used yet" in admin.get(STAFF).text
    assert staff.get("/list").status_code == 303
    assert Browser(app).sign_in("staff", PASSPHRASE).status_code == 401
    assert Browser(app).sign_in("staff", once).location == "/passphrase"


def test_nobody_replaces_their_own_passphrase_there(app: Flask) -> None:
    admin, own = signed_in(app, "admin"), "/people/ISLE/p-admin"
    assert f"{own}/passphrase" not in admin.get(own).text
    assert admin.post(f"{own}/passphrase", page=own).status_code == 409
    assert Browser(app).sign_in("admin").status_code == 303


def passphrases(page: str) -> list[str]:
    return re.findall(r'<code class="hash[^"]*">([^<]+)</code>', page)


def test_the_accounts_of_a_unit_are_opened_and_those_of_another_stay_shut(app: Flask, wiring: Wiring) -> None:
    listed(app, "Ports", "Ports", "Depot")
    admin = signed_in(app, "admin")
    assert 'accounts">Open accounts <span class="count">3</span>' in admin.get("/people/ISLE/").text
    assert "Up to 50 are opened at a time" in admin.get(ACCOUNTS).text
    shown = admin.post(ACCOUNTS, {"unit": "Ports", "told": "2"}, page=ACCOUNTS)
    assert "New 1 &lt;b&gt;ليلى" in shown.text
    assert len(passphrases(shown.text)) == 2
    assert Browser(app).sign_in("N2", passphrases(shown.text)[1]).location == "/passphrase"
    with wiring.store.reading() as tx:
        assert [one.number for one in tx.people.without_passphrase("ISLE")] == ["N3"]


def test_the_same_form_sent_twice_gives_no_passphrases_that_nobody_reads(app: Flask, wiring: Wiring) -> None:
    listed(app, *["Ports"] * 60)
    admin = signed_in(app, "admin")
    sent = {"told": "60"}
    first = admin.post(ACCOUNTS, sent, page=ACCOUNTS)
    assert (len(passphrases(first.text)), "10 more have none yet" in first.text) == (50, True)
    again = admin.post(ACCOUNTS, sent, page=ACCOUNTS)
    assert (again.status_code, "60 waited when this page was made, and 10 do now" in again.text) == (409, True)
    with wiring.store.reading() as tx:
        assert len(tx.people.without_passphrase("ISLE")) == 10


def test_who_has_departed_moves_no_more_and_their_page_says_until_when_they_are_kept(
    app: Flask, wiring: Wiring, clock: Clock
) -> None:
    departed(wiring, "staff")
    clock.later(seconds=1)
    admin = signed_in(app, "admin")
    page = admin.get(STAFF).text
    until = clock.now + timedelta(days=wiring.settings.evidence_retention_days)
    assert f"kept as evidence until {until.day} " in page
    assert f"{STAFF}/move" not in page
    assert f"{STAFF}/passphrase" not in page
    assert admin.post(f"{STAFF}/move", {"unit": "Depot"}, page=STAFF).status_code == 409


def test_somebody_departs_from_their_page_and_is_signed_out_at_once(app: Flask, wiring: Wiring, clock: Clock) -> None:
    admin, staff = signed_in(app, "admin"), signed_in(app, "staff")
    assert staff.get("/list").status_code == 200
    clock.later(seconds=1)
    assert admin.post(f"{STAFF}/depart", page=STAFF).location == STAFF
    clock.later(seconds=1)
    page = admin.get(STAFF).text
    assert "Departed. Their sessions and tokens have ended" in page
    assert "They have departed. Who they were is kept as evidence" in page
    assert f"{STAFF}/depart" not in page
    assert staff.get("/list").status_code == 303
    assert admin.post(f"{STAFF}/depart", page="/people/ISLE/").status_code == 409
    assert known(wiring, "officer").service.end is None

import csv
import importlib
import io
import re
import sqlite3
import zipfile
from contextlib import closing
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.acknowledgement import STATEMENT, Acknowledgement
from geo_offlimits.formats.sheet_reading import SheetReading, read_sheet
from geo_offlimits.services import compiling, editions, outbox
from tests import proving
from tests.web.isle import Browser, signed_in

# `web.views.campaigns` is the blueprint of that name.
sheets_page = importlib.import_module("web.views.sheets")


def latest(wiring: Wiring, person_id: str) -> Acknowledgement | None:
    with wiring.store.reading() as tx:
        return tx.acknowledgements.latest(person_id, "ISLE")


def hash_on(page: str) -> str:
    found = re.search(r'name="sha256" value="([0-9a-f]{64})"', page)
    assert found
    return found.group(1)


def acknowledge(browser: Browser, **changes: str) -> int:
    page = browser.get("/acknowledge/2").text
    form = {"sha256": hash_on(page), "language": "en"} | changes
    return browser.post("/acknowledge/2", form, page="/acknowledge/2").status_code


def test_opening_the_page_acknowledges_nothing(app: Flask, wiring: Wiring) -> None:
    staff = signed_in(app, "staff")
    assert staff.get("/acknowledge/2").status_code == 200
    assert latest(wiring, "p-staff") is None


def test_acknowledging_binds_the_person_to_the_edition_s_hash(app: Flask, wiring: Wiring) -> None:
    staff = signed_in(app, "staff")
    assert "waits for your acknowledgement" in staff.get("/list").text
    assert acknowledge(staff) == 303
    made = latest(wiring, "p-staff")
    with wiring.store.reading() as tx:
        edition = tx.editions.header("ISLE", wiring.clock())
    assert made
    assert edition
    assert (made.edition_number, made.edition_sha256) == (2, edition.sha256)
    assert "waits for your acknowledgement" not in staff.get("/list").text


def test_the_statement_is_shown_in_the_reader_s_language(app: Flask, wiring: Wiring) -> None:
    staff = signed_in(app, "staff")
    assert STATEMENT["en"][:40] in staff.get("/acknowledge/2").text
    staff.post("/language", {"language": "fr"}, page="/list")
    page = staff.get("/acknowledge/2").text
    assert STATEMENT["fr"][:20] in page
    assert 'name="language" value="fr"' in page
    assert acknowledge(staff, language="fr") == 303
    made = latest(wiring, "p-staff")
    assert made
    assert made.language == "fr"


def test_an_edition_without_english_shows_and_records_the_statement_it_has(
    app: Flask, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "STATEMENT", {"fr": STATEMENT["fr"]})
    with wiring.reading() as act:
        head = proving.actor(act, "p-head")
    with wiring.writing(head) as act:
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30), renew=True)
    staff = signed_in(app, "staff")
    page = staff.get("/acknowledge/3").text
    assert STATEMENT["fr"][:20] in page
    form = {"sha256": hash_on(page), "language": "en"}
    assert 'name="language" value="fr"' in page
    assert staff.post("/acknowledge/3", form, page="/list").status_code == 303
    made = latest(wiring, "p-staff")
    assert made
    assert made.language == "fr"


@pytest.mark.parametrize("sha256", ["", "0" * 64, "x"])
def test_another_hash_than_the_one_shown_is_refused(app: Flask, wiring: Wiring, sha256: str) -> None:
    assert acknowledge(signed_in(app, "staff"), sha256=sha256) == 409
    assert latest(wiring, "p-staff") is None


def test_an_edition_overtaken_meanwhile_is_refused_with_both_numbers(app: Flask, wiring: Wiring) -> None:
    staff, head = signed_in(app, "staff"), signed_in(app, "head")
    sha256, token = hash_on(staff.get("/acknowledge/2").text), staff.token("/list")
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', head.get("/register/ISLE/publish").text)
    assert seen
    form = {"seen": seen.group(1), "days": "30", "renew": "yes"}
    assert head.post("/register/ISLE/publish", form, page="/register/ISLE/").status_code == 303
    sent = {"csrf_token": token, "sha256": sha256, "language": "en"}
    answer = staff.client.post("/acknowledge/2", data=sent, base_url=staff.base_url)
    assert answer.status_code == 409
    assert "edition 2" in answer.text
    assert "edition 3" in answer.text
    assert latest(wiring, "p-staff") is None


# ---- campaigns -------------------------------------------------------------------------------------------------------


def campaign(manager: Browser) -> str:
    found = re.search(r'href="(/campaigns/ISLE/C-[0-9a-f]+)"', manager.get("/campaigns/ISLE/").text)
    assert found
    return found.group(1)


def test_the_manager_sees_who_has_and_who_has_not(app: Flask) -> None:
    manager = signed_in(app, "manager")
    page = campaign(manager)
    told = manager.get(page).text
    assert "Not yet: 10 of 10" in told
    assert "0 of 10" in told
    assert acknowledge(signed_in(app, "staff")) == 303
    told = manager.get(page).text
    assert "Not yet: 9 of 10" in told
    assert "1 of 10" in told
    assert "Somebody Staff" in told[told.index("Acknowledged <span") :]


def test_a_manager_opens_a_campaign_and_closes_it(app: Flask) -> None:
    manager = signed_in(app, "manager")
    answer = manager.post("/campaigns/ISLE/", {"deadline": "2026-04-01"}, page="/list")
    assert answer.status_code == 303
    assert "1 Apr 2026" in manager.get(answer.location).text
    assert manager.post(f"{answer.location}/close", page="/list").status_code == 303
    assert "/close" not in manager.get(answer.location).text


@pytest.mark.parametrize("deadline", ["2020-01-01", "soon"])
def test_an_impossible_deadline_is_refused(app: Flask, deadline: str) -> None:
    answer = signed_in(app, "manager").post("/campaigns/ISLE/", {"deadline": deadline}, page="/list")
    assert answer.status_code == 422


def test_the_package_holds_the_list_its_signature_and_a_sheet_a_unit(app: Flask) -> None:
    manager = signed_in(app, "manager")
    answer = manager.get(f"{campaign(manager)}/package.zip")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        names = package.namelist()
        assert package.testzip() is None
    for ending in (".geojson", ".dsse", ".html", ".csv"):
        assert any(name.endswith(ending) for name in names), names


def handed_out(manager: Browser, page: str) -> str:
    with zipfile.ZipFile(io.BytesIO(manager.get(f"{page}/package.zip").data)) as package:
        return next(package.read(name).decode() for name in package.namelist() if name.endswith(".csv"))


def send(browser: Browser, page: str, content: bytes) -> TestResponse:
    form = {"sheet": (io.BytesIO(content), "harbour.csv")}
    return browser.post(f"{page}/sheet", form, page="/list", content_type="multipart/form-data")


def filled_in(sheet: str, number: str) -> bytes:
    """The unit's sheet with one signature, however its columns are called."""
    lines = sheet.splitlines()
    at = next(place for place, line in enumerate(lines) if line.split(",")[0].strip('"\ufeff').lower() == "number")
    rows = list(csv.DictReader(lines[at:]))
    signed = next(field for field in rows[0] if "signed" in field.lower() or "acknowledged" in field.lower())
    for row in rows:
        if row[next(iter(row))] == number:
            row[signed] = "2026-03-02"
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return ("\n".join(lines[:at]) + "\n" + out.getvalue()).encode()


def test_a_filled_in_sheet_is_read_back(app: Flask, wiring: Wiring) -> None:
    manager = signed_in(app, "manager")
    page = campaign(manager)
    sheet = handed_out(manager, page)
    answer = send(manager, page, filled_in(sheet, "patrol"))
    assert answer.status_code == 200, answer.text
    made = latest(wiring, "p-patrol")
    assert made
    assert (made.channel, made.entered_by) == ("paper", "p-manager")


def test_others_write_while_a_sheet_is_read(app: Flask, wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = signed_in(app, "manager")
    page = campaign(manager)
    sheet = handed_out(manager, page)
    read: list[bytes] = []

    def parsed(content: bytes) -> SheetReading:
        path = wiring.settings.store.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        read.append(content)
        return read_sheet(content)

    monkeypatch.setattr(sheets_page, "read_sheet", parsed)
    answer = send(manager, page, filled_in(sheet, "patrol"))
    assert (answer.status_code, len(read)) == (200, 1)
    assert latest(wiring, "p-patrol")


def test_a_sheet_is_not_read_for_who_may_not_enter_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets_page, "read_sheet", None)  # would be a fault if it were called
    page = campaign(signed_in(app, "manager"))
    assert send(signed_in(app, "staff"), page, b"x").status_code == 404


def test_a_row_whose_name_is_not_that_of_its_number_is_shown_and_not_credited(app: Flask, wiring: Wiring) -> None:
    manager = signed_in(app, "manager")
    page = campaign(manager)
    sheet = handed_out(manager, page)
    forged = filled_in(sheet, "patrol").replace(b"Somebody Patrol", b"Somebody Else")
    answer = send(manager, page, forged)
    assert "number patrol is that of another person" in answer.text
    assert latest(wiring, "p-patrol") is None


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00", b"a,b\n1,2\n"])
def test_a_sheet_that_is_none_is_refused(app: Flask, content: bytes | None) -> None:
    manager = signed_in(app, "manager")
    form = {} if content is None else {"sheet": (io.BytesIO(content), "sheet.csv")}
    answer = manager.post(f"{campaign(manager)}/sheet", form, page="/list", content_type="multipart/form-data")
    assert answer.status_code in (200, 422)
    assert answer.status_code == 422 or "issue" in answer.text


def test_a_row_at_fault_is_told_in_the_manager_s_language(app: Flask, wiring: Wiring) -> None:
    manager = signed_in(app, "manager")
    page = campaign(manager)
    with zipfile.ZipFile(io.BytesIO(manager.get(f"{page}/package.zip").data)) as package:
        sheet = next(package.read(name).decode() for name in package.namelist() if name.endswith(".csv"))
    manager.post("/language", {"language": "fr"}, page="/list")
    file = (io.BytesIO(filled_in(sheet, "manager")), "harbour.csv")
    answer = manager.post(f"{page}/sheet", {"sheet": file}, page="/list", content_type="multipart/form-data")
    assert "votre propre accusé de lecture (connectez-vous et prenez acte" in answer.text
    assert latest(wiring, "p-manager") is None


def test_who_opens_the_page_of_an_edition_that_was_replaced_gets_the_current_one(app: Flask, wiring: Wiring) -> None:
    staff = signed_in(app, "staff")
    assert 'action="/acknowledge/2"' in staff.get("/acknowledge/2").text
    with wiring.reading() as act:
        head = proving.actor(act, "p-head")
    with wiring.writing(head) as act:
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30), renew=True)
    page = staff.get("/acknowledge/2")
    assert page.status_code == 200
    assert 'action="/acknowledge/3"' in page.text
    assert staff.get("/acknowledge/9").status_code == 404


def test_the_page_of_a_campaign_says_how_far_its_mail_has_come(app: Flask, wiring: Wiring) -> None:
    manager = signed_in(app, "manager")
    assert "Mail:" not in manager.get(campaign(manager)).text
    with wiring.reading() as act:
        person = act.tx.people.find("manager")
        assert person
        actor = proving.actor(act, person.person_id)
    with wiring.writing(actor) as act:
        mailed = outbox.distribute(act, "ISLE")
        count = act.tx.outbox.waiting("ISLE")[0]
    page = manager.get(f"/campaigns/ISLE/{mailed.campaign_id}").text
    without = len(mailed.recipients) - count
    assert f"Mail: 0 sent, {count} waiting, 0 given up, {without} without an address" in page


def test_the_address_in_a_mail_acknowledges_nothing_and_lets_nobody_in(app: Flask, wiring: Wiring) -> None:
    with wiring.reading() as act:
        before = act.tx.audit.size()
    assert Browser(app).get("/acknowledge/2").status_code in {302, 303}  # to sign in
    assert signed_in(app, "staff").get("/acknowledge/2").status_code == 200
    with wiring.reading() as act:
        assert act.tx.acknowledgements.standing("ISLE", 2) == ()
        assert act.tx.audit.size() == before


def test_a_campaign_goes_to_those_who_were_chosen_and_says_so(app: Flask) -> None:
    manager = signed_in(app, "manager")
    chosen = {"units": ["Harbour"], "categories": ["civilian"], "deadline": "2026-04-01"}
    answer = manager.post("/campaigns/ISLE/", chosen, page="/campaigns/ISLE/")
    told = manager.get(answer.location).text
    assert "Goes to: unit Harbour; Civilian" in told
    assert manager.post("/campaigns/ISLE/", {"units": ["Navy"]}, page="/list").status_code == 422
    assert manager.post("/campaigns/ISLE/", {"categories": ["pirate"]}, page="/list").status_code == 422


def test_a_manager_enters_an_induction_and_leave(app: Flask) -> None:
    manager = signed_in(app, "manager")
    page = "/campaigns/ISLE/people"
    told = manager.get(page).text
    assert "ST/SGB/2003/13" in told
    assert "Somebody Staff" in told
    form = {"person": "staff", "language": "en", "date": "", "briefed_by": "head"}
    assert manager.post("/campaigns/ISLE/induction", form, page=page).status_code == 303
    assert "Somebody Staff" not in manager.get(page).text
    assert manager.post("/campaigns/ISLE/induction", form | {"person": "manager"}, page=page).status_code == 409
    away = {"away": "staff", "from": "2026-03-01", "to": "2026-03-20"}
    assert manager.post("/campaigns/ISLE/leave", away, page=page).status_code == 303
    assert "On leave: 1" in manager.get(campaign(manager)).text
    assert manager.post("/campaigns/ISLE/leave", {"away": "staff", "back": "yes"}, page=page).status_code == 303
    assert "On leave" not in manager.get(campaign(manager)).text
    swapped = away | {"from": "2026-03-20", "to": "2026-03-01"}
    assert manager.post("/campaigns/ISLE/leave", swapped, page=page).status_code == 422

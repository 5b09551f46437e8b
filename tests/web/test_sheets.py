"""A unit's page: its sheets to print, and what is signed typed in by a clerk; and what a mail's addresses cannot do."""

import hashlib
import io
import re
from dataclasses import replace
from datetime import date
from html import unescape
from itertools import product
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.mail import MailKind
from geo_offlimits.formats.mail import Announcement, MailText, Missing, MissingUnit, missing_written, written
from geo_offlimits.formats.sheet_reading import read_sheet
from geo_offlimits.services import deltas, editions, leave, postings
from tests import proving
from tests.web.isle import Browser, signed_in
from tests.web.test_acknowledgement import acknowledge, campaign, latest

PHOTO = b"\xff\xd8 a photo of the signed sheet"


def unit_page(manager: Browser) -> str:
    return f"{campaign(manager)}/unit?unit=Harbour"


def send(browser: Browser, *signed: str, photo: bytes = b"", **told: Any) -> TestResponse:
    form: dict[str, Any] = {"on": "2026-03-01", "language": "en", "signed": list(signed)} | told
    if photo:
        form["scan"] = (io.BytesIO(photo), "sheet.jpg")
    page = unit_page(signed_in(browser.client.application, "manager"))
    return browser.post(page, form, page="/list", content_type="multipart/form-data")


def test_a_clerk_ticks_who_signed_and_the_photo_s_hash_is_kept(app: Flask, wiring: Wiring) -> None:
    manager = signed_in(app, "manager")
    answer = send(manager, "p-staff", "p-patrol", photo=PHOTO)
    assert answer.status_code == 200, answer.text
    assert "2 acknowledgements were entered from the sheet." in answer.text
    for person_id in ("p-staff", "p-patrol"):
        made = latest(wiring, person_id)
        assert made
        assert (made.channel, made.entered_by) == ("paper", "p-manager")
        assert made.sheet_sha256 == hashlib.sha256(PHOTO).hexdigest()
    assert latest(wiring, "p-officer") is None
    page = manager.get(unit_page(manager)).text
    assert ('value="p-staff"' in page, 'value="p-officer"' in page) == (False, True)


def test_who_signed_before_going_on_leave_can_be_ticked(app: Flask, wiring: Wiring) -> None:
    manager = signed_in(app, "manager")
    page = unit_page(manager)
    with wiring.reading() as act:
        clerk = proving.actor(act, "p-manager")
    with wiring.writing(clerk) as act:
        leave.enter(act, "patrol", date(2026, 3, 2), date(2026, 3, 20))
    assert 'value="p-patrol"' in manager.get(page).text
    assert send(manager, "p-patrol").status_code == 200
    assert latest(wiring, "p-patrol")


def test_the_same_photo_twice_is_told_and_what_was_ticked_stays_ticked(app: Flask, wiring: Wiring) -> None:
    manager = signed_in(app, "manager")
    send(manager, "p-staff", photo=PHOTO)
    answer = send(manager, "p-patrol", photo=PHOTO)
    assert answer.status_code == 409
    assert "This sheet was entered on 2026-03-02 by Somebody Manager: 1 acknowledgements" in answer.text
    assert 'value="p-patrol" checked' in answer.text
    assert latest(wiring, "p-patrol") is None


def test_who_explained_it_and_in_which_language_is_entered_for_those_only(app: Flask, wiring: Wiring) -> None:
    manager = signed_in(app, "manager")
    spoken: dict[str, Any] = {"orally": "yes", "explained_by": "officer", "explained-p-patrol": "sr-Cyrl"}
    assert send(manager, "p-staff", "p-patrol", **spoken).status_code == 200
    oral, paper = latest(wiring, "p-patrol"), latest(wiring, "p-staff")
    assert oral
    assert paper
    assert (oral.channel, oral.language, oral.explained_by) == ("oral", "sr-Cyrl", "p-officer")
    assert (paper.channel, paper.explained_by) == ("paper", None)
    shown = signed_in(app, "patrol").get("/acknowledgements/ISLE/2").text
    assert "explained by word of mouth" in shown


def test_a_language_that_stays_in_a_hidden_field_makes_nothing_word_of_mouth(app: Flask, wiring: Wiring) -> None:
    send(signed_in(app, "manager"), "p-patrol", **dict[str, Any]({"explained-p-patrol": "fr"}))
    made = latest(wiring, "p-patrol")
    assert made
    assert made.channel == "paper"


@pytest.mark.parametrize(
    ("signed", "told", "sentence"),
    [
        ((), {}, "nobody is ticked"),
        (
            ("p-staff",),
            {"on": "2026-03-09"},
            "between 2026-03-01, when the edition came out, and 2026-03-02, today",
        ),
        (("p-staff",), {"on": "yesterday"}, "write it as 2026-11-20"),
        (("p-staff",), {"orally": "yes", "explained-p-staff": "fr"}, "who explained it is missing"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused_on_its_page(
    app: Flask, wiring: Wiring, signed: tuple[str, ...], told: dict[str, Any], sentence: str
) -> None:
    answer = send(signed_in(app, "manager"), *signed, **told)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'id="typed"' in answer.text
    assert latest(wiring, "p-staff") is None


def test_the_sheet_of_a_thousand_people_is_entered_as_well(app: Flask, wiring: Wiring) -> None:
    told = {f"explained-p-{number}": "" for number in range(1_200)}
    assert send(signed_in(app, "manager"), "p-staff", photo=PHOTO, **dict[str, Any](told)).status_code == 200
    assert latest(wiring, "p-staff")


def test_a_clerk_cannot_tick_themselves(app: Flask, wiring: Wiring) -> None:
    manager = signed_in(app, "manager")
    assert re.search(r'value="p-manager" disabled', manager.get(unit_page(manager)).text)
    assert "your own acknowledgement" in send(manager, "p-manager", "p-staff").text
    assert latest(wiring, "p-manager") is None
    assert latest(wiring, "p-staff")


def test_a_unit_s_sheet_is_handed_out_in_each_form(app: Flask) -> None:
    manager = signed_in(app, "manager")
    links = re.findall(r'href="([^"]+/sheet\.[^"]+)"', manager.get(unit_page(manager)).text)
    got = {link.partition("?")[0][-4:].strip("."): manager.get(unescape(link)) for link in links}
    assert set(got) == {"csv", "html", "pdf"}
    assert {answer.status_code for answer in got.values()} == {200}
    assert read_sheet(got["csv"].data).unit == "Harbour"
    assert got["pdf"].data.startswith(b"%PDF-")
    page = got["html"].text
    assert got["html"].headers["Content-Disposition"] == "attachment; filename=acknowledgement-harbour.html"
    for told in ("Somebody Patrol", "I have read the current list", "No longer on the list", "Old Anchor", "<svg"):
        assert told in page


def test_a_unit_that_the_campaign_does_not_ask_has_no_page(app: Flask) -> None:
    manager = signed_in(app, "manager")
    page = campaign(manager)
    assert {manager.get(f"{page}/unit{query}").status_code for query in ("", "?unit=Nowhere")} == {404}


# ---- of another unit -------------------------------------------------------------------------------------------------


def moved(wiring: Wiring) -> None:
    """The manager answers for another unit by now."""
    with wiring.reading() as act:
        admin = proving.actor(act, "p-admin")
    with wiring.writing(admin) as act:
        postings.move(act, "manager", unit="Depot", sector=None)


def names_in(page: str) -> set[str]:
    """Of the unit Harbour, but for the reader's own in the heading."""
    return {role for role in ("Staff", "Patrol", "Officer") if f"Somebody {role}" in page}


def test_who_is_outstanding_is_shown_to_a_clerk_of_the_unit_alone(app: Flask, wiring: Wiring) -> None:
    manager = signed_in(app, "manager")
    page = unit_page(manager)
    assert names_in(manager.get(page).text) == {"Staff", "Patrol", "Officer"}
    assert page in unescape(manager.get(campaign(manager)).text)
    moved(wiring)
    answer = manager.get(page)
    assert (answer.status_code, names_in(answer.text)) == (404, set())
    whole = manager.get(campaign(manager))
    assert (whole.status_code, names_in(whole.text)) == (200, set())
    assert "/unit?" not in whole.text
    assert signed_in(app, "head").get(page).status_code in {403, 404}


@pytest.mark.parametrize("role", ["manager", "head"])
def test_the_blank_sheet_of_another_unit_is_offered_with_the_campaign(app: Flask, wiring: Wiring, role: str) -> None:
    acknowledge(signed_in(app, "staff"))
    page = campaign(signed_in(app, "manager"))
    moved(wiring)
    reader = signed_in(app, role)
    links = re.findall(r'href="([^"]+/sheet\.(?:csv|html)[^"]+)"', reader.get(page).text)
    assert len(links) == 2
    for link in links:
        assert names_in(reader.get(unescape(link)).text) == {"Staff", "Patrol", "Officer"}


def test_a_sheet_of_another_unit_is_entered_and_its_report_tells_of_nobody_else(app: Flask, wiring: Wiring) -> None:
    manager = signed_in(app, "manager")
    page = unit_page(manager)
    moved(wiring)
    form = {"on": "2026-03-01", "language": "en"}
    answer = manager.post(page, form | {"signed": "p-patrol"}, page="/list")
    assert (answer.status_code, names_in(answer.text)) == (200, set())
    assert "1 acknowledgement was entered from the sheet." in answer.text
    assert latest(wiring, "p-patrol")
    refused = manager.post(page, form, page="/list")
    assert (refused.status_code, names_in(refused.text)) == (422, set())
    assert "nobody is ticked" in refused.text


# ---- an opened mail never counts -------------------------------------------------------------------------------------


def mails(wiring: Wiring, language: str) -> list[MailText]:
    """One of each kind that goes out, to staff and to who answers for them."""
    with wiring.reading() as act:
        reader = proving.actor(act, "p-conduct")
    with wiring.reading(reader) as act:
        read = editions.read(act, wiring.shelf, "ISLE", 2)
        changes = deltas.between(act, "ISLE", 1, 2)
    told = Announcement(edition=read.edition, sha256=read.sha256, address=f"{SITE}/acknowledge/2", changes=changes)
    late = MissingUnit(unit="Harbour", people=(("S-1", "Somebody", None),))
    missing = Missing(edition=read.edition, address=f"{SITE}/campaigns/ISLE/", units=(late,))
    translate = catalogue(language).gettext
    to_staff = [written(replace(told, kind=kind), language=language, translate=translate) for kind in STAFF_MAIL]
    return [*to_staff, missing_written(missing, language=language, translate=translate)]


def addresses(texts: list[MailText]) -> set[str]:
    """Every address in mails, as programs that look at mail find them."""
    whole = "\n".join(f"{text.plain}\n{text.html}" for text in texts)
    found = re.findall(r"https?://[^\s<>\"']+|(?:href|src|action)=\"([^\"]+)\"", whole)
    plain = re.findall(r"https?://[^\s<>\"']+", whole)
    return {unescape(one) for one in (*found, *plain) if one}


SITE = "http://localhost"
STAFF_MAIL = (MailKind.ANNOUNCEMENT, MailKind.REMINDER, MailKind.INFORMATION, MailKind.INDUCTION)
PREFETCHES: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch", "X-Moz": "prefetch"},
    {"User-Agent": "Mail scanner", "Accept": "*/*"},
)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_look_at_any_address_in_a_mail_acknowledges(app: Flask, wiring: Wiring, language: str) -> None:
    staff, nobody = signed_in(app, "staff"), Browser(app)
    readers = {f"{SITE}/acknowledge/2": staff, f"{SITE}/campaigns/ISLE/": signed_in(app, "manager")}
    assert addresses(mails(wiring, language)) == set(readers)
    with wiring.reading() as act:
        before = act.tx.audit.size()
    for address, headers, method in product(readers, PREFETCHES, ("GET", "HEAD", "OPTIONS")):
        for browser in (readers[address], nobody):
            answer = browser.client.open(address, method=method, headers=headers, base_url=SITE)
            assert answer.status_code < 500
    with wiring.reading() as act:
        assert act.tx.acknowledgements.standing("ISLE", 2) == ()
        assert act.tx.audit.size() == before
    assert acknowledge(staff) == 303  # what does acknowledge is found by the same look
    with wiring.reading() as act:
        assert [one.person_id for one in act.tx.acknowledgements.standing("ISLE", 2)] == ["p-staff"]
        assert act.tx.audit.size() == before + 1

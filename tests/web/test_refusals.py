"""Refusals on pages: in the reader's language, beside the field at fault, with what was typed."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from tests.web.isle import Browser, signed_in

PROPOSAL = {"name": "Harbour Cellar", "basis": "security", "authority": "Head", "directive": "ISLE/7", "do": "propose"}
FORMS = {
    "sign-in": ("", "/login", {"reference": "staff", "passphrase": "wrong"}),
    "repetition": ("staff", "/passphrase", {"new": "one two three four", "repeated": "another one"}),
    "short passphrase": ("staff", "/passphrase", {"new": "short", "repeated": "short"}),
    "no authority": ("officer", "/register/ISLE/propose", {**PROPOSAL, "authority": ""}),
    "no name": ("officer", "/register/ISLE/propose", {**PROPOSAL, "name": ""}),
    "swapped days": ("officer", "/register/ISLE/propose", {**PROPOSAL, "from": "2026-03-02", "to": "2026-03-01"}),
    "no position": ("officer", "/register/ISLE/propose", {**PROPOSAL, "position": "somewhere"}),
    "unseen sign": ("officer", "/register/ISLE/propose", {**PROPOSAL, "note": "turned \u202eround"}),
    "no language": ("officer", "/register/ISLE/propose", {**PROPOSAL, "lang": "?"}),
    "no such day": ("officer", "/register/ISLE/propose", {**PROPOSAL, "from": "tomorrow"}),
    "no such outline": ("officer", "/register/ISLE/propose", {**PROPOSAL, "geometry": "{"}),
    "no outline of an area": ("officer", "/register/ISLE/propose", {**PROPOSAL, "subject": "area"}),
    "no reason": ("head", "/register/ISLE/ISLE-0001/propose-lift", {}),
    "same person": ("officer", "/register/ISLE/ISLE-0008/rename", {"name": "Wharf Nine"}),
    "wrong step": ("head", "/register/ISLE/ISLE-0001/designate", {}),
    "own proposal of another": ("head", "/register/ISLE/ISLE-0008/withdraw", {}),
    "own signature": ("head", "/register/ISLE/ISLE-0003/confirm", {}),
    "overtaken": ("head", "/register/ISLE/publish", {"days": "30", "seen": "0"}),
    "days": ("head", "/register/ISLE/publish", {"days": "0", "seen": "0"}),
    "deadline": ("manager", "/campaigns/ISLE/", {"deadline": "2026-02-01"}),
    "old edition": ("staff", "/acknowledge/2", {"sha256": "0" * 64}),
    "position": ("staff", "/list", {"do": "check", "position": "99° N 15° E"}),
    "readings": ("staff", "/list", {"do": "check", "position": "95.0, -16.0"}),
    "half a position": ("staff", "/list", {"do": "check", "position": "42,66"}),
    "several readings": ("staff", "/list", {"do": "check", "position": "[10.5, -30.5]"}),
    "short link": ("staff", "/list", {"do": "check", "position": "https://maps.app.goo.gl/Ab1"}),
    "nothing there": ("staff", "/register/ISLE/publish", {}),
}  # fmt: skip
# Words of the catalogue's English that no French sentence has.
ENGLISH = re.compile(r"\b(the|is|are|not|with|give|write|that|choose|cannot|again|of|and|you|your)\b", re.IGNORECASE)


def sent(app: Flask, who: str, path: str, form: dict[str, Any], tag: str) -> str:
    """What the page says after `form` was sent, in the language of `tag`."""
    visitor = signed_in(app, who) if who else Browser(app)
    visitor.post("/language", {"language": tag})
    answer = visitor.post(path, {"reference": "staff", "passphrase": "seven quiet ferries at dawn"} | form)
    assert answer.status_code >= 400 or path == "/list", answer.status_code
    said = re.search(r'role="alert">.*?<span>(.*?)</span>|<p dir="auto">(.*?)</p>', answer.text, re.DOTALL)
    assert said, answer.text
    return unescape(said[1] or said[2])


@pytest.mark.parametrize("case", FORMS)
def test_a_refusal_is_said_in_the_reader_s_language(app: Flask, case: str) -> None:
    who, path, form = FORMS[case]
    english, french = sent(app, who, path, form, "en"), sent(app, who, path, form, "fr")
    assert english != french
    # What people or the list have written stands as it is, in quotation marks or as a code.
    own = re.sub(r"'[^']*'|\b[A-Z]+-\d+\b|--[a-z-]+", "", french)
    assert not ENGLISH.findall(own), french


def test_a_page_calls_a_field_by_its_label_and_a_program_by_its_name(app: Flask) -> None:
    form = {**PROPOSAL, "authority": ""}
    assert sent(app, "officer", "/register/ISLE/propose", form, "en") == "Authority: missing; fill it in."
    assert sent(app, "officer", "/register/ISLE/propose", form, "fr").startswith("Autorité : ")


def test_the_field_at_fault_says_so_and_keeps_what_was_typed(app: Flask) -> None:
    officer = signed_in(app, "officer")
    form = {**PROPOSAL, "position": "95, 0"}
    page = officer.post("/register/ISLE/propose", form, page="/register/ISLE/").text
    field = re.search(r'<input id="position".*?>', page)
    assert field
    assert 'value="95, 0"' in field[0]
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="position-hint position-issue"' in field[0]
    assert re.search(r'id="position-issue">begins with a latitude beyond 90 \(write 0, 95 if that is meant\)<', page)
    assert page.count('aria-invalid="true"') == 1


def test_a_field_of_several_lines_says_its_fault_too(app: Flask) -> None:
    form = {**PROPOSAL, "note": "turned \u202eround"}
    page = signed_in(app, "officer").post("/register/ISLE/propose", form).text
    assert re.search(r'<textarea id="note"[^>]* aria-describedby="note-hint note-issue" aria-invalid="true"', page)
    assert 'id="note-issue">holds U+202E' in page
    assert 'id="exceptions-issue"' not in page


def test_only_the_decision_that_was_refused_is_marked_and_each_has_a_field_of_its_own(app: Flask) -> None:
    head, path = signed_in(app, "head"), "/register/ISLE/ISLE-0008"
    page = head.post(f"{path}/reject", {"reason": " "}, page=path).text
    fields = dict(re.findall(r'<input id="(reason-\w+)" name="reason"([^>]*)>', page))
    assert set(fields) == {"reason-notice", "reason-designate", "reason-reject"}
    assert "aria-invalid" in fields["reason-reject"]
    assert "aria-invalid" not in fields["reason-designate"]


def test_a_program_reads_the_refusal_in_the_reader_s_language_and_the_field_by_its_name(app: Flask) -> None:
    staff = signed_in(app, "staff")
    body = {"mission": "ISLE", "positions": [{"lat": 99.0, "lon": 15.0}]}
    english = staff.ask("/api/v1/check", body).get_json()
    staff.post("/language", {"language": "fr"})
    french = staff.ask("/api/v1/check", body).get_json()
    assert english["detail"].startswith("99.0: latitude is beyond 90; check")
    assert french["detail"].startswith("99.0 : latitude au-delà de 90 ; vérifiez")
    assert french["issues"][0] == english["issues"][0] | {
        "reason": "latitude au-delà de 90",
        "remedy": "vérifiez que latitude et longitude ne sont pas interverties",
    }

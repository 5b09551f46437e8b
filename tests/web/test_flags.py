"""One tap at a door; the page needs no JavaScript for it, and officers settle it on the register's pages."""

import pytest
from flask import Flask

from tests.web.isle import Browser, signed_in

FLAGS = "/api/v1/missions/ISLE/premises/ISLE-0001/flags"
LISTING = "/register/ISLE/ISLE-0001"
NOTE = "A FLAG’S NOTE"


@pytest.fixture
def staff(app: Flask) -> Browser:
    return signed_in(app, "staff")


def test_the_list_page_takes_a_flag_and_says_that_nothing_changes_by_it(app: Flask, staff: Browser) -> None:
    answered = staff.post("/list", {"do": "check", "position": "10.0, -30.0"}, page="/list").text
    assert 'name="entry_id" value="ISLE-0001"' in answered
    sent = staff.post("/flag", {"entry_id": "ISLE-0001", "kind": "closed", "mission": "ISLE"}, page="/list")
    assert sent.status_code == 303
    assert "until they decide, it stays as listed" in staff.get("/list").text
    assert "It is closed" in signed_in(app, "officer").get(LISTING).text


def test_the_api_takes_a_flag_and_names_it(staff: Browser) -> None:
    made = staff.ask(FLAGS, {"kind": "moved", "note": "to the next street"})
    assert made.status_code == 201
    assert made.get_json() == {"flag_id": "ISLE-F0002", "id": "ISLE-0001", "kind": "moved", "edition": 2}
    assert staff.ask(FLAGS, {"kind": "moved", "note": "to the next street"}).get_json()["flag_id"] == "ISLE-F0002"
    assert staff.ask(FLAGS, {"kind": "haunted"}).status_code == 422
    assert staff.ask(FLAGS.replace("0001", "0002"), {"kind": "closed"}).status_code == 404


def test_officers_see_it_in_their_worklist_and_settle_it(app: Flask) -> None:
    officer = signed_in(app, "officer")
    assert "Flagged" in officer.get("/register/ISLE/").text
    assert NOTE in officer.get(LISTING).text
    settle = "/register/ISLE/flags/ISLE-F0001/settle"
    assert officer.post(settle, {"resolution": " "}, page=LISTING).status_code == 422
    assert officer.post(settle, {"resolution": "looked: as ever"}, page=LISTING).status_code == 303
    assert "Settle the flag" not in officer.get(LISTING).text
    assert "Flagged" not in officer.get("/register/ISLE/").text


def test_what_was_noted_is_read_by_officers_only(app: Flask) -> None:
    for who in ("staff", "patrol", "manager"):
        reader = signed_in(app, who)
        pages = [reader.get(path).text for path in ("/", "/list", "/missions/ISLE/editions/current")]
        pages.append(reader.post("/list", {"do": "check", "position": "10.0, -30.0"}, page="/list").text)
        assert NOTE not in "".join(pages)
        assert reader.get(LISTING).status_code == 404

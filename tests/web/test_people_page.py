"""`/people/…`: an administrator reads the report on a personnel list and lands it, or it does not land."""

import io
import re
import zlib
from base64 import urlsafe_b64encode

from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.web.isle import Browser, signed_in

INDEX, REPORT, LAND = "/people/ISLE/", "/people/ISLE/report", "/people/ISLE/land"
ROWS = "number,name,unit,category\n900,<b>Ada</b> ليلى,Ports,civilian\n901,Bo Reef,Ports,alien\n"


def reported(browser: Browser, rows: str, **meant: str) -> tuple[str, dict[str, str]]:
    """The page of the report, and the fields of the form on it."""
    page = browser.post(REPORT, {"file": (io.BytesIO(rows.encode()), "staff.csv"), **meant}, page=INDEX).text
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.partition(f'action="{LAND}"')[2])
    return page, {name: value for name, value in fields if name != "csrf_token"}


def count(wiring: Wiring) -> int:
    with wiring.store.reading() as tx:
        return len(tx.people.everybody())


def test_the_report_is_told_and_what_was_told_lands(app: Flask, wiring: Wiring) -> None:
    admin, before = signed_in(app, "admin"), count(wiring)
    page, fields = reported(admin, ROWS)
    assert "&lt;b&gt;Ada&lt;/b&gt; ليلى" in page
    assert "Row 3" in page
    assert "1 new, 0 moved" in page
    assert count(wiring) == before
    assert admin.post(LAND, fields, page=INDEX).location == INDEX
    assert count(wiring) == before + 1
    listed = admin.get(INDEX).text
    assert "The list has landed." in listed
    assert "&lt;b&gt;Ada" in listed


def test_a_column_of_roles_is_said_not_to_be_read(app: Flask) -> None:
    page, _ = reported(signed_in(app, "admin"), "number,name,unit,category,role\nN9,Nine,Ports,civilian,head\n")
    assert "Columns that are not read: <bdi>role</bdi>" in page
    assert "Columns that are not read" not in reported(signed_in(app, "admin"), ROWS)[0]


def test_another_file_or_another_meaning_than_was_told_does_not_land(app: Flask, wiring: Wiring) -> None:
    admin, before = signed_in(app, "admin"), count(wiring)
    _, fields = reported(admin, ROWS)
    other = urlsafe_b64encode(zlib.compress(ROWS.replace("Ada", "Eve").encode())).decode()
    bomb = urlsafe_b64encode(zlib.compress(b"a" * 2**25)).decode()
    for changed in ({"content": other}, {"name": "other.csv"}, {"report": "0" * 64}):
        answer = admin.post(LAND, fields | changed, page=INDEX)
        assert (answer.status_code, "no longer those of the report" in answer.text) == (409, True)
    for broken in ({"content": "%%%"}, {"content": ""}, {"content": bomb}):
        assert admin.post(LAND, fields | broken, page=INDEX).status_code == 422
    assert count(wiring) == before


def test_a_form_with_a_list_of_twenty_thousand_arrives_whole(app: Flask) -> None:
    admin = signed_in(app, "admin")
    rows = "number,name,unit,category,email\n" + "".join(
        f"N{one},Name {one * 7919},Unit {one % 60},wizard,n{one * 104729}@isle.example\n" for one in range(20_000)
    )
    _, fields = reported(admin, ROWS)
    fields["content"] = urlsafe_b64encode(zlib.compress(rows.encode(), 0)).decode()
    assert len(fields["content"]) > 500_000
    answer = admin.post(LAND, fields, page=INDEX)
    assert answer.status_code == 409  # it arrived, and is not the list of the report


def test_no_file_is_refused_with_a_sentence(app: Flask) -> None:
    answer = signed_in(app, "admin").post(REPORT, {}, page=INDEX)
    assert (answer.status_code, "No list was sent" in answer.text) == (422, True)


def test_who_manages_nobody_finds_no_such_page_and_no_way_to_it(app: Flask) -> None:
    head = signed_in(app, "head")
    assert head.get(INDEX).status_code == 404
    assert "People</a>" not in head.get("/").text
    assert "People</a>" in signed_in(app, "admin").get("/").text

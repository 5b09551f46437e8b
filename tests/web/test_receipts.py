"""The page and the API hand out the answer signed, and keep nothing of it."""

import html
import json
import re
from base64 import b64decode
from typing import Any

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.services.receipts import verify_receipt
from tests.web.isle import Browser, signed_in

LANTERN: dict[str, Any] = {"mission": "ISLE", "positions": [{"lat": 10.0, "lon": -30.0, "uncertainty_m": 1}]}


@pytest.fixture
def staff(app: Flask) -> Browser:
    return signed_in(app, "staff")


def kept(page: str, name: str) -> bytes:
    """The file of this name that the page hands out."""
    found = re.search(rf'href="data:[^"]*;base64,([^"]+)" download="{name}"', page)
    assert found, page
    return b64decode(html.unescape(found.group(1)))


def verdict(wiring: Wiring, content: bytes) -> str:
    return verify_receipt(content, wiring.keyring.public_keys()).receipt.verdict.value


def test_the_api_signs_each_answer_when_asked_and_only_then(staff: Browser, wiring: Wiring) -> None:
    body = LANTERN | {"positions": [*LANTERN["positions"], {"lat": 10.2, "lon": -30.2}], "receipt": True}
    told = staff.ask("/api/v1/check", body).get_json()["answers"]
    assert [verdict(wiring, one["receipt"]["text"].encode()) for one in told] == ["listed", "not_listed"]
    assert verdict(wiring, json.dumps(told[0]["receipt"]["envelope"]).encode()) == "listed"
    assert "receipt" not in staff.ask("/api/v1/check", LANTERN).get_json()["answers"][0]
    named = staff.ask("/api/v1/find", {"mission": "ISLE", "name": "Blue Lantern", "receipt": True}).get_json()
    assert verdict(wiring, named["receipt"]["code"].encode()) == "listed"


def test_the_page_gives_the_receipt_as_words_as_a_qr_code_and_as_files(staff: Browser, wiring: Wiring) -> None:
    page = staff.post("/receipt", {"asked": json.dumps(LANTERN)}, page="/list")
    assert page.status_code == 200, page.text
    assert "Off limits: suspected, precautionary" in page.text
    assert 'src="data:image/svg+xml;base64,' in page.text
    for name in ("receipt.txt", "receipt.json"):
        assert verdict(wiring, kept(page.text, name)) == "listed"


def test_the_list_page_offers_a_receipt_of_what_it_answered(staff: Browser, wiring: Wiring) -> None:
    for form in ({"do": "check", "position": "10.0, -30.0"}, {"do": "find", "search": "Blue Lantern"}):
        answered = staff.post("/list", form, page="/list").text
        asked = re.search(r'name="asked" value="([^"]+)"', answered)
        assert asked
        page = staff.post("/receipt", {"asked": html.unescape(asked.group(1))}, page="/list")
        assert verdict(wiring, kept(page.text, "receipt.json")) in {"listed", "cannot_tell"}


@pytest.mark.parametrize(
    "asked", ["", "{", "[]", '{"mission": "ISLE"}', json.dumps(LANTERN | {"positions": LANTERN["positions"] * 2})]
)
def test_what_is_no_question_gets_no_receipt(staff: Browser, asked: str) -> None:
    refused = staff.post("/receipt", {"asked": asked}, page="/list")
    assert refused.status_code == 422
    assert "offlimits-receipt" not in refused.text


def test_nobody_gets_a_receipt_of_a_list_that_is_not_theirs(staff: Browser) -> None:
    other: Any = LANTERN | {"mission": "ROCK"}
    assert staff.post("/receipt", {"asked": json.dumps(other)}, page="/list").status_code == 404
    also = staff.ask("/api/v1/check", LANTERN | {"also": ["ROCK"]})
    assert also.status_code == 404
    assert staff.ask("/api/v1/check", LANTERN | {"also": ["ISLE"] * 21}).status_code == 422


def test_a_receipt_is_written_nowhere_on_the_server(staff: Browser, wiring: Wiring) -> None:
    with wiring.reading() as act:
        before = act.tx.audit.size()
    staff.post("/receipt", {"asked": json.dumps(LANTERN)}, page="/list")
    with wiring.reading() as act:
        assert act.tx.audit.size() == before

"""A partner's list goes through the same report, lies on a page of its own, and becomes no proposal."""

import io
import re

from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.web.import_steps import begun, names, shown, step
from tests.web.isle import signed_in

PAGE = "/register/ISLE/partners"
LIST = "name,lat,lon\nHarbour Cellar,10.2,-30.2\n<b>{{ 7*7 }}</b>,10.21,-30.2\nBad Row,95,1\n"
SAID = {"partner": "kfor", "reference": "HQ 12/26", "received": "2026-03-01"}


def test_a_partners_list_is_kept_and_confirmed_by_another_person(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    before = names(wiring)
    file = begun(officer, LIST, "kfor.csv")
    found = re.search(r'name="seen" value="(\w+)"', shown(officer, file))
    assert found
    seen = {"seen": found.group(1)}
    refused = step(officer, "partner", file, **seen, **SAID | {"received": "soon"})
    assert refused.status_code == 422
    assert "HQ 12/26" in refused.text
    answer = step(officer, "partner", file, **seen, **SAID)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, PAGE), answer.text
    assert names(wiring) == before
    page = officer.get(PAGE).text
    assert "Waits for a second person" in page
    assert "by you" in page
    assert "not in it: 4" in page
    assert "3 · <bdi>&lt;b&gt;{{ 7*7 }}&lt;/b&gt;</bdi>" in page
    assert "Confirm it" not in page
    assert "Confirm it" in head.get(PAGE).text
    answer = head.post(f"{PAGE}/confirm", {"id": "ISLE-P0001"}, page=PAGE)
    assert answer.status_code == 303, answer.text
    page = officer.get(PAGE).text
    assert "Confirmed" in page
    assert "Refuse it" not in page
    again = head.post(f"{PAGE}/refuse", {"id": "ISLE-P0001", "reason": "no"}, page=PAGE)
    assert "does not wait for anybody" in again.text


def test_what_is_no_signed_edition_is_said_so(app: Flask) -> None:
    officer = signed_in(app, "officer")
    answer = officer.post(f"{PAGE}/recognise", {"file": (io.BytesIO(b"name\nEel\n"), "list.csv")}, page=PAGE)
    assert answer.status_code == 422
    assert "This is no signed edition" in answer.text
    assert "No list of a partner is here." in answer.text

"""The page for conduct officers: what was listed and acknowledged then, as a paper, a PDF and a signed file."""

import base64
import json
import re

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.formats import pdf
from geo_offlimits.formats.pdf import NoTypesetterError
from tests import typesetting
from tests.web.isle import Browser, Clock, signed_in

PAGE = "/evidence/ISLE/"
ASKED = {"person": "staff", "at": "2026-03-01T08:30", "position": "10.000000, -30.000000", "case": "CASE-7F3A"}


@pytest.fixture
def conduct(app: Flask, clock: Clock) -> Browser:
    clock.later(hours=3)
    return signed_in(app, "conduct")


def given(wiring: Wiring) -> int:
    with wiring.store.reading() as tx:
        return sum(b'"evidence:given"' in leaf for leaf in tx.audit.leaves())


def test_conduct_asks_and_reads_the_paper_with_its_file(conduct: Browser, wiring: Wiring) -> None:
    assert 'href="/evidence/ISLE/"' in conduct.get("/campaigns/ISLE/").text
    answer = conduct.post(PAGE, ASKED, page=PAGE)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    for told in ("Blue Lantern", "CASE-7F3A", "Somebody Staff", "What this does not show", "No acknowledgement"):
        assert told in answer.text
    found = re.search(r'href="data:application/json;base64,([^"]+)"', answer.text)
    assert found
    envelope = json.loads(base64.b64decode(found[1]))
    assert json.loads(base64.b64decode(envelope["payload"]))["asked"]["person_id"] == "p-staff"
    assert given(wiring) == 1


def test_a_name_is_text_on_the_paper(conduct: Browser) -> None:
    answer = conduct.post(PAGE, ASKED | {"position": "10.000000, -29.970000"}, page=PAGE)
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "<script>alert(1)" not in answer.text


def test_as_a_signed_file_it_is_only_saved(conduct: Browser) -> None:
    answer = conduct.post(PAGE, ASKED | {"as": "json"}, page=PAGE)
    assert answer.headers["Content-Disposition"] == "attachment; filename=evidence-ISLE-2026-03-01-p-staff.json"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "position" not in answer.headers["Content-Disposition"]
    assert json.loads(answer.data)["payloadType"].endswith("evidence+json;v=1")


@pytest.mark.skipif(bool(typesetting.lacking()), reason=typesetting.lacking() or "")
def test_as_a_pdf_it_is_typeset_after_it_is_on_record(
    conduct: Browser, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    typeset = pdf.typeset

    def watched(page: bytes, **how: tuple[str, bytes]) -> bytes:
        seen.append(given(wiring))
        return typeset(page, **how)

    monkeypatch.setattr(pdf, "typeset", watched)
    answer = conduct.post(PAGE, ASKED | {"as": "pdf"}, page=PAGE)
    assert (answer.data[:5], seen) == (b"%PDF-", [1])
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "CASE-7F3A" in typesetting.told(answer.data)


def test_where_no_pdf_can_be_made_nothing_is_given(
    conduct: Browser, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking() -> None:
        raise NoTypesetterError

    monkeypatch.setattr(pdf, "refuse_lacking", lacking)
    answer = conduct.post(PAGE, ASKED | {"as": "pdf"}, page=PAGE)
    assert (answer.status_code, given(wiring)) == (409, 0)
    assert "A PDF needs the extra" in answer.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"person": ""}, "Say about whom"),
        ({"at": ""}, "Say about whom"),
        ({"at": "yesterday"}, "not a date"),
        ({"at": "2027-01-01T00:00"}, "still to come"),
        ({"case": ""}, "case"),
        ({"position": "nowhere"}, "nowhere"),
        ({"position": "91, 0"}, "latitude"),
    ],
)
def test_what_cannot_be_asked_is_said_on_the_form_with_what_was_typed(
    conduct: Browser, wiring: Wiring, wrong: dict[str, str], said: str
) -> None:
    answer = conduct.post(PAGE, ASKED | wrong, page=PAGE)
    assert (answer.status_code, given(wiring)) == (422, 0)
    assert said.casefold() in answer.text.casefold()
    assert wrong.get("case", "CASE-7F3A") in answer.text


def test_nobody_and_somebody_of_another_mission_read_alike(conduct: Browser, wiring: Wiring) -> None:
    pages = [conduct.post(PAGE, ASKED | {"person": who}, page=PAGE) for who in ("nobody", "stranger")]
    assert [page.status_code for page in pages] == [404, 404]
    for who, page in zip(("nobody", "stranger"), pages, strict=True):
        assert f"There is no person {who} here for you." in page.text  # on the form, with what was typed
        assert "CASE-7F3A" in page.text
    assert given(wiring) == 0

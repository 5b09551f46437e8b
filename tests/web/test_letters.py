"""The letter to an owner and the public notice as pages: in the mission's languages, for who reads the register."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.services import missions
from tests import proving
from tests.web.isle import HOSTILE, signed_in
from tests.web.test_register_pages import decide, proposed

LISTING = "/register/ISLE/ISLE-0001"


def sheet(page: str) -> str:
    """The paper alone, without what the application says around it."""
    found = re.search(r'<article class="paper.*</article>', page, re.DOTALL)
    assert found, page
    return found.group()


def test_the_letter_stands_beside_the_step_that_records_the_notice(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    made = proposed(officer, name="Harbour Cellar", note="CANARY NOTE", reason="CANARY REASON")
    listing = f"/register/ISLE/{made}"
    page = officer.get(listing).text
    assert f'href="{listing}/letter"' in page
    assert f'href="{listing}/notice"' not in page
    answer = officer.get(f"{listing}/letter")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    letter = sheet(answer.text)
    for told in ("Harbour Cellar", "Quay 4", "Mission House, Port Sorrel", "is considering whether", made):
        assert told in letter, told
    for secret in ("CANARY", "ecurity", "Somebody Officer", "report"):
        assert secret not in letter, secret
    with wiring.store.reading() as tx:
        found = tx.register.get(made)
    assert found
    assert len(found.steps) == 1  # to print is to read


def test_papers_come_in_each_language_of_the_mission_and_no_other(app: Flask) -> None:
    officer = signed_in(app, "officer")
    french = officer.get(f"{LISTING}/letter?lang=fr").text
    assert '<html lang="en"' in french
    assert 'lang="fr" dir="ltr">' in sheet(french)
    assert "Au propriétaire ou gérant" in sheet(french)
    assert 'href="?lang=en"' in french
    assert "To the owner" in sheet(officer.get(f"{LISTING}/letter").text)
    assert officer.get(f"{LISTING}/letter?lang=tlh").status_code == 422


def test_a_public_notice_is_only_of_what_is_in_force_and_on_the_current_edition(app: Flask) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    assert f'href="{LISTING}/notice"' in officer.get(LISTING).text
    notice = sheet(officer.get(f"{LISTING}/notice").text)
    for told in ("Off limits", "Blue Lantern", "must not enter", "Head of Mission", "Mission House"):
        assert told in notice, told
    made = proposed(officer, **{"from": ""})
    assert decide(head, made, "designate") == 303
    refused = officer.get(f"/register/ISLE/{made}/notice")
    assert refused.status_code == 409
    assert "publish an edition first" in refused.text


@pytest.mark.parametrize("number", range(3, 3 + len(HOSTILE)))
def test_a_hostile_name_stands_on_paper_as_typed(app: Flask, number: int) -> None:
    officer = signed_in(app, "officer")
    for paper in ("letter", "notice"):
        text = officer.get(f"/register/ISLE/ISLE-000{number}/{paper}").text
        for run in ("<script>alert", "<img src=x", "uid="):
            assert run not in text
    assert "{{ cycler" in sheet(officer.get("/register/ISLE/ISLE-0003/letter").text)


def test_without_a_petition_address_the_officer_is_told_before_printing(app: Flask, wiring: Wiring) -> None:
    with wiring.reading() as act:
        root = proving.actor(act, "p-root")
    with wiring.writing(root) as act:
        standing = missions.mission(act, "ISLE")
        act.tx.missions.replace(replace(standing, petition_address=None), act.now)
        act.record(AuditTag.MISSION_NOTICE, subject="ISLE", mission="ISLE")
    officer = signed_in(app, "officer")
    page = officer.get(LISTING).text
    assert "No letter can be printed yet: the mission has no petition address." in page
    assert f'href="{LISTING}/letter"' not in page
    for paper in ("letter", "notice"):
        answer = officer.get(f"{LISTING}/{paper}")
        assert answer.status_code == 409
        assert "ISLE has no petition address" in answer.text


def test_the_style_of_the_paper_is_a_file_of_this_site(app: Flask) -> None:
    officer = signed_in(app, "officer")
    page = officer.get(f"{LISTING}/letter").text
    address = re.search(r'href="(/static/paper.css[^"]+)"', page)
    assert address
    assert officer.get(address.group(1)).mimetype == "text/css"
    assert "<style" not in page
    assert " style=" not in page

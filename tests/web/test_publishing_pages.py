"""The page that publishes: what would come and go, what waits for a yes."""

import re

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.web.isle import signed_in
from tests.web.test_register_pages import decide, proposed, publish


def test_the_preview_shows_what_would_come_and_go(app: Flask) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    assert decide(head, proposed(officer), "designate") == 303
    page = head.get("/register/ISLE/publish").text
    assert "Harbour Cellar" in page
    assert "edition 3" in page


def test_publishing_what_has_changed_since_the_preview_is_refused(app: Flask, wiring: Wiring) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    assert decide(head, proposed(officer), "designate") == 303
    page = head.get("/register/ISLE/publish").text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen
    assert decide(head, proposed(officer, name="Second Cellar", confirm_alike="yes"), "designate") == 303
    answer = head.post("/register/ISLE/publish", {"seen": seen.group(1), "days": "30"}, page="/register/ISLE/")
    assert answer.status_code == 409
    assert "has changed since" in answer.text
    with wiring.store.reading() as tx:
        header = tx.editions.header("ISLE", wiring.clock())
    assert header
    assert header.number == 2


def test_publishing_nothing_new_needs_to_be_meant(app: Flask) -> None:
    head = signed_in(app, "head")
    status, page = publish(head)
    assert status == 409
    assert "already says all of this" in page
    assert publish(head, renew="yes")[0] == 303


def test_a_great_removal_needs_to_be_confirmed(app: Flask) -> None:
    head, deputy = signed_in(app, "head"), signed_in(app, "deputy")
    for number in (3, 4, 5):
        assert decide(head, f"ISLE-000{number}", "propose-lift", "x") == 303
        assert decide(deputy, f"ISLE-000{number}", "lift", "x") == 303
    status, page = publish(head)
    assert status == 409
    assert "confirm" in page
    assert publish(head, confirm_removals="yes")[0] == 303


@pytest.mark.parametrize("days", ["0", "-1", "367", "x", "", "1.5", "²"])
def test_an_edition_is_current_for_a_sensible_time(app: Flask, days: str) -> None:
    assert publish(signed_in(app, "head"), days=days, renew="yes")[0] == 422


def test_the_preview_names_what_changes_in_words(app: Flask) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    form = {"position": "10.06, -30.06", "uncertainty_m": "4", "name": "Blue Lantern", "category": "bar"}
    form |= {"locality": "Port Sorrel", "reason": "surveyed again"}
    path = "/register/ISLE/ISLE-0001"
    assert officer.post(f"{path}/change", form, page=f"{path}/change").status_code == 303
    assert head.post(f"{path}/make-change", {"reason": ""}, page=path).status_code == 303
    changed = head.get("/register/ISLE/publish").text.split("<h2>Changed")[1].split("</section>")[0]
    assert "Accurate to (metres): 2 → 4" in changed
    assert "Place: moved by " in changed
    assert "MGRS" not in changed
    assert "uncertainty_m" not in changed

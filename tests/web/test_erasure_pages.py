"""`/people/erasures`: one asks, another agrees, and who somebody was is gone."""

from datetime import timedelta

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.web.isle import Browser, Clock, departed, signed_in

PAGE = "/people/erasures"
ASKED = {"person": "patrol", "reason": "<b>ten years</b> are over"}
AGREED = {"person": "patrol", "sure": "yes"}


@pytest.fixture(autouse=True)
def _gone(wiring: Wiring, clock: Clock) -> None:
    """Patrol has departed, and who they were is evidence no longer."""
    departed(wiring, "patrol")
    clock.later(days=wiring.settings.evidence_retention_days, minutes=1)


def name(wiring: Wiring) -> str:
    with wiring.store.reading() as tx:
        found = tx.people.by_id("p-patrol")
    assert found
    return found.name


def asked(browser: Browser) -> None:
    assert browser.post(PAGE, ASKED, page=PAGE).location == PAGE


def test_one_asks_another_agrees_and_is_told_what_is_left(app: Flask, wiring: Wiring) -> None:
    head, admin = signed_in(app, "head"), signed_in(app, "admin")
    asked(head)
    own = head.get(PAGE).text
    assert "&lt;b&gt;ten years" in own
    assert f'action="{PAGE}/agree"' not in own
    assert head.post(f"{PAGE}/agree", AGREED, page=PAGE).status_code == 409
    assert name(wiring) == "Somebody Patrol"
    assert "It cannot be undone." in admin.get(PAGE).text
    done = admin.post(f"{PAGE}/agree", AGREED, page=PAGE)
    assert (done.status_code, "p-patrol" in done.text, "Somebody Patrol" in done.text) == (200, True, False)
    assert name(wiring) == "p-patrol"
    assert "Nobody waits to be erased." in head.get(PAGE).text
    assert "Who this was is erased." in admin.get("/people/ISLE/p-patrol").text
    with wiring.store.reading() as tx:
        assert tx.audit.verify() == ()


def test_without_the_tick_nobody_is_erased(app: Flask, wiring: Wiring) -> None:
    asked(signed_in(app, "head"))
    answer = signed_in(app, "admin").post(f"{PAGE}/agree", {"person": "patrol"}, page=PAGE)
    assert (answer.status_code, name(wiring)) == (422, "Somebody Patrol")


@pytest.mark.parametrize("by", ["head", "deputy"])
def test_it_is_withdrawn_or_refused_and_nobody_is_erased(app: Flask, wiring: Wiring, by: str) -> None:
    asked(signed_in(app, "head"))
    browser = signed_in(app, by)
    assert ("Withdraw it" in browser.get(PAGE).text) is (by == "head")
    assert browser.post(f"{PAGE}/refuse", {"person": "patrol"}, page=PAGE).location == PAGE
    assert "Nobody waits to be erased." in browser.get(PAGE).text
    assert name(wiring) == "Somebody Patrol"


def test_what_cannot_be_asked_keeps_what_was_typed(app: Flask, clock: Clock) -> None:
    head = signed_in(app, "head")
    assert "Erasures" in head.get("/passphrase").text
    for sent, told in (
        ({"person": "staff", "reason": "gone"}, "is in service"),
        ({"person": "patrol", "reason": ""}, "Say in one line why"),
    ):
        answer = head.post(PAGE, sent, page=PAGE)
        assert answer.status_code in (409, 422)
        assert told in answer.text
        assert f'value="{sent["person"]}"' in answer.text
    clock.now -= timedelta(days=2)
    early = signed_in(app, "head").post(PAGE, ASKED, page=PAGE)
    assert (early.status_code, "is kept as evidence until" in early.text) == (409, True)

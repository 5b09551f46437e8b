"""A head ticks several on the worklist, looks at each, and signs once with the passphrase."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.designation import State
from tests.web.isle import Browser, Clock, signed_in
from tests.web.test_register_pages import known, proposed

BATCH = "/register/ISLE/batch"
WORKLIST = "/register/ISLE/"


@pytest.fixture
def head(app: Flask) -> Browser:
    return signed_in(app, "head")


@pytest.fixture
def waiting(app: Flask) -> list[str]:
    officer = signed_in(app, "officer")
    return ["ISLE-0008", proposed(officer, reason="report 12")]


def page(head: Browser, ids: list[str], step: str = "designated") -> str:
    answer = head.get(BATCH, query_string={"step": step, "id": ids})
    assert answer.status_code == 200, answer.text
    return answer.text


def sign(head: Browser, shown: str, **more: Any) -> TestResponse:
    """Sends the form of the page as it was shown."""
    fields = {name: re.findall(rf'name="{name}" value="([^"]*)"', shown) for name in ("step", "id", "version")}
    return head.post(BATCH, {**fields, **more}, page=WORKLIST)


def tags(wiring: Wiring) -> list[str]:
    with wiring.store.reading() as tx:
        return [json.loads(leaf)["tag"] for leaf in tx.audit.leaves()]


def states(wiring: Wiring, ids: list[str]) -> list[State]:
    return [known(wiring, one).state for one in ids]


def test_ticked_designations_are_looked_at_and_signed_once(wiring: Wiring, head: Browser, waiting: list[str]) -> None:
    worklist = head.get(WORKLIST).text
    assert all(f'form="decide-to_decide" name="id" value="{one}"' in worklist for one in waiting)
    shown = page(head, waiting)
    assert all(fact in shown for fact in ("Wharf Nine", "report 12", "Somebody Officer", "Security", *waiting))
    before = tags(wiring)
    answer = sign(head, shown, reason="seen together")
    assert (answer.status_code, answer.location) == (303, WORKLIST)
    assert states(wiring, waiting) == [State.IN_FORCE, State.IN_FORCE]
    assert tags(wiring)[len(before) :] == ["premises:designated", "premises:designated"]
    assert "Each decision is recorded by itself" in head.get(WORKLIST).text


def test_who_may_not_decide_sees_no_ticks_and_one_s_own_cannot_be_ticked(app: Flask, head: Browser) -> None:
    made = proposed(head)
    assert 'type="checkbox"' not in signed_in(app, "officer").get(WORKLIST).text
    assert f'value="{made}"' not in head.get(WORKLIST).text
    assert f'name="id" value="{made}"' in signed_in(app, "deputy").get(WORKLIST).text


def test_one_that_was_decided_meanwhile_refuses_all_and_the_page_says_which(
    app: Flask, wiring: Wiring, head: Browser, waiting: list[str]
) -> None:
    shown = page(head, waiting)
    deputy = signed_in(app, "deputy")
    path = f"/register/ISLE/{waiting[1]}"
    assert deputy.post(f"{path}/designate", {"reason": ""}, page=path).status_code == 303
    answer = sign(head, shown)
    assert answer.status_code == 409
    assert f"{waiting[1]} has changed since you looked" in answer.text
    assert states(wiring, waiting) == [State.PROPOSED, State.IN_FORCE]
    again = sign(head, answer.text)
    assert (again.status_code, "does not follow" in again.text) == (409, True)
    assert states(wiring, waiting) == [State.PROPOSED, State.IN_FORCE]


def test_lifts_and_reviews_are_signed_together_too(app: Flask, wiring: Wiring, clock: Clock, head: Browser) -> None:
    deputy = signed_in(app, "deputy")
    ids = ["ISLE-0003", "ISLE-0004"]
    shown = page(deputy, ids, "confirmed")
    assert sign(deputy, shown).status_code == 303
    assert states(wiring, ids) == [State.IN_FORCE, State.IN_FORCE]
    shown = page(head, ids, "reviewed")
    day = (clock() + timedelta(days=90)).date().isoformat()
    assert sign(head, shown, reason="still").status_code == 422
    assert sign(head, shown, reason="still", review_by=day).status_code == 303
    assert {str(known(wiring, one).terms.review_by) for one in ids} == {day}
    for one in ids:
        path = f"/register/ISLE/{one}"
        assert head.post(f"{path}/propose-lift", {"reason": "closed"}, page=path).status_code == 303
    assert sign(deputy, page(deputy, ids, "lifted")).status_code == 422
    assert states(wiring, ids) == [State.LIFT_PROPOSED, State.LIFT_PROPOSED]
    assert sign(deputy, page(deputy, ids, "lifted"), reason="seen closed").status_code == 303
    assert states(wiring, ids) == [State.LIFTED, State.LIFTED]


def test_a_page_of_nothing_or_of_another_step_is_refused(head: Browser, waiting: list[str]) -> None:
    for asked, status in (
        ({"step": "designated"}, 422),
        ({"step": "rejected", "id": waiting}, 422),
        ({"step": "x", "id": waiting}, 422),
        ({"id": waiting}, 422),
        ({"step": "designated", "id": "ISLE-0099"}, 404),
        ({"step": "designated", "id": "ROCK-0001"}, 404),
    ):
        assert head.get(BATCH, query_string=asked).status_code == status, asked
    odd = {"step": "designated", "id": waiting, "version": ["1"]}
    assert head.post(BATCH, odd, page=WORKLIST).status_code == 422

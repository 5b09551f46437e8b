"""Beside the form of a proposal stands what is near or called like it; what looks the same waits for a yes."""

import re
from typing import Any

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.web.isle import Browser, signed_in
from tests.web.test_api import PREMISES, PROPOSAL, described, undescribed
from tests.web.test_register_pages import FORM, PROPOSE

NEARBY = "/api/v1/missions/ISLE/premises/nearby"
AT_THE_LANTERN = {"lat": 10.0001, "lon": -30.0}
LOOKS_LIKE = {**FORM, "name": "Blue Lanterne", "position": "10.0001, -30.0", "do": "propose"}


@pytest.fixture
def officer(app: Flask) -> Browser:
    return signed_in(app, "officer")


def counts(wiring: Wiring) -> tuple[int, int]:
    with wiring.store.reading() as tx:
        return len(tx.register.all("ISLE")), tx.audit.checkpoint().size


def told(officer: Browser, **body: Any) -> list[tuple[str, float | None, bool]]:
    answer = officer.ask(NEARBY, body)
    assert answer.status_code == 200, answer.text
    assert list(undescribed(described("post", "/api/v1/missions/{code}/premises/nearby"), answer.get_json())) == []
    return [(one["id"], one["distance_m"], one["alike"]) for one in answer.get_json()["nearby"]]


def test_what_is_near_or_called_alike_is_told_while_a_proposal_is_written(officer: Browser, wiring: Wiring) -> None:
    before = counts(wiring)
    assert told(officer, position=AT_THE_LANTERN) == [("ISLE-0001", 11.1, True)]
    assert told(officer, position={"text": "10.001, -30.0"}, names=[{"text": "Tern"}]) == [("ISLE-0001", 110.6, False)]
    assert told(officer, names=[{"text": "Wharf 9"}]) == [("ISLE-0008", None, True)]
    # It was lifted the day before; whoever means it again should know.
    assert told(officer, names=[{"text": "Old Anchor"}]) == [("ISLE-0002", None, True)]
    assert told(officer) == []
    assert counts(wiring) == before
    assert officer.ask(NEARBY, {"position": {"text": "nowhere"}}).status_code == 422


def test_a_call_that_looks_like_a_listing_is_a_problem_of_its_own_until_it_is_meant(
    officer: Browser, wiring: Wiring
) -> None:
    body, before = PROPOSAL | {"position": AT_THE_LANTERN}, counts(wiring)
    answer = officer.ask(PREMISES, body)
    problem = answer.get_json()
    assert (answer.status_code, problem["type"]) == (422, "urn:geo-offlimits:problem:alike")
    assert [(one["id"], one["name"], one["state"]) for one in problem["alike"]] == [
        ("ISLE-0001", "Blue Lantern", "in_force")
    ]
    assert counts(wiring) == before
    assert officer.ask(PREMISES, body | {"confirm_alike": "yes"}).status_code == 422
    assert officer.ask(PREMISES, body | {"confirm_alike": True}).status_code == 201
    assert counts(wiring)[0] == before[0] + 1


@pytest.mark.parametrize("do", ["propose", "add_alone"])
def test_without_scripts_the_form_comes_back_with_what_looks_the_same(app: Flask, wiring: Wiring, do: str) -> None:
    head, before = signed_in(app, "head"), counts(wiring)[0]
    assert 'name="confirm_alike" value="yes" disabled' in head.get(PROPOSE).text
    answer = head.post(PROPOSE, {**LOOKS_LIKE, "do": do}, page="/register/ISLE/")
    assert answer.status_code == 422
    beside = re.search(r'<section class="beside" id="beside">.*?</section>', answer.text, re.DOTALL)
    assert beside
    assert "/register/ISLE/ISLE-0001" in beside[0]
    assert 'name="confirm_alike" value="yes">' in beside[0]
    assert counts(wiring)[0] == before
    answer = head.post(PROPOSE, {**LOOKS_LIKE, "do": do, "confirm_alike": "yes"}, page="/register/ISLE/")
    assert answer.status_code == 303
    assert counts(wiring)[0] == before + 1

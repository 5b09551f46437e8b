"""What a program says twice: contradictions in a proposal and in a check are refused, never passed over."""

from typing import Any

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.web.isle import Browser, signed_in
from tests.web.test_api import AT_THE_LANTERN, CHECK, PREMISES, PROPOSAL

SQUARE = [[-30.1, 10.0], [-30.09, 10.0], [-30.09, 10.01], [-30.1, 10.0]]
OUTLINE = {"type": "Polygon", "coordinates": [SQUARE]}


@pytest.fixture
def officer(app: Flask) -> Browser:
    return signed_in(app, "officer")


def uncertainties(wiring: Wiring) -> list[float | None]:
    with wiring.store.reading() as tx:
        return [one.subject.uncertainty_m for one in tx.register.all("ISLE")]


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({"uncertainty_m": 40}, "uncertainty_m", "given twice"),
        ({"uncertainty_m": 5}, "uncertainty_m", "given twice"),
        ({"geometry": OUTLINE}, "position", "given beside a geometry"),
        ({"review_by": "2026-03-01"}, "review_by", "past already"),
    ],
)
def test_a_proposal_that_contradicts_itself_or_comes_too_late_is_refused(
    officer: Browser, wiring: Wiring, body: dict[str, Any], field: str, reason: str
) -> None:
    before = uncertainties(wiring)
    answer = officer.ask(PREMISES, PROPOSAL | body)
    assert answer.status_code == 422
    assert [(issue["field"], issue["reason"]) for issue in answer.get_json()["issues"]] == [(field, reason)]
    assert uncertainties(wiring) == before


def test_an_uncertainty_beside_a_position_without_its_own_is_that_position_s(officer: Browser, wiring: Wiring) -> None:
    told = PROPOSAL | {"position": {"lat": 10.05, "lon": -30.05}, "uncertainty_m": 40, "review_by": "2026-03-02"}
    assert officer.ask(PREMISES, told).status_code == 201
    assert uncertainties(wiring)[-1] == 40


@pytest.mark.parametrize("meant", ["yes", 1, None])
def test_whether_notations_are_asked_for_is_true_or_false(officer: Browser, meant: object) -> None:
    answer = officer.ask(CHECK, {"positions": [AT_THE_LANTERN], "notations": meant})
    assert answer.status_code == 422
    assert [(issue["field"], issue["reason"]) for issue in answer.get_json()["issues"]] == [
        ("notations", "not true or false")
    ]
    asked = officer.ask(CHECK, {"positions": [AT_THE_LANTERN], "notations": False}).get_json()
    assert "notations" not in asked["answers"][0]

"""`/ogc/` against its own description: Schemathesis asks every operation what it describes, and what it does not."""

from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.cli.worker import REFUSALS
from tests.web.isle import Browser
from tests.web.test_ogc import read, staff
from tests.web.test_openapi import by_token, carrying

__all__ = ["staff"]

# As there; and the standard has a limit that is too large cut, and a property that has no such value match nothing.
NOT_ASKED = [checks.ignored_auth, checks.positive_data_acceptance, checks.negative_data_rejection]
BELOW = ("", "/queryables", "/items", "/items/{featureId}")
PATHS = ("/", "/conformance", "/collections", *(f"/collections/premises{below}" for below in BELOW))
THERE = {"featureId": "ISLE-0001"}


def exercise(app: Flask, wiring: Wiring, told: dict[str, Any], path: str, examples: int) -> set[int]:
    """Which statuses came. Raises the smallest request whose answer is not as described."""
    load_all_checks()
    described = schemathesis.openapi.from_dict(told)
    described.app = carrying(app, by_token(app, wiring))
    asked = described[path]["GET"]
    known = THERE if "{featureId}" in path else {}
    statuses: set[int] = set()

    def answered_as_described(case: Any) -> None:
        statuses.add(case.call_and_validate(excluded_checks=NOT_ASKED).status_code)

    how = effort(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    for mode in GenerationMode:
        how(given(case=asked.as_strategy(mode, path_parameters=known))(answered_as_described))()
    return statuses


@pytest.mark.parametrize("path", PATHS)
def test_every_operation_answers_as_described(app: Flask, wiring: Wiring, staff: Browser, path: str) -> None:
    statuses = exercise(app, wiring, read(staff, "/ogc/api"), path, 10)
    assert {200} <= statuses <= {200, 400, 404}


def test_an_answer_that_is_not_described_would_be_found(app: Flask, wiring: Wiring, staff: Browser) -> None:
    told = read(staff, "/ogc/api")
    del told["paths"]["/collections/premises/items"]["get"]["responses"]["400"]
    with pytest.raises(FailureGroup):
        exercise(app, wiring, told, "/collections/premises/items", 10)


def test_what_the_server_refuses_before_it_is_asked_is_described_too(staff: Browser) -> None:
    too_long = next(one.status for _, one in REFUSALS if one.status is HTTPStatus.REQUEST_URI_TOO_LONG)
    told = read(staff, "/ogc/api")
    for path, operation in told["paths"].items():
        assert {"401", "403", "404", str(int(too_long)), "429", "503"} <= set(operation["get"]["responses"]), path

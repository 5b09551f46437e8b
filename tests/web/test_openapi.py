"""The API against its own description: Schemathesis asks every operation what it describes, and what it does not.

In process, with a real store and real credentials: a session's cookie with the page's token, and a token of a program.
"""

from collections import Counter
from collections.abc import Callable
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
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.services import acknowledging, editions
from tests import proving
from tests.web.isle import Browser
from tests.web.test_api import AT_THE_LANTERN, PROPOSAL
from tests.web.test_partner_pages import partners_list
from tests.web.test_tokens import bearer, issued
from web.openapi import OPERATIONS, Operation, document

QUICK, DEEP = 12, 2000
THERE = {"code": "ISLE", "number": "current", "entry_id": "ISLE-0001", "edition_id": "ISLE-P0001"}
# That nobody is let in without a credential, the access table holds for every route; Schemathesis would put one of its
# own beside ours. A description does not say all that a text must be (a position, a moment, a name with a sign in it),
# so what fits it can still be refused with a sentence.
NOT_ASKED = [checks.ignored_auth, checks.positive_data_acceptance]
# Schemathesis makes credentials up where the description names them.
_MADE_UP = {"HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_X_CSRF_TOKEN"}
Carried = dict[str, str]


def by_session(app: Flask, wiring: Wiring) -> Carried:
    browser = Browser(app, "https://localhost")
    assert browser.sign_in("officer").status_code == 303
    cookie = browser.client.get_cookie("__Host-session")
    assert cookie
    with wiring.reading() as act:
        officer = proving.actor(act, "p-officer")
    with wiring.writing(officer) as act:  # so that there is something of theirs to read
        acknowledging.acknowledge(act, "ISLE", 2, current(wiring), "en")
    return {"HTTP_COOKIE": f"__Host-session={cookie.value}", "HTTP_X_CSRF_TOKEN": browser.token("/list")}


def current(wiring: Wiring) -> str:
    with wiring.reading() as act:
        return editions.header(act.by(proving.actor(act, "p-officer")), "ISLE").sha256


def by_token(_app: Flask, wiring: Wiring) -> Carried:
    return {"HTTP_AUTHORIZATION": bearer(issued(wiring, "officer", Purpose.API))["Authorization"]}


CREDENTIALS: dict[str, Callable[[Flask, Wiring], Carried]] = {"session": by_session, "token": by_token}


def carrying(app: Callable[..., Any], carried: Carried) -> Callable[..., Any]:
    """The application as it is asked over HTTPS by who carries this and no other credential."""
    always = {"wsgi.url_scheme": "https", "REMOTE_ADDR": "192.0.2.7", "HTTP_ACCEPT_ENCODING": "identity", **carried}

    def asked(environ: dict[str, Any], start_response: Any) -> Any:
        return app({name: value for name, value in environ.items() if name not in _MADE_UP} | always, start_response)

    return asked


# What a body says of places, names and missions that there are, and which of the made-up members stay beside it.
MEANT: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "check": (
        {"mission": "ISLE", "positions": [AT_THE_LANTERN]},
        ("radius_m", "at", "known_at", "personnel", "venue", "notations", "receipt"),
    ),
    "find": ({"mission": "ISLE", "name": "blue"}, ("limit", "at", "personnel", "receipt")),
    "premises": (PROPOSAL, ("basis", "restriction", "applies_to", "confirm_outside", "confirm_alike")),
    "nearby": ({"position": AT_THE_LANTERN}, ("category",)),
    "flags": ({}, ("kind", "note")),
    "acknowledgements": ({"edition": 2, "language": "en"}, ("client_at",)),
}


def meaningful(path: str, body: dict[str, Any]) -> dict[str, Any]:
    known, kept = MEANT[path.rpartition("/")[2]]
    return {name: value for name, value in body.items() if name in kept} | known


def exercise(app: Flask, operation: Operation, carried: Carried, examples: int) -> Counter[int]:
    """How often each status came. Raises the smallest request whose answer is not as described."""
    load_all_checks()
    described = schemathesis.openapi.from_dict(document())
    described.app = carrying(app, carried)
    asked = described[operation.path][operation.method.upper()]
    known = {name: value for name, value in THERE.items() if f"{{{name}}}" in operation.path}
    statuses: Counter[int] = Counter()

    def answered_as_described(case: Any) -> None:
        if case.meta.generation.mode is GenerationMode.POSITIVE and operation.body:
            case.body = meaningful(operation.path, case.body)
            if operation.path.endswith("acknowledgements"):
                case.body["sha256"] = current(app.extensions["offlimits"])
        if operation.path.endswith("/drift"):
            case.query = {"with": "ISLE-P0001"} | {name: case.query[name] for name in case.query if name == "within_m"}
        answer = case.call_and_validate(excluded_checks=NOT_ASKED)
        statuses[answer.status_code] += 1

    how = effort(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples == QUICK,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    # Where a session alone opens and nothing is sent, all that could be wrong is the session, which is always ours.
    for mode in GenerationMode if operation.token or operation.body else (GenerationMode.POSITIVE,):
        for path in (known, {}) if known else ({},):
            how(given(case=asked.as_strategy(mode, path_parameters=path))(answered_as_described))()
    return statuses


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_every_operation_answers_as_described(app: Flask, wiring: Wiring, operation: Operation) -> None:
    partners_list(wiring)
    for credential in CREDENTIALS.values() if operation.token else (by_session,):
        statuses = exercise(app, operation, credential(app, wiring), QUICK)
        assert not {401, 403, 429} & set(statuses), "the credential must hold to the end, or nothing is asked"
        assert statuses[operation.status] >= QUICK // 2, statuses


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_every_operation_answers_as_described_to_thousands(app: Flask, wiring: Wiring, operation: Operation) -> None:
    partners_list(wiring)
    carried = by_token if operation.token else by_session
    assert exercise(app, operation, carried(app, wiring), DEEP)[operation.status]


CHECK_IT = next(one for one in OPERATIONS if one.path == "/api/v1/check")


def another_shape(told: dict[str, Any]) -> Any:
    return told | {"answers": "none"}


def a_number_for_a_text(told: dict[str, Any]) -> Any:
    for answer in told["answers"]:
        answer["headline"] = 7
    return told


def an_undescribed_status(_told: dict[str, Any]) -> Any:
    return {}, 418


def a_fault(_told: dict[str, Any]) -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize("spoilt", [another_shape, a_number_for_a_text, an_undescribed_status, a_fault])
def test_an_operation_that_breaks_its_description_would_be_found(
    app: Flask, wiring: Wiring, spoilt: Callable[[dict[str, Any]], Any]
) -> None:
    view: Any = app.view_functions["api.check"]

    def other(**values: Any) -> Any:
        answer = view(**values)
        return spoilt(answer.get_json()) if answer.status_code == 200 else answer

    app.view_functions["api.check"] = other
    with pytest.raises(FailureGroup):
        exercise(app, CHECK_IT, by_token(app, wiring), QUICK)

"""A slip in the name of a member of a JSON body is refused by that name, at any depth, on every route."""

from typing import Any

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.web.isle import signed_in
from tests.web.test_api import AT_THE_LANTERN, CHECK, PREMISES, PROPOSAL
from web.openapi import OPERATIONS, document
from web.schemas import SCHEMAS

FIND = "/api/v1/find"
HOURS = {"tz": "UTC", "weekly": [{"days": [5], "from": "20:00", "to": "04:00", "until": "05:00"}]}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (CHECK, {"positions": [AT_THE_LANTERN], "radius": 5}, "radius"),
        (CHECK, {"entry_id": "ISLE-0001", "postions": [AT_THE_LANTERN]}, "postions"),
        (CHECK, {"positions": [AT_THE_LANTERN, AT_THE_LANTERN | {"uncertainty": 5}]}, "positions[1].uncertainty"),
        (FIND, {"name": "blue", "known_at": None}, "known_at"),
        (PREMISES, PROPOSAL | {"applies": ["military"]}, "applies"),
        (PREMISES, PROPOSAL | {"names": [{"text": "Pier Three", "language": "en"}]}, "names[0].language"),
        (PREMISES, PROPOSAL | {"position": {"text": "10.05, -30.05", "accuracy": 5}}, "position.accuracy"),
        (PREMISES, PROPOSAL | {"part": {"flor": "3"}}, "part.flor"),
        (PREMISES, PROPOSAL | {"hours": HOURS}, "hours.weekly[0].until"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_slip_in_a_member_s_name_is_refused_and_nothing_is_answered_or_kept(
    app: Flask, wiring: Wiring, path: str, body: dict[str, Any], field: str
) -> None:
    officer = signed_in(app, "officer")
    with wiring.store.reading() as tx:
        before = tx.audit.checkpoint().size
    told = officer.ask(path, body).get_json()
    assert (told["status"], [issue["field"] for issue in told["issues"]]) == (422, [field])
    assert told["issues"][0]["remedy"].startswith("use one of ")
    with wiring.store.reading() as tx:
        assert tx.audit.checkpoint().size == before


def test_the_description_says_of_every_body_that_nothing_else_is_taken() -> None:
    bodies = [operation.body for operation in OPERATIONS if operation.body]
    described = [SCHEMAS[body["$ref"].rsplit("/", 1)[1]] if "$ref" in body else body for body in bodies]
    assert len(described) == 6
    assert all(body["additionalProperties"] is False for body in described)


@pytest.mark.parametrize("path", [PREMISES, f"{PREMISES}/nearby"])
def test_an_uncertainty_beside_no_place_is_a_number_all_the_same(app: Flask, path: str) -> None:
    named = {name: value for name, value in PROPOSAL.items() if name != "position"}
    body = named if path == PREMISES else {"names": named["names"]}
    officer = signed_in(app, "officer")
    assert officer.ask(path, body | {"uncertainty_m": [5]}).status_code == 422
    assert officer.ask(path, body | {"uncertainty_m": 5}).status_code in {200, 201}


def test_names_that_are_no_list_are_refused_beside_a_proposal_as_in_it(app: Flask) -> None:
    officer = signed_in(app, "officer")
    assert officer.ask(PREMISES, PROPOSAL | {"names": False}).status_code == 422
    assert officer.ask(f"{PREMISES}/nearby", {"names": False, "position": AT_THE_LANTERN}).status_code == 422


def test_null_is_the_same_as_left_out_and_is_described_so(app: Flask) -> None:
    told = document()["components"]["schemas"]["Check"]["properties"]["personnel"]
    assert told["anyOf"][1] == {"type": "null"}
    answers = [
        signed_in(app, "staff").ask(CHECK, {"entry_id": "ISLE-0001", **more}).get_json()["answers"]
        for more in ({}, {"personnel": None, "radius_m": None, "also": None, "positions": None})
    ]
    assert answers[0] == answers[1]

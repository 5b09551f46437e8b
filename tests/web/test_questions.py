"""How many questions a page asks the store: as many for a thousand designations as for one."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.services import register
from geo_offlimits.store.register import Register
from tests import proving
from tests.web.isle import Browser, listing, signed_in

PAGE = "/register/ISLE/"
WHO_ASKS = 4  # session, person, roles, whether they have a second factor
MOST = 6


@pytest.fixture
def asked(wiring: Wiring) -> Iterator[list[str]]:
    """Every statement that reaches SQLite, whichever way it goes."""
    statements: list[str] = []
    wiring.store.close()
    for engine in (wiring.store._engines.reader, wiring.store._engines.writer):
        event.listen(engine, "connect", lambda driver, _record: driver.set_trace_callback(statements.append))
    yield statements
    wiring.store.close()


def questions(asked: list[str], browser: Browser, page: str = PAGE) -> int:
    asked.clear()
    assert browser.get(page).status_code == 200
    return len([statement for statement in asked if statement.startswith("SELECT")])


def something_is_recorded(wiring: Wiring) -> None:
    with wiring.writing() as act:
        act.record(AuditTag.LOGIN, subject="elsewhere")


def many(wiring: Wiring) -> None:
    with wiring.reading() as act:
        head = proving.actor(act, "p-head")
    with wiring.writing(head) as act:
        for at in range(60):
            register.add_alone(act, "ISLE", *listing(f"Bar number {at}", -30.2, 9.6 + at / 100))


def test_the_worklist_asks_six_questions_however_long_it_is(app: Flask, wiring: Wiring, asked: list[str]) -> None:
    head = signed_in(app, "head")
    for prepare in (something_is_recorded, many):
        prepare(wiring)
        assert questions(asked, head) <= WHO_ASKS + MOST  # the first since then
        assert questions(asked, head) <= MOST
    assert "Bar number 59" in head.get(PAGE).text


def test_a_worklist_that_asks_after_each_designation_is_counted_as_such(
    app: Flask, wiring: Wiring, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Register.all

    def one_by_one(self: Register, mission: str, known_at: Any = None) -> Any:
        return tuple(self.get(one.designation_id, known_at) for one in whole(self, mission, known_at))

    monkeypatch.setattr(Register, "all", one_by_one)
    head = signed_in(app, "head")
    questions(asked, head)
    few = questions(asked, head)
    many(wiring)
    questions(asked, head)
    assert questions(asked, head) == few + 2 * 60

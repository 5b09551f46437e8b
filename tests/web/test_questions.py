"""How many questions a page asks the store: as many for a thousand designations as for one."""

import re
from collections.abc import Iterator
from math import ceil
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.services import register
from geo_offlimits.store import register as register_store
from geo_offlimits.store.register import Register
from tests import proving
from tests.web.isle import Browser, listing, signed_in

PAGE = "/register/ISLE/"
WHO_ASKS = 5  # what was recorded since, session, person, roles, whether they have a second factor
BESIDE, EACH_PART = 6, 2


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


def test_the_worklist_asks_two_questions_for_each_part_of_the_register_however_much_waits(
    app: Flask, wiring: Wiring, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = signed_in(app, "head")
    for prepare in (something_is_recorded, many):
        prepare(wiring)
        assert questions(asked, head) <= WHO_ASKS + BESIDE + EACH_PART  # the first since then
        assert questions(asked, head) <= BESIDE + EACH_PART
    whole = head.get(PAGE).text
    assert "Bar number 59" in whole
    with wiring.store.reading() as tx:
        parts = ceil(len(tx.register.all("ISLE")) / 10)
    at_once = questions(asked, head)
    monkeypatch.setattr(register_store, "_A_PART", 10)
    assert questions(asked, head) == at_once + EACH_PART * (parts - 1)
    assert _listings(head.get(PAGE).text) == _listings(whole)


def _listings(page: str) -> list[str]:
    return re.findall(r'<small class="soft nobreak">(ISLE-\d+)</small>', page)


def test_a_worklist_that_asks_after_each_designation_is_counted_as_such(
    app: Flask, wiring: Wiring, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Register.in_parts

    def one_by_one(self: Register, mission: str) -> Any:
        return (tuple(self.get(one.designation_id) for one in part) for part in whole(self, mission))

    monkeypatch.setattr(Register, "in_parts", one_by_one)
    head = signed_in(app, "head")
    questions(asked, head)
    few = questions(asked, head)
    many(wiring)
    questions(asked, head)
    assert questions(asked, head) == few + 2 * 60

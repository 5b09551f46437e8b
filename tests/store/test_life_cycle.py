"""The whole life of a listing, driven by chance: whatever is tried, nothing is in force without its two persons.

What is asked of the rows knows no table of transitions, only the directive. Steps are written below the services, as
another program would, so it is the database that is held to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, select

from geo_offlimits.domain.designation import TRANSITIONS, State, StepKind
from geo_offlimits.errors import RefusedError
from geo_offlimits.store import tables
from geo_offlimits.store.migrations.latest import REFUSALS

Island = Any
PERSONS = ("officer", "head", "deputy")
HOLDING = {"in_force", "awaiting_second", "lift_proposed", "petitioned"}
OPENINGS = {"proposed", "added_alone"}
SIGNING = {"proposed", "added_alone", "designated", "confirmed", "lift_refused", "petition_refused", "reinstated"}
ENDS = {"lifted", "rejected", "withdrawn"}
ASKING = {"lift_proposed", "petitioned", "suspended"}
Row = tuple[str, str, str]  # kind, state, person


def broken(rows: list[Row]) -> str | None:
    """What the directive forbids and these steps, oldest first, have done; None when all is well."""
    persons = {kind: person for kind, _, person in rows}
    state = rows[-1][1] if rows else ""
    signed = {person for kind, _, person in rows if kind in SIGNING}
    faults = {
        "in force without a decision": state in HOLDING and not {"designated", "added_alone"} & set(persons),
        "designated by its proposer": persons.get("designated", 0) == persons.get("proposed", 1),
        "in force for good by one person": state == "in_force" and len(signed) < 2,
        "ended by one person": any(_ended_alone(rows, at) for at, _ in enumerate(rows)),
        "went on after its end": any(before in ENDS for _, before, _ in rows[:-1]),
        "does not begin at its beginning": [kind in OPENINGS for kind, _, _ in rows]
        != [not at for at, _ in enumerate(rows)],
    }
    return next((fault for fault, is_so in faults.items() if is_so), None)


def _ended_alone(rows: list[Row], at: int) -> bool:
    kind, _, person = rows[at]
    asked = [by for earlier, _, by in rows[:at] if earlier in ASKING]
    return kind == "lifted" and (not asked or asked[-1] == person)


class Life(RuleBasedStateMachine):
    """One designation in one transaction that is rolled back at the end."""

    connection: Connection
    row: dict[str, Any]
    serial = 0

    def __init__(self) -> None:
        super().__init__()
        Life.serial += 1
        self.designation_id = f"DEMO-L{Life.serial}"
        self.savepoint = self.connection.begin_nested()
        self.written: list[int] = []

    @initialize()
    def nothing_is_known(self) -> None:
        designation = self._last(tables.designation)
        self._add(tables.designation, designation | {"designation_id": self.designation_id, "supersedes_id": None})

    @rule(kind=st.sampled_from(list(StepKind)), state=st.sampled_from(list(State)), person=st.sampled_from(PERSONS))
    def somebody_tries_anything(self, kind: StepKind, state: State, person: str) -> None:
        self._try(kind, state, person)

    @rule(pick=st.integers(0, 20), person=st.sampled_from(PERSONS))
    def somebody_tries_what_may_follow(self, pick: int, person: str) -> None:
        """So that lives grow old: a step out of the blue seldom lands."""
        self._follow(self.rows(), pick, person)

    @rule(pick=st.integers(0, 20))
    def the_same_person_goes_on(self, pick: int) -> None:
        """Who does everything alone is whom two persons are to stop."""
        rows = self.rows()
        self._follow(rows, pick, rows[-1][2] if rows else PERSONS[pick % len(PERSONS)])

    def _follow(self, rows: list[Row], pick: int, person: str) -> None:
        standing = State(rows[-1][1]) if rows else None
        # In an order that is the same in every process.
        following = sorted((kind, after) for (before, kind), after in TRANSITIONS.items() if before is standing)
        if following:
            self._try(*following[pick % len(following)], person)

    @rule(person=st.sampled_from(PERSONS), back=st.integers(0, 5))
    def somebody_takes_a_step_from_the_past(self, person: str, back: int) -> None:
        if self.written:
            self._try(StepKind.DESIGNATED, State.IN_FORCE, person, after=self.written[-1 - back % len(self.written)])

    @invariant()
    def the_directive_holds(self) -> None:
        assert broken(self.rows()) is None

    def teardown(self) -> None:
        self.savepoint.rollback()

    def rows(self) -> list[Row]:
        step = tables.step.c
        found = self.connection.execute(
            select(step.kind, step.state, step.person_id)
            .where(step.designation_id == self.designation_id)
            .order_by(step.id)
        )
        return [(row.kind, row.state, row.person_id) for row in found]

    def _try(self, kind: StepKind, state: State, person: str, after: int | None = None) -> bool:
        last = after or (self.written[-1] if self.written else None)
        tried = {"kind": kind.value, "state": state.value, "person_id": person, "supersedes_id": last}
        savepoint = self.connection.begin_nested()
        try:
            key = self._add(tables.step, self._last(tables.step) | tried | {"designation_id": self.designation_id})
        except RefusedError:
            savepoint.rollback()
            return False
        savepoint.commit()
        self.written.append(key)
        return True

    def _last(self, table: Any) -> dict[str, Any]:
        row = self.connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).mappings().one()
        return {name: value for name, value in row.items() if name != "id"}

    def _add(self, table: Any, row: dict[str, Any]) -> int:
        (key,) = self.connection.execute(table.insert().values(row)).inserted_primary_key or (0,)
        return int(key)


@contextmanager
def lived_in(make: Any, backend: str, folder: Path) -> Iterator[Island]:
    island = make(backend, folder).lived_in()
    try:
        yield island
    finally:
        island.store.close()


def live(island: Island, runs: int, *, without: tuple[str, ...] = ()) -> None:
    connection = island.store._engines.writer.connect()
    transaction = connection.begin()
    on = " ON step" if connection.dialect.name == "postgresql" else ""
    for guard in without:
        connection.exec_driver_sql(f"DROP TRIGGER {guard}{on}")
    machine = type("LifeHere", (Life,), {"connection": connection})
    how = settings(
        max_examples=runs,
        stateful_step_count=16,
        deadline=None,
        derandomize=True,
        # A guard that is missing on purpose is found, and that is enough.
        phases=(Phase.generate,) if without else tuple(Phase),
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(machine, settings=how)
    finally:
        transaction.rollback()
        connection.close()


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_nothing_that_anybody_tries_breaks_the_directive(new_island: Any, tmp_path: Path, backend: str) -> None:
    with lived_in(new_island, backend, tmp_path) as island:
        live(island, 100)


@pytest.mark.deep
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_nothing_that_anybody_tries_in_thousands_of_lives_breaks_it(
    new_island: Any, tmp_path: Path, backend: str
) -> None:
    with lived_in(new_island, backend, tmp_path) as island:
        live(island, 5000)


STEP_GUARDS = ("refuse_step_wrong_step", "refuse_step_same_person", "refuse_step_kept_alone")


@pytest.mark.parametrize("guard", STEP_GUARDS)
def test_without_any_one_of_the_guards_chance_breaks_it(new_island: Any, tmp_path: Path, guard: str) -> None:
    assert guard in {one.trigger for one in REFUSALS}
    with lived_in(new_island, "sqlite", tmp_path) as island, pytest.raises(AssertionError):
        live(island, 400, without=(guard,))

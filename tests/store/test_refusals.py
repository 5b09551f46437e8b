"""What the database refuses by itself, to any program: each guard alone, with the same statement landing without it."""

# ruff: noqa: S608  (statements are made of the names of our own tables)

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import SQLAlchemyError

from geo_offlimits.domain.designation import OTHER_PERSON, TRANSITIONS, State, StepKind
from geo_offlimits.errors import OfflimitsError, RefusedError
from geo_offlimits.store import tables
from geo_offlimits.store.columns import Geometry
from geo_offlimits.store.migrations.latest import APPEND_ONLY, NOUNS, REFUSALS
from geo_offlimits.store.migrations.refusals import Refusal
from geo_offlimits.store.operational_tables import OPERATIONAL
from tests.store.island import Island

LONG_AGO = "1999-01-01T00:00:00.000000Z"


@contextmanager
def attempt(island: Island) -> Iterator[Connection]:
    """A transaction outside the program's own repositories; nothing of it stays."""
    connection = island.store._engines.writer.connect()
    transaction = connection.begin()
    try:
        yield connection
    finally:
        transaction.rollback()
        connection.close()


def take_down(connection: Connection, guard: Refusal) -> None:
    on = f" ON {guard.table}" if connection.dialect.name == "postgresql" else ""
    connection.exec_driver_sql(f"DROP TRIGGER {guard.trigger}{on}")


def leave_alone(connection: Connection, guard: Refusal) -> None:
    """Takes every other guard of its table down."""
    for other in REFUSALS:
        if other.table == guard.table and other is not guard:
            take_down(connection, other)


def last_row(connection: Connection, name: str) -> dict[str, Any]:
    table = tables.metadata.tables[name]
    key = table.c[APPEND_ONLY[name]]
    return dict(connection.execute(select(table).order_by(key.desc()).limit(1)).mappings().one())


def put(connection: Connection, name: str, **changed: Any) -> None:
    """Adds a copy of the last row of a table, changed."""
    row = last_row(connection, name)
    if APPEND_ONLY[name] == "id":
        del row["id"]
    connection.execute(insert(tables.metadata.tables[name]).values(row | changed))


def rewritten(verb: str) -> Callable[[Connection, Refusal], None]:
    def run(connection: Connection, guard: Refusal) -> None:
        key = APPEND_ONLY[guard.table]
        statements = {
            "changed": f"UPDATE {guard.table} SET {key} = {key}",
            "deleted": f"DELETE FROM {guard.table} WHERE {key} = (SELECT max({key}) FROM {guard.table})",
        }
        connection.exec_driver_sql(statements[verb])

    return run


def replaced(connection: Connection, guard: Refusal) -> None:
    put(
        connection,
        guard.table,
        **{APPEND_ONLY[guard.table]: last_row(connection, guard.table)[APPEND_ONLY[guard.table]]},
    )


def superseded_twice(connection: Connection, guard: Refusal) -> None:
    last = last_row(connection, guard.table)["id"]
    put(connection, guard.table, supersedes_id=last)
    put(connection, guard.table, supersedes_id=last)


def other_noun(connection: Connection, guard: Refusal) -> None:
    key = "person_id" if guard.table == "acknowledgement" else NOUNS[guard.table][0]
    put(connection, guard.table, supersedes_id=last_row(connection, guard.table)["id"], **{key: "else"})


def back_in_time(connection: Connection, guard: Refusal) -> None:
    last = last_row(connection, guard.table)
    earlier = last["recorded_at"].replace(year=1999)
    put(connection, guard.table, supersedes_id=last["id"], recorded_at=earlier)


def second_line(connection: Connection, guard: Refusal) -> None:
    put(connection, guard.table, supersedes_id=None)


def unknown(column: str) -> Callable[[Connection, Refusal], None]:
    def run(connection: Connection, guard: Refusal) -> None:
        last = last_row(connection, guard.table)
        line = {"supersedes_id": last["id"]} if "supersedes_id" in last else {}
        put(connection, guard.table, **line, **{column: "nobody"})

    return run


def edition(**changed: Any) -> Callable[[Connection, Refusal], None]:
    def run(connection: Connection, guard: Refusal) -> None:
        last = last_row(connection, guard.table)
        good = {
            "number": last["number"] + 1,
            "supersedes_id": last["id"],
            "previous_sha256": last["sha256"],
            "sha256": "9" * 64,
            "issued_at": last["issued_at"].replace(year=2027),
            "expires_at": last["issued_at"].replace(year=2028),
        }
        moments = {key: last["issued_at"].replace(year=year) for key, year in changed.items() if key.endswith("_at")}
        put(connection, guard.table, **good | changed | moments)

    return run


def edition_superseded_twice(connection: Connection, guard: Refusal) -> None:
    last = last_row(connection, "edition")
    edition()(connection, guard)
    edition(number=last["number"] + 2, supersedes_id=last["id"])(connection, guard)


def copy(**changed: Any) -> Callable[[Connection, Refusal], None]:
    return lambda connection, guard: put(connection, guard.table, **changed)


def succeeding(**changed: Any) -> Callable[[Connection, Refusal], None]:
    return lambda connection, guard: put(
        connection, guard.table, supersedes_id=last_row(connection, guard.table)["id"], **changed
    )


def two_open_changes(connection: Connection, guard: Refusal) -> None:
    for change_id in ("DEMO-C8888", "DEMO-C9999"):
        put(connection, guard.table, change_id=change_id, supersedes_id=None, state="proposed", decided_by=None)


GENERIC: dict[str, Callable[[Connection, Refusal], None]] = {
    "changed": rewritten("changed"),
    "deleted": rewritten("deleted"),
    "replaced": replaced,
    "superseded_twice": superseded_twice,
    "other_noun": other_noun,
    "other_hash": copy(edition_sha256="7" * 64),
    "erased": copy(person_id="leaver"),
    "by_one_person": succeeding(settled_by="head"),
    "back_in_time": back_in_time,
    "second_line": second_line,
    **dict.fromkeys(("settled_twice", "living_again", "stale", "wrong_state"), succeeding()),
}
WITHDRAWN_ORALLY = {"state": "withdrawn", "channel": "oral", "strength": "oral"}
SPECIFIC: dict[tuple[str, str], Callable[[Connection, Refusal], None]] = {
    ("person", "taken_reference"): copy(person_id="twin"),
    ("designation", "unknown_subject"): copy(subject_id="DEMO-S9999"),
    ("designation", "other_terms"): succeeding(basis="drugs"),
    ("subject", "described_alone"): succeeding(uncertainty_m=77.0, change_id=None),
    ("change", "wrong_state"): succeeding(state="refused"),
    ("change", "same_person"): succeeding(decided_by="officer"),
    ("change", "other_proposal"): succeeding(reason="another reason"),
    ("change", "second_open"): two_open_changes,
    ("step", "wrong_step"): succeeding(kind="confirmed", state="in_force"),
    ("step", "same_person"): succeeding(kind="designated", state="in_force", person_id="officer"),
    ("step", "kept_alone"): succeeding(kind="lift_refused", state="in_force", person_id="officer"),
    ("edition", "back_in_time"): edition(recorded_at=1999),
    ("edition", "unknown_mission"): edition(mission="nobody"),
    ("edition", "unknown_published_by"): edition(published_by="nobody"),
    ("edition", "superseded_twice"): edition_superseded_twice,
    ("edition", "gap"): edition(number=9),
    ("edition", "wrong_previous"): edition(previous_sha256="8" * 64),
    ("edition", "earlier_issue"): edition(issued_at=2025),
    ("edition", "expired_at_issue"): edition(expires_at=2026),
    ("edition", "no_checkpoint"): edition(checkpoint_size=9999),
    ("erasure", "in_service"): copy(person_id="officer", supersedes_id=None, state="asked", settled_by=None),
    ("person", "erased"): succeeding(person_id="leaver"),
    ("acknowledgement", "erased"): copy(person_id="leaver", entered_by="leaver", supersedes_id=None),
    ("acknowledgement", "by_another"): succeeding(entered_by="head"),
    ("acknowledgement", "other_time"): succeeding(acknowledged_at=datetime(2026, 3, 8, tzinfo=UTC)),
    ("acknowledgement", "unproven"): succeeding(strength="webauthn"),
    ("acknowledgement", "unexplained"): succeeding(state="withdrawn", explained_by="head"),
    ("acknowledgement", "unknown_explained_by"): succeeding(**WITHDRAWN_ORALLY, explained_by="nobody"),
    ("acknowledgement", "no_sheet"): succeeding(state="withdrawn", sheet_sha256="5" * 64),
    ("leave", "backwards"): succeeding(away_to=datetime(1999, 1, 1, tzinfo=UTC)),
    ("leave", "by_oneself"): succeeding(entered_by="officer"),
    ("landing", "settled_twice"): copy(import_id="DEMO-I0009", undone_by="head"),
    ("landing", "unknown_undone_by"): succeeding(undone_by="nobody"),
    ("partner_edition", "of_itself"): copy(edition_id="DEMO-P0009", partner="DEMO"),
    ("partner_edition", "half_signed"): copy(edition_id="DEMO-P0009", standing="signed", sha256="c" * 64),
    ("partner_edition", "entered_again"): copy(edition_id="DEMO-P0009"),
    ("partner_settlement", "wrong_state"): copy(edition_id="DEMO-P0009", reason="a reason too many"),
    ("partner_settlement", "same_person"): succeeding(person_id="officer"),
    ("partner_key", "settled_twice"): copy(fingerprint="c" * 64, withdrawn_by="head"),
    ("induction", "by_oneself"): succeeding(briefed_by="officer"),
    ("audit_leaf", "gap"): copy(position=9999),
    ("audit_checkpoint", "wrong_size"): copy(size=9999),
}

# Guards whose statement a unique or foreign key would stop as well; the guard gives the sentence.
KEYS_BEHIND = {"superseded_twice", "second_line", "replaced", "no_checkpoint", "other_hash"}
REFERRED_TO = {"boundary_set", "edition", "audit_checkpoint"}


def statement(guard: Refusal) -> Callable[[Connection, Refusal], None]:
    if guard.name.startswith("unknown_") and (guard.table, guard.name) not in SPECIFIC:
        return unknown(guard.name.removeprefix("unknown_"))
    return SPECIFIC.get((guard.table, guard.name)) or GENERIC[guard.name]


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def lived_in(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Island]:
    """One store for all attempts, because each attempt is rolled back."""
    make = request.getfixturevalue("new_island")
    island = make(request.param, tmp_path_factory.mktemp("lived_in"))
    yield island.lived_in()
    island.store.close()


@pytest.mark.parametrize("guard", REFUSALS, ids=lambda guard: guard.trigger)
def test_each_guard_alone_refuses_and_without_it_the_statement_lands(lived_in: Island, guard: Refusal) -> None:
    run = statement(guard)
    with attempt(lived_in) as connection:
        leave_alone(connection, guard)
        with pytest.raises(RefusedError) as refusal:
            run(connection, guard)
    assert str(refusal.value) == guard.sentence
    # Without the guard the statement lands, unless a key of the table stands behind it.
    with attempt(lived_in) as connection:
        leave_alone(connection, guard)
        take_down(connection, guard)
        behind = guard.name in KEYS_BEHIND or (guard.name == "deleted" and guard.table in REFERRED_TO)
        with pytest.raises((OfflimitsError, SQLAlchemyError)) if behind else nullcontext() as other:
            run(connection, guard)
    assert other is None or guard.sentence not in str(other.value)


def test_every_guard_says_the_fact_and_the_remedy() -> None:
    for guard in REFUSALS:
        assert guard.sentence.endswith(".")
        assert "'" not in guard.sentence
        assert ". " in guard.sentence or guard.name in {"other_noun", "second_line"}


def test_operational_rows_may_be_changed_and_deleted(lived_in: Island) -> None:
    with attempt(lived_in) as connection:
        for table in OPERATIONAL:
            key = next(iter(table.primary_key)).name
            assert connection.exec_driver_sql(f"UPDATE {table.name} SET {key} = {key}").rowcount == 1
            assert connection.exec_driver_sql(f"DELETE FROM {table.name}").rowcount == 1


def test_insert_or_replace_is_refused_on_history_and_allowed_elsewhere(tmp_path: Path, new_island: Any) -> None:
    island = new_island("sqlite", tmp_path).lived_in()
    with attempt(island) as connection:
        for guard in REFUSALS:
            # Only the delete guards stay: with recursive triggers they alone stop the replacing.
            if guard.name != "deleted":
                take_down(connection, guard)
        for name, key in APPEND_ONLY.items():
            with pytest.raises(RefusedError, match="only grows"):
                connection.exec_driver_sql(f"INSERT OR REPLACE INTO {name} SELECT * FROM {name} ORDER BY {key} LIMIT 1")
        connection.exec_driver_sql("INSERT OR REPLACE INTO session SELECT * FROM session")
    island.store.close()
    # Another program, which leaves recursive triggers off, is stopped by the guard on inserting.
    foreign = sqlite3.connect(tmp_path / "register.db")
    for name in APPEND_ONLY:
        for verb in ("OR REPLACE", "OR IGNORE", "OR FAIL"):
            with pytest.raises(sqlite3.IntegrityError):
                foreign.execute(f"INSERT {verb} INTO {name} SELECT * FROM {name}")
    foreign.execute("INSERT OR REPLACE INTO session SELECT * FROM session")
    foreign.close()


def test_truncate_is_refused_on_history_and_allowed_elsewhere(lived_in: Island) -> None:
    if lived_in.store._engines.writer.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    for name in APPEND_ONLY:
        with attempt(lived_in) as connection, pytest.raises(RefusedError, match="only grows"):
            connection.exec_driver_sql(f"TRUNCATE {name} CASCADE")
    with attempt(lived_in) as connection:
        connection.exec_driver_sql("TRUNCATE session")


def test_every_pair_of_state_and_step_is_refused_or_lands_as_in_the_domain(lived_in: Island) -> None:
    guard = next(item for item in REFUSALS if item.trigger == "refuse_step_wrong_step")
    landed: dict[tuple[State | None, StepKind], State] = {}
    with attempt(lived_in) as connection:
        leave_alone(connection, guard)
        last = last_row(connection, "step")
        connection.exec_driver_sql("DROP INDEX uq_step_first")
        for before in (None, *State):
            take_down(connection, guard)
            put(connection, "step", supersedes_id=None, state=before or "")
            standing = last_row(connection, "step")["id"] if before else None
            for line in guard.postgresql()[1:] if connection.dialect.name == "postgresql" else guard.sqlite():
                connection.exec_driver_sql(line)
            for kind in StepKind:
                for after in State:
                    if lands(connection, last, supersedes_id=standing, kind=kind.value, state=after.value):
                        landed[(before, kind)] = after
    assert landed == dict(TRANSITIONS)


def lands(connection: Connection, row: dict[str, Any], **changed: Any) -> bool:
    savepoint = connection.begin_nested()
    try:
        connection.execute(insert(tables.step).values({k: v for k, v in row.items() if k != "id"} | changed))
    except RefusedError:
        return False
    else:
        return True
    finally:
        savepoint.rollback()


@pytest.mark.parametrize("kind", list(StepKind))
def test_the_second_step_needs_another_person_as_in_the_domain(lived_in: Island, kind: StepKind) -> None:
    guard = next(item for item in REFUSALS if item.trigger == "refuse_step_same_person")
    for earlier in StepKind:
        with attempt(lived_in) as connection:
            leave_alone(connection, guard)
            put(
                connection, "step", kind=earlier.value, person_id="head", supersedes_id=None, designation_id="DEMO-0009"
            )
            same = {"kind": kind.value, "supersedes_id": None, "designation_id": "DEMO-0009"}
            connection.exec_driver_sql("DROP INDEX uq_step_first")
            row = last_row(connection, "step")
            assert lands(connection, row, **same, person_id="deputy")
            allowed = earlier not in OTHER_PERSON.get(kind, frozenset())
            assert lands(connection, row, **same, person_id="head") is allowed


@pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")  # SQLAlchemy does not know PostGIS
def test_the_models_are_what_the_migrations_make(lived_in: Island) -> None:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415  (slow to import, and of this test alone)
    from alembic.migration import MigrationContext  # noqa: PLC0415  (see above)

    with attempt(lived_in) as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _parents: kind != "table" or name in tables.metadata.tables,
                "compare_type": lambda _context, _found, _column, _type, model: (
                    None if not isinstance(model, Geometry) else False
                ),
            },
        )
        assert compare_metadata(context, tables.metadata) == []


def test_the_audited_tables_and_the_guarded_tables_are_the_same() -> None:
    assert {table.name for table in tables.APPEND_ONLY} == set(APPEND_ONLY)
    every = {*tables.APPEND_ONLY, *OPERATIONAL, tables.meta}
    assert every == set(tables.metadata.tables.values())
    for name, noun in NOUNS.items():
        assert tables.metadata.tables[name].info["noun"] == noun


def test_an_edition_with_other_bytes_or_another_checkpoint_is_refused(either_island: Island) -> None:
    island = either_island.peopled()
    first = island.publish(1)
    with pytest.raises(RefusedError, match="compute it from its bytes"):
        island.publish(2, content=b"other")
    forged = first.checkpoint.__class__(size=first.checkpoint.size, root_sha256="0" * 64)
    with pytest.raises(RefusedError, match="no checkpoint of 4 leaves with this root"):
        island.publish(2, checkpoint=forged)
    with pytest.raises(RefusedError, match="without gaps"):
        island.publish(2, number=3)
    assert island.publish(2).number == 2


@pytest.mark.parametrize("column", ["valid_from", "valid_to", "hours", "note", "not_before", "authority"])
def test_what_was_decided_is_changed_neither_from_nothing_nor_to_nothing(lived_in: Island, column: str) -> None:
    moment = lived_in.at(9)
    some: Any = moment if column in {"valid_from", "valid_to", "not_before"} else "other words"
    with attempt(lived_in) as connection:
        last = last_row(connection, "designation")
        with pytest.raises(RefusedError, match="Lift it and decide anew"):
            put(connection, "designation", supersedes_id=last["id"], **{column: some})
    if column == "authority":
        return
    with attempt(lived_in) as connection:
        put(connection, "designation", supersedes_id=None, designation_id="DEMO-0099", **{column: some})
        last = last_row(connection, "designation")
        with pytest.raises(RefusedError, match="Lift it and decide anew"):
            put(connection, "designation", supersedes_id=last["id"], **{column: None})

"""What somebody might try with SQL of their own, past the program: one list, for both kinds of store.

On PostgreSQL each is tried as the role that the program runs as, and refused. On SQLite whoever owns the file may take
every guard down first, so each succeeds, and `audit verify` must find it. The statements presume an island that was
lived in (`conftest`): DEMO-0001 was proposed by `officer` as step 1 and designated by `head` as step 2, DEMO-0002 was
proposed by `officer` as step 3.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from geo_offlimits.store import tables

# ruff: noqa: S608  (statements are made of the names of our own tables)

BOTH = frozenset({"postgresql", "sqlite"})
POSTGRESQL = frozenset({"postgresql"})
SQLITE = frozenset({"sqlite"})


@dataclass(frozen=True)
class Attempt:
    """The last of its statements is the one that must not stand; those before it prepare it."""

    name: str
    statements: tuple[str, ...]
    stores: frozenset[str] = BOTH

    def __str__(self) -> str:
        return self.name


def step(kind: str, state: str, person: str, *, after: str, of: str = "DEMO-0002", at: str = "2026-04-01") -> str:
    moment = f"'{at}T12:00:00.000000Z'"
    return (
        "INSERT INTO {schema}step (recorded_at, supersedes_id, designation_id, kind, state, person_id, effective_at)"
        f" VALUES ({moment}, {after}, '{of}', '{kind}', '{state}', '{person}', {moment})"
    )


def _plain(statement: str) -> str:
    return statement.format(schema="")


def _rewriting() -> Iterator[Attempt]:
    for table in tables.APPEND_ONLY:
        (key,) = table.primary_key.columns.keys()
        name, last = table.name, f"(SELECT max({key}) FROM {table.name})"
        columns = ", ".join(table.columns.keys())
        yield Attempt(f"change {name}", (f"UPDATE {name} SET {key} = {key} + 1000 WHERE {key} = {last}",))
        yield Attempt(f"delete the last of {name}", (f"DELETE FROM {name} WHERE {key} = {last}",))
        yield Attempt(f"delete all of {name}", (f"DELETE FROM {name}",))
        yield Attempt(f"drop {name}", (f"DROP TABLE {name}",), SQLITE)
        yield Attempt(f"drop {name}", (f"DROP TABLE {name} CASCADE",), POSTGRESQL)
        yield Attempt(f"empty {name}", (f"TRUNCATE {name} CASCADE",), POSTGRESQL)
        yield Attempt(f"switch the guards of {name} off", (f"ALTER TABLE {name} DISABLE TRIGGER ALL",), POSTGRESQL)
        yield Attempt(
            f"overwrite in {name} what is there",
            (
                (
                    f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {name} WHERE {key} = {last}"
                    f" ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key} + 1000"
                ),
            ),
            POSTGRESQL,
        )
        yield Attempt(f"drop a guard of {name}", (f"DROP TRIGGER refuse_{name}_changed",), SQLITE)
        yield Attempt(f"drop a guard of {name}", (f"DROP TRIGGER refuse_{name}_changed ON {name}",), POSTGRESQL)


def _replacing() -> Iterator[Attempt]:
    """INSERT OR REPLACE deletes what stood there; another key of the same row is given a new text."""
    for table, column in (("step", "person_id"), ("subject", "names"), ("designation", "basis"), ("person", "name")):
        others = [name for name in tables.metadata.tables[table].columns.keys() if name != column]  # noqa: SIM118  (not a dict)
        yield Attempt(
            f"insert or replace {column} in {table}",
            (
                (
                    f"INSERT OR REPLACE INTO {table} ({', '.join(others)}, {column})"
                    f" SELECT {', '.join(others)}, 'other' FROM {table} WHERE id = 1"
                ),
            ),
            SQLITE,
        )


SECOND_SIGNATURE = step("designated", "in_force", "officer", after="3")
SECOND_LINE = _plain(step("added_alone", "awaiting_second", "head", after="NULL"))
EMPTY_STEP = "CREATE TEMP TABLE step AS SELECT * FROM public.step WHERE false"
TEETHLESS = "CREATE OR REPLACE FUNCTION refuse_step_same_person() RETURNS trigger LANGUAGE plpgsql AS"
FIRST_SIGNATURE = "INSERT INTO pg_temp.step SELECT * FROM public.step WHERE id = 3"

_SIGNING = (
    Attempt("sign twice", (_plain(SECOND_SIGNATURE),)),
    Attempt(
        "sign twice while a temporary table hides the first signature",
        (
            EMPTY_STEP,
            FIRST_SIGNATURE,
            "UPDATE pg_temp.step SET person_id = 'somebody'",
            SECOND_SIGNATURE.format(schema="public."),
        ),
        POSTGRESQL,
    ),
    Attempt(
        "sign twice while a temporary view hides the first signature",
        (
            (
                "CREATE TEMP VIEW step AS SELECT id, recorded_at, supersedes_id, designation_id, kind, state,"
                " 'somebody'::varchar AS person_id, effective_at, reason FROM public.step"
            ),
            SECOND_SIGNATURE.format(schema="public."),
        ),
        POSTGRESQL,
    ),
    Attempt(
        "sign twice with another search path",
        ("SET search_path = pg_catalog, public", SECOND_SIGNATURE.format(schema="public.")),
        POSTGRESQL,
    ),
    Attempt(
        "lift alone",
        (
            _plain(step("lift_proposed", "lift_proposed", "head", after="2", of="DEMO-0001")),
            _plain(step("lifted", "lifted", "head", after="(SELECT max(id) FROM step)", of="DEMO-0001")),
        ),
    ),
    Attempt("put in force what nobody decided", (_plain(step("reviewed", "in_force", "head", after="3")),)),
    Attempt("begin a second line of steps", (SECOND_LINE,), POSTGRESQL),
    Attempt("begin a second line of steps", ("DROP INDEX uq_step_first", SECOND_LINE), SQLITE),
    Attempt(
        "decide on an older step",
        (_plain(step("rejected", "rejected", "head", after="1", of="DEMO-0001")),),
        POSTGRESQL,
    ),
    Attempt("go on from another listing", (_plain(step("designated", "in_force", "deputy", after="2")),)),
    Attempt("date a decision back", (_plain(step("designated", "in_force", "head", after="3", at="1999-01-01")),)),
    Attempt("decide as nobody", (_plain(step("designated", "in_force", "nobody", after="3")),)),
    Attempt(
        "change what was decided",
        (
            (
                "INSERT INTO designation (recorded_at, supersedes_id, designation_id, mission, subject_id, restriction,"
                " basis, authority, directive, applies_to, exceptions) SELECT '2026-04-01T12:00:00.000000Z', id,"
                " designation_id, mission, subject_id, 'caution', basis, authority, directive, applies_to, exceptions"
                " FROM designation WHERE id = 1"
            ),
        ),
    ),
    Attempt(
        "describe the premises anew, earlier than before",
        (
            (
                "INSERT INTO subject (recorded_at, supersedes_id, subject_id, mission, kind, names)"
                " SELECT '1999-01-01T12:00:00.000000Z', id, subject_id, mission, kind, '[]' FROM subject"
                " WHERE id = (SELECT max(id) FROM subject)"
            ),
        ),
    ),
    Attempt(
        "put an edition between two",
        (
            (
                "INSERT INTO edition (recorded_at, supersedes_id, mission, number, sha256, issued_at, expires_at,"
                " checkpoint_size, published_by, content, envelope) SELECT recorded_at, 2, mission, 9, sha256,"
                " issued_at, expires_at, checkpoint_size, published_by, content, envelope FROM edition WHERE number = 1"
            ),
        ),
    ),
    Attempt(
        "acknowledge another edition's hash",
        (
            (
                "INSERT INTO acknowledgement (recorded_at, person_id, mission, edition_number, edition_sha256,"
                " statement_sha256, language, acknowledged_at, channel, strength, entered_by) SELECT recorded_at,"
                " 'head', mission, 1, edition_sha256, statement_sha256, language, acknowledged_at, channel, strength,"
                " entered_by FROM acknowledgement"
            ),
        ),
    ),
    Attempt(
        "put a leaf in beyond a gap",
        ("INSERT INTO audit_leaf SELECT position + 100, leaf, leaf_sha256, subtree_sha256 FROM audit_leaf",),
    ),
    Attempt(
        "put a checkpoint in for fewer leaves",
        ("INSERT INTO audit_checkpoint SELECT 1, root_sha256 FROM audit_checkpoint LIMIT 1",),
    ),
)

_GUARDS = (
    Attempt("make triggers pass", ("SET session_replication_role = replica",), POSTGRESQL),
    Attempt(
        "make triggers pass from now on", ("ALTER ROLE runtime SET session_replication_role = replica",), POSTGRESQL
    ),
    Attempt("become the owner", ("SET ROLE owner",), POSTGRESQL),
    Attempt("be the owner", ("SET SESSION AUTHORIZATION owner",), POSTGRESQL),
    Attempt("become a superuser", ("ALTER ROLE runtime SUPERUSER",), POSTGRESQL),
    Attempt("take the owner's rights", ("GRANT UPDATE, DELETE ON step TO runtime", "DELETE FROM step"), POSTGRESQL),
    Attempt("take the teeth out of a guard", (f"{TEETHLESS} $$ BEGIN RETURN NEW; END $$",), POSTGRESQL),
    Attempt("unpin a guard", ("ALTER FUNCTION refuse_step_same_person() RESET search_path",), POSTGRESQL),
    Attempt("drop a guard's function", ("DROP FUNCTION refuse_step_same_person() CASCADE",), POSTGRESQL),
    Attempt("switch guards off in the catalogue", ("UPDATE pg_trigger SET tgenabled = 'D'",), POSTGRESQL),
    Attempt("put a rule in the way", ("CREATE RULE none AS ON INSERT TO audit_leaf DO INSTEAD NOTHING",), POSTGRESQL),
    Attempt("have rows hidden", ("ALTER TABLE step ENABLE ROW LEVEL SECURITY",), POSTGRESQL),
    Attempt("put a table of the same name first", ("CREATE SCHEMA runtime CREATE TABLE step (id int)",), POSTGRESQL),
    Attempt("make a table beside ours", ("CREATE TABLE public.mine (id int)",), POSTGRESQL),
    Attempt("take a key away", ("ALTER TABLE step DROP CONSTRAINT uq_step_supersedes_id",), POSTGRESQL),
    Attempt("take the order of ids away", ("SELECT setval('step_id_seq', 1000)",), POSTGRESQL),
    Attempt("take a first row's key away", ("DROP INDEX uq_step_first",)),
    Attempt("let a column be empty", ("ALTER TABLE step ALTER COLUMN person_id DROP NOT NULL",), POSTGRESQL),
    Attempt("take a column away", ("ALTER TABLE step DROP COLUMN reason",)),
    Attempt("run a program of the server", ("COPY step TO PROGRAM 'cat > /dev/null'",), POSTGRESQL),
    Attempt("call the store another", ("UPDATE meta SET value = 'other'",), POSTGRESQL),
    Attempt("call its form another", ("UPDATE alembic_version SET version_num = '0000'",), POSTGRESQL),
    Attempt(
        "take the teeth out of a guard",
        (
            "DROP TRIGGER refuse_step_same_person",
            "CREATE TRIGGER refuse_step_same_person BEFORE INSERT ON step WHEN 0 BEGIN SELECT 1; END",
        ),
        SQLITE,
    ),
    Attempt(
        "edit a guard's text",
        (
            "PRAGMA writable_schema = 1",
            (
                "UPDATE sqlite_master SET sql = replace(sql, 'BEFORE UPDATE', 'AFTER UPDATE')"
                " WHERE name = 'refuse_step_changed'"
            ),
        ),
        SQLITE,
    ),
)

_SPELLINGS = (
    # They read as the same moment, and sort elsewhere: what was known at a time would be another thing.
    Attempt(
        "write a week for a day", ("UPDATE step SET recorded_at = '2026-W10-2T12:00:00.000000Z' WHERE id = 1",), SQLITE
    ),
    Attempt(
        "write a blank for a T", ("UPDATE step SET recorded_at = replace(recorded_at, 'T', ' ') WHERE id = 2",), SQLITE
    ),
    Attempt("write nothing for false", ("UPDATE mission SET demonstration = ''",), SQLITE),
)

ATTEMPTS = (*_rewriting(), *_replacing(), *_SIGNING, *_GUARDS, *_SPELLINGS)

LONG_AGO = "'1999-01-01T12:00:00.000000Z'"
# Row by row nothing contradicts it, so no trigger can refuse it; but no leaf of the audit tree speaks of it.
BACK_DATED = Attempt(
    "enter a whole listing of long ago",
    (
        (
            "INSERT INTO subject (recorded_at, subject_id, mission, kind, names)"
            f" VALUES ({LONG_AGO}, 'DEMO-S0099', 'DEMO', 'premises', '[]')"
        ),
        (
            "INSERT INTO designation (recorded_at, designation_id, mission, subject_id, restriction, basis, authority,"
            f" directive, applies_to, exceptions) VALUES ({LONG_AGO}, 'DEMO-0099', 'DEMO', 'DEMO-S0099', 'off_limits',"
            " 'other', 'Head of Mission', 'D-1', '[]', '[]')"
        ),
        _plain(step("added_alone", "awaiting_second", "head", after="NULL", of="DEMO-0099", at="1999-01-01")),
    ),
)

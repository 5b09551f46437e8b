"""What the database asks of an acknowledgement."""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, select

from geo_offlimits.domain.acknowledgement import AcknowledgementState, Channel, Strength, last_words
from geo_offlimits.domain.people import PersonnelCategory, Role
from geo_offlimits.errors import RefusedError
from geo_offlimits.store import Transaction, revisions
from geo_offlimits.store.distribution_tables import acknowledgement
from geo_offlimits.store.history import row_digest
from geo_offlimits.store.plain import canonical

Island = Any
BY_WORD_OF_MOUTH = {
    "channel": Channel.ORAL,
    "strength": Strength.ORAL,
    "entered_by": "head",
    "explained_by": "deputy",
    "sheet_sha256": "5" * 64,
}


def test_an_acknowledgement_binds_to_the_hash_and_is_given_once(either_island: Island) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    given = island.acknowledgement(edition, "officer", 2)
    other = island.acknowledgement(edition, "officer", 2, edition_sha256="0" * 64)
    with pytest.raises(RefusedError, match="no edition of this number with this hash"):
        island.act(2, lambda tx, _at: tx.acknowledgements.add(other))
    island.act(2, lambda tx, _at: tx.acknowledgements.add(given))
    with pytest.raises(RefusedError, match="does not follow from what the person said"):
        island.act(3, lambda tx, _at: tx.acknowledgements.add(given))


def test_all_that_is_known_of_an_acknowledgement_reads_back(either_island: Island) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    whole = island.acknowledgement(
        edition,
        "officer",
        2,
        strength=Strength.WEBAUTHN,
        source_sha256="6" * 64,
        served_at=island.at(1.5),
        client_at=island.at(40),
        unit="Unit Á",
        category=PersonnelCategory.POLICE,
        roles=(Role.OFFICER, Role.STAFF),
        evidence='{"signature":"…"}',
        leaf=7,
    )
    island.act(2, lambda tx, _at: tx.acknowledgements.add(whole))
    with island.store.reading() as tx:
        assert tx.acknowledgements.standing("DEMO", 1) == (whole,)
        assert tx.audit.verify() == ()


def test_what_was_entered_from_a_sheet_is_found_by_its_hash(either_island: Island) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    entered = island.acknowledgement(edition, "officer", 2, **BY_WORD_OF_MOUTH)
    island.act(2, lambda tx, _at: tx.acknowledgements.add(entered))
    with island.store.reading() as tx:
        assert tx.acknowledgements.on_sheet("5" * 64) == (entered,)
        assert tx.acknowledgements.on_sheet("6" * 64) == ()
        assert tx.audit.verify() == ()


def test_a_refusal_and_a_withdrawal_stand_and_do_not_count(either_island: Island) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    given = island.acknowledgement(edition, "officer", 2)
    states = {"refused": (3, "head"), "withdrawn": (4, "officer")}
    refused, withdrawn = (
        island.acknowledgement(edition, who, day, state=AcknowledgementState(state), reason="in their own words")
        for state, (day, who) in states.items()
    )
    for day, one in ((2, given), (3, refused), (4, withdrawn)):
        island.act(day, lambda tx, _at, one=one: tx.acknowledgements.add(one))
    with island.store.reading() as tx:
        acknowledgements = tx.acknowledgements
        assert acknowledgements.standing("DEMO", 1) == (refused, withdrawn)
        assert acknowledgements.latest("officer", "DEMO") is acknowledgements.latest("head", "DEMO") is None
        # What stood then, and what was known then, are still told; the earlier row stays.
        said = [one.said for one in acknowledgements.rows_of("officer", "DEMO")]
        assert last_words(said, island.at(3), known_at=island.at(5)) == {1: given}
        assert last_words(said, island.at(5), known_at=island.at(3)) == {1: given}
        assert last_words(said, island.at(4), known_at=island.at(4)) == {1: withdrawn}
        assert acknowledgements.of_person("officer") == (withdrawn, given)
    again = replace(given, acknowledged_at=island.at(5), recorded_at=island.at(5))
    island.act(5, lambda tx, _at: tx.acknowledgements.add(again))
    with island.store.reading() as tx:
        assert tx.acknowledgements.latest("officer", "DEMO") == again
        assert tx.acknowledgements.one("officer", "DEMO", 1) == again
        assert tx.audit.verify() == ()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"state": AcknowledgementState.WITHDRAWN}, "does not follow"),
        ({"entered_by": "head"}, "acknowledge for themselves"),
        ({"channel": Channel.PAPER, "strength": Strength.PAPER}, "acknowledge for themselves"),
        ({"channel": Channel.PAPER, "entered_by": "head"}, "acknowledge for themselves"),
        ({"strength": Strength.WEBAUTHN}, "what it signed"),
        ({"acknowledged_at": 1.5}, "moment in which it is recorded"),
        ({"acknowledged_at": 2.5}, "moment in which it is recorded"),
        ({"served_at": 2.5}, "moment in which it is recorded"),
        ({"explained_by": "head"}, "explained by another person"),
        (BY_WORD_OF_MOUTH | {"explained_by": None}, "explained by another person"),
        (BY_WORD_OF_MOUTH | {"explained_by": "officer"}, "explained by another person"),
        ({"sheet_sha256": "5" * 64}, "on a sheet"),
        (
            {"channel": Channel.PAPER, "strength": Strength.PAPER, "entered_by": "head", "acknowledged_at": 0.5},
            "moment in which it is recorded",
        ),
    ],
)
def test_an_acknowledgement_that_cannot_be_is_refused(
    either_island: Island, changed: dict[str, Any], sentence: str
) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    told = {name: island.at(value) if name.endswith("_at") else value for name, value in changed.items()}
    made = island.acknowledgement(edition, "officer", 2, **told)
    with pytest.raises(RefusedError, match=sentence):
        island.act(2, lambda tx, _at: tx.acknowledgements.add(made))
    with island.store.reading() as tx:
        assert tx.acknowledgements.of_person("officer") == ()


# As the program before the tenth revision wrote it.
OLD = {
    "id": 1, "recorded_at": "2026-03-03T12:00:00.000000Z", "person_id": "officer", "mission": "DEMO",
    "edition_number": 1, "edition_sha256": "a" * 64, "statement_sha256": "5" * 64, "language": "en",
    "acknowledged_at": "2026-03-03T12:00:00.000000Z", "channel": "page", "strength": "passphrase",
    "entered_by": "officer",
}  # fmt: skip


def test_a_row_from_before_reads_and_is_not_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        revisions.migrate(connection, "0009")
    with closing(sqlite3.connect(path)) as earlier:  # the row alone, past what asks for its person and its edition
        for (name,) in earlier.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'acknowledgement'"
            " AND sql LIKE '%BEFORE INSERT%'"
        ).fetchall():
            earlier.execute(f"DROP TRIGGER {name}")
        marks = ", ".join(f":{name}" for name in OLD)
        earlier.execute(f"INSERT INTO acknowledgement ({', '.join(OLD)}) VALUES ({marks})", OLD)  # noqa: S608
        earlier.commit()
    with engine.begin() as connection:
        revisions.migrate(connection)
    with engine.connect() as connection:
        tx = Transaction(connection, writable=False)
        (read,) = tx.acknowledgements.standing("DEMO", 1)
        row = connection.execute(select(acknowledgement)).one()
        stored = dict(zip(acknowledgement.columns.keys(), row, strict=True))
    moment = datetime(2026, 3, 3, 12, tzinfo=UTC)
    told = OLD | {"recorded_at": moment, "acknowledged_at": moment, "supersedes_id": None}
    assert {name: value for name, value in stored.items() if name in told} == told
    of_then = hashlib.sha256(canonical({"row": told, "table": "acknowledgement"})).hexdigest()
    assert row_digest(acknowledgement, stored) == of_then
    assert (read.counts, read.unit, read.roles, read.served_at, read.leaf) == (True, None, None, None, None)


def test_what_one_person_said_is_found_without_reading_what_all_others_said(either_island: Island) -> None:
    """Else each acknowledgement of a morning takes longer than the one before."""
    island = either_island.peopled()
    edition = island.publish(1)
    island.act(2, lambda tx, _at: tx.acknowledgements.add(island.acknowledgement(edition, "officer", 2)))
    sought = "mission = 'PELA' AND edition_number = 1 AND person_id = 'officer'"
    with island.store.reading() as tx:
        explain = "EXPLAIN QUERY PLAN"
        if tx.kind == "postgresql":
            explain = "EXPLAIN"
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a table of one row is read whole
        plan = tx.connection.exec_driver_sql(f"{explain} SELECT id FROM acknowledgement WHERE {sought}").all()  # noqa: S608
    assert "ix_acknowledgement_mission_edition_number_person_id" in str(plan)

"""The audit tree finds what was changed, taken away, swapped or put in past the program, and says which row it is."""

import hashlib
import json
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from sqlalchemy import event

from geo_offlimits.domain.audit import AuditTag, leaf_hash, root_hash
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.errors import StoreError
from geo_offlimits.store import Store

Island = Any
LATER = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def lived_in_file(new_island: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived_in")
    island = new_island("sqlite", folder).lived_in()
    island.store.close()
    return folder / "register.db"


class Tampered:
    """A copy of a store whose guards somebody has taken down, put up again after tampering."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def tamper(self, *statements: str) -> None:
        connection = sqlite3.connect(self.path, isolation_level=None)
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement
        for _, sql in guards:
            connection.execute(sql)
        connection.close()

    def problems(self, against: Checkpoint | None = None) -> tuple[str, ...]:
        store = Store.open(f"sqlite:///{self.path}")
        try:
            with store.reading() as tx:
                return tuple(tx.audit.verify(against))
        finally:
            store.close()


@pytest.fixture
def tampered(lived_in_file: Path, tmp_path: Path) -> Tampered:
    shutil.copy(lived_in_file, tmp_path / "register.db")
    return Tampered(tmp_path / "register.db")


def test_a_store_that_nobody_touched_fits(tampered: Tampered) -> None:
    assert tampered.problems() == ()
    # Control: taking the guards down and putting them up again is not what the other tests find.
    tampered.tamper()
    assert tampered.problems() == ()


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE step SET person_id = 'deputy' WHERE id = 1", "step/1 does not fit"),
        ("UPDATE step SET recorded_at = '2026-03-01T12:00:00.000000Z' WHERE id = 2", "step/2 does not fit"),
        ("UPDATE subject SET geometry = (SELECT geometry FROM facility)", "subject/1 does not fit"),
        ("UPDATE subject SET names = '[]' WHERE id = 2", "subject/2 does not fit"),
        ("UPDATE subject SET names = 'broken' WHERE id = 2", "subject/2 does not fit"),
        ("UPDATE subject SET geometry = x'00' WHERE id = 2", "subject/2 does not fit"),
        ("UPDATE designation SET valid_to = '2026-03-02T12:00:00.000000Z' WHERE id = 1", "designation/1 does not fit"),
        ("UPDATE designation SET recorded_at = 'yesterday' WHERE id = 1", "designation/1 does not fit"),
        ("UPDATE person SET name = 'Somebody' WHERE id = 2", "person/2 does not fit"),
        ("UPDATE role_grant SET role = 'admin'", "role_grant/1 does not fit"),
        (
            "UPDATE acknowledgement SET acknowledged_at = '2026-01-01T00:00:00.000000Z'",
            "acknowledgement/1 does not fit",
        ),
        ("UPDATE acknowledgement SET person_id = 'deputy'", "acknowledgement/1 does not fit"),
        ("UPDATE recipient SET unit = 'Unit Z'", "recipient/1 does not fit"),
        ("UPDATE edition SET envelope = x'00' WHERE number = 1", "edition/1 does not fit"),
        ("UPDATE edition SET content = x'00' WHERE number = 2", "Edition 2 of DEMO does not have the hash"),
        ("UPDATE edition SET previous_sha256 = NULL WHERE number = 2", "Edition 2 of DEMO does not follow edition 1"),
        ("DELETE FROM step WHERE id = 2", "step/2 is gone"),
        ("DELETE FROM acknowledgement", "acknowledgement/1 is gone"),
        ("DELETE FROM facility", "facility/1 is gone"),
        (
            "INSERT INTO role_grant (recorded_at, person_id, role) VALUES (date('now'), 'officer', 'head')",
            "role_grant/2 has no leaf",
        ),
        (
            "UPDATE audit_leaf SET leaf = CAST(replace(CAST(leaf AS TEXT), 'test', 'tost') AS BLOB) WHERE position = 3",
            "Leaf 3 does not fit the hashes stored with it",
        ),
        ("UPDATE audit_leaf SET leaf = x'00' WHERE position = 3", "Leaf 3 cannot be read"),
        (
            "UPDATE audit_leaf SET leaf = CAST(leaf || ' ' AS BLOB) WHERE position = 3",
            "Leaf 3 is not in canonical form",
        ),
        ("DELETE FROM audit_leaf WHERE position = 3", "Leaf 3 is missing"),
        ("UPDATE audit_checkpoint SET root_sha256 = 'ff'", "leaves does not fit the leaves: history was rewritten"),
        ("DROP TRIGGER refuse_step_same_person", "The guard refuse_step_same_person is gone"),
    ],
)
def test_a_changed_row_is_found_and_named(tampered: Tampered, statement: str, row: str) -> None:
    if statement.startswith("DROP"):
        connection = sqlite3.connect(tampered.path)
        connection.execute(statement)
        connection.close()
    else:
        tampered.tamper(statement)
    problems = tampered.problems()
    assert [problem for problem in problems if row in problem], problems


def test_a_guard_with_another_text_is_found(tampered: Tampered) -> None:
    connection = sqlite3.connect(tampered.path)
    connection.execute("DROP TRIGGER refuse_step_deleted")
    connection.execute("CREATE TRIGGER refuse_step_deleted BEFORE DELETE ON step BEGIN SELECT 1; END")
    connection.close()
    assert tampered.problems() == ("The guard refuse_step_deleted is not as this program made it.",)


def test_two_swapped_rows_are_both_found(tampered: Tampered) -> None:
    tampered.tamper(
        "UPDATE subject SET id = 99 WHERE id = 1",
        "UPDATE subject SET id = 1 WHERE id = 2",
        "UPDATE subject SET id = 2 WHERE id = 99",
    )
    assert [problem.split(" ")[0] for problem in tampered.problems()] == ["subject/1", "subject/2"]


def cut_the_tail(tampered: Tampered) -> None:
    """The acknowledgement, its campaign and their leaf vanish together, as if they had never been."""
    tampered.tamper(
        "DELETE FROM acknowledgement",
        "DELETE FROM recipient",
        "DELETE FROM campaign",
        "DELETE FROM audit_leaf WHERE position = (SELECT max(position) FROM audit_leaf)",
    )


def head_of(path: Path) -> Checkpoint:
    store = Store.open(f"sqlite:///{path}")
    with store.reading() as tx:
        head = tx.audit.checkpoint()
    store.close()
    return head


def test_a_tail_cut_whole_is_found_by_who_holds_an_older_checkpoint(tampered: Tampered) -> None:
    held = head_of(tampered.path)
    cut_the_tail(tampered)
    # Control: alone, the store cannot know what it no longer has.
    assert tampered.problems() == ()
    (problem,) = tampered.problems(held)
    assert problem.startswith(f"The checkpoint you hold counts {held.size} leaves, this store only {held.size - 1}: ")


def test_a_tail_cut_and_grown_again_is_found_too(tampered: Tampered) -> None:
    held = head_of(tampered.path)
    cut_the_tail(tampered)
    store = Store.open(f"sqlite:///{tampered.path}")
    with store.writing() as tx:
        for login in ("first", "second"):
            tx.audit.append(AuditTag.LOGIN, recorded_at=LATER, actor=None, mission=None, subject=login, facts={})
    store.close()
    assert tampered.problems() == ()
    assert tampered.problems(held) == (
        f"The first {held.size} leaves do not give the root you hold: what was before it was rewritten.",
    )


def test_a_store_that_has_grown_fits_an_older_checkpoint(island: Island) -> None:
    island.peopled()
    with island.store.reading() as tx:
        held = tx.audit.checkpoint()
    island.propose(1)
    with island.store.reading() as tx:
        assert tx.audit.verify(held) == ()
        assert tx.audit.verify(Checkpoint(size=0, root_sha256=hashlib.sha256(b"").hexdigest())) == ()


def test_the_head_is_the_merkle_root_at_every_size_and_takes_one_query(island: Island) -> None:
    asked: list[str] = []
    hashes: list[bytes] = []
    event.listen(island.store._engines.reader, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
    for size in range(70):
        asked.clear()
        with island.store.reading() as tx:
            assert tx.audit.checkpoint() == Checkpoint(size=size, root_sha256=root_hash(hashes).hex())
        assert len([sql for sql in asked if sql.startswith(("SELECT", "WITH"))]) == 1
        with island.store.writing() as tx:
            assert island.leaf(tx, 0, size=size) == size
        with island.store.reading() as tx:
            hashes = [leaf_hash(leaf) for leaf in tx.audit.leaves()]


def test_a_leaf_is_canonical_and_holds_nothing_personal(either_island: Island) -> None:
    island = either_island.lived_in()
    with island.store.reading() as tx:
        leaves = list(tx.audit.leaves())
        persons = tx.people.of_mission("DEMO")
        assert tx.audit.verify() == ()
    assert all(rfc8785.dumps(json.loads(leaf)) == leaf for leaf in leaves)
    assert {frozenset(json.loads(leaf)) for leaf in leaves} == {
        frozenset({"tag", "at", "actor", "mission", "subject", "facts", "rows"})
    }
    everything = b"\n".join(leaves)
    assert [person.person_id for person in persons if person.number == person.person_id] == ["leaver"]  # erased
    for person in (one for one in persons if one.person_id != "leaver"):
        for personal in (person.number, person.name, person.email):
            assert personal.encode() not in everything


def test_the_digest_of_a_person_cannot_be_guessed_from_what_is_known_of_them(tmp_path: Path, new_island: Any) -> None:
    digests = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        island = new_island("sqlite", tmp_path / name).peopled()
        with island.store.reading() as tx:
            digests.append([json.loads(leaf)["rows"] for leaf in tx.audit.leaves()])
        island.store.close()
    # The same mission row has the same digest; the same persons do not.
    assert digests[0][0] == digests[1][0]
    assert all(digests[0][at].keys() == digests[1][at].keys() for at in range(4))
    assert all(digests[0][at] != digests[1][at] for at in range(1, 4))


def test_facts_may_hold_moments_dates_and_words_of_the_vocabulary(island: Island) -> None:
    with island.store.writing() as tx:
        island.leaf(tx, 0, moment=island.at(0), date=island.at(0).date(), tag=AuditTag.LOGIN, several=(1, None, True))
    with island.store.reading() as tx:
        facts = json.loads(next(tx.audit.leaves()))["facts"]
    assert facts == {
        "moment": "2026-03-01T12:00:00.000000+00:00",
        "date": "2026-03-01",
        "tag": "login:accepted",
        "several": [1, None, True],
    }


def test_no_audit_row_no_act(either_island: Island) -> None:
    def leaf_first() -> None:
        with either_island.store.writing() as tx:
            either_island.leaf(tx, 0)
            tx.missions.add(either_island.mission, either_island.at(0))

    with pytest.raises(StoreError, match=r"Nothing was written: mission/\d+ would stand without a leaf"):
        leaf_first()
    with either_island.store.reading() as tx:
        assert tx.missions.all() == ()
        assert list(tx.audit.leaves()) == []


def test_each_leaf_names_the_rows_of_its_own_act(island: Island) -> None:
    with island.store.writing() as tx:
        tx.missions.add(island.mission, island.at(0))
        island.leaf(tx, 0)
        tx.people.add(island.person("head"), island.at(0))
        island.leaf(tx, 0)
        island.leaf(tx, 0)
    with island.store.reading() as tx:
        assert [list(json.loads(leaf)["rows"]) for leaf in tx.audit.leaves()] == [["mission/1"], ["person/1"], []]

"""Years after somebody has gone, who they were is erased wherever it stood, and everything that was proved still is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import AbsentError, InputError, OfflimitsError, RefusedError
from geo_offlimits.services import acknowledging, campaigns, erasing, flags, people, postings, signing_in
from geo_offlimits.services.erasing import Erased, TooEarlyError
from geo_offlimits.store import Store
from tests.services.conftest import MISSION, PASSPHRASE, World

CANARIES = (b"Vesna Canary", b"CANARY-77", b"canary77", b"Canary Wharf Unit")
RETENTION = timedelta(days=3650)
REASON = "five years are over"


def canary() -> Person:
    return Person(
        person_id="p_canary",
        number="CANARY-77",
        name="Vesna Canary",
        unit="Canary Wharf Unit",
        sector="West",
        category=PersonnelCategory.CIVILIAN,
        mission=MISSION,
        email="canary77@pela.example",
        service=Period(start=None),
    )


@pytest.fixture
def left(world: World) -> World:
    """A world in which somebody joined, moved, was asked to acknowledge, did so and left."""
    with world.acting("100") as act:
        once = people.add_person(act, canary(), (RoleGrant(role=Role.STAFF, mission=MISSION),))
    world.wiring.choose_passphrase("CANARY-77", once, PASSPHRASE)
    world.listed()
    header = world.published()
    with world.acting("105") as act:
        campaigns.distribute(act, MISSION)
    with world.acting("CANARY-77") as act:
        acknowledging.acknowledge(act, MISSION, header.number, header.sha256, "en")
    with world.acting("100") as act:
        postings.move(act, "CANARY-77", unit="Canary Wharf Unit, north", sector=None)
    with world.acting("100") as act:
        people.depart(act, "CANARY-77")
    return world


def erased(world: World) -> Erased:
    world.clock.later(days=RETENTION.days)
    with world.acting("100") as act:
        erasing.ask(act, "CANARY-77", REASON)
    with world.acting("101") as act:
        return erasing.agree(act, "canary77@PELA.example")


def test_nothing_is_left_of_who_somebody_was_and_every_proof_holds(left: World) -> None:
    leaves, head = left.leaves(), checkpoint(left)
    found = erased(left)
    assert (found.person_id, found.rows) == ("p_canary", {"person": 3, "recipient": 1, "acknowledgement": 1})
    assert left.leaves()[: len(leaves)] == leaves
    with left.reading(None) as act:
        assert act.tx.audit.verify(head) == ()
        acknowledged = act.tx.acknowledgements.latest("p_canary", MISSION)
        remains = act.tx.people.find("p_canary")
        recipients = act.tx.campaigns.recipients(act.tx.campaigns.headers(MISSION)[0].campaign_id)
        assert act.tx.people.find("CANARY-77") is None
        assert act.tx.people.credential("p_canary") is None
    assert acknowledged
    assert acknowledged.edition_number == 1
    assert remains
    assert (remains.number, remains.name, remains.unit, remains.email) == ("p_canary", "p_canary", "", None)
    assert (remains.category, remains.mission) == (PersonnelCategory.CIVILIAN, MISSION)
    assert {one.name for one in recipients if one.person_id != "p_canary"} >= {"Stan Field"}
    kept = left.kept()
    assert not [canary for canary in CANARIES if canary in kept]


def test_the_number_is_free_again_and_whoever_gets_it_is_somebody_else(left: World) -> None:
    erased(left)
    with left.acting("100") as act:
        people.add_person(act, people.new(**{**facts(canary()), "name": "Other Person"}))
    with left.reading(None) as act:
        found = act.tx.people.find("CANARY-77")
    assert found
    assert found.person_id != "p_canary"
    assert left.whole()


def facts(person: Person) -> dict[str, Any]:
    return {name: value for name, value in vars(person).items() if name != "person_id"}


def checkpoint(world: World) -> Any:
    with world.reading(None) as act:
        return act.tx.audit.checkpoint()


def test_who_serves_or_left_lately_is_not_erased(left: World) -> None:
    with pytest.raises(RefusedError, match="is in service; let them depart"), left.acting("100") as act:
        erasing.ask(act, "108", REASON)
    left.clock.later(days=RETENTION.days - 1)
    with pytest.raises(TooEarlyError, match="kept as evidence until 2036-02-28"), left.acting("100") as act:
        erasing.ask(act, "CANARY-77", REASON)
    assert "erasure:asked" not in left.tags()


def test_one_person_alone_erases_nobody(left: World) -> None:
    left.clock.later(days=RETENTION.days)
    with pytest.raises(InputError, match="Say in one line why"), left.acting("100") as act:
        erasing.ask(act, "CANARY-77", " ")
    with left.acting("100") as act:
        erasing.ask(act, "CANARY-77", REASON)
    with pytest.raises(RefusedError, match="takes two persons"), left.acting("100") as act:
        erasing.agree(act, "CANARY-77")
    with pytest.raises(RefusedError, match="waits for a second person"), left.acting("100") as act:
        erasing.ask(act, "CANARY-77", REASON)
    with left.reading("101") as act:
        (waiting,) = erasing.waiting(act)
    assert (waiting.person.number, waiting.asked_by.number) == ("CANARY-77", "100")
    with left.acting("101") as act:
        erasing.refuse(act, "CANARY-77")
    with pytest.raises(AbsentError, match="Nobody asked"), left.acting("101") as act:
        erasing.agree(act, "CANARY-77")
    with left.reading("101") as act:
        assert act.tx.people.find("CANARY-77") is not None
        assert erasing.waiting(act) == ()
    for number in ("103", "105", "106", "107", "201"):
        with pytest.raises(AbsentError), left.acting(number) as act:
            erasing.ask(act, "CANARY-77", REASON)
    assert left.whole()


def test_who_is_erased_is_erased_once_and_nothing_is_written_of_them_again(left: World) -> None:
    erased(left)
    with pytest.raises(RefusedError, match="was erased already"), left.acting("100") as act:
        erasing.ask(act, "p_canary", REASON)
    with pytest.raises(OfflimitsError), left.acting("100") as act:
        postings.move(act, "p_canary", unit="Police", sector=None)
    with pytest.raises(RefusedError, match="was erased"), left.wiring.store.writing() as tx:
        tx.people.replace(canary(), left.clock.now)
    with pytest.raises(signing_in.UnrecognisedError):
        left.wiring.recognise("CANARY-77", PASSPHRASE)


def test_texts_that_people_wrote_and_that_name_somebody_are_told(left: World) -> None:
    with left.acting("108") as act:
        note = "so vesna CANARY told me"
        flags.raise_flag(act, left.wiring.shelf, MISSION, "PELA-0001", kind=FlagKind.CLOSED, note=note)
    found = erased(left)
    assert [(one.table, one.column) for one in found.mentions] == [("flag", "note")]
    assert "still name them" in found.as_text()
    assert left.whole()


OTHERWISE: dict[str, str] = {
    "without an erasure": "UPDATE person SET name = person_id WHERE person_id = 'p_108'",
    "to another name": "UPDATE person SET name = 'Somebody' WHERE person_id = 'p_canary'",
    "and something else": "UPDATE person SET name = person_id, category = 'police' WHERE person_id = 'p_canary'",
    "of another person": "UPDATE recipient SET name = person_id WHERE person_id = 'p_108'",
    "by half": "UPDATE person SET name = person_id WHERE person_id = 'p_108'",
    "back again": "UPDATE recipient SET email = 'canary77@pela.example' WHERE person_id = 'p_canary'",
    "in another table": "UPDATE acknowledgement SET language = 'fr' WHERE person_id = 'p_canary'",
    "away": "DELETE FROM person WHERE person_id = 'p_canary'",
    "by an erasure of one person": (
        "INSERT INTO erasure (recorded_at, erasure_id, person_id, asked_by, reason, state, settled_by)"
        " VALUES ('2099-01-01 00:00:00.000000Z', 'e_9', 'p_108', 'p_100', 'x', 'agreed', 'p_100')"
    ),
}


@pytest.mark.parametrize("statement", OTHERWISE.values(), ids=OTHERWISE)
def test_the_database_lets_nothing_else_be_changed(left: World, statement: str) -> None:
    erased(left)
    with pytest.raises(OfflimitsError), left.wiring.store.writing() as tx:
        tx.connection.execute(text(statement))
    assert left.whole()


def forged(connection: Connection, change: str) -> None:
    """By somebody who owns the store: the guards of `person` are taken down, and the row is changed."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE person DISABLE TRIGGER ALL")
        connection.exec_driver_sql(change)
        connection.exec_driver_sql("ALTER TABLE person ENABLE TRIGGER ALL")
        return
    guards = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'person'"
    ).all()
    for name, _ in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.exec_driver_sql(change)
    for _, sql in guards:
        connection.exec_driver_sql(sql)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE person SET name = 'Somebody else' WHERE person_id = 'p_canary'",
        "UPDATE person SET category = 'police' WHERE person_id = 'p_canary'",
        "UPDATE person SET name = person_id, number = person_id WHERE person_id = 'p_108'",
    ],
)
def test_a_row_changed_past_the_guards_is_found_erased_or_not(left: World, change: str) -> None:
    erased(left)
    settings = left.wiring.settings
    owner = Store.open(settings.owner_store or settings.store)
    with owner.writing() as tx:
        forged(tx.connection, change)
    owner.close()
    with left.reading(None) as act:
        problems = act.tx.audit.verify()
    assert any("does not fit its leaf" in problem for problem in problems)


@pytest.mark.parametrize("column", ["sheet_sha256", "explained_by", "statement_sha256"])
def test_what_stays_of_who_was_erased_is_not_changed_after_it(left: World, column: str) -> None:
    erased(left)
    owner = Store.open(left.wiring.settings.owner_store or left.wiring.settings.store)
    change = f"UPDATE acknowledgement SET {column} = 'p_101' WHERE person_id = 'p_canary'"  # noqa: S608  (a test)
    with pytest.raises(RefusedError, match="only grows"), owner.writing() as tx:
        tx.connection.exec_driver_sql(change)
    owner.close()
    assert left.whole()


LEAVES: dict[str, Callable[[World], dict[str, Any]]] = {
    "somebody whom nobody agreed to erase": lambda _: {"subject": "p_108", "erased": {"person/9": "0" * 64}},
    "a row of another person": lambda _: {"subject": "p_canary", "erased": {"person/1": "0" * 64}},
    "a row of a table that names nobody": lambda _: {"subject": "p_canary", "erased": {"step/1": "0" * 64}},
}


@pytest.mark.parametrize("what", LEAVES)
def test_a_leaf_that_pretends_an_erasure_is_found(left: World, what: str) -> None:
    erased(left)
    forged_leaf = LEAVES[what](left)
    with left.acting("100") as act:
        act.record(AuditTag.PERSON_ERASED, subject=forged_leaf["subject"], erased=forged_leaf["erased"])
    assert not left.whole()


def test_leaves_hold_the_opaque_id_alone(left: World) -> None:
    erased(left)
    told = str(left.leaves())
    assert not [canary for canary in CANARIES if canary.decode() in told]
    assert "p_canary" in told

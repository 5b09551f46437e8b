"""Evidence: what was listed then and what the person had acknowledged, in two times; who is given it; its record."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from shapely import Point
from sqlalchemy import NullPool, create_engine, text

from geo_offlimits.domain.acknowledgement import AcknowledgementState, Channel
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.changes import ChangeKind
from geo_offlimits.domain.designation import StepKind
from geo_offlimits.domain.people import NotPermittedError, PersonnelCategory
from geo_offlimits.errors import AbsentError, InputError, StoreError
from geo_offlimits.formats import evidence as evidence_file
from geo_offlimits.services import acknowledging, campaigns, changes, entering, outbox, people, register, sheets
from geo_offlimits.services.entering import Entry
from geo_offlimits.services.people import UnknownPersonError
from geo_offlimits.services.sheets import TypedSheet
from tests.services.conftest import MISSION, World, venue
from tests.services.evidently import PLACE, alone, given, signed, told


@pytest.fixture
def island(world: World) -> World:
    """With one edition."""
    world.listed()
    world.published()
    return world


def acknowledged(world: World, who: str = "108", language: str = "en") -> None:
    with world.acting(who) as act:
        header = act.tx.editions.header(MISSION, act.now)
        assert header
        acknowledging.acknowledge(act, MISSION, header.number, header.sha256, language)
    world.clock.later(minutes=1)


def last(document: Any, name: str = "as_known_now") -> Any:
    said = document["acknowledged"]
    return next((one["row"] for one in said["words"] if one["row_name"] == said[name]), None)


# ---- what it tells ---------------------------------------------------------------------------------------------------


def test_it_tells_what_was_listed_and_acknowledged_and_both_are_proven(island: World, tmp_path: Path) -> None:
    acknowledged(island, language="fr")
    made = given(island)
    found: Any = made.evidence.document
    assert (found["listed"]["verdict"], found["known_now"]["verdict"]) == ("cannot_tell", "cannot_tell")
    assert [one["entry_id"] for one in found["listed"]["matches"]] == ["PELA-0001"]
    assert (found["edition"]["number"], found["edition"]["stale"]) == (1, False)
    row = last(found)
    assert (row["edition_number"], row["language"], row["strength"], row["unit"]) == (
        1,
        "fr",
        "passphrase",
        "Engineers",
    )
    assert found["acknowledged"]["held"] == [{"entry_id": "PELA-0001", "held": True, "alike": True}]
    assert found["person"]["then"]["unit"] == "Engineers"
    code, answer = alone(island, made.envelope, tmp_path)
    assert code == 0, answer
    assert (answer["case"], answer["listed"]["verdict"]) == ("PELA/26/17", "cannot_tell")


def test_without_a_position_the_whole_list_is_in_the_file(island: World, tmp_path: Path) -> None:
    made = given(island, position=None)
    found: Any = made.evidence.document
    assert (found["listed"], found["known_now"], found["asked"]["position"]) == (None, None, None)
    assert [one["number"] for one in found["proofs"]["editions"]] == [1]
    assert alone(island, made.envelope, tmp_path)[0] == 0


def test_before_the_first_edition_nothing_was_listed_and_nobody_could_tell(island: World, tmp_path: Path) -> None:
    made = given(island, at=island.clock.now - timedelta(minutes=5))
    found: Any = made.evidence.document
    assert (found["edition"], found["listed"]["verdict"], found["known_now"]) == (None, "cannot_tell", None)
    assert found["listed"]["reasons"][0]["code"] == "no_edition"
    assert alone(island, made.envelope, tmp_path)[0] == 0


def test_an_edition_that_had_expired_says_so_and_still_lists(island: World, tmp_path: Path) -> None:
    island.clock.later(days=31)
    made = given(island)
    found: Any = made.evidence.document
    assert (found["edition"]["stale"], found["listed"]["stale"]) == (True, True)
    assert [one["entry_id"] for one in found["listed"]["matches"]] == ["PELA-0001"]
    assert alone(island, made.envelope, tmp_path)[0] == 0


def test_what_was_acknowledged_was_an_older_list_that_did_not_hold_the_entry(island: World, tmp_path: Path) -> None:
    acknowledged(island)
    island.listed("Red Door", -29.8, 10.2)
    island.published()
    made = given(island, position="10.200000, -29.800000")
    found: Any = made.evidence.document
    assert (found["edition"]["number"], last(found)["edition_number"]) == (2, 1)
    assert found["acknowledged"]["current_as_known_now"] is None
    assert found["acknowledged"]["held"] == [{"entry_id": "PELA-0002", "held": False, "alike": False}]
    # Whoever holds edition 2 holds the head of a tree in which the acknowledgement stood.
    assert [one["witness"]["number"] for one in found["acknowledged"]["words"]] == [2]
    assert sorted(one["number"] for one in found["proofs"]["editions"]) == [1, 2]
    assert alone(island, made.envelope, tmp_path)[0] == 0


def test_paper_that_was_entered_later_is_known_now_and_was_not_then(island: World, tmp_path: Path) -> None:
    island.clock.later(days=2)
    asked = island.clock.now
    island.clock.later(days=3)
    entry = Entry(
        number=1,
        channel=Channel.PAPER,
        state=AcknowledgementState.ACKNOWLEDGED,
        language="en",
        on=date(2026, 3, 3),
    )
    with island.acting("105") as act:
        entering.enter(act, MISSION, "110", entry)
    made = given(island, person="110", at=asked)
    found: Any = made.evidence.document
    assert (last(found, "then"), last(found)["strength"], last(found)["entered_by"]) == (None, "paper", "p_105")
    assert alone(island, made.envelope, tmp_path)[0] == 0
    before: Any = told(island, person="110", at=asked - timedelta(days=2))  # before the day that was written
    assert last(before) is None


def test_its_paper_says_who_explained_it_and_of_which_signed_sheet(island: World, tmp_path: Path) -> None:
    with island.acting("105") as act:
        campaign = campaigns.distribute(act, MISSION)
        spoken: dict[str, Any] = {"explained": {"p_110": "dyu"}, "explained_by": "101"}
        typed = TypedSheet(unit="Engineers", on=None, signed=frozenset({"p_110"}), language="en", **spoken)
        assert sheets.type_in(act, campaign.campaign_id, typed, scan_sha256="5" * 64).recorded == 1
    made = given(island, person="110")
    row = last(made.evidence.document)
    assert (row["explained_by"], row["sheet_sha256"]) == ("p_101", "5" * 64)
    paper = evidence_file.sheet(made.evidence, made.envelope)
    assert "explained by 101 " in paper
    assert "SHA-256 of the signed sheet" in paper
    assert " ".join(["5" * 8] * 8) in paper
    assert alone(island, made.envelope, tmp_path)[0] == 0
    acknowledged(island)
    other = given(island)
    without = evidence_file.sheet(other.evidence, other.envelope)
    assert "explained by" not in without
    assert "signed sheet" not in without


def test_a_withdrawal_counts_from_when_it_was_said(island: World, tmp_path: Path) -> None:
    acknowledged(island)
    before = island.clock.now
    island.clock.later(hours=1)
    with island.acting("108") as act:
        acknowledging.withdraw(act, MISSION, 1, "pressed by mistake")
    made = given(island)
    found: Any = made.evidence.document
    assert (last(found), last(found, "current_as_known_now")["state"]) == (None, "withdrawn")
    assert "pressed by mistake" not in made.evidence.encode().decode()
    assert alone(island, made.envelope, tmp_path)[0] == 0
    assert last(told(island, at=before))["edition_number"] == 1


def test_what_is_known_now_is_told_beside_what_the_edition_said(island: World, tmp_path: Path) -> None:
    asked = island.clock.now
    island.clock.later(hours=1)
    with island.acting("101") as act:
        register.decide(act, "PELA-0001", StepKind.SUSPENDED, "wrong house")
    found: Any = told(island, at=asked)
    (entry,) = found["known_now"]["entries"]
    assert (entry["on_edition"], entry["held_as_known_then"], entry["holds_as_known_now"]) == (True, True, True)
    assert [one["kind"] for one in entry["events"]] == ["suspended"]
    island.clock.later(hours=1)
    made = given(island)
    later: Any = made.evidence.document
    (entry,) = later["known_now"]["entries"]
    assert (later["listed"]["verdict"], later["known_now"]["verdict"]) == ("cannot_tell", "not_listed")
    assert (entry["held_as_known_then"], entry["holds_as_known_now"]) == (False, False)
    assert "wrong house" not in made.evidence.encode().decode()
    assert alone(island, made.envelope, tmp_path)[0] == 0


def test_an_entry_that_stood_in_the_wrong_place_is_known_now_where_it_is(island: World) -> None:
    asked = island.clock.now
    island.clock.later(hours=1)

    def moved(subject: Any) -> Any:
        return replace(subject, geometry=Point(-29.7, 10.3))

    with island.acting("103") as act:
        changes.propose(act, "PELA-0001", ChangeKind.MOVED, moved, "wrong plot")
    with island.acting("101") as act:
        changes.make(act, "PELA-0001")
    there: Any = told(island, at=asked, position="10.300000, -29.700000")
    assert (there["listed"]["matches"], [one["entry_id"] for one in there["known_now"]["matches"]]) == (
        [],
        ["PELA-0001"],
    )
    (entry,) = told(island, at=asked)["known_now"]["entries"]
    assert ([one["kind"] for one in entry["events"]], entry["changed"]) == (["moved"], ["geometry"])


def test_what_no_edition_ever_held_is_not_told(island: World) -> None:
    island.listed("Quiet House", -29.9, 10.1)
    with island.acting("103") as act:
        register.propose_lift(act, "PELA-0001", "closed")
    made = given(island)
    assert "Quiet House" not in made.evidence.encode().decode()
    found: Any = made.evidence.document
    assert [one["entry_id"] for one in found["known_now"]["entries"]] == ["PELA-0001"]
    assert found["known_now"]["entries"][0]["events"] == []
    island.published()
    assert "Quiet House" in given(island, at=island.clock.now - timedelta(seconds=50)).evidence.encode().decode()


def test_the_verdict_is_for_the_category_that_the_person_had(world: World) -> None:
    world.listed(terms={"applies_to": (PersonnelCategory.POLICE,)})
    world.published()
    (match,) = told(world)["listed"]["matches"]
    assert (match["applies"], match["why_not"]) == (False, "not_bound")
    (match,) = told(world, person="109")["listed"]["matches"]
    assert match["applies"]


def test_it_tells_which_campaign_had_brought_the_list_by_then(island: World) -> None:
    with island.acting("105") as act:
        opened = outbox.distribute(act, MISSION)
    before = told(island, at=island.clock.now - timedelta(seconds=10))
    assert before["brought"] == []
    (one,) = told(island)["brought"]
    assert (one["campaign_id"], one["mail"], one["sent_at"]) == (opened.campaign_id, "waiting", None)


def test_who_has_departed_is_told_of_like_anybody(island: World, tmp_path: Path) -> None:
    acknowledged(island)
    asked = island.clock.now
    island.clock.later(hours=1)
    with island.acting("100") as act:
        people.depart(act, "108")
    island.clock.later(days=900)
    for person in ("108", "p_108"):
        made = given(island, person=person, at=asked)
        found: Any = made.evidence.document
        assert (found["person"]["then"]["in_service"], last(found)["edition_number"]) == (True, 1)
        assert alone(island, made.envelope, tmp_path)[0] == 0
    gone = told(island)["person"]
    assert (gone["then"]["in_service"], gone["as_known_now"]["in_service"]) == (False, False)


def test_who_was_entered_later_was_not_on_record_then(island: World) -> None:
    found = told(island, at=island.clock.now - timedelta(days=1))["person"]
    assert (found["then"], found["as_known_now"]["unit"]) == (None, "Engineers")


@pytest.mark.parametrize("backend", ["sqlite"])
def test_who_was_erased_is_told_of_under_the_id_and_it_is_still_proven(island: World, tmp_path: Path) -> None:
    acknowledged(island)
    asked = island.clock.now
    island.clock.later(days=900)
    _erase(island, "p_108")
    made = given(island, person="p_108", at=asked)
    found: Any = made.evidence.document
    assert (found["person"]["name"], found["person"]["erased_at"][:10]) == ("p_108", "2028-08-18")
    assert (last(found)["edition_number"], last(found).get("unit")) == (1, None)
    assert b"Stan Field" not in made.evidence.encode()
    code, answer = alone(island, made.envelope, tmp_path)
    assert code == 0, answer
    for name, forged in (("acknowledged_at", "2020-01-01T00:00:00.000000+00:00"), ("strength", "webauthn")):
        document = json.loads(made.evidence.encode())
        document["acknowledged"]["words"][0]["row"][name] = forged
        assert alone(island, signed(island, document), tmp_path)[0] == 1


def _erase(world: World, person_id: str) -> None:
    """As an erasure leaves it: who it was is overwritten, and one leaf tells the digests that the rows have since."""
    with create_engine(world.wiring.settings.store, poolclass=NullPool).begin() as connection:
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('person', 'acknowledgement')"
        for name in connection.exec_driver_sql(guards).scalars().all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        gone = "unit = NULL, roles = NULL, salt = NULL WHERE person_id = :id"
        connection.execute(text(f"UPDATE acknowledgement SET {gone}"), {"id": person_id})  # noqa: S608
        known = "number = :id, number_key = :id, name = :id, unit = '' WHERE person_id = :id"
        connection.execute(text(f"UPDATE person SET {known}"), {"id": person_id})  # noqa: S608
    with world.acting("100") as act:
        erased = {row.name: row.sha256 for row in act.tx.acknowledgements.rows_of(person_id, MISSION)}
        act.record(AuditTag.PERSON_ERASED, subject=person_id, mission=MISSION, erased=erased)


# ---- who is given it, and that it is on record -----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["100", "101", "103", "105", "107", "108"])
def test_nobody_but_conduct_is_given_it_and_who_tried_is_on_record(island: World, who: str) -> None:
    with pytest.raises(NotPermittedError):
        given(island, who)
    assert island.leaves()[-1]["tag"] == "act:refused"
    assert "evidence:given" not in island.tags()


def test_each_giving_is_on_record_without_place_case_or_name(island: World) -> None:
    made = given(island)
    leaf = island.leaves()[-1]
    assert (leaf["tag"], leaf["actor"], leaf["subject"], leaf["mission"]) == (
        "evidence:given",
        "p_106",
        "p_108",
        MISSION,
    )
    case: Any = made.evidence.document["case"]
    digest = hashlib.sha256(f"{case['salt']}{case['reference']}".encode()).hexdigest()
    assert leaf["facts"] == {"case": digest}
    kept = island.kept()
    assert b"PELA/26/17" not in kept
    assert b"10.1000" not in kept
    assert PLACE.encode() not in kept


def test_two_givings_for_one_case_cannot_be_told_to_be_for_one(island: World) -> None:
    given(island)
    given(island)
    assert len({leaf["facts"]["case"] for leaf in island.leaves()[-2:]}) == 2


@pytest.mark.parametrize(
    ("asked", "field"), [({"case": ""}, "case"), ({"case": "a\nb"}, "case"), ({"case": "x" * 121}, "case")]
)
def test_without_a_case_nothing_is_given(island: World, asked: dict[str, Any], field: str) -> None:
    leaves = len(island.leaves())
    with pytest.raises(InputError) as refused:
        given(island, **asked)
    assert [issue.field for issue in refused.value.issues] == [field]
    assert len(island.leaves()) == leaves


def test_of_what_is_to_come_there_is_no_evidence(island: World) -> None:
    with pytest.raises(InputError, match="still to come"):
        given(island, at=island.clock.now + timedelta(minutes=1))


def test_nobody_of_that_name_and_somebody_of_another_mission_are_equally_absent(island: World) -> None:
    for person in ("999", "201"):
        with pytest.raises(UnknownPersonError, match=f"no person {person} here for you"):
            given(island, person=person)
    with pytest.raises(AbsentError):
        given(island, "201", person="108")


def test_a_row_that_does_not_fit_its_leaf_proves_nothing(island: World) -> None:
    acknowledged(island)
    with island.reading("106") as act:
        (row,) = act.tx.acknowledgements.rows_of("p_108", MISSION)
        assert row.said.leaf is not None
    owner = island.wiring.settings.owner_store or island.wiring.settings.store
    with create_engine(owner, poolclass=NullPool).begin() as connection:
        columns = (
            "mission, edition_number, edition_sha256, statement_sha256, language, acknowledged_at, channel, strength"
        )
        connection.execute(
            text(
                f"INSERT INTO acknowledgement ({columns}, person_id, entered_by, recorded_at, leaf) "  # noqa: S608
                f"SELECT {columns}, 'p_110', 'p_110', recorded_at, leaf FROM acknowledgement"
            )
        )
    with pytest.raises(StoreError, match="does not fit the audit tree"):
        given(island, person="110")


@pytest.mark.deep
def test_on_three_hundred_premises_it_takes_less_than_a_second(world: World, tmp_path: Path) -> None:
    for first in range(0, 300, 50):
        with world.acting("103") as act:
            made = [
                register.proposed(act, MISSION, *venue(f"Bar {n}", -29.95 + n % 20 / 50, 9.6 + n // 20 / 50))
                for n in range(first, first + 50)
            ]
        with world.acting("101") as act:
            for one in made:
                register.designate(act, one.designation_id)
    world.published()
    acknowledged(world)
    taken_s = []
    for _ in range(3):
        begun = perf_counter()
        made_now = given(world, position="9.600000, -29.950000")
        taken_s.append(perf_counter() - begun)
    assert alone(world, made_now.envelope, tmp_path)[0] == 0
    assert sorted(taken_s)[1] < 1.0, taken_s

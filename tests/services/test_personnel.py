"""A personnel list: told before it lands, landed as it was told, and never more than it may."""

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import NotPermittedError, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import InputError
from geo_offlimits.services import people, personnel
from geo_offlimits.services.personnel import Meant, PersonnelList, StaleReportError
from geo_offlimits.services.personnel_report import PersonnelReport
from tests.services.conftest import MISSION, OTHER, World

HEADER = "Staff number,Name,Unit,Category,E-mail,Sector\n"


def listed(rows: str, header: str = HEADER, name: str = "staff.csv") -> PersonnelList:
    return personnel.read_list((name, (header + rows).encode()))


def report(world: World, given: PersonnelList, **meant: bool) -> PersonnelReport:
    with world.reading("100") as act:
        return personnel.report(act, MISSION, given, Meant(**meant))


def landed(world: World, given: PersonnelList, **meant: bool) -> PersonnelReport:
    told = report(world, given, **meant).hash
    with world.acting("100") as act:
        return personnel.commit(act, MISSION, given, Meant(**meant), told=told)


def person(world: World, number: str) -> Person:
    with world.reading(None) as act:
        found = act.tx.people.find(number)
    assert found, number
    return found


@contextmanager
def nothing_changed(world: World) -> Iterator[None]:
    before, tags = everybody(world), world.tags()
    yield
    assert everybody(world) == before
    assert set(world.tags()[len(tags) :]) <= {"act:refused"}


def everybody(world: World) -> tuple[Person, ...]:
    with world.reading(None) as act:
        return act.tx.people.everybody()


def reasons(found: PersonnelReport) -> dict[tuple[int | None, str], str]:
    return {(issue.row, issue.field): issue.reason for issue in found.issues}


STORY = (
    "301,Ada Mora,Engineers,military,ada@pela.example,\n"  # new
    "108,Stan Field,Police,military,p108@pela.example,\n"  # another unit
    "110,Kon Tract-Nowak,Engineers,contractor,,\n"  # another name
    "109,Petra Oll,Police,police,,\n"  # as they were
    "105,Mira Toth,Headquarters,military,,\n"  # another category
    "302,Ben Kohl,Engineers,wizard,,\n"
    "303,,Engineers,military,,\n"
    "３０１,Ada Again,Engineers,military,,\n"
)


def test_a_list_tells_what_it_would_change_and_changes_nothing(world: World) -> None:
    with nothing_changed(world):
        found = report(world, listed(STORY))
    assert [one.person.number for one in found.arrivals] == ["301"]
    (moved,), (changed,) = found.moved, found.changed
    assert [(one.field, one.before, one.after) for one in moved.changes] == [("unit", "Engineers", "Police")]
    assert [(one.field, one.after) for one in changed.changes] == [("name", "Kon Tract-Nowak")]
    assert (found.rows, found.unchanged) == (8, 1)
    assert reasons(found) == {
        (6, "category"): "is civilian here",
        (7, "category"): reasons(found)[7, "category"],
        (8, "name"): "empty",
        (9, "number"): "stands in row 2 already",
    }
    # Whom a row at fault names is not gone from the list.
    assert [one.person.number for one in found.absent] == ["100", "101", "102", "103", "104", "106", "107"]
    assert not found.departing
    text = found.as_text()
    assert "8 rows: 1 added, 1 moved, 1 changed, 1 unchanged, 4 at fault" in text
    assert "row 3 108 Stan Field: unit: Engineers → Police" in text
    assert found.as_json()["report"] == found.hash


def test_what_was_told_lands_whole_with_no_role_beyond_staff_and_no_passphrase(world: World) -> None:
    before = {one.number: one for one in everybody(world)}
    found = landed(world, listed(STORY))
    newcomer = person(world, "301")
    assert (newcomer.category, newcomer.language) == (PersonnelCategory.MILITARY, "en")
    assert person(world, "108").unit == "Police"
    assert person(world, "110").email == before["110"].email  # an empty cell takes nothing away
    assert person(world, "105") == before["105"]
    with world.reading(None) as act:
        assert act.tx.people.grants(newcomer.person_id) == (RoleGrant(role=Role.STAFF, mission=MISSION),)
        assert act.tx.people.credential(newcomer.person_id) is None
        assert act.tx.people.credential("p_108") is not None
    leaf = world.leaves()[-1]
    assert (leaf["tag"], leaf["facts"]) == ("people:listed", {"added": 1, "moved": 1, "changed": 1})
    assert len(leaf["rows"]) == 4  # a person and a grant, and two new versions
    told = str(world.leaves())
    assert "Mora" not in told
    assert found.sha256 not in told  # a list of one person could be guessed from it
    assert world.whole()
    again = report(world, listed(STORY))
    assert (again.lands, again.unchanged) == (False, 4)


def test_a_report_that_is_no_longer_true_lands_nothing(world: World) -> None:
    there = "109,Petra Oll,Police,police,,\n103,Orla Venn,Police,police,,\n"
    first = listed(f"301,Ada Mora,Engineers,military,,\n{there}")
    other = listed(f"301,Ada Mora,Police,military,,\n{there}")
    told = report(world, first).hash
    with nothing_changed(world), pytest.raises(StaleReportError), world.acting("100") as act:
        personnel.commit(act, MISSION, other, Meant(), told=told)
    with nothing_changed(world), pytest.raises(StaleReportError), world.acting("100") as act:
        personnel.commit(act, MISSION, first, Meant(depart_absent=True), told=told)
    with world.acting("100") as act:
        people.depart(act, "108")
    with nothing_changed(world), pytest.raises(StaleReportError), world.acting("100") as act:
        personnel.commit(act, MISSION, first, Meant(), told=told)


def test_a_changed_category_lands_where_it_is_said_to_be_meant(world: World) -> None:
    rows = listed("108,Stan Field,Engineers,contractor,,\n")
    assert not report(world, rows).lands
    landed(world, rows, change_category=True)
    assert person(world, "108").category is PersonnelCategory.CONTRACTOR


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("301,Ada,Ports,military,P103@Pela.EXAMPLE,", "email", "belongs to a person here"),
        ("108,Stan Field,Engineers,military,p103@pela.example,", "email", "belongs to a person here"),
        ("301,Ada,Ports,military,no address,", "email", "not an e-mail address"),
        ("301,Ada,Ports,military,a@,", "email", "not an e-mail address"),
        ("301,Ada,Ports,military,a@b.example;c,", "email", "not an e-mail address"),
        ("301,Ada,Ports,military,Ada <a@b.example>,", "email", "not an e-mail address"),
        ("201,Somebody Else,Ports,civilian,,", "number", "belongs to a person here"),
        ("301,\u202eadA,Ports,military,,", "name", "holds U+202E, which cannot be seen and changes what is read"),
        (",Ada,Ports,military,,", "number", "empty"),
        ("301,Ada,,military,,", "unit", "empty"),
        ("301,Ada,Ports,,,", "category", None),
        ("301,#REF!,Ports,military,,", "name", "the spreadsheet's formula failed"),
    ],
)
def test_a_row_at_fault_is_told_and_lands_nothing(world: World, row: str, field: str, reason: str | None) -> None:
    found = report(world, listed(f"{row}\n"))
    ((where, said),) = reasons(found).items()
    assert where == (2, field)
    assert reason in (None, said)
    assert not found.lands


def test_two_rows_never_get_one_address(world: World) -> None:
    found = report(world, listed("301,Ada,Ports,military,a@x.example,\n302,Bea,Ports,military,A@X.example,\n"))
    assert reasons(found) == {(3, "email"): "stands in row 2 already"}


def test_who_departed_is_not_brought_back_by_a_list(world: World) -> None:
    with world.acting("100") as act:
        people.depart(act, "108")
    world.clock.later(days=1)
    found = report(world, listed("108,Stan Field,Engineers,military,,\n"))
    assert reasons(found) == {(2, "number"): "departed on 2026-03-02"}
    assert "108" not in {one.person.number for one in found.absent}


def test_a_known_name_under_a_new_number_is_told(world: World) -> None:
    found = report(world, listed('908,"FIELD, Stan",Engineers,military,,\n109,Petra Oll,Police,police,,\n'))
    ((likely),) = found.likely
    assert (likely.row, likely.other.number) == (2, "108")
    named_again = listed("908,Stan Field,Engineers,military,,\n108,Stan Field,Engineers,military,,\n")
    assert report(world, named_again).likely == ()  # both are on the list: two persons of one name


def test_who_is_not_in_the_list_departs_only_where_that_is_meant_and_never_with_a_role(world: World) -> None:
    rows = listed("109,Petra Oll,Police,police,,\n103,Orla Venn,Police,police,,\n")
    found = landed(world, rows, depart_absent=True)
    assert [one.person.number for one in found.departing] == ["108", "110"]
    assert {one.person.number for one in found.absent if one.holds} >= {"100", "101", "105"}
    assert person(world, "108").service.end == world.clock.now
    assert person(world, "101").service.end is None
    assert world.whole()


def test_nobody_departs_by_a_list_of_which_a_row_could_not_be_read(world: World) -> None:
    rows = listed("109,Petra Oll,Police,police,,\n,Stan Field,Engineers,military,,\n")
    with nothing_changed(world), pytest.raises(InputError, match="rows at fault"):
        report(world, rows, depart_absent=True)


@pytest.mark.parametrize("rows", ["", "109,Petra Oll,Police,police,,\n"])
def test_an_empty_list_or_that_of_a_part_lets_nobody_depart(world: World, rows: str) -> None:
    with nothing_changed(world), pytest.raises(InputError, match="would depart"):
        report(world, listed(rows), depart_absent=True)
    assert len(report(world, listed(rows)).absent) >= 10
    assert not report(world, listed(rows)).departing


def test_a_sector_is_one_of_the_mission_where_it_has_some(world: World) -> None:
    found = report(world, listed("108,Stan Field,Engineers,military,,west\n109,Petra Oll,Police,police,,Wset\n"))
    assert [one.after.sector for one in found.moved] == ["West"]
    assert reasons(found) == {(3, "sector"): "no sector of this mission"}
    with world.reading("100") as act:
        elsewhere = personnel.report(act, OTHER, listed("901,Ada,Ports,military,,Wset\n"))
    assert elsewhere.arrivals[0].person.sector == "Wset"


def test_names_of_every_script_come_from_a_workbook_and_a_formula_is_no_text(world: World) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["Matricule", "Nom", "Unité", "Catégorie"])
    sheet.append([4711, "ليلى حداد", "Ports", "militaire"])
    sheet.append(["+4712", "=HYPERLINK(1)", "Ports", "civil"])
    sheet.append(["4713", "Анна Петровић", "Ports", "policier"])
    content = io.BytesIO()
    book.save(content)
    found = report(world, personnel.read_list(("staff.xlsx", content.getvalue())))
    assert {one.person.number: one.person.name for one in found.arrivals} == {
        "4711": "ليلى حداد",
        "4713": "Анна Петровић",
    }
    assert reasons(found) == {(3, "name"): "the spreadsheet did not save what its formula gives"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_list_is_read_in_the_encodings_that_spreadsheets_write(world: World, encoding: str) -> None:
    content = f"{HEADER}301,Zoé Müller,Ports,military,,\n".encode(encoding)
    (arrival,) = report(world, personnel.read_list(("staff.csv", content))).arrivals
    assert arrival.person.name == "Zoé Müller"


def test_bytes_that_are_no_text_are_refused_with_a_sentence() -> None:
    with pytest.raises(InputError):
        personnel.read_list(("staff.csv", b"\x00\x01\x02\xff" * 40))


def rows_of(count: int) -> str:
    return "".join(f"N{one},Name {one % 9973},Unit {one % 60},military,n{one}@x.example,\n" for one in range(count))


@pytest.mark.deep
def test_twenty_thousand_people_are_told_and_land(world: World, record_property: Callable[[str, object], None]) -> None:
    given, began = listed(rows_of(20_000)), time.monotonic()
    told = report(world, given)
    told_at = time.monotonic()
    landed(world, given)
    ended = time.monotonic()
    record_property("report_s", told_at - began)
    record_property("land_s", ended - told_at)
    sys.stdout.write(f"20,000 people: told in {told_at - began:.1f} s, landed in {ended - told_at:.1f} s\n")
    assert (told.counts["added"], len(everybody(world))) == (20_000, 20_000 + 12)
    assert report(world, given).unchanged == 20_000
    assert world.whole()


def test_more_rows_than_a_list_may_have_are_refused() -> None:
    with pytest.raises(InputError, match="more than 20000 rows"):
        listed(rows_of(20_001))


def test_columns_that_are_called_otherwise_are_mapped(world: World) -> None:
    content = b"PNo,Who,Where,Kind\n301,Ada,Ports,military\n"
    given = personnel.read_list(
        ("staff.csv", content), {"PNo": "number", "Who": "name", "Where": "unit", "Kind": "category"}
    )
    assert report(world, given).counts["added"] == 1


@pytest.mark.parametrize("number", ["101", "105", "108", "201"])
def test_only_an_administrator_of_the_mission_reads_or_lands_a_list(world: World, number: str) -> None:
    rows = listed("301,Ada,Ports,military,,\n")
    with pytest.raises(NotPermittedError), world.reading(number) as act:
        personnel.report(act, MISSION, rows)
    with world.acting("100") as act:
        people.grant_role(act, "108", RoleGrant(role=Role.ADMIN, mission=OTHER))
    with pytest.raises(NotPermittedError), world.acting("108") as act:
        personnel.commit(act, MISSION, rows, Meant(), told="")


def test_a_role_that_begins_later_keeps_somebody_too(world: World) -> None:
    later = Period(start=world.clock.now + timedelta(days=30))
    with world.acting("100") as act:
        people.grant_role(act, "108", RoleGrant(role=Role.MANAGER, mission=MISSION, valid=later))
    found = report(world, listed("109,Petra Oll,Police,police,,\n"), depart_absent=True)
    assert [one.person.number for one in found.departing] == ["110"]

"""What stood, as known at a moment. Every read takes `known_at`; nothing is ever overwritten."""

from dataclasses import replace
from datetime import datetime, time
from typing import Any

import pytest
from shapely import MultiPolygon, Point, Polygon
from sqlalchemy import event

from geo_offlimits.domain.acknowledgement import Channel, Strength, last_words
from geo_offlimits.domain.designation import State, StepKind
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Contact, ContactKind, Facility
from geo_offlimits.domain.people import PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.premises import Name, NameKind, Part, Subject, SubjectKind, VenueKind
from geo_offlimits.errors import AbsentError, InputError, RefusedError

Island = Any  # the fixture's class lives in conftest


def test_a_mission_reads_as_it_was_known(either_island: Island) -> None:
    island = either_island.peopled()
    hotline = Contact(kind=ContactKind.HOTLINE, name="Hotline", phone="+000 1")
    renamed = replace(island.mission, name="Renamed", languages=("en", "fr"), contacts=(hotline,))
    island.act(5, lambda tx, at: tx.missions.replace(renamed, at))
    with island.store.reading() as tx:
        assert tx.missions.get("DEMO") == renamed
        assert tx.missions.get("DEMO", known_at=island.at(4)) == island.mission
        assert tx.missions.get("DEMO", known_at=island.at(5)) == renamed
        assert tx.missions.get("DEMO", known_at=island.at(-1)) is None
        assert tx.missions.all() == (renamed,)
        assert tx.missions.all(known_at=island.at(-1)) == ()


def test_boundaries_keep_their_dates_and_their_history(either_island: Island) -> None:
    island = either_island.peopled()
    hole = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    land = Boundary(kind=BoundaryKind.TERRITORY, name="Island", geometry=MultiPolygon([hole]))
    old = Boundary(kind=BoundaryKind.SECTOR, name="North", geometry=hole, valid=Period(end=island.at(10)))
    new = Boundary(kind=BoundaryKind.SECTOR, name="Coast", geometry=hole, valid=Period(start=island.at(10)))
    island.act(
        1,
        lambda tx, at: tx.missions.set_boundaries("DEMO", BoundaryKind.SECTOR, [old], at),
        lambda tx, at: tx.missions.set_boundaries("DEMO", BoundaryKind.TERRITORY, [land], at),
    )
    island.act(2, lambda tx, at: tx.missions.set_boundaries("DEMO", BoundaryKind.SECTOR, [old, new], at))
    with island.store.reading() as tx:
        assert tx.missions.boundaries("DEMO") == (land, old, new)
        assert tx.missions.boundaries("DEMO", valid_at=island.at(9)) == (land, old)
        assert tx.missions.boundaries("DEMO", valid_at=island.at(10)) == (land, new)
        assert tx.missions.boundaries("DEMO", known_at=island.at(1)) == (land, old)
        assert tx.missions.boundaries("DEMO", known_at=island.at(0)) == ()


def test_a_person_is_found_by_number_or_email_whatever_the_capitals(either_island: Island) -> None:
    island = either_island.peopled()
    island.act(1, lambda tx, at: tx.people.replace(island.person("head", number="K-77", unit="Unit B"), at))
    with island.store.reading() as tx:
        head = tx.people.by_id("head")
        assert head.unit == "Unit B"
        assert tx.people.by_id("head", known_at=island.at(0)).unit == "Unit A"
        assert tx.people.find(" k-77 ") == tx.people.find("HEAD@demo.EXAMPLE") == head
        assert tx.people.find("N-head") is None
        assert [item.person_id for item in tx.people.of_mission("DEMO")] == ["head", "deputy", "officer"]
        assert not tx.people.nobody()


def test_nobody_takes_a_number_that_is_another_persons_email(either_island: Island) -> None:
    island = either_island.peopled()
    taken = island.person("newcomer", number="HEAD@demo.example")
    with pytest.raises(RefusedError, match="belongs to somebody else"):
        island.act(1, lambda tx, at: tx.people.add(taken, at))
    island.act(1, lambda tx, at: tx.people.replace(island.person("head", email=None), at))
    island.act(2, lambda tx, at: tx.people.add(taken, at))


def test_a_delegation_is_ended_early_by_granting_it_again(either_island: Island) -> None:
    island = either_island.peopled()
    first = RoleGrant(role=Role.HEAD, mission="DEMO", valid=Period(start=island.at(0), end=island.at(30)))
    second = replace(first, valid=Period(start=island.at(60), end=island.at(90)))
    island.act(
        0, lambda tx, at: tx.people.grant("deputy", first, at), lambda tx, at: tx.people.grant("deputy", second, at)
    )
    shorter = replace(first, valid=Period(start=island.at(0), end=island.at(5)))
    island.act(5, lambda tx, at: tx.people.grant("deputy", shorter, at))
    with island.store.reading() as tx:
        assert set(tx.people.grants("deputy")) == {shorter, second}
        assert set(tx.people.grants("deputy", known_at=island.at(4))) == {first, second}
    with pytest.raises(RefusedError, match="2 periods"):
        island.act(6, lambda tx, at: tx.people.grant("deputy", replace(first, valid=Period()), at))


def test_a_step_taken_later_is_not_known_earlier(either_island: Island) -> None:
    island = either_island.peopled()
    designation_id = island.propose(1)
    island.take(3, designation_id, StepKind.DESIGNATED, "head")
    with island.store.reading() as tx:
        assert tx.register.get(designation_id).state is State.IN_FORCE
        assert tx.register.get(designation_id, known_at=island.at(2)).state is State.PROPOSED
        assert tx.register.get(designation_id, known_at=island.at(0)) is None
        assert [item.state for item in tx.register.all("DEMO", known_at=island.at(2))] == [State.PROPOSED]
        assert tx.register.all("DEMO", known_at=island.at(0)) == ()
        assert tx.register.get("DEMO-9999") is None


def test_a_renamed_premises_keeps_its_versions(either_island: Island) -> None:
    island = either_island.peopled()
    designation_id = island.propose(1)
    with island.store.reading() as tx:
        subject_id = tx.register.get(designation_id).subject_id
    names = (Name(text="Green Lantern"), Name(text="Blue Lantern", kind=NameKind.FORMER))
    renamed = island.subject(names=names)
    island.act(4, lambda tx, at: tx.register.supersede_subject(subject_id, renamed, at))
    with island.store.reading() as tx:
        assert tx.register.get(designation_id).subject == renamed
        assert tx.register.get(designation_id, known_at=island.at(3)).subject == island.subject()
        assert tx.register.subject_history(subject_id) == (
            (island.at(1), island.subject(), None),
            (island.at(4), renamed, None),
        )


def test_every_field_of_a_designation_comes_back_as_it_was_given(either_island: Island) -> None:
    island = either_island.peopled()
    subject = Subject(
        kind=SubjectKind.PREMISES,
        names=(Name(text="Плави фењер {{ 7*7 }} </script>", lang="sr-Cyrl", kind=NameKind.SIGN),),
        category=VenueKind.NIGHT_CLUB,
        geometry=Polygon([(0.1, 0.2), (1 / 3, 0.2), (1 / 3, 0.7)]),
        uncertainty_m=10,
        address="1 Harbour Road",
        locality="Port",
        part=Part(floor="3", text="the club"),
    )
    night = WeeklySpan(days=(5, 6), start=time(22), end=time(4, 30))
    terms = island.terms(
        valid=Period(start=island.at(2), end=island.at(9)),
        review_by=island.at(100).date(),
        applies_to=(PersonnelCategory.MILITARY, PersonnelCategory.POLICE),
        hours=Hours(tz="Europe/Belgrade", weekly=(night,)),
        exceptions=("on duty", "the chapel"),
        note="restricted",
    )
    step = replace(island.step(StepKind.ADDED_ALONE, "head", 1), reason="urgent", effective_at=island.at(-3))

    def deed(tx: Any, at: datetime) -> None:
        tx.register.add_designation("DEMO-0001", "DEMO", tx.register.add_subject("DEMO", subject, at), terms, at)
        tx.register.add_step("DEMO-0001", step)

    island.act(1, deed)
    with island.store.reading() as tx:
        found = tx.register.get("DEMO-0001")
        assert tx.audit.verify() == ()
    assert (found.subject, found.terms, found.steps) == (subject, terms, (step,))


def test_a_retired_facility_is_still_known_before_it_was_retired(either_island: Island) -> None:
    island = either_island.peopled()
    canteen = Facility(facility_id="F1", name="Canteen", kind="restaurant", geometry=Point(1, 2), address="Quay")
    island.act(1, lambda tx, at: tx.facilities.add("DEMO", canteen, at))
    island.act(5, lambda tx, at: tx.facilities.retire("F1", at))
    with island.store.reading() as tx:
        assert tx.facilities.all("DEMO") == ()
        assert tx.facilities.get("F1") is None
        assert tx.facilities.all("DEMO", at=island.at(4)) == (canteen,)
    with pytest.raises(AbsentError):
        island.act(6, lambda tx, at: tx.facilities.retire("F1", at))


def test_the_current_edition_is_the_one_issued_by_then(either_island: Island) -> None:
    island = either_island.peopled()
    first, second = island.publish(2), island.publish(6)
    with island.store.reading() as tx:
        assert [tx.editions.get("DEMO", number) for number in (1, 2, 3)] == [first, second, None]
        assert tx.editions.header("DEMO").sha256 == second.sha256
        assert tx.editions.header("DEMO", known_at=island.at(5)).sha256 == first.sha256
        assert tx.editions.header("DEMO", known_at=island.at(1)) is None
        assert tx.editions.header("DEMO", island.at(2)).sha256 == first.sha256
        assert tx.editions.header_of("DEMO", 2).previous_sha256 == first.sha256
        assert [header.number for header in tx.editions.headers("DEMO")] == [2, 1]
        assert tx.editions.get("DEMO", 3) is None


def test_a_campaign_closes_once_and_keeps_the_people_of_its_day(either_island: Island) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    opened = island.campaign(edition, 2, island.person("officer"), island.person("deputy", email=None))
    island.act(2, lambda tx, _at: tx.campaigns.add(opened))
    island.act(3, lambda tx, at: tx.people.replace(island.person("officer", unit="Unit B"), at))
    island.act(4, lambda tx, at: tx.campaigns.close(opened.campaign_id, at, "head"))
    closed = replace(opened, closed_at=island.at(4), closed_by="head")
    with island.store.reading() as tx:
        assert tx.campaigns.get(opened.campaign_id) == closed
        (header,) = tx.campaigns.headers("DEMO")
        assert (header.campaign_id, header.closed_at) == (closed.campaign_id, closed.closed_at)
    with pytest.raises(RefusedError, match="closed already"):
        island.act(5, lambda tx, at: tx.campaigns.close(opened.campaign_id, at, "head"))


def test_a_conduct_officer_asks_what_somebody_had_acknowledged_that_night(either_island: Island) -> None:
    island = either_island.peopled()
    first, second = island.publish(1), island.publish(4)
    early = island.acknowledgement(first, "officer", 2)
    # Signed on paper on day 5, typed in on day 9: nobody knew before.
    on_paper = {"channel": Channel.PAPER, "strength": Strength.PAPER, "entered_by": "head"}
    late = island.acknowledgement(second, "officer", 5, recorded_at=island.at(9), **on_paper)
    island.act(2, lambda tx, _at: tx.acknowledgements.add(early))
    island.act(9, lambda tx, _at: tx.acknowledgements.add(late))
    with island.store.reading() as tx:
        said = [one.said for one in tx.acknowledgements.rows_of("officer", "DEMO")]
        assert last_words(said, island.at(4), known_at=island.at(9)) == {1: early}
        assert last_words(said, island.at(6), known_at=island.at(8)) == {1: early}
        assert last_words(said, island.at(6), known_at=island.at(9)) == {1: early, 2: late}
        assert tx.acknowledgements.latest("officer", "DEMO") == late
        assert tx.acknowledgements.latest("head", "DEMO") is None
        assert tx.acknowledgements.standing("DEMO", 2) == (late,)


def test_a_naive_time_is_refused_before_anything_is_written(island: Island) -> None:
    with pytest.raises(Exception, match="no time zone") as refusal, island.store.writing() as tx:
        tx.missions.add(island.mission, datetime(2026, 3, 1))  # noqa: DTZ001  (what is refused)
    assert isinstance(refusal.value, InputError)
    with island.store.reading() as tx:
        assert tx.missions.all() == ()


def test_the_whole_register_is_read_in_two_queries(either_island: Island) -> None:
    island = either_island.peopled()
    for name in ("One", "Two", "Three", "Four", "Five"):
        island.propose(1, name)
    asked: list[str] = []
    with island.store.reading() as tx:
        event.listen(tx.connection, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
        assert len(tx.register.all("DEMO")) == 5
        assert len(tx.register.all("DEMO", known_at=island.at(1))) == 5
    assert len([sql for sql in asked if sql.lstrip().startswith("SELECT")]) == 4


def test_an_absent_thing_cannot_be_superseded(island: Island) -> None:
    island.peopled()
    for deed in (
        lambda tx, at: tx.missions.replace(replace(island.mission, code="NONE"), at),
        lambda tx, at: tx.people.replace(island.person("nobody"), at),
        lambda tx, at: tx.register.supersede_subject("DEMO-S9", island.subject(), at),
        lambda tx, at: tx.campaigns.close("none", at, "head"),
    ):
        with pytest.raises(AbsentError):
            island.act(1, deed)


def test_what_is_called_so_is_found_and_equals_what_was_written(either_island: Island) -> None:
    island = either_island.peopled()
    lantern, door = island.propose(1), island.propose(2, "Red Door")
    renamed = island.subject("Green Door")
    island.act(3, lambda tx, at: tx.register.supersede_subject("DEMO-S0002", renamed, at))
    with island.store.reading() as tx:
        (found,) = tx.register.named("DEMO", (Name(text="Blue Lantern"),))
        assert (found.designation_id, found.subject, found.terms) == (lantern, island.subject(), island.terms())
        assert hash(found.subject) == hash(island.subject())
        for name in ("Red Door", "Green Door"):
            assert [one.designation_id for one in tx.register.named("DEMO", (Name(text=name),))] == [door]
        assert tx.register.named("DEMO", ()) == ()
        assert tx.register.named("MORO", (Name(text="Blue Lantern"),)) == ()

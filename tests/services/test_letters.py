"""What an owner is written and what is put up: as things stand, in neutral words, and nothing restricted."""

from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from shapely import box

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import Basis, Restriction, StepKind
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.domain.premises import Name, NameKind, SubjectKind, VenueKind
from geo_offlimits.errors import InputError
from geo_offlimits.formats.letter import Letter, LetterStanding, PublicNotice
from geo_offlimits.services import changes, letters, missions, register
from geo_offlimits.services.editions import NothingPublishedError
from geo_offlimits.services.letters import (
    NoOwnerError,
    NoPetitionAddressError,
    NothingToTellError,
    NotListedError,
)
from geo_offlimits.services.register import UnknownDesignationError
from tests.services.conftest import MISSION, World, venue

HEAD, DEPUTY, OFFICER, AUDITOR, STAFF = "101", "102", "103", "107", "108"
ADDRESS = "Off-Limits Review\nMission House, Port Pela"
CANARIES = {"note": "CANARY NOTE", "reason": "CANARY REASON"}


@pytest.fixture(autouse=True)
def addressed(world: World) -> None:
    with world.acting("100") as act:
        missions.set_notice(act, MISSION, 0, ADDRESS)


def with_notice(world: World, days: int) -> None:
    with world.acting("100") as act:
        missions.set_notice(act, MISSION, days, None)


def proposed(world: World, **facts: Any) -> str:
    facts = {"terms": {"basis": Basis.TRAFFICKING, "note": CANARIES["note"]}} | facts
    with world.acting(OFFICER) as act:
        return register.propose(act, MISSION, *venue(uncertainty_m=2.0, **facts), CANARIES["reason"]).designation_id


def take(world: World, by: str, kind: StepKind, made: str) -> None:
    world.clock.later(minutes=1)
    with world.acting(by) as act:
        register.decide(act, made, kind, CANARIES["reason"])


def written(world: World, made: str, by: str = OFFICER) -> Letter:
    with world.reading(by) as act:
        return letters.letter(act, made)


def put_up(world: World, made: str) -> PublicNotice:
    with world.reading(OFFICER) as act:
        return letters.public_notice(act, world.wiring.shelf, made)


def paper(letter: Letter | PublicNotice, language: str = "en") -> str:
    return letters.file(letter, language).decode()


# ---- the letter ------------------------------------------------------------------------------------------------------


def test_a_letter_tells_what_is_considered_where_to_answer_and_nothing_restricted(world: World) -> None:
    made = proposed(world, address="4 Sandpiper Quay", locality="Port Pela")
    letter = written(world, made)
    assert (letter.standing, letter.written_on, letter.reference) == (LetterStanding.CONSIDERED, date(2026, 3, 2), made)
    page = paper(letter)
    for told in ("Blue Lantern", "4 Sandpiper Quay", "Port Pela", "10.10000, -29.90000", "Head of Mission", "PELA/7"):
        assert told in page, told
    for told in ("Mission on Pela", "is considering whether to place", "Mission House", "2 March 2026", "precaution"):
        assert told in page, told
    assert letter.place.grid
    assert letter.place.grid in page
    for secret in ("CANARY", "trafficking", "sex", "Orla Venn", "103"):
        assert secret.casefold() not in page.casefold(), secret


def test_a_letter_has_no_place_for_what_is_restricted() -> None:
    assert {item.name for item in fields(Letter)} == {
        "mission", "reference", "written_on", "standing", "restriction", "place", "authority", "directive", "since",
        "until", "answer_by",
    }  # fmt: skip


def test_the_day_by_which_an_owner_may_answer_is_the_last_before_it_may_be_decided(world: World) -> None:
    made = proposed(world)
    assert written(world, made).answer_by is None
    assert "No day is set" in paper(written(world, made))
    with_notice(world, 10)
    assert written(world, made).answer_by == date(2026, 3, 12)
    world.clock.later(days=2)
    assert written(world, made).answer_by == date(2026, 3, 14)
    take(world, OFFICER, StepKind.NOTICE_GIVEN, made)
    world.clock.later(days=3)
    assert written(world, made).answer_by == date(2026, 3, 14)
    page = paper(written(world, made))
    assert "You have until the end of 14 March 2026." in page
    assert "No day is set" not in page
    world.clock.later(days=8)
    assert written(world, made).answer_by is None


def test_an_owner_who_has_answered_is_told_no_day(world: World) -> None:
    with_notice(world, 10)
    made = proposed(world)
    for step in (StepKind.NOTICE_GIVEN, StepKind.REPLIED):
        take(world, OFFICER, step, made)
    assert written(world, made).answer_by is None


def test_a_letter_follows_the_listing_from_its_decision_to_its_end(world: World) -> None:
    made = proposed(world)
    take(world, HEAD, StepKind.DESIGNATED, made)
    letter = written(world, made)
    assert (letter.standing, letter.answer_by) == (LetterStanding.LISTED, None)
    page = paper(letter)
    assert "has placed these premises off limits for its personnel, with effect from 2 March 2026." in page
    assert "is considering" not in page
    take(world, HEAD, StepKind.SUSPENDED, made)
    assert "This is suspended for now" in paper(written(world, made))
    take(world, DEPUTY, StepKind.LIFTED, made)
    ended = written(world, made)
    assert ended.standing is LetterStanding.ENDED
    assert "has ended on 2 March 2026" in paper(ended)
    assert "Your answer" not in paper(ended)


def test_what_has_run_out_is_said_to_have_ended(world: World) -> None:
    made = world.listed(terms={"valid": Period(end=world.clock.now + timedelta(days=1))}).designation_id
    assert "It holds until 3 March 2026, 07:00 (Atlantic/Azores)." in paper(written(world, made))
    world.clock.later(days=2)
    assert written(world, made).standing is LetterStanding.ENDED


def test_a_caution_is_never_called_off_limits(world: World) -> None:
    made = world.listed(terms={"restriction": Restriction.CAUTION}).designation_id
    page = paper(written(world, made))
    assert "advised its personnel against visiting" in page
    assert "placed these premises off limits" not in page


@pytest.mark.parametrize("kind", [StepKind.REJECTED, StepKind.WITHDRAWN])
def test_of_what_was_never_decided_an_owner_is_told_nothing(world: World, kind: StepKind) -> None:
    made = proposed(world)
    take(world, HEAD if kind is StepKind.REJECTED else OFFICER, kind, made)
    with pytest.raises(NothingToTellError, match="nothing to be told"):
        written(world, made)


def test_only_premises_have_an_owner(world: World) -> None:
    street = world.listed(kind=SubjectKind.AREA, geometry=box(-29.9, 10.0, -29.8, 10.1)).designation_id
    rule = world.listed(kind=SubjectKind.CATEGORY_RULE, category=VenueKind.CASINO, placeless=True).designation_id
    for made in (street, rule):
        with pytest.raises(NoOwnerError, match="no owner to write to"):
            written(world, made)


def test_without_a_petition_address_no_paper_is_made(world: World) -> None:
    made = world.listed().designation_id
    world.published()
    with world.acting("100") as act:
        standing = missions.mission(act, MISSION)
        act.tx.missions.replace(replace(standing, petition_address=None), act.now)
        act.record(AuditTag.MISSION_NOTICE, subject=MISSION, mission=MISSION)
    for make in (written, put_up):
        with pytest.raises(NoPetitionAddressError, match="mission notice PELA --petition-address"):
            make(world, made)


def test_who_reads_the_register_prints_and_nobody_else(world: World) -> None:
    made = proposed(world)
    before = len(world.leaves())
    assert written(world, made, AUDITOR).reference == made
    assert len(world.leaves()) == before  # to print is to read
    for nobody in (STAFF, "201"):
        with pytest.raises((UnknownDesignationError, NotPermittedError)):
            written(world, made, nobody)


def test_every_language_of_the_mission_has_its_paper_and_another_is_refused(world: World) -> None:
    made = proposed(world)
    letter = written(world, made)
    assert missions.languages(letter.mission) == ("en", "fr")
    assert letters.language_of(letter.mission, None) == "en"
    french = paper(letter, letters.language_of(letter.mission, "fr"))
    assert '<html lang="fr"' in french
    assert "2 mars 2026" in french
    assert "is considering" not in french
    with pytest.raises(InputError, match="use one of en, fr"):
        letters.language_of(letter.mission, "tlh")


# ---- the public notice -----------------------------------------------------------------------------------------------


def test_a_public_notice_says_what_the_current_edition_says(world: World) -> None:
    names = (Name(text="Blue Lantern", kind=NameKind.SIGN), Name(text="Old Kiln", kind=NameKind.FORMER))
    made = world.listed(names=names, address="4 Sandpiper Quay").designation_id
    with pytest.raises(NothingPublishedError):
        put_up(world, made)
    world.published()
    with world.acting(OFFICER) as act:
        changes.rename(act, made, Name(text="Red Heron", kind=NameKind.SIGN))
    notice = put_up(world, made)
    assert (notice.entry.name, notice.edition_number) == ("Blue Lantern", 1)
    page = paper(notice)
    for told in ("Blue Lantern", "Old Kiln", "4 Sandpiper Quay", "must not enter", "2 March 2026", "Head of Mission"):
        assert told in page, told
    assert "Mission House" in page
    for secret in ("Red Heron", "sex", "Orla Venn"):
        assert secret not in page, secret


def test_what_is_not_on_the_current_edition_or_no_longer_holds_is_not_put_up(world: World) -> None:
    first = world.listed().designation_id
    world.published()
    later = world.listed("Grey Seal", lon=-29.8).designation_id
    with pytest.raises(NotListedError, match="publish an edition first"):
        put_up(world, later)
    assert put_up(world, first).entry.entry_id == first
    world.lifted(first)
    with pytest.raises(NotListedError):
        put_up(world, first)


def test_an_area_and_a_rule_are_put_up_too(world: World) -> None:
    street = world.listed(kind=SubjectKind.AREA, geometry=box(-29.9, 10.0, -29.8, 10.1)).designation_id
    rule = world.listed(kind=SubjectKind.CATEGORY_RULE, category=VenueKind.CASINO, placeless=True).designation_id
    world.published()
    assert "everywhere in the mission" not in paper(put_up(world, street))
    assert "Casino · everywhere in the mission" in paper(put_up(world, rule))


def test_what_is_offered_is_what_can_be_made(world: World) -> None:
    def offered(made: str) -> tuple[bool, bool]:
        with world.reading(OFFICER) as act:
            return letters.offered(register.show(act, made), act.now)

    made = proposed(world)
    assert offered(made) == (True, False)
    take(world, HEAD, StepKind.DESIGNATED, made)
    assert offered(made) == (True, True)
    world.lifted(made)
    assert offered(made) == (True, False)
    rule = world.listed(kind=SubjectKind.CATEGORY_RULE, category=VenueKind.CASINO, placeless=True).designation_id
    assert offered(rule) == (False, True)


def test_the_clock_of_the_mission_dates_the_letter(world: World) -> None:
    made = proposed(world)
    world.clock.now = datetime.fromisoformat("2026-03-10T00:30:00+00:00")  # the day before on the Azores
    assert written(world, made).written_on == date(2026, 3, 9)

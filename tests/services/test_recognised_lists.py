"""The lists of recognised missions: they make an answer stricter where they hold, and a missing one clears nobody."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from shapely import Point, box

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.mission import Facility
from geo_offlimits.domain.people import NotPermittedError, Role, RoleGrant
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.formats.edition import sha256
from geo_offlimits.lookup.answers import Verdict
from geo_offlimits.services import editions, facilities, missions, people, register
from geo_offlimits.services.answers import CheckResult
from geo_offlimits.services.editions import UnknownEditionError
from geo_offlimits.services.missions import UnknownMissionError
from tests.services.asking import CONDUCT, ELSEWHERE, HERE, ask, reasons, search
from tests.services.conftest import MISSION, OTHER, START, World, territory, venue
from tests.tampering import another_signature

ON_MORO = Position(lat=10.0, lon=-20.0, uncertainty_m=5.0)
PARLOUR = VenueKind.MASSAGE_PARLOUR


def recognise(world: World, *codes: str) -> None:
    with world.acting("100") as act:
        missions.set_recognised(act, MISSION, codes)


def moro_publishes(world: World, name: str = "Moro Bar", lon: float = -29.9, **facts: Any) -> str:
    """MORO's one entry; by default it lies in PELA's territory."""
    with world.acting("201") as act:
        made = register.add_alone(
            act, OTHER, *venue(name, lon=lon, **{"uncertainty_m": 2.0, **facts}), confirm_outside=True
        )
        editions.publish(act, world.keyring, OTHER, expires_in=timedelta(days=30))
    return made.designation_id


def moro_holds_on_pela(world: World) -> None:
    with world.acting("100") as act:
        missions.set_territory(act, OTHER, territory("Moro", -30.5))


@pytest.fixture
def pela(world: World) -> World:
    """PELA has published a list with nothing near HERE, and recognises MORO, which has published none."""
    world.listed("Far Lamp", lon=-29.6)
    world.published()
    recognise(world, OTHER)
    return world


def doubts(found: CheckResult) -> list[tuple[str, str | None]]:
    return [(reason["code"], reason["mission"]) for reason in found.as_json()["answers"][0]["reasons"]]


def test_a_recognised_missions_list_makes_the_answer_stricter_and_names_its_issuer(pela: World) -> None:
    moro_publishes(pela)
    found = ask(pela)
    assert found.strictest is Verdict.LISTED
    assert [match["issuer"] for match in found.as_json()["answers"][0]["matches"]] == [OTHER]
    assert "Moro Bar, 0 m, off limits, on the list of MORO" in found.as_text()
    named = search(pela, "Moro Bar")
    assert (named.verdict, named.as_json()["matches"][0]["issuer"]) == (Verdict.LISTED, OTHER)
    recognise(pela)
    assert ask(pela).strictest is Verdict.NOT_LISTED


def test_an_answer_names_every_edition_it_rests_on(pela: World) -> None:
    moro_publishes(pela, lon=-20.0)
    for found in (ask(pela, ELSEWHERE), search(pela, "Nothing Like It")):
        document = found.as_json()
        assert (document["edition"]["mission"], [one["mission"] for one in document["recognised"]]) == (
            MISSION,
            [OTHER],
        )
        assert "Edition 1 of PELA" in found.as_text()
        assert "Edition 1 of MORO" in found.as_text()


def test_a_recognised_mission_elsewhere_does_not_make_everything_uncertain(pela: World) -> None:
    assert (ask(pela, ELSEWHERE).strictest, doubts(ask(pela, ELSEWHERE))) == (Verdict.NOT_LISTED, [])
    moro_publishes(pela, lon=-20.0)
    pela.clock.later(days=29)
    pela.published(renew=True)
    pela.clock.later(days=5)  # MORO's has expired
    assert (ask(pela, ELSEWHERE).strictest, doubts(ask(pela, ELSEWHERE))) == (Verdict.NOT_LISTED, [])


def test_what_a_recognised_list_holds_beyond_its_territory_is_shown_and_raises_no_doubt(pela: World) -> None:
    made = moro_publishes(pela, lon=-29.9, terms={"restriction": Restriction.CAUTION})
    found = ask(pela)
    assert (found.strictest, reasons(found)) == (Verdict.NOT_LISTED, ["caution"])
    assert [match.entry.entry_id for match in found.answers[0].matches] == [made]


def test_where_a_recognised_mission_has_no_list_its_territory_clears_nobody(pela: World) -> None:
    moro_holds_on_pela(pela)
    found = ask(pela, ELSEWHERE)
    assert (found.strictest, doubts(found)) == (Verdict.CANNOT_TELL, [("no_edition", OTHER)])
    assert "MORO has published no list yet." in found.as_text()
    assert found.as_json()["edition"]["mission"] == MISSION


def test_without_a_position_a_recognised_mission_without_a_list_clears_nobody(pela: World) -> None:
    caution = pela.listed("Slow Boat", lon=-29.7, terms={"restriction": Restriction.CAUTION}).designation_id
    pela.published()
    for found in (
        ask(pela, positions=(), venue=VenueKind.HOTEL),
        ask(pela, positions=(), entry_id=caution),
    ):
        assert found.strictest is Verdict.CANNOT_TELL
        assert doubts(found)[0] == ("no_edition", OTHER)
    for name in ("Slow Boat", "Nothing Like It"):
        assert (search(pela, name).verdict, reasons(search(pela, name))[0]) == (Verdict.CANNOT_TELL, "no_edition")


def test_what_is_listed_stays_listed_whatever_recognised_list_is_missing(pela: World) -> None:
    moro_holds_on_pela(pela)
    recognise(pela, OTHER)
    made = pela.listed(uncertainty_m=2.0).designation_id
    pela.published()
    for found in (ask(pela), ask(pela, positions=(), entry_id=made)):
        assert found.strictest is Verdict.LISTED
        assert "no_edition" not in reasons(found)
    assert search(pela, "Blue Lantern").verdict is Verdict.LISTED


def test_a_recognised_mission_that_the_register_does_not_know_clears_nobody(pela: World) -> None:
    with pela.acting("100") as act:  # as an older program let it be written
        act.tx.missions.replace(replace(missions.mission(act, MISSION), recognises=("GONE",)), act.now)
        missions.set_contacts(act, MISSION, ())
    found = ask(pela, ELSEWHERE)
    assert (found.strictest, doubts(found)) == (Verdict.CANNOT_TELL, [("no_edition", "GONE")])


def test_a_recognised_list_that_is_no_edition_any_more_is_named_as_unverified(pela: World) -> None:
    moro_publishes(pela)
    moro_holds_on_pela(pela)
    pela.tamper(another_signature, mission=OTHER, number=1)
    found = ask(pela)
    assert (found.strictest, doubts(found)) == (Verdict.CANNOT_TELL, [("unverified", OTHER)])
    assert [match.issuer for match in found.answers[0].matches] == [OTHER]
    pela.tamper(lambda row: row | {"content": b"{", "sha256": sha256(b"{")}, mission=OTHER, number=1)
    pela.listed("Another", lon=-29.7)  # a leaf of the audit tree, so that the header is read anew
    found = ask(pela)
    assert (found.strictest, doubts(found)) == (Verdict.CANNOT_TELL, [("unverified", OTHER)])
    assert "The list of MORO could not be verified." in found.as_text()


def test_what_a_list_that_does_not_verify_says_of_its_territory_silences_no_doubt(pela: World) -> None:
    moro_publishes(pela, lon=-20.0)  # its edition says that MORO lies far away; the register, that it is here
    moro_holds_on_pela(pela)
    pela.tamper(another_signature, mission=OTHER, number=1)
    found = ask(pela, ELSEWHERE)
    assert (found.strictest, doubts(found)[0]) == (Verdict.CANNOT_TELL, ("unverified", OTHER))
    assert doubts(ask(pela, ON_MORO)) == [("outside_territory", MISSION)]


def test_a_listing_beyond_its_missions_territory_stays_however_small_the_radius(pela: World) -> None:
    moro_publishes(pela)
    near = Position(lat=HERE.lat + 0.00002, lon=HERE.lon, uncertainty_m=0.0)  # 2 m away
    found = ask(pela, near, radius_m=1.0)
    assert (found.strictest, found.answers[0].matches) == (Verdict.LISTED, ())


def test_the_rules_of_a_recognised_list_are_shown_with_their_issuer_where_they_hold(pela: World) -> None:
    area = box(-29.75, 10.25, -29.65, 10.35)
    moro_publishes(pela, "Parlours", kind=SubjectKind.CATEGORY_RULE, category=PARLOUR, geometry=area)
    found = ask(pela, ELSEWHERE)
    (rule,) = found.as_json()["answers"][0]["rules"]
    assert (found.strictest, rule["name"], rule["issuer"]) == (Verdict.NOT_LISTED, "Parlours", OTHER)
    assert "Rule for a kind of venue: Parlours, off limits, on the list of MORO" in found.as_text()
    assert ask(pela, ELSEWHERE, venue=PARLOUR).strictest is Verdict.LISTED
    unsaid = ask(pela, positions=(), venue=PARLOUR)
    assert (unsaid.strictest, reasons(unsaid)) == (Verdict.CANNOT_TELL, ["position_needed"])


def test_without_an_own_edition_recognised_lists_still_bar_and_their_facilities_are_theirs(world: World) -> None:
    recognise(world, OTHER)
    with world.acting("201") as act:
        canteen = Facility(facility_id="F-1", name="Moro Canteen", kind="club", geometry=Point(-20.0, 10.01))
        facilities.add(act, OTHER, canteen)
    with world.acting("101") as act:
        unpublished = Facility(facility_id="F-1", name="Pela Canteen", kind="club", geometry=Point(-29.9, 10.1))
        facilities.add(act, MISSION, unpublished)
    made = moro_publishes(world)
    found = ask(world)
    assert (found.strictest, [match.entry.entry_id for match in found.answers[0].matches]) == (Verdict.LISTED, [made])
    assert found.as_json()["edition"] is None
    there = ask(world, ON_MORO)
    assert (there.strictest, doubts(there)) == (Verdict.CANNOT_TELL, [("no_edition", MISSION)])
    (facility,) = there.as_json()["answers"][0]["facilities"]
    assert (facility["name"], facility["issuer"]) == ("Moro Canteen", OTHER)
    assert "Pela Canteen" not in json.dumps([found.as_json(), there.as_json()])
    assert [contact.name for contact in there.consulted.contacts] == ["Conduct team"]
    assert there.consulted.timezone == "Atlantic/Azores"


def test_an_entry_chosen_on_a_recognised_list_decides(pela: World) -> None:
    made = moro_publishes(pela)
    for position in ((), (ELSEWHERE,)):
        found = ask(pela, *position, positions=position, entry_id=made)
        assert found.strictest is Verdict.LISTED
        assert reasons(found) == ["chosen_entry"]
        assert [match["issuer"] for match in found.as_json()["answers"][0]["matches"]] == [OTHER]


def test_known_at_asks_the_recognised_list_of_then(pela: World) -> None:
    then = pela.clock.now
    moro_holds_on_pela(pela)
    pela.clock.later(minutes=5)
    moro_publishes(pela)
    assert ask(pela, HERE).strictest is Verdict.LISTED
    before = ask(pela, HERE, known_at=then)
    assert (before.strictest, doubts(before)) == (Verdict.CANNOT_TELL, [("no_edition", OTHER)])
    assert before.consulted.recognised == ()
    assert ask(pela, HERE, known_at=START - timedelta(days=1)).strictest is Verdict.CANNOT_TELL


def test_a_retired_edition_of_a_recognised_mission_answers_conduct_of_the_mission_that_asks(pela: World) -> None:
    moro_publishes(pela)
    then = pela.clock.now
    pela.clock.later(minutes=5)
    moro_publishes(pela, "Second Bar", lon=-29.7)
    with pytest.raises(UnknownEditionError, match="MORO has no edition 1 for you"):
        ask(pela, HERE, known_at=then)
    before = ask(pela, HERE, known_at=then, by=CONDUCT)
    assert [header.number for header in before.consulted.recognised] == [1]
    assert before.strictest is Verdict.LISTED


def test_another_missions_list_counts_when_it_is_asked_for(pela: World) -> None:
    made = moro_publishes(pela)
    recognise(pela)
    assert ask(pela).strictest is Verdict.NOT_LISTED
    with pytest.raises(NotPermittedError):
        ask(pela, also=(OTHER,))
    both = ask(pela, also=(OTHER,), by=None)
    assert both.strictest is Verdict.LISTED
    assert [header.mission for header in both.consulted.recognised] == [OTHER]
    assert [match["issuer"] for match in both.as_json()["answers"][0]["matches"]] == [OTHER]
    found = search(pela, "Moro Bar", by=None, also=(OTHER,))
    assert [(one.entry.entry_id, one.entry.issuer) for one in found.matches if one.is_match] == [(made, OTHER)]
    with pytest.raises(UnknownMissionError):
        ask(pela, also=("NOWHERE",), by=None)


def test_what_another_missions_list_said_earlier_needs_the_right_there(pela: World) -> None:
    recognise(pela)
    moro_publishes(pela)
    then = pela.clock.now
    pela.clock.later(minutes=5)
    moro_publishes(pela, "Second Bar", lon=-29.7)
    with pela.acting("100") as act:
        people.grant_role(act, "106", RoleGrant(role=Role.STAFF, mission=OTHER))
    assert ask(pela, also=(OTHER,), by=CONDUCT).strictest is Verdict.LISTED
    with pytest.raises(UnknownEditionError, match="MORO has no edition 1 for you"):
        ask(pela, also=(OTHER,), known_at=then, by=CONDUCT)


def test_what_is_recognised_no_longer_counts_for_a_time_at_which_it_was_and_no_other(pela: World) -> None:
    moro_publishes(pela)
    then = pela.clock.now
    pela.clock.later(minutes=5)
    recognise(pela)
    pela.clock.later(minutes=5)
    assert ask(pela, HERE, known_at=then, by=CONDUCT).strictest is Verdict.LISTED
    assert ask(pela, HERE, known_at=pela.clock.now - timedelta(minutes=1), by=CONDUCT).consulted.recognised == ()
    assert ask(pela, HERE).consulted.recognised == ()

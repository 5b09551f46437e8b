"""A question at the door: the verdict, the edition it rests on, and no trace of who was where."""

import json
from datetime import timedelta

import pytest
from shapely import box

from geo_offlimits.domain.people import NotPermittedError, PersonnelCategory
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.errors import AbsentError, InputError
from geo_offlimits.lookup.answers import UnknownEntryError, Verdict
from geo_offlimits.services import editions, facilities, lookup
from geo_offlimits.services import shelf as shelf_module
from geo_offlimits.services.act import Act, ActorNeededError
from geo_offlimits.services.lookup import CheckRequest
from geo_offlimits.services.missions import UnknownMissionError
from geo_offlimits.services.shelf import Shelf
from geo_offlimits.store.editions import StoredEdition
from tests.services.asking import CONDUCT, ELSEWHERE, HERE, ask, listed, reasons, search
from tests.services.conftest import MISSION, OTHER, START, World
from tests.tampering import another_signature


def test_the_answer_has_the_members_of_the_interface(world: World) -> None:
    from shapely import Point  # noqa: PLC0415

    from geo_offlimits.domain.mission import Facility  # noqa: PLC0415

    with world.acting("101") as act:
        facilities.add(
            act, MISSION, Facility(facility_id="F-1", name="Canteen", kind="club", geometry=Point(-29.9, 10.11))
        )
    made = listed(world)
    document = ask(world, HERE, ELSEWHERE).as_json()
    assert set(document) >= {"edition", "answers", "contacts"}
    assert set(document["edition"]) >= {"mission", "number", "sha256", "issued_at", "expires_at", "stale"}
    assert document["edition"]["stale"] is False
    first, second = document["answers"]
    for answer in (first, second):
        assert set(answer) >= {"verdict", "reasons", "matches", "rules", "nearest_m", "facilities"}
    assert (first["verdict"], second["verdict"]) == ("listed", "not_listed")
    (match,) = first["matches"]
    assert match["entry_id"] == made
    assert match["since"] == "2026-03-02"
    assert set(match) >= {
        "entry_id", "name", "restriction", "applies", "why_not", "distance_m", "bearing_deg", "issuer", "since",
    }  # fmt: skip
    assert first["facilities"][0]["name"] == "Canteen"
    assert second["matches"] == []
    assert second["nearest_m"] > 1000
    assert document["contacts"][0]["name"] == "Conduct team"
    json.dumps(document)


def test_the_words_name_the_edition_and_whom_to_call(world: World) -> None:
    listed(world)
    text = ask(world).as_text()
    assert text.startswith("Off limits: suspected, precautionary")
    assert "Edition 1 of PELA" in text
    assert "Conduct team: +99 555 01" in text


def test_the_strictest_of_several_answers_is_the_exit(world: World) -> None:
    listed(world)
    assert ask(world, ELSEWHERE, HERE).strictest is Verdict.LISTED
    assert ask(world, ELSEWHERE).strictest is Verdict.NOT_LISTED
    assert ask(world, ELSEWHERE, Position(lat=40.0, lon=0.0)).strictest is Verdict.CANNOT_TELL


def test_without_an_edition_nobody_can_tell_and_the_contacts_are_given_all_the_same(world: World) -> None:
    found = ask(world)
    assert found.strictest is Verdict.CANNOT_TELL
    assert reasons(found) == ["no_edition"]
    assert found.as_json()["edition"] is None
    assert [contact.name for contact in found.consulted.contacts] == ["Conduct team"]
    assert search(world, "Blue Lantern").verdict is Verdict.CANNOT_TELL


def test_expiry_never_hides_a_listing(world: World) -> None:
    listed(world)
    world.clock.later(days=40)
    found = ask(world, HERE, ELSEWHERE)
    assert [answer.verdict for answer in found.answers] == [Verdict.LISTED, Verdict.CANNOT_TELL]
    assert found.as_json()["edition"]["stale"] is True
    assert reasons(found, 1) == ["edition_expired"]
    assert search(world, "Nothing Like It").verdict is Verdict.CANNOT_TELL
    assert search(world, "Blue Lantern").verdict is Verdict.LISTED


def test_known_at_asks_the_edition_of_then_and_judges_it_then(world: World) -> None:
    made = listed(world)
    then = world.clock.now
    world.listed("Other", lon=-29.8)
    world.lifted(made)
    world.clock.later(days=40)
    world.published(confirm_removals=True)
    assert ask(world).answers[0].verdict is Verdict.NOT_LISTED
    before = ask(world, known_at=then, by=CONDUCT)
    assert before.answers[0].verdict is Verdict.LISTED
    assert before.as_json()["edition"] | {"number": 1, "stale": False} == before.as_json()["edition"]
    assert reasons(ask(world, known_at=START - timedelta(days=1))) == ["no_edition"]


def test_what_a_retired_edition_said_is_for_conduct_and_audit_only(world: World) -> None:
    made = listed(world)
    then = world.clock.now
    assert ask(world, known_at=then).answers[0].verdict is Verdict.LISTED
    world.clock.later(hours=1)
    world.lifted(made)
    world.published(confirm_removals=True, confirm_empty=True)
    for person in ("108", "103", "101"):
        with pytest.raises(editions.UnknownEditionError, match="no edition 1 for you; the current one is 2"):
            ask(world, known_at=then, by=person)
        with pytest.raises(editions.UnknownEditionError):
            ask(world, known_at=then, entry_id=made, by=person)
    with pytest.raises(ActorNeededError):
        ask(world, known_at=then, by=None)
    # What no retired edition answers is everybody's: before the first one, and since the current one.
    assert reasons(ask(world, known_at=START - timedelta(days=1))) == ["no_edition"]
    assert ask(world, known_at=world.clock.now).answers[0].verdict is Verdict.NOT_LISTED


def test_a_chosen_entry_decides_and_an_unknown_one_is_refused(world: World) -> None:
    made = listed(world, placeless=True, uncertainty_m=None)
    assert ask(world, ELSEWHERE, entry_id=made).answers[0].verdict is Verdict.LISTED
    with pytest.raises(UnknownEntryError, match="PELA-9999"):
        ask(world, entry_id="PELA-9999")


def test_personnel_and_venue_decide(world: World) -> None:
    world.listed(terms={"applies_to": (PersonnelCategory.MILITARY,)}, uncertainty_m=2.0)
    area = box(-29.75, 10.25, -29.65, 10.35)
    world.listed("Parlours", kind=SubjectKind.CATEGORY_RULE, category=VenueKind.MASSAGE_PARLOUR, geometry=area)
    world.published()
    assert ask(world, personnel=PersonnelCategory.POLICE).answers[0].verdict is Verdict.NOT_LISTED
    assert ask(world, personnel=PersonnelCategory.MILITARY).answers[0].verdict is Verdict.LISTED
    assert ask(world, ELSEWHERE, venue=VenueKind.MASSAGE_PARLOUR).answers[0].verdict is Verdict.LISTED
    shown = ask(world, ELSEWHERE).as_json()["answers"][0]
    assert (shown["verdict"], [rule["name"] for rule in shown["rules"]]) == ("not_listed", ["Parlours"])


@pytest.mark.parametrize("number", ["201"])
def test_a_stranger_to_the_mission_looks_nothing_up(world: World, number: str) -> None:
    listed(world)
    with pytest.raises(NotPermittedError):
        ask(world, by=number)
    with pytest.raises(NotPermittedError):
        search(world, "Blue", by=number)


def test_on_the_machine_itself_a_look_up_needs_nobody(world: World) -> None:
    listed(world)
    assert ask(world, by=None).strictest is Verdict.LISTED
    assert search(world, "blue lantern", by=None).verdict is Verdict.LISTED


def test_an_unknown_mission_is_absent(world: World) -> None:
    with pytest.raises(UnknownMissionError, match="mission list"):
        ask(world, by=None, mission="NOWHERE")


def test_the_mission_meant_is_the_only_one_or_must_be_named(world: World) -> None:
    with world.reading(None) as act:
        assert lookup.mission_asked(act, OTHER) == OTHER
        with pytest.raises(InputError, match="MORO, PELA"):
            lookup.mission_asked(act, "")


@pytest.mark.parametrize("radius_m", [float("nan"), -1.0, 1e9])
def test_a_radius_that_cannot_be_is_refused(world: World, radius_m: float) -> None:
    listed(world)
    with pytest.raises(InputError, match="radius"):
        ask(world, radius_m=radius_m)


def test_without_a_position_the_chosen_entry_decides_and_a_kind_of_venue_depends_on_where(world: World) -> None:
    world.listed("Parlours", kind=SubjectKind.CATEGORY_RULE, category=VenueKind.MASSAGE_PARLOUR, placeless=True)
    made = listed(world, name="Somewhere", placeless=True, uncertainty_m=None)
    assert ask(world, positions=(), entry_id=made).strictest is Verdict.LISTED
    assert ask(world, positions=(), venue=VenueKind.HOTEL).strictest is Verdict.NOT_LISTED
    unsaid = ask(world, positions=(), venue=VenueKind.MASSAGE_PARLOUR)
    assert (unsaid.strictest, reasons(unsaid)) == (Verdict.CANNOT_TELL, ["position_needed"])
    assert [rule["name"] for rule in unsaid.as_json()["answers"][0]["rules"]] == ["Parlours"]
    assert "Rule for a kind of venue: Parlours, off limits" in unsaid.as_text()
    assert ask(world, ELSEWHERE, venue=VenueKind.MASSAGE_PARLOUR).strictest is Verdict.LISTED


def test_a_check_of_nothing_is_refused(world: World) -> None:
    nothing = CheckRequest(mission=MISSION, positions=(), radius_m=10.0)
    with pytest.raises(InputError, match="position"), world.reading("108") as act:
        lookup.check(act, world.wiring.shelf, nothing)


def test_texts_in_any_notation_become_positions() -> None:
    request = CheckRequest.from_texts(MISSION, ("10.1,-29.9", "geo:10.1,-29.9"), radius_m=50.0, uncertainty_m=3.0)
    assert {position.uncertainty_m for position in request.positions} == {3.0}
    assert [round(position.lat, 6) for position in request.positions] == [10.1, 10.1]


def test_an_edition_whose_signature_does_not_hold_is_unverified_and_never_shelved(world: World) -> None:
    listed(world)
    world.tamper(another_signature, number=1)
    found = ask(world)
    assert found.strictest is Verdict.CANNOT_TELL
    assert reasons(found)[0] == "unverified"
    assert search(world, "Blue Lantern").verdict is Verdict.CANNOT_TELL
    assert len(world.wiring.shelf) == 0


def test_an_edition_is_opened_once_and_the_oldest_leaves_a_full_shelf(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    kept = shelf_module.kept

    def counted(act: Act, header: shelf_module.Header) -> StoredEdition:
        opened.append(header.sha256)
        return kept(act, header)

    monkeypatch.setattr(shelf_module, "kept", counted)
    listed(world)
    shelf = Shelf(places=1)
    request = CheckRequest(mission=MISSION, positions=(HERE,), radius_m=100.0)
    for _ in range(3):
        with world.reading("108") as act:
            lookup.check(act, shelf, request)
    assert len(opened) == 1
    first = world.clock.now
    world.clock.later(minutes=1)
    world.listed("Other", lon=-29.8)
    world.published()
    for known_at in (None, first, None):
        with world.reading(CONDUCT) as act:
            lookup.check(
                act, shelf, CheckRequest(mission=MISSION, positions=(HERE,), radius_m=100.0, known_at=known_at)
            )
    assert len(opened) == 4
    assert len(shelf) == 1


def test_a_process_keeps_old_editions_only_as_far_as_their_entries_together_stay_few(world: World) -> None:
    listed(world)
    for number in range(3):
        world.clock.later(minutes=1)
        world.listed(f"Bar {number}", lon=-29.8 + number / 100)
        world.published()
    with world.reading(CONDUCT) as act:
        headers = act.tx.editions.headers(MISSION)
        shelf, narrow = Shelf(), Shelf(most_entries=0)
        for header in headers:
            for one in (shelf, narrow):
                shelf_module.opened(act, one, header)
    assert len(shelf) == len(headers) > 2
    assert len(narrow) == 1  # the latest, however long


def test_an_edition_that_is_read_and_one_that_is_asked_are_opened_once_and_have_no_clock(world: World) -> None:
    listed(world)
    shelf = world.wiring.shelf
    with world.reading("108") as act:
        opened = editions.read(act, shelf, MISSION)
        assert opened.verified
        assert editions.read(act, shelf, MISSION, 1) is opened
        assert opened.content == editions.content(act, MISSION)
        with pytest.raises(AssertionError):
            opened.stale()
    ask(world)
    assert len(shelf) == 1


def test_no_position_and_no_search_text_is_kept_anywhere(world: World, caplog: pytest.LogCaptureFixture) -> None:
    listed(world)
    before = world.leaves()
    ask(world, Position(lat=10.123456, lon=-29.654321))
    with pytest.raises(AbsentError):
        ask(world, Position(lat=10.123456, lon=-29.654321), mission="NOWHERE")
    search(world, "Canary Tavern")
    kept = world.kept()
    assert b"PELA-0001" in kept
    assert [trace for trace in (b"10.123456", b"29.654321", b"Canary Tavern") if trace in kept] == []
    assert "10.123456" not in caplog.text
    assert world.leaves()[: len(before)] == before


def test_a_look_up_asks_the_store_three_short_questions(world: World) -> None:
    from sqlalchemy import event  # noqa: PLC0415

    listed(world)
    ask(world, by=None)
    asked: list[str] = []
    with world.reading(None) as act:
        event.listen(act.tx.connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        lookup.check(
            act,
            world.wiring.shelf,
            CheckRequest(mission=MISSION, positions=(HERE,), radius_m=100.0),
        )
    assert len(asked) <= 3
    assert not [question for question in asked if "content" in question]


def test_more_matches_than_an_answer_can_carry_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(world)
    listed(world, name="Red Door", lon=-29.91)
    monkeypatch.setattr(lookup, "MAX_MATCHES", 4)
    assert sum(len(answer.matches) for answer in ask(world, HERE, HERE, radius_m=5000.0).answers) == 4
    with pytest.raises(InputError, match=r"More than 4 entries lie within 5000 m .* smaller radius"):
        ask(world, HERE, HERE, HERE, radius_m=5000.0)
    assert len(ask(world, *[HERE] * 4, radius_m=100.0).answers) == 4


def test_a_long_batch_is_answered_position_by_position_in_its_order(world: World) -> None:
    listed(world)
    asked = [HERE if place % 7 == 0 else ELSEWHERE for place in range(1001)]
    verdicts = [answer.verdict for answer in ask(world, *asked).answers]
    assert verdicts == [Verdict.LISTED if place is HERE else Verdict.NOT_LISTED for place in asked]

"""What reaches staff: numbered, signed, complete, and nothing that belongs to the register alone."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from shapely import Point, Polygon, box

from geo_offlimits.delivery.envelopes import EDITION_TYPE, verify
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import Basis, Step, StepKind
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.mission import Contact, ContactKind, Facility
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.domain.premises import Name, NameKind, SubjectKind, VenueKind
from geo_offlimits.errors import InputError, OfflimitsError
from geo_offlimits.formats.edition import decode, sha256
from geo_offlimits.services import changes, compiling, editions, facilities, missions, register
from geo_offlimits.services.compiling import UnpublishableEntryError
from geo_offlimits.services.editions import (
    EmptyEditionError,
    ManyRemovedError,
    NothingChangedError,
    NothingPublishedError,
    OvertakenError,
    TooSoonError,
)
from tests.services.conftest import MISSION, START, World, venue

CANARY = "CANARY-7F3A"


def content(world: World, number: int | str = "current", by: str = "107") -> bytes:
    with world.reading(by) as act:
        return editions.content(act, MISSION, number)


def publish(world: World, **how: Any) -> None:
    world.published(**how)


def test_the_first_edition_says_what_is_in_force_and_is_signed(world: World) -> None:
    world.listed("Blue Lantern", uncertainty_m=4.0, locality="Port Pela")
    header = world.published(expires_in=timedelta(days=10))
    published = content(world, by="108")
    edition = decode(published)
    assert (header.number, header.sha256, header.previous_sha256) == (1, sha256(published), None)
    assert (edition.mission, edition.number, edition.issued_at) == (MISSION, 1, START.replace(microsecond=0))
    assert edition.expires_at - edition.issued_at == timedelta(days=10)
    (entry,) = edition.entries
    assert (entry.entry_id, entry.name, entry.sector, entry.issuer) == ("PELA-0001", "Blue Lantern", "East", MISSION)
    assert entry.mgrs
    assert entry.mgrs.startswith("26P")
    assert entry.since == START.replace(microsecond=0)
    assert {"en", "fr"} <= set(edition.statement)
    assert [contact.name for contact in edition.contacts] == ["Conduct team"]
    assert [boundary.name for boundary in edition.boundaries] == ["Pela", "West", "East"]
    with world.reading("108") as act:
        envelope = editions.envelope(act, MISSION)
    assert verify(envelope, world.keyring.public_keys(), EDITION_TYPE) == published


def test_editions_are_numbered_without_gaps_and_name_their_predecessor(world: World) -> None:
    hashes: list[str | None] = [None]
    for number, name in enumerate(("One Lamp", "Two Lamps", "Three Lamps"), start=1):
        world.listed(name, lon=-29.9 + number / 100)
        header = world.published()
        assert (header.number, header.previous_sha256) == (number, hashes[-1])
        hashes.append(header.sha256)
        world.clock.later(days=1)
    with world.reading("108") as act:
        assert [one.number for one in editions.headers(act, MISSION)] == [3, 2, 1]


def test_the_checkpoint_is_the_head_of_the_tree_before_the_publishing_row(world: World) -> None:
    world.listed()
    before = len(world.leaves())
    world.published()
    checkpoint = decode(content(world)).checkpoint
    assert checkpoint.size == before
    leaf = world.leaves()[before]
    assert (leaf["tag"], leaf["facts"]["sha256"]) == ("edition:published", sha256(content(world)))
    with world.reading("107") as act:
        assert act.tx.audit.verify(checkpoint) == ()


def test_publishing_what_was_published_is_refused_unless_it_is_renewed(world: World) -> None:
    world.listed()
    world.published()
    world.clock.later(days=20)
    with pytest.raises(NothingChangedError, match=r"Edition 1 of PELA.*--renew"):
        publish(world)
    assert world.tags()[-1] == "act:refused"
    assert world.published(renew=True).number == 2


CHANGES: dict[str, Callable[[World], None]] = {}


def change(story: Callable[[World], None]) -> Callable[[World], None]:
    CHANGES[story.__name__] = story
    return story


@change
def a_contact(world: World) -> None:
    with world.acting("100") as act:
        missions.set_contacts(act, MISSION, (Contact(kind=ContactKind.HOTLINE, name="Hotline", phone="+99 1"),))


@change
def a_facility(world: World) -> None:
    with world.acting("101") as act:
        facilities.add(act, MISSION, Facility(facility_id="F-1", name="Canteen", kind="club", geometry=Point(-30, 10)))


@change
def a_rename(world: World) -> None:
    with world.acting("103") as act:
        changes.rename(act, "PELA-0001", Name(text="New Sign", kind=NameKind.SIGN))


@pytest.mark.parametrize("story", CHANGES.values(), ids=CHANGES)
def test_any_published_change_is_worth_an_edition(world: World, story: Callable[[World], None]) -> None:
    world.listed()
    world.published()
    story(world)
    assert world.published().number == 2


def test_many_removals_are_refused_until_they_are_confirmed(world: World) -> None:
    made = [world.listed(f"Lamp {n}", lon=-29.9 + n / 100).designation_id for n in range(5)]
    world.published()
    world.lifted(made[0])
    assert world.published().number == 2
    world.lifted(made[1])
    with pytest.raises(ManyRemovedError, match="1 of 4 entries"):
        publish(world)
    with world.reading("101") as act:
        preview = editions.preview(act, MISSION)
    assert preview.share_removed == 0.25
    assert [gone.entry_id for gone in preview.delta.removed] == [made[1]]
    assert world.published(confirm_removals=True).number == 3


def test_an_edition_that_lists_nothing_is_refused_until_it_is_confirmed(world: World) -> None:
    before = world.tags()
    for how in ({}, {"confirm_removals": True}, {"renew": True}):
        with pytest.raises(EmptyEditionError, match=r"Edition 1 of PELA would list nothing.*--confirm-empty"):
            publish(world, **how)
    assert world.tags() == [*before, *["act:refused"] * 3]
    with world.reading("108") as act:
        assert editions.newest(act, MISSION) is None
    assert world.published(confirm_empty=True).entries == 0
    with pytest.raises(EmptyEditionError, match="Edition 2"):
        publish(world, renew=True)
    assert world.published(renew=True, confirm_empty=True).number == 2


def test_the_last_entry_goes_only_when_both_its_removal_and_the_empty_list_are_confirmed(world: World) -> None:
    made = world.listed().designation_id
    world.published()
    world.lifted(made)
    with pytest.raises(ManyRemovedError, match="1 of 1"):
        publish(world, confirm_empty=True)
    with pytest.raises(EmptyEditionError):
        publish(world, confirm_removals=True)
    assert world.published(confirm_removals=True, confirm_empty=True).entries == 0


def test_a_preview_names_what_lies_outside_the_territory_and_nothing_else(world: World) -> None:
    world.listed("Within")
    far = world.listed("Far Away", lon=80.0, confirm_outside=True).designation_id
    with world.reading("101") as act:
        preview = editions.preview(act, MISSION)
    assert [entry.entry_id for entry in preview.outside] == [far]


def test_a_lifted_premises_is_gone_from_the_next_edition_and_not_from_the_one_before(world: World) -> None:
    kept, lifted = (world.listed(name, lon=lon).designation_id for name, lon in (("Kept", -29.8), ("Lifted", -29.7)))
    world.published()
    world.lifted(lifted)
    world.published(confirm_removals=True)
    assert [entry.entry_id for entry in decode(content(world, 1)).entries] == [kept, lifted]
    assert [entry.entry_id for entry in decode(content(world, 2)).entries] == [kept]


def test_proposals_and_ended_terms_are_not_published_and_future_ones_are(world: World) -> None:
    with world.acting("103") as act:
        register.propose(act, MISSION, *venue("Only Proposed"))
    ends, begins = START + timedelta(days=2), START + timedelta(days=9)
    world.listed("Ends", lon=-29.8, terms={"valid": Period(end=ends)})
    world.listed("Begins", lon=-29.7, terms={"valid": Period(start=begins)})
    world.published()
    assert [entry.name for entry in decode(content(world)).entries] == ["Ends", "Begins"]
    assert decode(content(world)).entries[1].since == begins.replace(microsecond=0)
    world.clock.now = ends
    world.published(confirm_removals=True)
    assert [entry.name for entry in decode(content(world)).entries] == ["Begins"]


def test_what_awaits_its_second_signature_is_published(world: World) -> None:
    with world.acting("101") as act:
        register.add_alone(act, MISSION, *venue("Urgent"))
    world.published()
    assert [entry.name for entry in decode(content(world)).entries] == ["Urgent"]


def test_every_kind_of_subject_travels_also_without_a_place(world: World) -> None:
    world.listed("Somewhere", placeless=True)
    world.listed("Harbour Street", kind=SubjectKind.AREA, geometry=box(-29.9, 10, -29.89, 10.01), category=None)
    world.listed("Parlours", kind=SubjectKind.CATEGORY_RULE, category=VenueKind.MASSAGE_PARLOUR, placeless=True)
    world.published()
    features = {one["properties"]["name"]: one for one in json.loads(content(world))["features"]}
    assert features["Somewhere"]["geometry"] is None
    assert features["Parlours"]["geometry"] is None
    assert features["Harbour Street"]["geometry"]["type"] == "Polygon"
    assert features["Harbour Street"]["properties"]["mgrs"] is None


def test_a_premises_in_no_sector_has_none(world: World) -> None:
    world.listed("Far Out", lon=-25.0, confirm_outside=True)
    world.published()
    assert decode(content(world)).entries[0].sector is None


def test_nothing_restricted_ever_reaches_an_edition(world: World) -> None:
    subject, terms = venue("Blue Lantern")
    terms = replace(terms, note=CANARY, basis=Basis.TRAFFICKING, authority=CANARY, review_by=date(2031, 7, 7))
    with world.acting("103") as act:
        made = register.propose(act, MISSION, subject, terms, reason=CANARY).designation_id
    with world.acting("101") as act:
        register.designate(act, made, reason=CANARY)
    with world.acting("104") as act:
        register.propose_lift(act, made, reason=CANARY)
    world.published()
    with world.reading("108") as act:
        told = editions.content(act, MISSION) + editions.envelope(act, MISSION)
        told += json.dumps(editions.header(act, MISSION).as_json()).encode()
    secrets = [CANARY, "trafficking", "2031", "p_103", "p_101", "p_104", "Orla", "Ilsa", "lift"]
    assert [secret for secret in secrets if secret.encode() in told] == []
    assert b"Blue Lantern" in told


def test_one_entry_that_cannot_be_published_refuses_the_whole_publication(world: World) -> None:
    world.listed("Good Lamp")
    world.published()
    bow_tie = Polygon([(-30, 10), (-29.9, 10.1), (-29.9, 10), (-30, 10.1)])
    subject, terms = venue("Broken Lamp", geometry=bow_tie)
    with world.acting("103") as act:  # past the service, as a damaged store or an older program would
        subject_id = act.tx.register.add_subject(MISSION, subject, act.now)
        act.tx.register.add_designation("PELA-0002", MISSION, subject_id, terms, act.now)
        now = act.now
        step = Step(kind=StepKind.ADDED_ALONE, person_id=act.person_id, recorded_at=now, effective_at=now)
        act.tx.register.add_step("PELA-0002", step)
        act.record(AuditTag.PREMISES_ADDED_ALONE, subject="PELA-0002", mission=MISSION)
    with pytest.raises(UnpublishableEntryError, match=r"PELA-0002 \(Broken Lamp\)"):
        publish(world)
    assert decode(content(world)).number == 1


def test_what_slips_past_every_earlier_check_is_found_by_the_layer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.listed("Good Lamp")
    world.listed("Off The Globe", lon=-29.8)
    places = {"Good Lamp": Point(-29.9, 10.1), "Off The Globe": Point(-29.8, 95.0)}
    monkeypatch.setattr(compiling, "_footprints", lambda found: [places[one.subject.label] for one in found])
    monkeypatch.setattr(compiling, "_mgrs", lambda _geometry: None)
    with pytest.raises(UnpublishableEntryError, match=r"PELA-0002 \(Off The Globe\)"):
        publish(world)
    with world.reading("108") as act:
        assert editions.newest(act, MISSION) is None


@pytest.mark.parametrize("number", ["103", "105", "106", "107", "108", "100", "201"])
def test_only_heads_and_deputies_publish(world: World, number: str) -> None:
    with pytest.raises(NotPermittedError), world.acting(number) as act:
        editions.publish(act, world.keyring, MISSION, expires_in=timedelta(days=1))
    with pytest.raises(NotPermittedError), world.reading(number) as act:
        editions.preview(act, MISSION)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_an_edition_is_current_for_a_year_at_most(world: World, days: int) -> None:
    with pytest.raises(InputError, match="366 days"):
        publish(world, expires_in=timedelta(days=days))


def test_a_preview_writes_nothing(world: World) -> None:
    world.listed()
    before = world.tags()
    with world.reading("101") as act:
        preview = editions.preview(act, MISSION)
    assert (preview.number, preview.share_removed, preview.unchanged) == (1, 0.0, False)
    assert [entry.name for entry in preview.delta.added] == ["Blue Lantern"]
    assert world.tags() == before
    with pytest.raises(NothingPublishedError), world.reading("108") as act:
        editions.header(act, MISSION)


def race(world: World, count: int, **how: Any) -> tuple[list[int], list[OfflimitsError]]:
    """`count` publishers at once, each with an act of their own."""
    won: list[int] = []
    refused: list[OfflimitsError] = []
    ready = threading.Barrier(count)

    def run(number: str) -> None:
        actor = world.actor(number)
        ready.wait()
        try:
            with world.wiring.writing(actor) as act:
                header = editions.publish(act, world.keyring, MISSION, expires_in=timedelta(days=30), **how)
            won.append(header.number)
        except OfflimitsError as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=run, args=(("101", "102")[n % 2],)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won, refused


def test_of_two_publishers_one_wins_and_the_other_gets_a_sentence(world: World) -> None:
    world.listed()
    won, refused = race(world, 2)
    assert won == [1]
    assert [type(refusal) for refusal in refused] == [NothingChangedError]
    assert "Edition 1" in str(refused[0])
    assert world.whole()


def test_two_editions_of_one_second_or_of_a_clock_set_back_are_refused(world: World) -> None:
    world.listed()
    issued_at = world.published().issued_at
    for now, remedy in ((issued_at, "a second later"), (issued_at - timedelta(hours=1), "check the clock")):
        world.clock.now = now
        with pytest.raises(TooSoonError, match=remedy):
            publish(world, renew=True)


def test_of_publishers_who_renew_what_they_saw_one_wins(world: World) -> None:
    world.listed()
    world.published()
    won, refused = race(world, 3, renew=True, seen=seen(world))
    assert won == [2]
    assert {type(refusal) for refusal in refused} == {OvertakenError}
    assert "Read the changes again" in str(refused[0])


def seen(world: World) -> str:
    with world.reading("101") as act:
        return editions.preview(act, MISSION).fingerprint


def test_only_what_the_publisher_saw_is_published(world: World) -> None:
    world.listed()
    first = seen(world)
    world.clock.later(hours=1)
    assert seen(world) == first
    world.listed("Red Anchor", lon=-29.8)
    with pytest.raises(OvertakenError, match="Read the changes again"):
        publish(world, seen=first)
    publish(world, seen=seen(world))
    with world.reading("108") as act:
        assert editions.header(act, MISSION).number == 1


def test_the_header_on_paper_and_in_json_are_the_same_facts(world: World) -> None:
    world.listed()
    header = world.published()
    document = header.as_json(stale_at=header.expires_at)
    assert document["stale"] is True
    assert document["entries"] == 1
    assert header.as_json(stale_at=header.issued_at)["stale"] is False

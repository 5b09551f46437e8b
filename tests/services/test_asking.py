"""Who is asked for an acknowledgement and who is only informed, as the list changes."""

from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any

import pytest

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import Audience, Campaign, CampaignKind
from geo_offlimits.domain.completion import Tally
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.errors import InputError
from geo_offlimits.services import acknowledging, campaigns, completion, packages, publishing, standings
from geo_offlimits.services.publishing import Published
from tests.services.conftest import MISSION, World

STAFF = {str(number) for number in range(100, 111)}


@pytest.fixture
def backend() -> str:
    return "sqlite"


def set_to(world: World, **settings: Any) -> None:
    world.wiring = replace(world.wiring, settings=replace(world.wiring.settings, **settings))


def published(world: World, **how: Any) -> Published:
    """By head 101, at the door where a campaign opens with it."""
    set_to(world, campaign_on_publish=True)
    with world.acting("101") as act:
        found = publishing.publish(act, world.keyring, MISSION, expires_in=timedelta(days=30), **how)
    world.clock.later(minutes=1)
    return found


def acknowledge(world: World, *numbers: str) -> None:
    for number in numbers:
        with world.acting(number) as act:
            header = act.tx.editions.header(MISSION)
            assert header
            acknowledging.acknowledge(act, MISSION, header.number, header.sha256, "en")


def owing(world: World) -> set[str]:
    """Whom the pages ask."""
    found = set()
    for number in STAFF:
        with world.reading(number) as act:
            if standings.mine(act, MISSION):
                found.add(number)
    return found


def asked(campaign: Campaign) -> set[str]:
    return {one.number for one in campaign.recipients if one.asked}


def status(world: World, campaign: Campaign) -> dict[str, set[str]]:
    """Everybody by where they stand, and held to be the numbers that the database counts."""
    with world.reading("105") as act:
        header = act.tx.campaigns.header(campaign.campaign_id)
        assert header
        tallies = completion.tallies(act, header)
        found = [standings.named(act, header, unit) for unit in {group.unit for group in tallies}]
        counted = reduce(add, tallies.values(), Tally())
    groups = ("acknowledged", "outstanding", "overdue", "informed", "paused")
    stand = {name: {one.number for unit in found for one in getattr(unit, name)} for name in groups}
    assert {name: getattr(counted, name) for name in groups} == {name: len(who) for name, who in stand.items()}
    return stand


def opened(found: Published) -> Campaign:
    assert found.campaign
    return found.campaign


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_publishing_opens_a_campaign_with_a_day_by_which_it_is_due_in_the_same_act(world: World) -> None:
    world.listed("Blue Lantern")
    found = published(world)
    campaign = opened(found)
    assert (campaign.edition_number, campaign.kind, campaign.deadline) == (1, CampaignKind.ASKS, date(2026, 3, 16))
    assert asked(campaign) == owing(world) == STAFF
    assert world.tags()[-2:] == ["edition:published", "campaign:opened"]
    assert "11 people are asked, 0 informed" in found.as_text()
    assert found.as_json()["opened"]["recipients"] == 11


def test_publishing_opens_none_where_the_setting_does_not_say_so(world: World) -> None:
    world.listed("Blue Lantern")
    with world.acting("101") as act:
        found = publishing.publish(act, world.keyring, MISSION, expires_in=timedelta(days=30))
    assert (found.campaign, found.as_text()) == (None, "")
    assert owing(world) == set()


def test_where_the_campaign_cannot_open_nothing_is_published(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.listed("Blue Lantern")

    def broken(*_words: object) -> None:
        raise InputError("The campaign fails here. Mend it.")

    monkeypatch.setattr(publishing, "open_campaign", broken)
    with pytest.raises(InputError, match="The campaign fails here"):
        published(world)
    with world.reading("101") as act:
        assert act.tx.editions.header(MISSION) is None
    assert world.whole()


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_who_owes_an_older_addition_still_owes_when_a_lift_informs_the_others(world: World) -> None:
    first = world.listed("Blue Lantern")
    world.listed("Red Door", lon=-29.8)
    published(world)
    acknowledge(world, "108", "109")
    world.lifted(first.designation_id)
    campaign = opened(published(world, confirm_removals=True))
    assert asked(campaign) == STAFF - {"108", "109"} == owing(world)
    assert (campaign.kind, status(world, campaign)["informed"]) == (CampaignKind.INFORMS, {"108", "109"})
    acknowledge(world, "110")
    assert owing(world) == STAFF - {"108", "109", "110"}
    assert status(world, campaign)["acknowledged"] == {"110"}


def test_who_acknowledged_before_it_came_and_reads_after_it_went_is_not_asked(world: World) -> None:
    world.listed("Blue Lantern")
    published(world)
    acknowledge(world, *STAFF)
    came = world.listed("Red Door", lon=-29.8)
    assert asked(opened(published(world))) == STAFF == owing(world)
    acknowledge(world, "108")
    world.lifted(came.designation_id)
    campaign = opened(published(world, confirm_removals=True))
    assert asked(campaign) == owing(world) == set()
    assert campaign.kind is CampaignKind.INFORMS


def test_who_is_only_informed_is_not_on_a_sheet_to_sign(world: World) -> None:
    world.listed("Blue Lantern")
    published(world)
    acknowledge(world, *(STAFF - {"110"}))
    campaign = opened(published(world, renew=True))
    with world.reading("105") as act:
        files = packages.files(act, campaign.campaign_id, world.keyring)
    assert [name for name in files if name.endswith(".csv")] == ["acknowledgement-engineers.csv"]
    sheet = files["acknowledgement-engineers.csv"].decode()
    assert "Kon Tract" in sheet
    assert "Stan Field" not in sheet


def test_an_edition_that_is_only_renewed_asks_nobody_anew(world: World) -> None:
    world.listed("Blue Lantern")
    published(world)
    acknowledge(world, *(STAFF - {"110"}))
    campaign = opened(published(world, renew=True))
    assert asked(campaign) == owing(world) == {"110"}
    assert {one.due for one in campaign.recipients if one.asked} == {date(2026, 3, 16)}
    assert status(world, campaign)["outstanding"] == {"110"}


def test_who_owed_before_keeps_the_day_by_which_it_was_due(world: World) -> None:
    world.listed("Blue Lantern")
    first = opened(published(world))
    acknowledge(world, "108")
    world.clock.later(days=20)
    world.listed("Red Door", lon=-29.8)
    second = opened(published(world))
    due = {one.number: one.due for one in second.recipients}
    assert (due["108"], due["110"]) == (second.deadline, first.deadline)
    assert status(world, second)["overdue"] == STAFF - {"108"}


def test_a_campaign_to_everybody_ends_those_about_older_editions(world: World) -> None:
    world.listed("Blue Lantern")
    first = opened(published(world))
    world.listed("Red Door", lon=-29.8)
    second = opened(published(world))
    with world.reading("105") as act:
        [newest, older] = campaigns.headers(act, MISSION)
    assert (newest.campaign_id, newest.closed_at) == (second.campaign_id, None)
    assert (older.campaign_id, older.closed_at, older.closed_by) == (first.campaign_id, second.opened_at, "p_101")
    assert world.leaves()[-1]["facts"] == {"followed_by": second.campaign_id}


def test_under_a_standing_order_what_comes_in_between_informs_and_the_next_asks_for_all(world: World) -> None:
    set_to(world, ask_every_days=10)
    world.listed("Blue Lantern")
    published(world)
    acknowledge(world, *(STAFF - {"110"}))
    world.clock.later(days=4)
    world.listed("Red Door", lon=-29.8)
    held = opened(published(world))
    assert (held.kind, held.held_until, asked(held)) == (CampaignKind.INFORMS, date(2026, 3, 12), {"110"})
    assert owing(world) == {"110"}
    world.clock.later(days=3)
    world.listed("Green Gate", lon=-29.7)
    assert opened(published(world)).held_until == date(2026, 3, 12)
    world.clock.later(days=6)
    world.listed("Far Bar", lon=-29.6)
    asking = opened(published(world))
    assert (asking.kind, asking.held_until) == (CampaignKind.ASKS, None)
    assert asked(asking) == owing(world) == STAFF


def test_one_opened_by_hand_asks_at_once_whatever_the_standing_order(world: World) -> None:
    set_to(world, ask_every_days=10)
    world.listed("Blue Lantern")
    published(world)
    acknowledge(world, *STAFF)
    world.listed("Red Door", lon=-29.8)
    published(world)
    assert owing(world) == set()
    with world.acting("105") as act:
        assert asked(campaigns.distribute(act, MISSION)) == STAFF


def test_it_goes_to_those_who_fit_every_choice_and_the_choice_is_kept(world: World) -> None:
    world.listed("Blue Lantern")
    world.published()
    with world.acting("100") as act:
        person = act.tx.people.find("104")
        assert person
        act.tx.people.replace(replace(person, sector="North", language="fr-CA"), act.now)
        act.record(AuditTag.PERSON_ADDED, subject="p_104")
    audience = Audience(units=("police", "Engineers"), categories=(PersonnelCategory.POLICE,))
    choices = {
        ("103", "104", "109"): audience,
        ("104",): replace(audience, sectors=("NORTH",)),
        ("108", "110"): Audience(units=("Engineers",)),
    }
    for wanted, chosen in choices.items():
        with world.acting("105") as act:
            campaign = campaigns.distribute(act, MISSION, audience=chosen)
        assert {one.number for one in campaign.recipients} == set(wanted)
        with world.reading("105") as act:
            found = campaigns.status(act, campaign.campaign_id)
        assert found.campaign.audience == chosen
    with world.acting("105") as act:
        assert len(campaigns.distribute(act, MISSION, audience=Audience(languages=("fr",))).recipients) == 1
    assert "Goes to unit Engineers." in found.as_text()
    with pytest.raises(InputError, match="Nobody in service fits"), world.acting("105") as act:
        campaigns.distribute(act, MISSION, audience=Audience(units=("Navy",)))

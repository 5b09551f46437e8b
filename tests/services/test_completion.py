"""How far campaigns have come, as the database counts it and as it may be told."""

import csv
import io
import json
import time
from dataclasses import replace
from datetime import date
from itertools import count

import pytest
from openpyxl import load_workbook

from geo_offlimits.domain.acknowledgement import Acknowledgement, Channel, Strength
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.domain.completion import Figures, Trend
from geo_offlimits.domain.people import NotPermittedError, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import InputError
from geo_offlimits.formats import briefing as sheets
from geo_offlimits.formats import figures_file
from geo_offlimits.services import (
    acknowledging,
    briefing,
    campaigns,
    completion,
    leave,
    packages,
    people,
    quarter,
    standings,
)
from tests.services.conftest import MISSION, World
from tests.services.conftest import STAFF as PEOPLE
from tests.services.test_asking import acknowledge, status

CIVILIAN, MILITARY, POLICE = PersonnelCategory.CIVILIAN, PersonnelCategory.MILITARY, PersonnelCategory.POLICE
_ids = count(1)


def joined(
    world: World, unit: str, how_many: int, category: PersonnelCategory = POLICE, sector: str | None = None
) -> list[str]:
    """New people of a unit, by their numbers."""
    numbers = [f"T-{next(_ids)}" for _ in range(how_many)]
    with world.acting("100") as act:
        for number in numbers:
            act.tx.people.add(
                Person(
                    person_id=f"p_{number}",
                    number=number,
                    name=f"Name {number}",
                    unit=unit,
                    category=category,
                    mission=MISSION,
                    sector=sector,
                ),
                act.now,
            )
            act.record(AuditTag.PERSON_ADDED, subject=f"p_{number}")
            people.grant_role(act, number, RoleGrant(role=Role.STAFF, mission=MISSION))
    return numbers


def distributed(world: World, deadline: date | None = None) -> Campaign:
    world.listed("Blue Lantern")
    world.published()
    with world.acting("105") as act:
        return campaigns.distribute(act, MISSION, deadline=deadline)


def told(world: World, campaign: Campaign, by: str) -> dict[str, Figures]:
    with world.reading(by) as act:
        return completion.of_campaign(act, campaign.campaign_id).units()


def test_each_stands_where_the_rules_say_and_is_counted_there_by_both_stores(world: World) -> None:
    campaign = distributed(world, date(2026, 3, 16))
    acknowledge(world, "101", "103", "104")
    with world.acting("100") as act:
        people.depart(act, "104")  # having acknowledged: out all the same
    with world.acting("105") as act:
        leave.enter(act, "108", date(2026, 3, 2), date(2026, 3, 30))
        leave.enter(act, "109", date(2026, 3, 3), date(2026, 3, 5))
    world.clock.later(days=15)
    stand = status(world, campaign)  # holds that the database counts as `services.standings` tells of each
    assert stand["acknowledged"] == {"101", "103"}
    assert stand["paused"] == {"108"}
    assert "109" not in stand["overdue"]  # back since, and with the days that everybody had
    assert stand["overdue"] == {"100", "102", "105", "106", "107", "110"}
    world.listed("Red Door", lon=-29.8)
    world.published()
    acknowledge(world, "102")  # a newer edition
    assert status(world, campaign)["acknowledged"] == {"101", "102", "103"}


def test_people_count_in_the_sector_of_then(world: World) -> None:
    joined(world, "Patrols", 6, sector="North")
    campaign = distributed(world)
    world.clock.later(days=1)
    with world.acting("100") as act:
        for person in act.tx.people.of_mission(MISSION):
            if person.sector:
                act.tx.people.replace(replace(person, sector="South"), act.now)
                act.record(AuditTag.PERSON_ADDED, subject=person.person_id)
    with world.reading("101") as act:
        found = completion.of_campaign(act, campaign.campaign_id)
    assert found.sectors()["North"].asked == 6
    assert "South" not in found.sectors()
    assert found.only(sector="North").whole.asked == 6


def test_a_manager_reads_the_own_unit_as_it_is_and_of_others_what_may_be_told(world: World) -> None:
    patrol = joined(world, "Patrols", 9)
    campaign = distributed(world)
    acknowledge(world, *patrol[:7])
    for by in ("105", "101", "106"):
        found = told(world, campaign, by)["Patrols"]
        assert (found.asked, str(found.acknowledged), str(found.outstanding)) == (9, "5–8", "<5")
    own = told(world, campaign, "105")["Headquarters"]
    assert (own.asked, str(own.outstanding)) == (3, "3")
    assert told(world, campaign, "101")["Headquarters"].left_out == 1
    with pytest.raises(NotPermittedError), world.reading("108") as act:
        completion.editions(act, MISSION)


def test_a_manager_of_another_mission_has_no_unit_of_the_same_name_here(world: World) -> None:
    campaign = distributed(world)
    with world.acting("100") as act:
        person = act.tx.people.find("105")
        assert person
        act.tx.people.replace(replace(person, mission="MORO"), act.now)
        act.record(AuditTag.PERSON_ADDED, subject=person.person_id)
    with world.reading("105") as act:
        found = campaigns.status(act, campaign.campaign_id)
    assert found.own is None
    assert found.completion.own is None


def moved(world: World, number: str, unit: str) -> None:
    with world.acting("100") as act:
        person = act.tx.people.find(number)
        assert person
        act.tx.people.replace(replace(person, unit=unit), act.now)
        act.record(AuditTag.PERSON_ADDED, subject=person.person_id)


def test_staff_acknowledge_and_the_status_says_who_is_missing_by_unit(world: World) -> None:
    campaign = distributed(world)
    for number in ("103", "108"):
        with world.reading(number) as act:
            assert standings.mine(act, MISSION) == 1
        acknowledge(world, number)
        with world.reading(number) as act:
            assert standings.mine(act, MISSION) is None
    moved(world, "105", "Police")
    with world.reading("105") as act:
        found = campaigns.status(act, campaign.campaign_id)
    units = {unit: (one.asked, str(one.acknowledged), one.left_out) for unit, one in found.completion.units().items()}
    # Of the own unit all is told, of the others, which are under five, that there are some.
    assert units == {
        "Conduct": (0, "0", 1),
        "Engineers": (0, "0", 1),
        "Headquarters": (0, "0", 1),
        "Police": (3, "1", 0),
        "Support": (0, "0", 1),
    }
    assert found.completion.whole.share == pytest.approx(1 / 3)
    assert "still missing: 104  Pavo Lind" in found.as_text()
    assert "Kon Tract" not in found.as_text()
    assert json.loads(json.dumps(found.as_json()))["own_unit"] == {
        "unit": "Police",
        "acknowledged": ["103"],
        "outstanding": ["104", "109"],
        "declined": {},
        "overdue": [],
        "informed": [],
        "paused": [],
    }


@pytest.mark.parametrize("number", ["101", "106"])
def test_a_head_and_conduct_read_no_name_and_no_number_of_a_small_unit(world: World, number: str) -> None:
    campaign = distributed(world)
    acknowledge(world, "103")
    moved(world, number, "Police")
    with world.reading(number) as act:
        found = campaigns.status(act, campaign.campaign_id)
        names = [name for name, *_ in PEOPLE.values()]
    assert found.own is None
    assert found.completion.units()["Police"].left_out == 1
    assert not [name for name in names if name in found.as_text() + str(found.as_json())]


@pytest.mark.parametrize("number", ["105", "101"])
def test_whoever_distributes_gets_blank_sheets_of_all_units_that_tell_of_nobody_where_they_stand(
    world: World, number: str
) -> None:
    campaign = distributed(world)
    with world.reading(number) as act:
        before = packages.files(act, campaign.campaign_id, world.keyring)
        offered = packages.offered(act, campaign.campaign_id)
    assert offered == dict.fromkeys(("Conduct", "Engineers", "Headquarters", "Police", "Support"), ("en",))
    blank = {name: sheet for name, sheet in before.items() if name.startswith("acknowledgement-")}
    asked = [name.encode() for name, *_ in PEOPLE.values()]
    assert len([name for name in asked if any(name in sheet for sheet in blank.values())]) == len(PEOPLE)
    acknowledge(world, "103", "110")
    with world.acting("109") as act:
        acknowledging.refuse(act, MISSION, 1, campaign.edition_sha256, "en")
    with world.acting("105") as act:
        leave.enter(act, "108", date(2026, 3, 2), date(2026, 3, 30))
    with world.reading(number) as act:
        assert packages.files(act, campaign.campaign_id, world.keyring) == before
        name, alone = packages.sheet(act, campaign.campaign_id, "Engineers", "en", packages.SheetForm.CSV)
    assert blank[name] == alone


def test_the_trend_counts_by_the_days_of_the_mission_and_ends_today(world: World) -> None:
    patrol = joined(world, "Patrols", 20)
    campaign = distributed(world, date(2026, 3, 16))
    for number in (6, 0, 4):
        acknowledge(world, *patrol[:number])
        del patrol[:number]
        world.clock.later(days=1)
    with world.reading("101") as act:
        found = completion.of_campaign(act, campaign.campaign_id)
    assert found.trend == Trend(days=tuple(date(2026, 3, day) for day in (2, 3, 4, 5)), deadline=date(2026, 3, 16))
    assert [str(one) for one in found.units()["Patrols"].by_day] == ["6", "6", "10", "10"]
    world.clock.later(days=100)
    with world.reading("101") as act:
        days = completion.of_campaign(act, campaign.campaign_id).trend.days
    assert len(days) <= completion.MOST_DAYS
    assert days[-1] == date(2026, 6, 13)


def test_files_hold_what_may_be_told_and_no_formula(world: World) -> None:
    patrol = joined(world, "=HYPERLINK(1)", 9)
    campaign = distributed(world)
    acknowledge(world, *patrol[:7])
    with world.reading("101") as act:
        found = completion.of_campaign(act, campaign.campaign_id)
        editions = [(one.campaign.edition_number, one.figures) for one in completion.editions(act, MISSION)]
    rows = list(figures_file.rows(found, editions))
    text = figures_file.as_csv(figures_file.HEADINGS, rows).decode("utf-8-sig")
    read_back = {(row[0], row[1]): row[2:] for row in csv.reader(io.StringIO(text))}
    assert read_back["Unit", "'=HYPERLINK(1)"][:3] == ["9", "5–8", "<5"]
    assert read_back["Edition", "1"][:3] == ["9", "5–8", "<5"]
    book = load_workbook(io.BytesIO(figures_file.as_workbook("Figures", "About", figures_file.HEADINGS, rows, ["=1"])))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert book["Figures"]["B3"].value in {unit for _, unit in read_back} | {"Conduct"}


def test_a_quarter_tells_numbers_alone(world: World) -> None:
    joined(world, "Patrols", 9)
    world.listed("Red Door", lon=-29.8)
    distributed(world, date(2026, 3, 4))
    world.clock.later(days=5)
    with world.reading("101") as act:
        found = quarter.report(act, MISSION, quarter.quarter("2026Q1"))
        other = quarter.report(act, MISSION, quarter.quarter("2025-q4"))
    assert (found.editions, found.added, found.removed, found.campaigns) == (1, 2, 0, 1)
    assert (found.whole.asked, found.whole.left_out) == (9, 5)
    assert str(found.by_category[POLICE].by_day[0]) == "0"
    assert str(found.by_category[POLICE].overdue) == "9"
    assert (other.editions, other.campaigns, other.whole) == (0, 0, Figures())
    assert "Patrols" not in str(found.as_json())


@pytest.mark.parametrize("text", ["2026Q5", "2026", "Q1", "0000Q1", "2026Q1; DROP"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="2026Q4"):
        quarter.quarter(text)


def test_quarters_begin_and_end_with_their_months() -> None:
    found = [quarter.quarter(f"2026Q{number}") for number in (1, 4)]
    assert [(one.first, one.last) for one in found] == [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 10, 1), date(2026, 12, 31)),
    ]
    assert quarter.holding(date(2026, 9, 30)).name == "2026Q3"


def test_a_briefing_tells_what_is_new_and_no_reason(world: World) -> None:
    gone = world.listed("Old Mill", lon=-29.7)
    distributed(world)
    world.clock.later(days=40)
    world.lifted(gone.designation_id)
    world.listed("Red Door", lon=-29.8)
    world.published(confirm_removals=True)
    with world.reading("105") as act:
        found = briefing.briefing(act, world.wiring.shelf, MISSION)
        whole = briefing.briefing(act, world.wiring.shelf, MISSION, since=date(2026, 1, 1))
    page = sheets.page(found).decode()
    assert [one.name for one in found.added] == ["Red Door"]
    assert [one.name for one in found.removed] == ["Old Mill"]
    assert "Blue Lantern" not in page
    assert "suspected" not in page.casefold()
    assert found.sha256[:8] in page
    assert [one.name for one in whole.added] == ["Blue Lantern", "Red Door"]
    assert found.missing
    assert str(found.missing.figures.outstanding) == "3"
    with world.reading("101") as act:
        missing = briefing.briefing(act, world.wiring.shelf, MISSION, unit="Headquarters").missing
    assert missing
    assert missing.figures.left_out == 1


def test_a_briefing_is_read_from_right_to_left_where_its_language_is(world: World) -> None:
    distributed(world)
    with world.reading("105") as act:
        found = briefing.briefing(act, world.wiring.shelf, MISSION)
    assert '<article class="paper briefing" lang="ar" dir="rtl">' in sheets.sheet(found, language="ar")


@pytest.mark.parametrize(
    ("day", "before"), [(date(2026, 3, 31), date(2026, 2, 28)), (date(2026, 1, 5), date(2025, 12, 5))]
)
def test_a_month_before_is_the_same_day_or_the_last(day: date, before: date) -> None:
    assert briefing.a_month_before(day) == before


def acknowledged_by_some(world: World, campaign: Campaign) -> None:
    """By every fifth, others at each edition, as rows: it is not about acknowledging."""
    with world.acting("105") as act:
        for one in campaign.recipients[campaign.edition_number :: 5]:
            act.tx.acknowledgements.add(
                Acknowledgement(
                    person_id=one.person_id,
                    mission=MISSION,
                    edition_number=campaign.edition_number,
                    edition_sha256=campaign.edition_sha256,
                    statement_sha256="0" * 64,
                    language="en",
                    acknowledged_at=act.now,
                    recorded_at=act.now,
                    channel=Channel.PAGE,
                    strength=Strength.PASSPHRASE,
                    entered_by=one.person_id,
                )
            )
        act.record(AuditTag.ACKNOWLEDGED, subject=campaign.campaign_id)


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(600, id="600"),
        pytest.param(20_000, id="20000", marks=(pytest.mark.deep, pytest.mark.timeout(900))),
    ],
)
def test_five_campaigns_of_many_people_are_counted_quickly(world: World, size: int) -> None:
    units = min(400, size // 5)  # of five and more, since smaller groups are not told of
    with world.acting("100") as act:
        many = (
            Person(
                person_id=f"p_m{at}",
                number=f"M-{at}",
                name=f"Name {at}",
                unit=f"Unit {at % units}",
                category=list(PersonnelCategory)[at % units % 5],
                mission=MISSION,
                sector=("North", "South")[at % 2],
            )
            for at in range(size)
        )
        act.tx.people.add_all(many, RoleGrant(role=Role.STAFF, mission=MISSION), act.now)
        act.record(AuditTag.PERSON_ADDED, subject="p_m0")
    for at in range(5):
        world.listed(f"Bar {at}", lon=-29.8 + at / 1000)
        world.published()
        with world.acting("105") as act:
            last = campaigns.distribute(act, MISSION, deadline=date(2026, 4, 30))
        acknowledged_by_some(world, last)
        world.clock.later(days=4)
    with world.reading("101") as act:
        started = time.process_time()  # others may be busy on the machine
        found = completion.of_campaign(act, last.campaign_id)
        editions = completion.editions(act, MISSION)
        spent_s = time.process_time() - started
    assert len(editions) == 5
    assert found.whole.asked > 0.9 * size
    print(f"{size} people, five campaigns: {spent_s:.2f} s")  # noqa: T201  (told by the deep run)
    assert spent_s < 10 * size / 20_000 + 1


def test_monitoring_is_told_no_share_of_groups_that_are_all_too_small(world: World) -> None:
    distributed(world)
    with world.reading(None) as act:
        assert campaigns.outstanding_share(act, MISSION) is None
    joined(world, "Patrols", 9)
    with world.acting("105") as act:
        campaigns.distribute(act, MISSION)
    with world.reading(None) as act:
        assert campaigns.outstanding_share(act, MISSION) == 1.0

"""One edition goes to everybody and comes back acknowledged, on the page and on paper."""

import csv
import hashlib
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest

from geo_offlimits.delivery.envelopes import EDITION_TYPE, verify
from geo_offlimits.domain.acknowledgement import STATEMENT, Channel, Strength
from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.formats.sheet_reading import read_sheet
from geo_offlimits.services import acknowledging, campaigns, packages, people, sheets, standings
from geo_offlimits.services.acknowledging import OldEditionError
from geo_offlimits.services.campaign_access import UnknownCampaignError
from geo_offlimits.services.editions import NothingPublishedError
from tests.services.conftest import MISSION, START, World
from tests.services.test_asking import status


def opened(world: World, deadline: date | None = None) -> Campaign:
    world.listed("Blue Lantern")
    world.published()
    with world.acting("105") as act:
        return campaigns.distribute(act, MISSION, deadline=deadline)


def acknowledge(world: World, number: str, language: str = "en") -> None:
    with world.acting(number) as act:
        header = act.tx.editions.header(MISSION)
        assert header
        acknowledging.acknowledge(act, MISSION, header.number, header.sha256, language)


def outstanding(world: World, campaign: Campaign) -> set[str]:
    return status(world, campaign)["outstanding"]


def package(world: World, campaign: Campaign) -> dict[str, bytes]:
    with world.reading("105") as act:
        return packages.files(act, campaign.campaign_id, world.keyring)


def filled(sheet: bytes, dates: dict[str, str]) -> bytes:
    """The sheet as somebody fills it in with a spreadsheet and saves it with semicolons."""
    rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
    header = next(row for row in rows if row and row[0].startswith("Number"))
    column = next(place for place, cell in enumerate(header) if cell.startswith("Acknowledged"))
    for row in rows[rows.index(header) + 1 :]:
        row[column] = dates.get(row[0].lstrip("'"), "")
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode("utf-8")


def test_a_campaign_asks_everybody_who_serves_that_day(world: World) -> None:
    with world.acting("100") as act:
        people.depart(act, "110")
    campaign = opened(world, deadline=date(2026, 3, 20))
    assert {one.number for one in campaign.recipients} == {str(n) for n in range(100, 110)}
    assert campaign.edition_number == 1
    leaf = world.leaves()[-1]
    assert (leaf["tag"], leaf["facts"]["recipients"]) == ("campaign:opened", 10)
    assert "Orla" not in str(leaf)


def test_an_acknowledgement_holds_the_hash_the_statement_and_who_gave_it(world: World) -> None:
    opened(world)
    acknowledge(world, "108", language="fr-CA")
    with world.reading("105") as act:
        (given,) = act.tx.acknowledgements.standing(MISSION, 1)
        header = act.tx.editions.header(MISSION)
    assert header
    assert given.edition_sha256 == header.sha256
    assert given.statement_sha256 == hashlib.sha256(STATEMENT["fr"].encode()).hexdigest()
    assert (given.language, given.channel, given.strength) == ("fr", Channel.PAGE, Strength.PASSPHRASE)
    assert given.person_id == given.entered_by == "p_108"
    leaf = world.leaves()[-1]
    assert (leaf["tag"], leaf["facts"]["sha256"]) == ("acknowledgement:recorded", header.sha256)


def test_in_a_language_the_edition_does_not_have_the_english_statement_stands(world: World) -> None:
    opened(world)
    acknowledge(world, "108", language="sw")
    with world.reading("105") as act:
        assert act.tx.acknowledgements.standing(MISSION, 1)[0].language == "en"


def test_acknowledging_twice_is_recorded_once(world: World) -> None:
    opened(world)
    acknowledge(world, "108")
    before = world.tags()
    acknowledge(world, "108")
    assert world.tags() == before


def test_what_is_no_longer_current_is_refused_with_both_numbers(world: World) -> None:
    opened(world)
    with world.reading("108") as act:
        shown = act.tx.editions.header(MISSION)
    assert shown
    world.listed("Another", lon=-29.8)
    world.published()
    with pytest.raises(OldEditionError, match="edition 1 of PELA; edition 2 is current"), world.acting("108") as act:
        acknowledging.acknowledge(act, MISSION, 1, shown.sha256, "en")
    with pytest.raises(OldEditionError, match="not edition 2"), world.acting("108") as act:
        acknowledging.acknowledge(act, MISSION, 2, shown.sha256, "en")
    with world.reading("105") as act:
        assert act.tx.acknowledgements.standing(MISSION, 1) == ()
    assert world.tags()[-1] == "act:refused"


def test_without_an_edition_there_is_nothing_to_acknowledge_or_distribute(world: World) -> None:
    with world.reading("108") as act:
        assert standings.mine(act, MISSION) is None
    with pytest.raises(NothingPublishedError), world.acting("108") as act:
        acknowledging.acknowledge(act, MISSION, 1, "0" * 64, "en")
    with pytest.raises(NothingPublishedError), world.acting("105") as act:
        campaigns.distribute(act, MISSION)


def test_nobody_is_asked_before_a_campaign_is_open_or_after_it_is_closed(world: World) -> None:
    world.listed()
    world.published()
    with world.reading("108") as act:
        assert standings.mine(act, MISSION) is None
    with world.acting("105") as act:
        campaign = campaigns.distribute(act, MISSION)
    with world.acting("105") as act:
        campaigns.close(act, campaign.campaign_id)
    with world.reading("108") as act:
        assert standings.mine(act, MISSION) is None
        assert act.tx.campaigns.get(campaign.campaign_id)
    with pytest.raises(RefusedError, match="closed"), world.acting("105") as act:
        campaigns.close(act, campaign.campaign_id)
    with world.reading("105") as act:
        with pytest.raises(RefusedError, match="closed"):
            packages.files(act, campaign.campaign_id, world.keyring)
        assert campaigns.status(act, campaign.campaign_id).closed


def test_a_newer_edition_acknowledged_counts_for_an_older_campaign(world: World) -> None:
    campaign = opened(world)
    world.listed("Another", lon=-29.8)
    world.published()
    with world.reading("108") as act:
        assert standings.mine(act, MISSION) == 2
    acknowledge(world, "108")
    assert "108" not in outstanding(world, campaign)


def test_only_the_current_edition_is_distributed(world: World) -> None:
    opened(world)
    world.listed("Another", lon=-29.8)
    world.published()
    with pytest.raises(RefusedError, match="edition 2, which is current"), world.acting("105") as act:
        campaigns.distribute(act, MISSION, 1)
    with pytest.raises(InputError, match="later day"), world.acting("105") as act:
        campaigns.distribute(act, MISSION, "current", START.date() - timedelta(days=1))


@pytest.mark.parametrize("number", ["103", "106", "107", "108", "100", "201"])
def test_who_may_not_distribute_opens_packs_and_closes_nothing(world: World, number: str) -> None:
    campaign = opened(world)
    with pytest.raises(NotPermittedError), world.acting(number) as act:
        campaigns.distribute(act, MISSION)
    with pytest.raises(AbsentError), world.reading(number) as act:
        packages.files(act, campaign.campaign_id, world.keyring)
    with pytest.raises(AbsentError), world.acting(number) as act:
        campaigns.close(act, campaign.campaign_id)


@pytest.mark.parametrize(
    ("number", "may"), [("101", True), ("106", True), ("108", False), ("103", False), ("201", False)]
)
def test_the_status_is_for_those_who_may_read_it(world: World, number: str, may: bool) -> None:
    campaign = opened(world)
    if may:
        with world.reading(number) as act:
            assert campaigns.latest(act, MISSION).campaign_id == campaign.campaign_id
            assert campaigns.headers(act, MISSION)[0].campaign_id == campaign.campaign_id
    else:
        with pytest.raises(AbsentError), world.reading(number) as act:
            campaigns.status(act, campaign.campaign_id)
        with pytest.raises(AbsentError), world.reading(number) as act:
            campaigns.headers(act, MISSION)


def test_a_campaign_that_does_not_exist_is_absent(world: World) -> None:
    with world.reading("105") as act:
        with pytest.raises(UnknownCampaignError):
            campaigns.status(act, "C-00000000")
        with pytest.raises(UnknownCampaignError):
            campaigns.latest(act, MISSION)


def test_the_package_holds_the_list_its_signature_the_page_and_a_sheet_a_unit(world: World) -> None:
    campaign = opened(world)
    files = package(world, campaign)
    assert set(files) == {
        "PELA-edition-1.geojson",
        "PELA-edition-1.geojson.dsse",
        "PELA-edition-1.en.html",
        "PELA-edition-1.fr.html",
        *(
            f"acknowledgement-{unit}.{form}"
            for unit in ("conduct", "engineers", "headquarters", "police", "support")
            for form in ("csv", "html")
        ),
    }
    content = files["PELA-edition-1.geojson"]
    assert hashlib.sha256(content).hexdigest() == campaign.edition_sha256
    assert verify(files["PELA-edition-1.geojson.dsse"], world.keyring.public_keys(), EDITION_TYPE) == content
    page = files["PELA-edition-1.en.html"].decode()
    assert "Blue Lantern" in page
    assert world.keyring.public_keys()[-1].fingerprint[:8] in page
    assert "Kon Tract" in files["acknowledgement-engineers.csv"].decode()


def test_units_with_names_alike_get_files_of_their_own(world: World) -> None:

    with world.acting("100") as act:
        from geo_offlimits.domain.audit import AuditTag  # noqa: PLC0415

        for number, unit in (("103", "Zone/1"), ("104", "zone 1"), ("109", "Ж")):
            person = act.tx.people.find(number)
            assert person
            act.tx.people.replace(replace(person, unit=unit), act.now)
        act.record(AuditTag.PERSON_ADDED, subject="p_103")
    names = set(package(world, opened(world)))
    assert {"acknowledgement-zone-1.csv", "acknowledgement-zone-1-2.csv", "acknowledgement-unit.csv"} <= names


def test_a_filled_in_sheet_is_read_back(world: World) -> None:
    campaign = opened(world)
    sheet = package(world, campaign)["acknowledgement-engineers.csv"]
    world.clock.later(days=3)
    with world.acting("105") as act:
        report = sheets.import_sheet(act, read_sheet(filled(sheet, {"110": "2026-03-04"})))
    assert (report.recorded, report.already, report.unsigned, report.issues) == (1, 0, 1, ())
    assert outstanding(world, campaign) == {str(n) for n in range(100, 110)}
    with world.reading("105") as act:
        (given,) = act.tx.acknowledgements.standing(MISSION, 1)
    assert (given.person_id, given.entered_by, given.channel, given.strength) == (
        "p_110",
        "p_105",
        Channel.PAPER,
        Strength.PAPER,
    )
    assert given.acknowledged_at.date() == date(2026, 3, 4)
    assert world.whole()


def test_one_bad_row_of_a_sheet_does_not_stop_the_others(world: World) -> None:
    campaign = opened(world)
    sheet = package(world, campaign)["acknowledgement-police.csv"]
    world.clock.later(days=3)
    dates = {"103": "2026-03-04", "104": "2031-01-01", "109": "some day"}
    with world.acting("105") as act:
        report = sheets.import_sheet(act, read_sheet(filled(sheet, dates)))
    assert report.recorded == 1
    assert {issue.field for issue in report.issues} == {"acknowledged"}
    assert len(report.issues) == 2
    assert all(issue.row for issue in report.issues)
    assert "1 recorded" in report.as_text()
    assert report.as_json()["recorded"] == 1


def test_paper_of_the_day_of_issue_counts_from_the_issue(world: World) -> None:
    campaign = opened(world)
    sheet = package(world, campaign)["acknowledgement-engineers.csv"]
    world.clock.later(hours=1)
    with world.acting("105") as act:
        sheets.import_sheet(act, read_sheet(filled(sheet, {"110": "2026-03-02"})))
    with world.reading("105") as act:
        (given,) = act.tx.acknowledgements.standing(MISSION, 1)
    assert START.replace(microsecond=0) <= given.acknowledged_at <= world.clock.now


def test_nobody_enters_their_own_paper(world: World) -> None:
    campaign = opened(world)
    sheet = package(world, campaign)["acknowledgement-headquarters.csv"]
    with world.acting("105") as act:
        report = sheets.import_sheet(act, read_sheet(filled(sheet, {"105": "2026-03-02", "101": "2026-03-02"})))
    assert report.recorded == 1
    assert [issue.value for issue in report.issues] == ["105"]
    assert "105" in outstanding(world, campaign)


def test_a_number_that_is_not_of_the_campaign_is_an_issue(world: World) -> None:
    campaign = opened(world)
    sheet = package(world, campaign)["acknowledgement-engineers.csv"].replace(b'"110"', b'"00110"')
    with world.acting("105") as act:
        report = sheets.import_sheet(act, read_sheet(filled(sheet, {"00110": "2026-03-02"})))
    assert report.recorded == 0
    assert "leading zeros" in report.issues[0].remedy


def test_a_row_whose_name_is_not_that_of_its_number_is_an_issue_and_credits_nobody(world: World) -> None:
    campaign = opened(world)
    sheet = package(world, campaign)["acknowledgement-engineers.csv"]
    forged = filled(sheet, {"110": "2026-03-02", "108": "2026-03-02"}).replace(b"Kon Tract", b"Ilsa Brand")
    before = outstanding(world, campaign)
    with world.acting("105") as act:
        report = sheets.import_sheet(act, read_sheet(forged))
    assert report.recorded == 1
    (issue,) = report.issues
    assert (issue.field, issue.value, issue.reason) == ("name", "Ilsa Brand", "number 110 is that of another person")
    assert issue.remedy
    assert "p110@" not in str(report.as_json())
    assert before - outstanding(world, campaign) == {"108"}


def test_paper_about_an_older_edition_still_counts_for_its_own_campaign(world: World) -> None:
    campaign = opened(world)
    sheet = package(world, campaign)["acknowledgement-engineers.csv"]
    world.listed("Another", lon=-29.8)
    world.published()
    with world.acting("105") as act:
        report = sheets.import_sheet(act, read_sheet(filled(sheet, {"110": "2026-03-02"})))
    assert report.recorded == 1
    assert "110" not in outstanding(world, campaign)
    with world.reading("110") as act:
        assert standings.mine(act, MISSION) is None


def test_a_sheet_of_another_campaign_is_refused(world: World) -> None:
    first = opened(world)
    sheet = package(world, first)["acknowledgement-engineers.csv"]
    with world.acting("105") as act:
        second = campaigns.distribute(act, MISSION)
    with pytest.raises(InputError, match="its own campaign"), world.acting("105") as act:
        sheets.import_sheet(act, read_sheet(sheet), second.campaign_id)
    with pytest.raises(InputError), world.acting("105") as act:
        sheets.import_sheet(act, read_sheet(b"number,name\n1,x\n"))


@pytest.mark.parametrize("number", ["101", "106", "108", "201"])
def test_only_those_who_may_enter_paper(world: World, number: str) -> None:
    sheet = package(world, opened(world))["acknowledgement-engineers.csv"]
    with pytest.raises(AbsentError), world.acting(number) as act:
        sheets.import_sheet(act, read_sheet(filled(sheet, {"110": "2026-03-02"})))


def test_the_hash_of_a_sheet_cannot_be_changed(world: World) -> None:
    campaign = opened(world)
    sheet = package(world, campaign)["acknowledgement-engineers.csv"]
    forged = sheet.replace(campaign.edition_sha256.encode(), b"0" * 64)
    with pytest.raises(InputError), world.acting("105") as act:
        sheets.import_sheet(act, read_sheet(filled(forged, {"110": "2026-03-02"})))


def test_a_person_is_themselves_by_number_and_address(world: World) -> None:
    with world.reading("108") as act:
        assert acknowledging.is_self(act, "108")
        assert acknowledging.is_self(act, "P108@PELA.example")
        assert not acknowledging.is_self(act, "109")
        assert not acknowledging.is_self(act, "nobody")

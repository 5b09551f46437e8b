"""Signed sheets that come back: once, of their own campaign, entered by another, with the hash of what was signed."""

import csv
import hashlib
import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from geo_offlimits.domain.acknowledgement import Acknowledgement, AcknowledgementState, Channel, Strength
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.formats import pdf
from geo_offlimits.formats.pdf import NoTypesetterError
from geo_offlimits.formats.sheet_reading import read_sheet
from geo_offlimits.services import campaigns, packages, sheets
from geo_offlimits.services.campaign_access import own_unit
from geo_offlimits.services.packages import SheetForm
from geo_offlimits.services.sheets import LargeScanError, SheetEnteredError, SheetReport, TypedSheet
from tests.services.conftest import MISSION, World
from tests.services.test_acknowledged import PAPER, enter
from tests.services.test_campaigns import acknowledge, opened, outstanding, package

SCAN = hashlib.sha256(b"a photo").hexdigest()
ENGINEERS = "acknowledgement-engineers.csv"


def given(world: World, number: int = 1) -> dict[str, Acknowledgement]:
    with world.reading("105") as act:
        return {one.person_id: one for one in act.tx.acknowledgements.standing(MISSION, number) if one.counts}


def filled(sheet: bytes, **rows: tuple[str, str, str]) -> bytes:
    """_110=(date, explained by, in language)."""
    told = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
    for row in told:
        row[3:6] = rows.get(f"_{row[0]}", tuple(row[3:6]))
    text = io.StringIO()
    csv.writer(text).writerows(told)
    return text.getvalue().encode()


def read_in(world: World, content: bytes, scan: str | None = None, by: str = "105") -> SheetReport:
    with world.acting(by) as act:
        return sheets.import_sheet(act, read_sheet(content), scan_sha256=scan)


def typed(world: World, campaign: Campaign, *signed: str, by: str = "105", **told: Any) -> SheetReport:
    facts: dict[str, Any] = {"unit": "Engineers", "on": None, "language": "fr", "signed": frozenset(signed)}
    scan = told.pop("scan", None)
    with world.acting(by) as act:
        return sheets.type_in(act, campaign.campaign_id, TypedSheet(**facts | told), scan_sha256=scan)


def test_the_hash_of_the_file_stands_in_what_came_from_it_and_in_no_other(world: World) -> None:
    sheet = package(world, opened(world))[ENGINEERS]
    content = filled(sheet, _110=("2026-03-02", "", ""))
    report = read_in(world, content)
    made = given(world)["p_110"]
    assert report.sheet_sha256 == made.sheet_sha256 == hashlib.sha256(content).hexdigest()
    assert (made.channel, made.explained_by, made.language) == (Channel.PAPER, None, "en")
    assert enter(world, PAPER).sheet_sha256 is None
    assert world.whole()


def test_where_there_is_a_scan_its_hash_is_kept_in_place_of_the_file_s(world: World) -> None:
    sheet = package(world, opened(world))[ENGINEERS]
    assert read_in(world, filled(sheet, _110=("2026-03-02", "", "")), SCAN).sheet_sha256 == SCAN
    assert given(world)["p_110"].sheet_sha256 == SCAN


def test_a_sheet_cannot_be_entered_twice_and_who_did_is_told(world: World) -> None:
    campaign = opened(world)
    sheet = package(world, campaign)[ENGINEERS]
    content = filled(sheet, _110=("2026-03-02", "", ""))
    read_in(world, content)
    before = given(world)
    told = "entered on 2026-03-02 by .*: 1 acknowledgements of edition 1"
    with pytest.raises(SheetEnteredError, match=told):
        read_in(world, content)
    typed(world, campaign, "p_108", scan=SCAN)
    with pytest.raises(SheetEnteredError, match="1 acknowledgements"):
        typed(world, campaign, "p_108", scan=SCAN)
    assert set(given(world)) == {*before, "p_108"}
    assert given(world)["p_110"] == before["p_110"]


def test_a_scan_of_another_edition_s_sheet_is_told_with_its_edition(world: World) -> None:
    typed(world, opened(world), "p_108", scan=SCAN)
    world.listed("Another", lon=-29.8)
    world.published()
    with world.acting("105") as act:
        second = campaigns.distribute(act, MISSION)
    with pytest.raises(SheetEnteredError, match="of edition 1 of"):
        typed(world, second, "p_108", scan=SCAN)
    assert given(world, 2) == {}


def test_what_was_explained_stands_with_who_did_and_in_which_language(world: World) -> None:
    sheet = package(world, opened(world))[ENGINEERS]
    report = read_in(world, filled(sheet, _110=("2026-03-02", "101", "dyu"), _108=("2026-03-02", "", "")))
    assert (report.recorded, report.issues) == (2, ())
    oral, paper = given(world)["p_110"], given(world)["p_108"]
    assert (oral.channel, oral.strength, oral.language) == (Channel.ORAL, Strength.ORAL, "dyu")
    assert (oral.explained_by, oral.entered_by) == ("p_101", "p_105")
    assert (paper.channel, paper.explained_by) == (Channel.PAPER, None)
    assert oral.sheet_sha256 == paper.sheet_sha256


@pytest.mark.parametrize(
    ("by", "language", "field"),
    [
        ("110", "dyu", "explained_by"),  # themselves
        ("201", "dyu", "explained_by"),  # of another mission
        ("nobody", "dyu", "explained_by"),
        ("", "dyu", "explained_by"),
        ("101", "", "explained_in"),
        ("101", "not a language", "explained_in"),
    ],
)
def test_an_explanation_by_nobody_or_in_no_language_is_an_issue(
    world: World, by: str, language: str, field: str
) -> None:
    sheet = package(world, opened(world))[ENGINEERS]
    report = read_in(world, filled(sheet, _110=("2026-03-02", by, language), _108=("2026-03-02", "", "")))
    assert [issue.field for issue in report.issues] == [field]
    assert set(given(world)) == {"p_108"}


def test_a_sheet_of_another_unit_is_entered_and_its_report_names_nobody_whom_the_sheet_does_not(world: World) -> None:
    sheet = package(world, opened(world))[ENGINEERS].replace(b"Kon Tract", b"Somebody Else")
    with world.reading("105") as act:
        assert own_unit(act, MISSION) == "Headquarters"
    report = read_in(world, filled(sheet, _110=("2026-03-02", "", ""), _108=("2026-03-02", "", "")))
    [issue] = report.issues
    assert (issue.field, issue.value, issue.reason) == (
        "name",
        "Somebody Else",
        "number 110 is that of another person",
    )
    assert "Tract" not in report.as_text() + str(report.as_json())
    assert set(given(world)) == {"p_108"}


@pytest.mark.parametrize("fault", [("2026-03-02", "nobody", "dyu"), ("2026-03-02", "101", ""), ("2025-01-01", "", "")])
def test_a_row_that_cannot_be_entered_does_not_tell_whether_it_was_there_already(
    world: World, fault: tuple[str, str, str]
) -> None:
    content = filled(package(world, opened(world))[ENGINEERS], _110=fault)
    before = read_in(world, content)
    acknowledge(world, "110")
    assert read_in(world, content) == before
    assert (before.recorded, before.already, len(before.issues)) == (0, 0, 1)


def test_a_clerk_types_in_who_signed_with_one_date_for_all(world: World) -> None:
    campaign = opened(world)
    world.clock.later(days=3)
    day = world.clock.now.date() - timedelta(days=1)
    report = typed(world, campaign, "p_108", "p_110", on=day, scan=SCAN, explained={"p_110": "dyu"}, explained_by="101")
    assert (report.recorded, report.issues, report.unit) == (2, (), "Engineers")
    made = given(world)
    assert {one.acknowledged_at.date() for one in made.values()} == {day}
    assert {one.sheet_sha256 for one in made.values()} == {SCAN}
    assert (made["p_108"].language, made["p_110"].language) == ("fr", "dyu")
    assert {"108", "110"}.isdisjoint(outstanding(world, campaign))
    assert world.whole()


def test_only_those_of_the_unit_are_entered_and_nobody_themselves(world: World) -> None:
    campaign = opened(world)
    assert typed(world, campaign, "p_108", "p_104", "p_999").recorded == 1
    assert set(given(world)) == {"p_108"}
    report = typed(world, campaign, "p_105", "p_101", unit="Headquarters")
    assert (report.recorded, [issue.value for issue in report.issues]) == (1, ["105"])
    assert "p_105" not in given(world)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"on": date(2026, 3, 1)}, "on"),
        ({"on": date(2026, 3, 3)}, "on"),
        ({"signed": frozenset()}, "signed"),
        ({"explained": {"p_108": "dyu"}}, "explained_by"),
    ],
)
def test_what_cannot_be_on_a_sheet_is_refused_and_enters_nothing(
    world: World, told: dict[str, Any], field: str
) -> None:
    campaign = opened(world)
    with pytest.raises(InputError) as refused:
        typed(world, campaign, "p_108", **told)
    assert [issue.field for issue in refused.value.issues] == [field]
    assert given(world) == {}


@pytest.mark.parametrize("number", ["101", "106", "108", "201"])
def test_only_who_may_enter_paper_types_it_in(world: World, number: str) -> None:
    campaign = opened(world)
    with pytest.raises(AbsentError):
        typed(world, campaign, "p_110", by=number)
    assert given(world) == {}


def test_a_scan_too_large_is_refused_and_none_has_no_hash(world: World) -> None:
    settings = replace(world.wiring.settings, attachment_mb=1)
    assert sheets.digest(b"", settings) is None
    assert sheets.digest(b"a photo", settings) == SCAN
    with pytest.raises(LargeScanError, match="larger than 1 MB"):
        sheets.digest(b"x" * (2**20 + 1), settings)


def test_paper_of_before_a_withdrawal_does_not_undo_it(world: World) -> None:
    campaign = opened(world)
    typed(world, campaign, "p_110", scan=SCAN)
    day = world.clock.now.date()
    world.clock.later(days=1)
    enter(world, replace(PAPER, state=AcknowledgementState.WITHDRAWN, reason="wrong row"), "110")
    report = typed(world, campaign, "p_110", on=day, scan="7" * 64)
    assert (report.recorded, [issue.field for issue in report.issues]) == (0, ["acknowledged"])
    assert given(world) == {}
    assert world.whole()


def test_paper_of_the_day_of_a_withdrawal_says_no_hour_and_does_not_undo_it(world: World) -> None:
    campaign = opened(world)
    typed(world, campaign, "p_110", scan=SCAN)
    world.clock.later(hours=1)
    enter(world, replace(PAPER, state=AcknowledgementState.WITHDRAWN, reason="wrong row"), "110")
    world.clock.later(hours=1)
    today = world.clock.now.date()
    report = typed(world, campaign, "p_110", on=today, scan="7" * 64)
    assert (report.recorded, [issue.field for issue in report.issues]) == (0, ["acknowledged"])
    world.clock.later(days=1)
    assert typed(world, campaign, "p_110", on=world.clock.now.date(), scan="8" * 64).recorded == 1


# ---- handed out ------------------------------------------------------------------------------------------------------


def french(world: World, *numbers: str) -> None:
    with world.acting("100") as act:
        for number in numbers:
            person = act.tx.people.find(number)
            assert person
            act.tx.people.replace(replace(person, language="fr-CA"), act.now)
        act.record(AuditTag.PERSON_ADDED, subject="p_110")


def test_where_a_unit_reads_several_languages_there_is_a_sheet_a_language(world: World) -> None:
    french(world, "110")
    campaign = opened(world)
    made = package(world, campaign)
    assert {name for name in made if "engineers" in name} == {
        f"acknowledgement-engineers.{language}.{form}" for language in ("en", "fr") for form in ("csv", "html")
    }
    page = made["acknowledgement-engineers.fr.html"].decode()
    assert "J’ai pris connaissance de la liste" in page
    assert "I have read the current list" in page  # the source beside it
    assert ("Kon Tract" in page, "Ilsa Brand" in page) == (True, False)
    english = made["acknowledgement-engineers.en.html"].decode()
    assert ("Kon Tract" in english, "J’ai pris" in english) == (False, False)
    with world.acting("105") as act:
        report = sheets.import_sheet(act, read_sheet(signed(made["acknowledgement-engineers.fr.csv"])))
    assert report.recorded == 1
    assert given(world)["p_110"].language == "fr"


def signed(sheet: bytes) -> bytes:
    rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig")), delimiter=";"))
    for row in rows:
        row[3] = "2026-03-02" if row[0] == "110" else row[3]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode()


def test_one_sheet_alone_is_the_one_of_the_package(world: World) -> None:
    campaign = opened(world)
    with world.reading("105") as act:
        name, content = packages.sheet(act, campaign.campaign_id, "Engineers", "en", SheetForm.HTML)
        for nothing in (("Engineers", "fr"), ("Nobody’s", "en")):
            with pytest.raises(AbsentError):
                packages.sheet(act, campaign.campaign_id, *nothing, SheetForm.HTML)
    assert package(world, campaign)[name] == content
    with pytest.raises(AbsentError), world.reading("108") as act:
        packages.sheet(act, campaign.campaign_id, "Engineers", "en", SheetForm.HTML)
    with world.acting("105") as act:
        campaigns.close(act, campaign.campaign_id)
    with pytest.raises(RefusedError, match="closed"), world.reading("105") as act:
        packages.sheet(act, campaign.campaign_id, "Engineers", "en", SheetForm.HTML)


def test_a_package_is_typeset_sheet_by_sheet_and_nothing_else_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = package(world, opened(world))
    monkeypatch.setattr(pdf, "typeset", lambda page: b"%PDF " + page[:15])
    typeset = dict(packages.typeset(made))
    units = ("conduct", "engineers", "headquarters", "police", "support")
    assert typeset == {f"acknowledgement-{unit}.pdf": b"%PDF <!doctype html>" for unit in units}

    def none(_page: bytes) -> bytes:
        raise NoTypesetterError

    monkeypatch.setattr(pdf, "typeset", none)
    with pytest.raises(NoTypesetterError):
        list(packages.typeset(made))

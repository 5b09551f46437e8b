"""The sheet that a unit signs: what stands on it, safe with any name, and the same typeset."""

import re
from dataclasses import replace
from typing import Any

import pytest

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.acknowledgement import STATEMENT
from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.domain.edition import Edition
from geo_offlimits.formats.sheet import UnitSheet, check, write_sheet
from geo_offlimits.formats.sheet_reading import read_sheet
from geo_offlimits.formats.unit_sheet import MOST_NAMED, LongUnitError, code_text, sheet_page, sheet_pdf
from geo_offlimits.layer import delta
from tests import typesetting
from tests.formats.conftest import ENTRIES, edition_of, listed, person
from tests.formats.test_printable import HOSTILE, Reader

ARABIC = "لقد قرأت القائمة الحالية"
ADDRESS = "https://lists.example/campaigns/DEMO/DEMO-C-0001/unit?unit=x"


def sheet_of(campaign: Campaign, edition: Edition, **facts: Any) -> UnitSheet:
    usual = {"unit": "Патрола 1", "recipients": campaign.recipients, "statement": STATEMENT["en"]}
    return UnitSheet(campaign=campaign, edition=edition, **usual | facts)


def text_of(sheet: UnitSheet, language: str = "en") -> str:
    text = Reader(sheet_page(sheet, catalogue(language).gettext).decode()).text
    return re.sub(r" ([:,])", r"\1", text)


def test_it_says_what_is_signed_of_which_edition_and_by_whom(campaign: Campaign, edition: Edition) -> None:
    text = text_of(sheet_of(campaign, edition))
    for told in (STATEMENT["en"], "Edition 4", "31 March 2026", "1 April 2026, 11:00", "Патрола 1", "DEMO-C-0001"):
        assert told in text
    assert "".join(text.split()).count(campaign.edition_sha256) == 1
    for one in campaign.recipients:
        assert one.number in text
    for column in ("Full name", "Number", "Date", "Signature", "Explained orally"):
        assert column in text
    assert "+000 100 300" in text  # the confidential contacts


def test_the_english_stands_beside_a_statement_in_another_language_and_beside_none_of_its_own(
    campaign: Campaign, edition: Edition
) -> None:
    french = sheet_of(campaign, edition, statement=STATEMENT["fr"], source=STATEMENT["en"], language="fr")
    text = text_of(french, "fr")
    assert text.index(STATEMENT["fr"]) < text.index(STATEMENT["en"])
    assert "1 avril 2026" in text
    assert text_of(sheet_of(campaign, edition)).count(STATEMENT["en"]) == 1


def test_what_changed_is_told_by_name_and_in_short(campaign: Campaign) -> None:
    many = tuple(listed(100 + number, f"Bar {number:02}") for number in range(MOST_NAMED + 3))
    before, after = replace(edition_of(*ENTRIES), number=3), edition_of(*ENTRIES[1:], *many)
    text = text_of(sheet_of(campaign, after, changes=delta(before, after)))
    assert "New on the list: Bar 00, Bar 01" in text
    assert f"Bar {MOST_NAMED - 1:02} and 3 more" in text
    assert "No longer on the list: Blue Lantern" in text
    assert "Changed:" not in text
    assert "This is the first edition" in text_of(sheet_of(campaign, after))
    same = replace(after, number=3)
    assert "No entry was added, changed or removed." in text_of(sheet_of(campaign, after, changes=delta(same, after)))


def test_its_code_binds_campaign_unit_and_hash(campaign: Campaign, edition: Edition) -> None:
    plain, linked = sheet_of(campaign, edition), sheet_of(campaign, edition, address=ADDRESS)
    facts = plain.facts
    assert facts["check"] == check(facts)
    lines = code_text(plain).split("\n")
    assert {campaign.campaign_id, "Патрола 1", campaign.edition_sha256, facts["check"]} <= set(lines)
    assert code_text(linked) == f"{ADDRESS}#{campaign.edition_sha256}.{facts['check']}"
    other = sheet_of(replace(campaign, campaign_id="DEMO-C-0002"), edition)
    assert other.facts["check"] != facts["check"]
    assert b"<svg" in sheet_page(plain)


def test_nothing_runs_and_nothing_is_fetched_whatever_people_and_units_are_called(campaign: Campaign) -> None:
    edition = edition_of(*(listed(number, name) for number, name in enumerate(HOSTILE)))
    recipients = tuple(person(str(number), name) for number, name in enumerate(HOSTILE))
    sheet = sheet_of(campaign, edition, recipients=recipients, unit=HOSTILE[0] + HOSTILE[1])
    read = Reader(sheet_page(replace(sheet, changes=delta(replace(edition_of(), number=3), edition))).decode())
    assert {"script", "img", "link", "iframe", "object", "a"} & read.tags == set()
    outside = {"src", "href", "style", "xmlns:xlink"}
    assert [name for name, _ in read.attributes if name.startswith("on") or name in outside] == []
    text = " ".join(read.text.split())
    for name in HOSTILE:
        assert " ".join(name.split()) in text


def test_a_sheet_that_runs_to_the_left_keeps_the_english_running_to_the_right(
    campaign: Campaign, edition: Edition
) -> None:
    sheet = sheet_of(campaign, edition, statement=ARABIC, source=STATEMENT["en"], language="ar")
    page = sheet_page(sheet).decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert f'<p lang="ar" dir="rtl">{ARABIC}</p>' in page
    assert '<p lang="en" dir="ltr">I have read' in page


def test_what_runs_to_the_right_on_a_typeset_sheet_that_runs_to_the_left_keeps_its_order(
    campaign: Campaign, edition: Edition
) -> None:
    typesetting.needed()
    sheet = sheet_of(campaign, edition, statement=ARABIC, language="ar", recipients=(person("D-17", "ليلى 2"),))
    told = typesetting.told(sheet_pdf(sheet))
    assert "24 h" in told
    assert "D-17" in told
    assert "h 24" not in told


def test_it_is_typeset_with_every_name_on_a4(campaign: Campaign, edition: Edition) -> None:
    typesetting.needed()
    recipients = tuple(person(f"P-{number:02}", f"Zoë Ivanović {number}") for number in range(40))
    told = typesetting.told(sheet_pdf(sheet_of(campaign, edition, recipients=recipients)))
    assert re.search(r"Pages: +3\b", told)
    assert "(A4)" in told
    assert sorted(set(re.findall(r"P-\d\d", told))) == [one.number for one in recipients]
    assert told.count("Signature") == 3  # the head of the table on each page


def test_more_people_than_can_be_typeset_are_refused_before_that(campaign: Campaign, edition: Edition) -> None:
    many = tuple(person(str(number), "N") for number in range(1_001))
    sheet = sheet_of(campaign, edition, recipients=many)
    with pytest.raises(LongUnitError, match="up to 1000 people, and this sheet has 1001"):
        sheet_pdf(sheet)
    assert sheet_page(sheet)


def test_people_stand_on_paper_as_they_do_in_the_file(campaign: Campaign, edition: Edition) -> None:
    sheet = sheet_of(campaign, edition)
    assert read_sheet(write_sheet(sheet)).unsigned == len(sheet.people)
    text = text_of(sheet)
    places = [text.index(one.number) for one in sheet.people if one.number != "3-4"]
    assert places == sorted(places)

"""Papers for the outside: safe with any name, without anything from outside, complete on one sheet."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition
from geo_offlimits.domain.mission import Contact, ContactKind, Mission, Organisation
from geo_offlimits.domain.premises import Part
from geo_offlimits.formats.letter import Letter, LetterStanding, Paper, Place, PublicNotice, page
from tests.formats.conftest import ISSUED
from tests.formats.test_printable import HOSTILE, Reader

MISSION = Mission(
    code="DEMO",
    name="Demonstration mission",
    organisation=Organisation.UN,
    timezone="Europe/Paris",
    territory="own",
    contacts=(
        Contact(kind=ContactKind.CONDUCT, name="Conduct team", phone="+000 100 200"),
        Contact(kind=ContactKind.HOTLINE, name="Hotline for staff", phone="+000 100 300"),
    ),
    demonstration=True,
    petition_address="Review board\n1 Quay, Port",
)
LETTER = Letter(
    mission=MISSION,
    reference="DEMO-0001",
    written_on=date(2026, 3, 2),
    standing=LetterStanding.CONSIDERED,
    restriction=Restriction.OFF_LIMITS,
    place=Place(name="Blue Lantern", address="4 Quay", part=Part(floor="3"), position="12.50000, -40.25000"),
    authority="Head of Mission",
    directive="DEMO/DIR/1",
    since=ISSUED,
    until=ISSUED + timedelta(days=9),
    answer_by=date(2026, 3, 16),
)


def notice_of(edition: Edition, place: int = 0) -> PublicNotice:
    return PublicNotice(
        mission=MISSION,
        entry=edition.entries[place],
        authority="Head of Mission",
        edition_number=edition.number,
        issued_at=edition.issued_at,
    )


def text_of(paper: Paper, language: str = "en") -> str:
    return Reader(page(paper, language=language, translate=catalogue(language).gettext).decode()).text


@pytest.mark.parametrize("standing", LetterStanding)
def test_a_letter_says_who_writes_of_what_and_where_to_answer(standing: LetterStanding) -> None:
    text = text_of(replace(LETTER, standing=standing))
    for told in ("Demonstration mission", "2 March 2026", "DEMO-0001", "Blue Lantern", "4 Quay", "Conduct team"):
        assert told in text, told
    assert "DEMONSTRATION – invented island state" in text
    assert "Hotline for staff" not in text
    assert ("Review board" in text) == (standing is not LetterStanding.ENDED)
    assert ("You have until the end of 16 March 2026." in text) == (standing is LetterStanding.CONSIDERED)


def test_a_public_notice_says_for_whom_since_when_and_by_whom(edition: Edition) -> None:
    text = text_of(notice_of(edition, 1))
    for told in (
        "Off limits",
        "Hotel Meridian Club",
        "Плава лампа",
        "Military, Police",
        "1 March 2026",
        "31 August 2026",
    ):
        assert told in text, told
    for told in ("Fri–Sat 20:00–04:00", "Official duty", "Head of Mission", "DEMO/DIR/1", "Edition 4", "Review board"):
        assert told in text, told
    caution = text_of(notice_of(edition, 2))
    assert "advised not to enter" in caution
    assert "must not enter" not in caution


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_runs_or_changes_a_paper(browser: Browser, edition: Edition, name: str) -> None:
    place = replace(LETTER.place, name=name, address=name, other_names=(name,), part=Part(text=name))
    hostile_mission = replace(MISSION, name=name, petition_address=name)
    letter = replace(LETTER, place=place, authority=name, directive=name, mission=hostile_mission)
    entry = replace(edition.entries[0], name=name, address=name, directive=name, exceptions=(name,))
    for paper in (letter, replace(notice_of(edition), entry=entry, mission=hostile_mission)):
        content = page(paper).decode()
        context = browser.new_context(offline=True)
        shown = context.new_page()
        shown.set_content(content)
        assert shown.title().startswith(("Letter to the owner DEMO", "Public notice DEMO"))
        assert shown.locator("script, img, link, iframe").count() == 0
        assert name in shown.locator("body").text_content()  # type: ignore[operator]  # there is a body
        context.close()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_letter_and_a_notice_fit_on_one_sheet_each(browser: Browser, edition: Edition, language: str) -> None:
    translate = catalogue(language).gettext
    context = browser.new_context(offline=True)
    shown = context.new_page()
    for paper in (LETTER, notice_of(edition, 1)):
        shown.set_content(page(paper, language=language, translate=translate).decode())
        assert shown.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    context.close()

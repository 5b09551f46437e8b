"""A unit clerk with forty signed lines: ticked with a thumb or from the keyboard, entered once."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from geo_offlimits.domain.people import Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.services import campaigns, people, postings
from tests import proving
from tests.browser.conftest import LISTINGS, Reader, Site, Watched, served
from tests.browser.test_pages import DESKTOP, PHONE, is_clean

pytestmark = pytest.mark.browser
FORTY = 40
NAMES = ("Zoë Ivanović", "عمر حداد", "Awa Koné", "Иван Петров", "Jean-Baptiste N’Guessan-Kouassi de la Tour")


@pytest.fixture
def ports(tmp_path: Path, browser: Browser) -> Iterator[Reader]:
    """A site where forty people of the unit Ports are asked."""
    for site in served(tmp_path, LISTINGS[:2]):
        _recruit(site)
        reader = Reader(browser, site, Watched())
        yield reader
        for context in reader.contexts:
            context.close()
        assert (reader.watched.complaints, reader.watched.foreign) == ([], [])


def _recruit(site: Site) -> None:
    with site.wiring.reading() as act:
        admin, manager = (proving.actor(act, f"p-{role}") for role in (Role.ADMIN, Role.MANAGER))
    with site.wiring.writing(admin) as act:
        for number in range(FORTY + 2):
            person = Person(
                person_id=f"port-{number}",
                number=f"P-{number:03}",
                name=f"{NAMES[number % len(NAMES)]} {number}",
                unit="Ports · Сектор",
                category=PersonnelCategory.CONTRACTOR,
                mission="ISLE",
                language="en" if number < FORTY else "fr",
            )
            people.add_person(act, person, (RoleGrant(role=Role.STAFF, mission="ISLE"),))
    with site.wiring.writing(manager) as act:
        campaigns.distribute(act, "ISLE")
    with site.wiring.writing(admin) as act:
        postings.move(act, "manager", unit="Ports · Сектор", sector=None)  # who is missing is told to their own manager


def unit_page(reader: Reader, **options: Any) -> Page:
    page = reader.page(who="manager", **options)
    page.goto("/campaigns/ISLE/")
    page.locator("h2 a").first.click()
    ports = page.locator(".unit", has_text="Ports")
    ports.get_by_role("link", name="Sheet to print, and to enter what is signed").click()
    return page


def scan() -> dict[str, Any]:
    return {"name": "signed.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8 signed by forty"}


def entered(reader: Reader) -> int:
    with reader.site.wiring.reading() as act:
        made = act.tx.acknowledgements.standing("ISLE", 1)
    assert {one.entered_by for one in made} <= {"p-manager"}
    return len([one for one in made if one.sheet_sha256])


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_page_of_a_unit_can_be_read_and_pressed_by_everybody(ports: Reader, screen: dict[str, int]) -> None:
    page = unit_page(ports, viewport=screen)
    expect(page.locator("#typed output")).to_have_text("0 of 40 ticked")
    is_clean(page)
    page.locator("summary", has_text="Sheet to print").click()
    page.get_by_label("To some of them it was explained by word of mouth").check()
    expect(page.get_by_label("Explained by (number or e-mail)")).to_be_visible()
    is_clean(page)


def test_forty_are_ticked_from_the_keyboard_and_saved_once(ports: Reader) -> None:
    page = unit_page(ports, viewport=DESKTOP)
    page.get_by_label("Scan or photo of the signed sheet").set_input_files(scan())  # type: ignore[arg-type]
    page.locator("input[name=signed]").first.focus()
    for _ in range(FORTY):
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")  # does not send half a sheet
    expect(page.locator("#typed output")).to_have_text("40 of 40 ticked")
    page.get_by_role("button", name="Enter the acknowledgements").click()
    expect(page.get_by_text("40 acknowledgements were entered from the sheet.")).to_be_visible()
    is_clean(page)
    assert entered(ports) == FORTY


@dataclass
class Pace:
    """What a person takes for it, in seconds; waited for where it is `real`, else added to what the machine took."""

    real: bool
    pretended_s: float = 0.0

    def __call__(self, seconds: float) -> None:
        if self.real:
            time.sleep(seconds)
        else:
            self.pretended_s += seconds


@pytest.mark.parametrize(
    ("screen", "real"),
    [
        pytest.param(PHONE, False, id="phone-quick"),
        pytest.param(PHONE, True, id="phone-deep", marks=pytest.mark.deep),
        pytest.param(DESKTOP, True, id="desktop-deep", marks=pytest.mark.deep),
    ],
)
def test_forty_paper_acknowledgements_are_entered_within_three_minutes(
    ports: Reader, screen: dict[str, int], *, real: bool
) -> None:
    """At the pace of a person: ten seconds to set the day and to choose the photo each, a second for each line."""
    page, pace = ports.page(who="manager", viewport=screen, has_touch=screen == PHONE), Pace(real)
    page.goto("/campaigns/ISLE/")
    begun = time.monotonic()
    page.locator("h2 a").first.click()
    pace(3)
    ports_line = page.locator(".unit", has_text="Ports")
    pace(3)
    ports_line.get_by_role("link", name="Sheet to print, and to enter what is signed").click()
    pace(10)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    page.get_by_label("Signed on").fill(yesterday)
    pace(10)
    page.get_by_label("Scan or photo of the signed sheet").set_input_files(scan())  # type: ignore[arg-type]
    for box in page.locator("input[name=signed]").all():
        pace(1)
        box.tap() if screen == PHONE else box.press("Space")
    pace(2)
    page.get_by_role("button", name="Enter the acknowledgements").click()
    expect(page.get_by_text("40 acknowledgements were entered from the sheet.")).to_be_visible()
    took_s = time.monotonic() - begun + pace.pretended_s
    sys.stdout.write(f"40 entered in {took_s:.0f} s, {'waited for' if real else 'counted'}\n")
    assert entered(ports) == FORTY
    assert took_s <= 180

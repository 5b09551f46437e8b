"""An officer who has read nothing brings a spreadsheet: from the page after sign-in to proposals that have landed."""

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from geo_offlimits.errors import InputError
from geo_offlimits.formats.hours import read_hours
from geo_offlimits.lookup.coordinates import parse_position
from trials.lists import Unprepared
from trials.person import Person

_REPORT, _LANDED = re.compile(r"/import/report\?"), re.compile(r"/import/landed\?")


def imported(person: Person, told: Unprepared, folder: Path) -> int:
    """Does it all; how many proposals landed. It is taken back at the end, which is not counted."""
    page = person.page
    page.goto("/")
    with person.step("finds the page"):
        _finds_the_page(person)
    with person.step("sends the file"):
        person.chooses_file(page.locator("#file"), told.written(folder))
        person.presses(page.locator("#send button"))
        expect(page).to_have_url(_REPORT)
    if told.columns:
        with person.step("says what a column is"):
            _says_columns(person, told)
    if told.cells or told.left_out:
        with person.step(f"sets {len(told.cells) + len(told.left_out)} rows right"):
            _sets_right(person, told)
    if told.is_meant:
        with person.step("says that the others are meant"):
            person.presses(page.locator("#land [name=confirm_duplicates]"))
    with person.step("lands it"):
        person.presses(page.locator("#land .primary"))
        expect(page).to_have_url(_LANDED)
    count = int(page.locator("h1 .count").inner_text())
    page.locator("form.panel .danger").click()
    page.wait_for_selector(".notice.note")
    return count


def _finds_the_page(person: Person) -> None:
    page = person.page
    person.looks(in_passing=True)
    if person.has_thumbs:
        person.presses(page.locator("button.burger"), leads_on=False, in_passing=True)
    person.presses(page.get_by_role("link", name="Register", exact=True), in_passing=True)
    person.presses(page.locator("nav.tabs").get_by_role("link", name="Import", exact=True))


def _says_columns(person: Person, told: Unprepared) -> None:
    columns = person.page.locator("#columns")
    if columns.get_attribute("open") is None:
        person.presses(columns.locator("summary"), leads_on=False)
    for heading, label in told.columns.items():
        person.selects(columns.locator("tr", has=_exactly(person, heading)).locator("select"), label)
    person.presses(columns.locator("button"))


def _sets_right(person: Person, told: Unprepared) -> None:
    page = person.page
    if told.cells:
        person.presses(page.locator("#land a").first)
    for name, cells in told.cells.items():
        offered = [button for field, text in cells.items() for button in _offered(person, name, field, text)]
        if len(offered) == len(cells):
            for button in offered:
                person.presses(button)
            continue
        person.presses(_row(person, name).locator(".mender a"))
        for field, text in cells.items():
            person.types(page.locator(f"#cell-{field}"), text)
        person.presses(page.locator(".mend .primary"))
    if told.left_out:
        alike = page.locator(".standings a.duplicate")
        person.presses(alike if alike.count() else page.locator(".standings a").first)
    for name in told.left_out:
        leaves = _row(person, name).locator("[name=leave_out]")
        if leaves.count():
            person.presses(leaves)
            continue
        person.presses(_row(person, name).locator(".mender a"))
        person.ticks(page.locator(".mend [name=leave_out]"))
        person.presses(page.locator(".mend .primary"))


def _offered(person: Person, name: str, field: str, text: str) -> list[Locator]:
    """The button that says the same as what the person would type into the field; none where nothing does."""
    buttons = _row(person, name).locator("[name=use]").all()
    return [one for one in buttons if _means(field, one.get_attribute("value") or "") == _means(field, text)][:1]


def _means(field: str, text: str) -> object:
    """What a text says, however it is written."""
    try:
        return read_hours(text).hours if field == "hours" else parse_position(text, uncertainty_m=0.0)
    except InputError:
        return text


def _row(person: Person, name: str) -> Locator:
    """The first row of that name that is at fault or says something to look at."""
    return person.page.locator("table.rows tr", has=_exactly(person, name)).first


def _exactly(person: Person, text: str) -> Locator:
    return person.page.locator("bdi", has_text=re.compile(rf"^{re.escape(text)}$"))

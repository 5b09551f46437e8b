"""The one file for a device: opened from the disk in a real browser whose network is cut."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from shapely.geometry import MultiPolygon, Point, Polygon, box

from geo_offlimits.delivery import catalogue, shipped
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Contact, ContactKind
from geo_offlimits.domain.premises import Name, NameKind, Part, SubjectKind, VenueKind
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.services import offline_map

pytestmark = pytest.mark.browser
LAT, LON = 38.2, -41.5  # open ocean
FINGERPRINT = "5f0c" * 16
SCRIPTS = ("Café Zoë", "Плава лампа", "Μπλε φανάρι", "الفانوس الأزرق", "המנורה", "青灯")
HOSTILE = (
    "</script><script>document.title='ran'</script>",
    "{{7*7}}",
    "${document.title='ran'}",
    "<img src=x onerror=document.title='ran'>",
    "Ann \u202egnp.exe",
    "a\u2028b`;document.title='ran';`",
)
NOW = datetime.now(UTC).replace(microsecond=0)
LAND = Boundary(kind=BoundaryKind.TERRITORY, name="Isle", geometry=box(LON - 0.2, LAT - 0.2, LON + 0.2, LAT + 0.2))
ELSEWHERE = "38.30000, -41.40000"  # in the territory, far from all
MakeEntry = Callable[..., Entry]
MakeEdition = Callable[..., Edition]


@pytest.fixture
def edition(make_entry: MakeEntry, make_edition: MakeEdition) -> Edition:
    names = tuple(Name(text=text, kind=NameKind.ALIAS) for text in SCRIPTS)
    shed = Polygon([(LON, LAT), (LON + 0.002, LAT), (LON + 0.002, LAT + 0.002), (LON, LAT + 0.002)])
    entries = (
        make_entry(1, name="Blue Lantern", names=(Name(text="Blue Lantern"), *names), geometry=Point(LON, LAT + 0.01)),
        make_entry(2, name="Harbour Palace", geometry=shed, uncertainty_m=2.0),
        make_entry(3, name="Quiet Tide", restriction=Restriction.CAUTION, geometry=Point(LON + 0.05, LAT)),
        make_entry(4, name="Attic Club", part=Part(floor="3"), geometry=Point(LON - 0.05, LAT)),
        make_entry(5, name="The Wandering Star", geometry=None),
        make_entry(
            6,
            name="Massage parlours",
            subject=SubjectKind.CATEGORY_RULE,
            category=VenueKind.MASSAGE_PARLOUR,
            geometry=None,
        ),
        *(make_entry(7 + at, name=name, geometry=Point(LON, LAT - 0.01 - at / 100)) for at, name in enumerate(HOSTILE)),
    )
    hotline = Contact(kind=ContactKind.HOTLINE, name="Hotline", phone="+000 100 300", hours="24 h")
    return make_edition(
        *entries,
        number=7,
        issued_at=NOW - timedelta(days=2),
        expires_at=NOW + timedelta(days=28),
        boundaries=(LAND,),
        contacts=(hotline,),
    )


def written(
    edition: Edition, entries: tuple[Entry, ...] | None = None, language: str = "en", **filtered: object
) -> bytes:
    excerpt = Excerpt(
        edition=edition,
        sha256=edition_file.sha256(edition_file.encode(edition)),
        fingerprint=FINGERPRINT,
        entries=edition.entries if entries is None else entries,
        filtered=filtered,
    )
    return offline_map.write(replace(excerpt, language=language), catalogue.catalogue(language).gettext)


@dataclass
class Device:
    """A phone without a network. Whatever the browser complains of, or asks any other place for, fails the test."""

    browser: Browser
    folder: Path
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def opened(self, content: bytes, **options: Any) -> Page:
        file = self.folder / "list.html"
        file.write_bytes(content)
        context = self.browser.new_context(offline=True, reduced_motion="reduce", **options)
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda told: self.complaints.append(told.text) if told.type != "log" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(file.as_uri())
        expect(page.locator(".folium-map")).to_have_attribute("data-ready", re.compile(r"\d"))
        expect(page.locator(".offlimits-panel h1")).to_be_visible()
        return page


@pytest.fixture
def device(browser: Browser, tmp_path: Path) -> Iterator[Device]:
    made = Device(browser, tmp_path)
    yield made
    for context in made.contexts:
        context.close()
    assert made.complaints == []
    assert [url for url in made.asked if not url.startswith(("file:", "data:"))] == []


def ask(page: Page, text: str) -> None:
    """Types into the search box and takes the first that is offered."""
    page.fill("input.search", text)
    page.locator(".results button").first.click()


def test_the_file_tells_what_it_is_and_what_stands_on_no_map(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition))
    heading = page.locator(".heading")
    expect(heading).to_contain_text("Edition 7")
    expect(heading).to_contain_text("Current until")
    expect(heading).to_contain_text("a listing is not a finding")
    page.locator(".about summary").click()
    facts = page.locator(".facts")
    expect(facts).to_contain_text(edition_file.sha256(edition_file.encode(edition)))
    expect(facts).to_contain_text(FINGERPRINT)
    expect(page.locator(".unmapped .hit b")).to_have_text(["The Wandering Star", "Massage parlours"])
    expect(page.locator(".expired")).to_have_count(0)
    expect(page.locator(".whom")).to_contain_text("+000 100 300")


def test_a_name_in_any_script_finds_its_entry_which_is_listed(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition))
    for text in (*SCRIPTS, "cafe zoe", "plava lampa", "Blue Lantren", "demo-0001"):
        ask(page, text)
        expect(page.locator(".card.listed h2")).to_contain_text("Off limits")
        expect(page.locator(".card .matches h3")).to_have_text("Blue Lantern")
        expect(page.locator(".card .reasons")).to_contain_text("The list holds this name")
        page.keyboard.press("Escape")


POSITIONS = (
    ("38.2010000, -41.4990000", "listed", "Harbour Palace"),
    ("38°12′36″N 41°30′00″W", "cannot_tell", "Is this the name on the sign?"),
    ("geo:38.21,-41.5;u=3", "cannot_tell", "Blue Lantern"),
    ("38.20000, -41.55000", "cannot_tell", "Compare the floor and the entrance"),
    ("38.20000, -41.45000", "not_listed", "Advised against, not barred: Quiet Tide"),
    (ELSEWHERE, "not_listed", "No entry of edition 7 is at this place"),
    ("39.00000, -41.40000", "cannot_tell", "outside the territory"),
)


def test_a_position_is_judged_on_the_device_in_the_words_of_the_product(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition))
    for text, verdict, told in POSITIONS:
        ask(page, text)
        expect(page.locator(f".card.{verdict}")).to_contain_text(told)
        expect(page.locator(".card .rests")).to_contain_text("Edition 7")
        expect(page.locator(".card")).not_to_contain_text(re.compile("safe|allowed", re.IGNORECASE))
        page.keyboard.press("Escape")


def test_not_listed_names_the_edition_and_its_day(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition))
    ask(page, ELSEWHERE)
    expect(page.locator(".card.not_listed h2")).to_have_text(re.compile(r"^Not on edition 7, issued \d+ \w+ \d{4}$"))
    expect(page.locator(".card .advice")).to_contain_text("It is no permission.")
    expect(page.locator(".card .rules")).to_contain_text("Massage parlours")


def test_the_reader_settles_a_doubt_by_the_sign_and_by_the_kind_of_venue(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition))
    ask(page, "38.2100000, -41.5000000")
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.locator(".card .question").first).to_contain_text("The list cannot tell which door this is.")
    ask(page, "38.2100000, -41.5000000")
    page.get_by_role("button", name="Yes: Blue Lantern").click()
    expect(page.locator(".card.listed")).to_contain_text("The list holds this name: Blue Lantern.")
    ask(page, ELSEWHERE)
    page.locator(".card select").select_option("massage_parlour")
    expect(page.locator(".card.listed")).to_contain_text("This kind of venue is off limits here")


def test_an_expired_list_says_so_loudly_and_clears_nothing(edition: Edition, device: Device) -> None:
    page = device.opened(written(replace(edition, expires_at=NOW - timedelta(hours=1))))
    expect(page.locator(".heading .expired")).to_contain_text("This list expired on")
    ask(page, ELSEWHERE)
    expect(page.locator(".card.cannot_tell")).to_contain_text("expired on")
    ask(page, "Blue Lantern")
    expect(page.locator(".card.listed .stale")).to_be_visible()


def test_a_device_whose_clock_is_wrong_clears_nothing(edition: Edition, device: Device) -> None:
    page = device.opened(written(replace(edition, issued_at=NOW + timedelta(days=1))))
    ask(page, ELSEWHERE)
    expect(page.locator(".card.cannot_tell")).to_contain_text("Set it right")


def test_a_part_of_the_list_clears_nothing(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition, edition.entries[:6], sector="North"))
    expect(page.locator(".heading .expired")).to_have_text("Only a part of the list: what is left out is not cleared.")
    ask(page, ELSEWHERE)
    expect(page.locator(".card.cannot_tell")).to_contain_text("What is left out is not cleared")
    ask(page, "Blue Lantern")
    expect(page.locator(".card.listed")).to_be_visible()
    page.fill("input.search", "Gilded Anchor")
    expect(page.locator(".nothing")).to_contain_text("No name in this part of the list")
    page.locator(".about summary").click()
    expect(page.locator(".facts")).to_contain_text("6 of 12")
    expect(page.locator(".facts")).to_contain_text("sector: North")


def test_what_is_found_nowhere_and_what_is_not_understood_is_said(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition))
    page.fill("input.search", "Gilded Anchor")
    expect(page.locator(".nothing")).to_contain_text("A sign can differ from the list: check the position too.")
    page.fill("input.search", "38,2 41,5")
    expect(page.locator(".nothing")).to_contain_text("Nothing was checked.")
    expect(page.locator(".card")).to_have_count(0)


def test_hostile_names_are_shown_as_they_are_and_run_nothing(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition))
    for name in HOSTILE:
        ask(page, name)
        expect(page.locator(".card .matches h3")).to_have_text(re.sub(r"\s+", " ", name))
    assert page.title() == "DEMO · 7"
    assert page.locator("img, .card script").count() == 0


def test_the_device_tells_where_it_is(edition: Edition, device: Device) -> None:
    here = {"latitude": LAT + 0.001, "longitude": LON + 0.001, "accuracy": 4}
    page = device.opened(written(edition), geolocation=here, permissions=["geolocation"])
    page.get_by_role("button", name="Check where I am").click()
    expect(page.locator(".card.listed .matches h3")).to_have_text("Harbour Palace")


def test_the_map_is_touched_where_houses_can_be_told_apart(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition))
    page.evaluate(f"Offlimits.look({{lat: {LAT}, lon: {LON + 0.12}, zoom: 10}})")
    page.locator(".folium-map").click(position={"x": 300, "y": 100})
    expect(page.locator(".card")).to_contain_text("Zoom in to the houses")
    page.evaluate(f"Offlimits.look({{lat: {LAT + 0.001}, lon: {LON + 0.12}, zoom: 17}})")
    page.locator(".folium-map").click(position={"x": 300, "y": 300})
    expect(page.locator(".card.not_listed")).to_contain_text("± 12 m")


def test_it_is_used_by_the_keyboard_alone(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition))
    page.focus("input.search")
    page.keyboard.type("Blue Lantern")
    page.keyboard.press("Enter")
    expect(page.locator(".card.listed h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".card")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_and_is_accessible(edition: Edition, device: Device, width: int, scheme: Any) -> None:
    page = device.opened(written(edition), viewport={"width": width, "height": 740}, color_scheme=scheme)
    ask(page, "38.2100000, -41.5000000")
    page.locator(".all summary").click()
    found = Axe().run(page, context=".offlimits-panel").response["violations"]
    assert [(fault["id"], [node["target"] for node in fault["nodes"]][:3]) for fault in found] == []
    panel = (
        "(() => { const box = document.querySelector('.offlimits-panel'); return box.scrollWidth - box.clientWidth })()"
    )
    assert page.evaluate(panel) <= 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_paper_shows_the_whole_list(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for entry in edition.entries:
        expect(page.locator(".all li", has_text=re.sub(r"\s+", " ", entry.name)).first).to_be_visible()
    expect(page.locator(".facts")).to_be_visible()
    expect(page.locator(".folium-map")).not_to_be_visible()


def test_it_speaks_the_language_it_was_written_in(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition, language="fr"))
    assert page.locator("html").get_attribute("lang") == "fr"
    ask(page, ELSEWHERE)
    expect(page.locator(".card.not_listed h2")).to_contain_text("7")
    expect(page.locator(".card")).not_to_contain_text("Not on")


def test_a_reader_of_arabic_has_the_page_the_other_way_round(edition: Edition, device: Device) -> None:
    page = device.opened(written(edition, language="ar"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    left = page.locator(".offlimits-panel").bounding_box()
    assert left
    assert left["x"] > 400


def test_across_the_antimeridian_it_judges_all_the_same(
    make_entry: MakeEntry, edition: Edition, device: Device
) -> None:
    across = MultiPolygon([box(179.999, 1.0, 180.0, 1.002), box(-180.0, 1.0, -179.999, 1.002)])
    entries = (make_entry(1, name="Date Line Bar", geometry=across, uncertainty_m=1.0),)
    page = device.opened(written(replace(edition, entries=entries, boundaries=())))
    ask(page, "1.00100, 180.00000")
    expect(page.locator(".card.listed .matches h3")).to_have_text("Date Line Bar")


def test_three_hundred_premises_of_the_largest_territory_take_less_than_a_megabyte(
    make_entry: MakeEntry, edition: Edition
) -> None:
    land = max(
        (shipped.territory(one.code) for one in shipped.shipped_missions()), key=lambda one: len(one.geometry.wkb)
    )
    many = tuple(
        make_entry(
            n,
            name=f"Blue Lantern {n}",
            names=(Name(text=f"Blue Lantern {n}"), Name(text=f"Плава лампа {n}", lang="sr-Cyrl", kind=NameKind.SIGN)),
            address=f"{n} Sandpiper Quay",
            locality="Port Sorrel",
            sector="North",
            mgrs=f"34T EN {n:05} 23071",
            geometry=Point(LON + n / 1000, LAT),
        )
        for n in range(300)
    )
    content = written(replace(edition, entries=many, boundaries=(land,)))
    assert len(content) <= 1_000_000
    assert len(content) > 300_000  # the libraries are inside


def test_the_same_list_gives_the_same_bytes_and_nothing_of_another_place(edition: Edition) -> None:
    content = written(edition)
    assert content == written(edition)
    text = content.decode()
    assert re.findall(r"<(?:link|img|iframe|script src|base)\b", text) == []
    (policy,) = re.findall(r'Content-Security-Policy"\s+content="([^"]+)"', text)
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]

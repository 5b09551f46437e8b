"""What holds on every page: hostile names as typed, nothing from outside, readable for everybody, light on the wire."""

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations

pytestmark = pytest.mark.browser
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
PAGES = ("/", "/list", "/missions/ISLE/editions/current", "/acknowledge/1", "/passphrase")
OFFICES = (
    ("deputy", "/sessions"),
    ("deputy", "/register/ISLE/"),
    ("deputy", "/register/ISLE/batch?step=confirmed&id=ISLE-0001&id=ISLE-0004"),
    ("head", "/register/ISLE/in-force"),
    ("head", "/register/ISLE/facilities"),
    ("head", "/register/ISLE/compare?at=2020-01-01T00:00"),
    ("head", "/register/ISLE/propose"),
    ("head", "/register/ISLE/import"),
    ("head", "/register/ISLE/publish"),
    ("head", "/register/ISLE/ISLE-0001"),
    ("head", "/register/ISLE/ISLE-0001/letter"),
    ("head", "/register/ISLE/ISLE-0001/notice"),
    ("manager", "/campaigns/ISLE/"),
    ("manager", "/campaigns/ISLE/people"),
    ("manager", "/acknowledgements"),
    ("head", "/people/erasures"),
    ("admin", "/people/ISLE/"),
    ("admin", "/people/ISLE/accounts"),
    ("admin", "/people/ISLE/p-staff"),
)
FIRST_VISIT_BYTES = 150_000
LIST_PAGE_BYTES = 20_000
TARGET_PX = 44
# Links inside running text are as tall as their line; everything else that can be pressed is a target.
SMALL_TARGETS = f"""() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((one) => one.type !== "hidden" && one.checkVisibility({{visibilityProperty: true}}))
    .filter((one) => !one.matches("p:not(.searchbox) a:not(.button), .leaflet-control-attribution a, .skip"))
    .map((one) => (one.matches("[type=checkbox], [type=radio]") && one.closest("label")) || one)
    .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.width < {TARGET_PX} - 0.5 || box.height < {TARGET_PX} - 0.5))
    .map(([html, box]) => `${{html}} ${{box.width}} x ${{box.height}}`)"""
TOO_WIDE = """() => { const wide = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth <= wide ? [] :
    [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > wide + 1)
    .map((one) => one.outerHTML.slice(0, 120)); }"""


def is_clean(page: Page) -> None:
    found = violations(page)
    assert found == [], json.dumps(
        [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found], indent=1
    )
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_look_up_page_can_be_read_and_pressed_by_everybody(reader: Any, mode: str, screen: dict[str, int]) -> None:
    page = reader.look_up(color_scheme=mode, viewport=screen, standing=(6, 0))
    is_clean(page)
    card = reader.check_here(page)
    is_clean(page)
    card.get_by_role("button", name="Yes").click()
    expect(page.locator("#answer .verdict.listed")).to_be_visible()
    page.locator("#answer [data-slot=notations] summary").click()
    is_clean(page)
    page.fill("#search", "blue")
    page.wait_for_selector("#results .hit")
    is_clean(page)
    page.click("#legend summary") if screen is DESKTOP else page.keyboard.press("Escape")
    is_clean(page)


def by_person(walk: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The same walk with one signing in for each person."""
    paths: dict[str, list[str]] = {}
    for who, path in walk:
        paths.setdefault(who, []).append(path)
    return paths


@pytest.mark.parametrize(("who", "paths"), by_person([*(("staff", path) for path in PAGES), *OFFICES]).items())
def test_at_four_times_the_size_no_page_scrolls_sideways(reader: Any, who: str, paths: list[str]) -> None:
    page = reader.page(who=who, viewport={"width": 320, "height": 256})
    for path in paths:
        page.goto(path)
        assert page.evaluate(TOO_WIDE) == [], path


def test_on_a_low_screen_the_whole_card_can_be_read(reader: Any) -> None:
    """A phone on its side, or a desktop at twice the size: a card on the map would be a slit."""
    page = reader.look_up(viewport={"width": 640, "height": 400}, standing=(6, 0))
    card = reader.check_here(page)
    expect(card.locator("h2")).to_be_in_viewport()
    heights = page.evaluate(
        "(({ offsetHeight, scrollHeight }) => [offsetHeight, scrollHeight])(document.querySelector('#answer'))"
    )
    assert heights[0] >= heights[1] > 400
    card.get_by_role("button", name="Yes").scroll_into_view_if_needed()
    expect(card.get_by_role("button", name="Yes")).to_be_in_viewport()
    page.locator(".folium-map").scroll_into_view_if_needed()
    expect(page.locator(".folium-map")).to_be_in_viewport(ratio=0.5)
    is_clean(page)


def test_what_is_printed_is_ink_on_paper_with_its_mission_and_edition(reader: Any) -> None:
    page = reader.page(color_scheme="dark")
    page.goto("/list")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('tbody th')).color") == "rgb(0, 0, 0)"
    for text in ("Mission on the Isle", "Edition 1 · ", "SHA-256", "Suspected, precautionary", "Conduct team"):
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.locator("form, .due, .burger").first).to_be_hidden()


@pytest.mark.parametrize("paper", ["letter", "notice"])
def test_of_a_paper_only_the_sheet_is_printed(reader: Any, paper: str) -> None:
    page = reader.page(who="head", color_scheme="dark")
    page.goto(f"/register/ISLE/ISLE-0001/{paper}")
    expect(page.locator(".about-paper")).to_be_visible()
    page.emulate_media(media="print")
    for around in (".about-paper", "body > header", ".foot"):
        expect(page.locator(around)).to_be_hidden()
    sheet = page.locator("article.paper")
    expect(sheet).to_contain_text("Blue Lantern")
    assert sheet.evaluate("(one) => getComputedStyle(one).color") == "rgb(0, 0, 0)"


def test_whom_to_ask_is_one_press_away_on_every_card(reader: Any) -> None:
    page = reader.look_up(viewport=PHONE, standing=(6, 0))
    card = reader.check_here(page)
    expect(card.locator("a[href^='tel:']").first).not_to_be_in_viewport()
    card.get_by_role("link", name="Whom to ask").click()
    expect(card.locator("a[href^='tel:']").first).to_be_in_viewport()


def test_a_welfare_place_on_the_map_says_what_it_is(reader: Any) -> None:
    page = reader.look_up()
    page.evaluate("Offlimits.look({lat: -31.0 + 150 / 111000, lon: -16.0 + 150 / 111000 / 0.857, zoom: 18})")
    page.locator(".offlimits-pin[aria-label^='Harbour Canteen']").click()
    expect(page.locator("#answer .verdict.note")).to_contain_text("Welfare facility")


def test_a_touch_from_far_off_proposes_no_position(reader: Any) -> None:
    page = reader.page(who="head")
    page.goto("/register/ISLE/propose")
    page.wait_for_selector(".folium-map[data-ready]")
    before = page.evaluate("Offlimits.map.getZoom()")
    page.locator(".folium-map").click(position={"x": 420, "y": 120})
    page.wait_for_function(f"Offlimits.map.getZoom() > {before}")
    expect(page.locator("#position")).to_have_value("")
    page.evaluate("Offlimits.look({lat: -31.02, lon: -16.02, zoom: 17})")
    page.locator(".folium-map").click()
    expect(page.locator("#position")).to_have_value(re.compile(r"^-31\.0\d+, -16\.0\d+$"))


def test_the_place_of_the_device_is_proposed_with_its_accuracy(reader: Any) -> None:
    page = reader.page(who="head", standing=(500, 0))
    page.goto("/register/ISLE/propose")
    page.wait_for_selector(".folium-map[data-ready]")
    page.get_by_role("button", name="Show where I am").click()
    expect(page.locator("#position")).to_have_value(re.compile(r"^-30\.995"))
    expect(page.locator("#uncertainty_m")).to_have_value("4")


def test_the_menu_of_a_phone_opens_without_a_script(reader: Any) -> None:
    page = reader.page(viewport=PHONE, java_script_enabled=False)
    page.goto("/list")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Look up", exact=True).click()
    expect(page.locator("noscript")).to_be_attached()


def test_the_list_is_complete_without_a_script(reader: Any) -> None:
    page = reader.page(viewport=PHONE, java_script_enabled=False)
    page.goto("/list")
    for name in ("Blue Lantern", "Nowhere Bar", "Massage parlours", *reader.hostile):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    page.fill("#search", "blue lantrn")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody tr")).to_contain_text("Blue Lantern")
    page.fill("#search", "-31,0 -16,0")
    page.get_by_role("button", name="Search").click()
    card = page.locator(".verdict.cannot_tell")
    expect(card).to_contain_text("Blue Lantern")
    expect(card).to_contain_text("Conduct team")


@pytest.mark.parametrize("path", [*PAGES[1:4], "/register/ISLE/in-force", "/register/ISLE/"])
def test_hostile_names_are_shown_as_typed(reader: Any, path: str) -> None:
    page = reader.page(who="head")
    page.on("dialog", lambda dialog: reader.watched.complaints.append(f"dialog: {dialog.message}"))
    page.goto(path)
    for name in reader.hostile:
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    assert page.locator("img[onerror]").count() == 0


def test_hostile_names_are_shown_as_typed_on_the_map_its_results_and_its_card(reader: Any) -> None:
    page = reader.look_up()
    page.on("dialog", lambda dialog: reader.watched.complaints.append(f"dialog: {dialog.message}"))
    for name in reader.hostile:
        page.fill("#search", name)
        page.locator("#results .hit", has_text=name).first.click()
        card = reader.card(page)
        expect(card.locator("h3", has_text=name)).to_have_text(name)
        expect(page.locator(".offlimits-pin.chosen")).to_have_attribute("title", name)
        page.keyboard.press("Escape")
    assert page.locator("img[onerror]").count() == 0


def test_nothing_is_asked_of_another_host_and_the_watch_would_tell(reader: Any) -> None:
    page = reader.look_up(standing=(2000, 0))
    reader.check_here(page)
    page.evaluate("Offlimits.look({lat: -31.0, lon: -16.0, zoom: 16})")
    for path in PAGES:
        page.goto(path)
    assert reader.watched.foreign == []
    # The control: a page that does ask somebody else is seen, and gets no answer.
    with page.expect_event("requestfailed"):
        page.evaluate("() => { location.href = 'http://elsewhere.example/'; }")
    assert reader.watched.foreign == ["http://elsewhere.example/"]
    reader.watched.foreign.clear()
    reader.watched.complaints.clear()


def weight(page: Page, path: str) -> dict[str, int]:
    """Bytes over the wire of every file that opening `path` fetches, by address; a browser that has been nowhere."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": False})
    session.send("Network.clearBrowserCache")
    asked: dict[str, str] = {}
    weights: dict[str, int] = {}
    session.on("Network.requestWillBeSent", lambda told: asked.update({told["requestId"]: told["request"]["url"]}))
    session.on(
        "Network.loadingFinished",
        lambda told: weights.update({asked.get(told["requestId"], "?"): told["encodedDataLength"]}),
    )
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return weights


@pytest.fixture
def large_reader(reader: Any, large_site: Any) -> Any:
    reader.site = large_site
    return reader


def test_a_first_visit_with_300_premises_is_light(large_reader: Any) -> None:
    page = large_reader.page(viewport=PHONE)
    weights = weight(page, "/")
    large_reader.ready(page)
    assert any("/editions/current" in url for url in weights), "the list itself must be part of what is weighed"
    assert sum(weights.values()) <= FIRST_VISIT_BYTES, json.dumps(weights, indent=1)


def test_a_page_of_the_list_is_light(large_reader: Any) -> None:
    page = large_reader.page(java_script_enabled=False)
    answer = page.goto("/list?page=2")
    assert answer is not None
    assert len(answer.body()) <= LIST_PAGE_BYTES

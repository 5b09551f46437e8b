"""WCAG 2.2 AA on every page there is (`scripts/screens/pages.py` holds them to the routes), by axe-core and by measure.

Quick, each page is looked at on a phone in the light from left to right, and on a desktop in the dark from right to
left: in one of them, which is the other on the next page, by every rule, then by the rules for what is drawn. Of texts
that look the same on many pages the first are measured. `make test-deep` looks at every page in all eight ways by every
rule, and at each of many rows that are built alike.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image, ImageChops, ImageOps
from playwright.sync_api import Browser, Page, Request, expect
from screens.camera import (
    DARK_RTL,
    DESKTOP,
    DESKTOP_DARK,
    DESKTOP_RTL,
    PHONE,
    PHONE_DARK,
    PHONE_RTL,
    Camera,
    Look,
    turn,
)
from screens.pages import NO_PAGE, SCREENS, Screen, opened
from screens.sites import Site, sites

from tests.browser.axe import ALIKE, MEASURED_TIMES, Memory, violations
from tests.browser.test_pages import SMALL_TARGETS, TOO_WIDE

pytestmark = pytest.mark.browser
DESKTOP_DARK_RTL = Look("desktop", "dark", "rtl")
QUICK = (PHONE, DESKTOP_DARK_RTL)
EVERY = (PHONE, DESKTOP, PHONE_DARK, DESKTOP_DARK, PHONE_RTL, DESKTOP_RTL, DARK_RTL, DESKTOP_DARK_RTL)
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
LARGEST = 8_000_000
# What a mouse sees and nobody else: a word in a colour alone.
WORDLESS = """() => [...document.querySelectorAll(".tag, .verdict > header h2, .notice, .count")]
    .filter((one) => one.checkVisibility() && !one.textContent.trim()).map((one) => one.outerHTML.slice(0, 120))"""
MOVING = "() => document.getAnimations().filter((one) => one.playState === 'running').length"


@dataclass
class Stage:
    """The demonstration, and what pages did that they must not."""

    sites: dict[str, Site]
    camera: Camera
    memory: Memory = field(default_factory=Memory)
    foreign: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def stage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with sites(tmp_path_factory.mktemp("screens")) as there:
        yield Stage(there, Camera(browser, Path()))


def faults(page: Page, *, each: bool = False, memory: Memory | None = None, drawn: bool = False) -> dict[str, Any]:
    """By rule what is wrong with the page as it is shown; empty where nothing is."""
    wrong = violations(page, each=each, memory=memory, drawn=drawn)
    found = {one["id"]: [node["html"][:160] for node in one["nodes"]] for one in wrong}
    measured = {"targets": SMALL_TARGETS, "wide": TOO_WIDE, "wordless": WORDLESS}
    return found | {rule: told for rule, script in measured.items() if (told := page.evaluate(script))}


def look_at(stage: Stage, screen: Screen, looks: tuple[Look, ...], *, each: bool) -> dict[str, Any]:
    site = stage.sites[screen.site]
    found = {}
    with stage.camera.page(site, screen.who, screen.device) as page:
        page.on("request", lambda request: _note(stage, site, request))
        opened(page, screen, site)
        for number, look in enumerate(looks):
            turn(page, look)
            if told := faults(page, each=each, memory=stage.memory, drawn=not each and number > 0):
                found[f"{screen.name} {look.name}"] = told
        page.set_viewport_size({"width": 320, "height": 256})
        if told := page.evaluate(TOO_WIDE):
            found[f"{screen.name} at four times the size"] = told
    return found


def _note(stage: Stage, site: Site, request: Request) -> None:
    if not request.url.startswith((site.url, "data:", "blob:")):
        stage.foreign.append(request.url)


ROLES = {
    "visitors": (None,),
    "staff": ("staff", "patrol"),
    "officers": ("officer", "head", "deputy"),
    "office": ("manager", "conduct", "admin", "auditor"),
}


WAYS = (pytest.param(False, id="quick"), pytest.param(True, id="deep", marks=pytest.mark.deep))


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("deep", WAYS)
@pytest.mark.parametrize("who", ROLES)
def test_every_page_can_be_read_and_pressed_by_everybody(stage: Stage, who: str, *, deep: bool) -> None:
    found: dict[str, Any] = {}
    for number, screen in enumerate(one for one in SCREENS if one.who in ROLES[who]):
        found |= look_at(stage, screen, EVERY if deep else QUICK[:: (1, -1)[number % 2]], each=deep)
    assert found == {}, json.dumps(found, indent=1)
    assert stage.foreign == []


@pytest.mark.parametrize("screen", [one for one in SCREENS if PHONE_RTL in one.looks], ids=lambda one: one.name)
def test_in_arabic_a_page_can_be_read_and_pressed_by_everybody(stage: Stage, screen: Screen) -> None:
    site = stage.sites[screen.site]
    with stage.camera.page(site, screen.who) as page:
        opened(page, screen, site, "ar")
        assert page.evaluate("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", "ar"]
        for look in (DARK_RTL, DESKTOP_RTL):
            turn(page, look)
            assert faults(page, memory=stage.memory, drawn=look is DESKTOP_RTL) == {}


PLANTED = {
    "image-alt": "<img src='data:,'>",
    "button-name": "<button class='button'></button>",
    "color-contrast": "<p id='faint'>Hardly to be read</p>",
    "targets": "<button id='tiny'>x</button>",
    "wide": "<div id='broad'>wide</div>",
    "wordless": "<span class='tag off_limits'></span>",
}
STYLED = """() => {
    for (const [key, value] of [["color", "#e0dccf"], ["background-color", "#ffffff"]])
        document.querySelector("#faint")?.style.setProperty(key, value);
    for (const [key, value] of [["width", "20px"], ["height", "20px"], ["padding", "0"]])
        document.querySelector("#tiny")?.style.setProperty(key, value);
    document.querySelector("#broad")?.style.setProperty("width", "3000px");
}"""


@pytest.mark.parametrize("rule", PLANTED)
def test_what_is_planted_is_found(stage: Stage, rule: str) -> None:
    """The control: each way of looking can fail, and finds what was planted and nothing else."""
    with stage.camera.page(stage.sites["demo"], None) as page:
        page.goto("/login")
        assert faults(page) == {}
        page.evaluate("(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", PLANTED[rule])
        page.evaluate(STYLED)
        assert rule in faults(page)


def test_of_many_rows_the_one_that_is_built_otherwise_is_looked_at(stage: Stage) -> None:
    with stage.camera.page(stage.sites["demo"], "staff") as page:
        page.goto("/list")
        assert page.evaluate(ALIKE) > 5
        assert faults(page) == {}
        row = page.locator("tbody tr[data-alike]").last
        row.evaluate("(row) => { row.querySelector('td').style.setProperty('color', '#e0dccf'); }")
        assert list(faults(page)) == ["color-contrast"]


def test_what_is_known_from_other_pages_is_passed_over_until_it_looks_otherwise(stage: Stage) -> None:
    memory = Memory()
    with stage.camera.page(stage.sites["demo"], "staff") as page:
        for path in ("/sessions", "/acknowledgements", "/tokens", "/list"):
            page.goto(path)
            assert faults(page, memory=memory) == {}
        assert max(memory.times.values()) == MEASURED_TIMES
        known = page.locator(".foot [data-known]").locator("visible=true").first
        known.evaluate("(one) => { one.style.setProperty('color', '#e0dccf'); }")
        assert list(faults(page, memory=memory)) == ["color-contrast"]


def test_every_route_has_its_picture_or_a_reason_to_have_none(stage: Stage) -> None:
    app: Flask = stage.sites["demo"].app
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    shown = {one.endpoint for one in SCREENS if one.endpoint}
    assert routes - shown - set(NO_PAGE) == set(), "a new page needs a Screen in scripts/screens/pages.py"
    assert (shown | set(NO_PAGE)) - routes == set(), "of these there is no route any more"
    assert shown & set(NO_PAGE) == set()


def test_every_picture_is_there_small_and_told_of() -> None:
    kept = {f"{one.name}.{look.name}.webp" for one in SCREENS for look in one.looks}
    there = {file.name for file in FOLDER.glob("*.webp")}
    assert kept - there == set(), "make screens"
    assert sum(file.stat().st_size for file in FOLDER.glob("*.webp")) <= LARGEST
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in sorted(there) if f"({name})" not in told] == []


def pressed(page: Page, key: str, until: Callable[[Page], bool], most: int = 60) -> int:
    """How often the key was pressed before it was so."""
    for times in range(1, most + 1):
        page.keyboard.press(key)
        if until(page):
            return times
    raise AssertionError(f"{key} does not lead there")


def on(selector: str) -> Callable[[Page], bool]:
    return lambda page: bool(page.evaluate("(one) => document.activeElement.matches(one)", selector))


def test_the_list_is_acknowledged_by_the_keyboard_alone(stage: Stage) -> None:
    # Of a list that has expired nobody has read anything yet, and it is acknowledged like any other.
    with stage.camera.page(stage.sites["expired"], "patrol") as page:
        page.goto("/")
        page.wait_for_selector("#search")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        pressed(page, "Tab", on("a[href='/acknowledge/4']"))
        page.keyboard.press("Enter")
        page.wait_for_url("**/acknowledge/4")
        pressed(page, "Tab", on("#acknowledge button.primary"))
        page.keyboard.press("Enter")
        page.wait_for_selector("article.receipt, .notice.done")
        page.goto("/acknowledgements")
        expect(page.locator("tbody tr").first).to_contain_text("Edition 4")


FOCUSED = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    const target = one.matches("[type=checkbox], [type=radio]") ? (one.closest("label") ?? one) : one;
    const here = target.getBoundingClientRect();
    const over = document.elementFromPoint(here.x + here.width / 2, here.y + here.height / 2);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
        || one.closest(".ticks .choice:has(:focus-visible)");
    const bare = over === null || target.contains(over) || over.contains(target);
    return [one.outerHTML.slice(0, 100), Boolean(ring), box.bottom > 0 && box.top < innerHeight,
        bare || Boolean(target.closest("label, form")?.contains(over))];
}"""
PATHS = (("staff", "/list"), ("head", "/register/DEMO/"), ("manager", "/campaigns/DEMO/"), (None, "/login"))


@pytest.mark.parametrize(("who", "path"), PATHS)
def test_what_has_the_focus_is_ringed_in_sight_and_uncovered(stage: Stage, who: str | None, path: str) -> None:
    with stage.camera.page(stage.sites["demo"], who) as page:
        page.goto(path)
        seen = []
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            what, *is_so = page.evaluate(FOCUSED)
            assert is_so == [True, True, True], what
            seen.append(what)
        assert len(seen) > 4
        assert len(set(seen)) > len(seen) / 2  # the focus moves on


def test_nothing_moves_for_who_asks_for_calm(stage: Stage) -> None:
    with stage.camera.page(stage.sites["demo"], "staff") as page:
        page.goto("/")
        page.wait_for_selector(".folium-map[data-ready]")
        assert page.evaluate("Offlimits.calm() && !Offlimits.map.options.zoomAnimation") is True
        page.fill("#search", "glass heron")
        page.locator("#results .hit").first.click()
        expect(page.locator("#answer .verdict.listed")).to_be_visible()
        assert page.evaluate(MOVING) == 0
        page.emulate_media(reduced_motion="no-preference")
        page.reload()
        page.wait_for_selector(".folium-map[data-ready]")
        assert page.evaluate("Offlimits.calm() || !Offlimits.map.options.zoomAnimation") is False


DEFICIENCIES = ("achromatopsia", "deuteranopia", "protanopia", "tritanopia")


def test_without_colours_each_verdict_and_each_sign_keeps_its_shape_and_its_word(stage: Stage) -> None:
    drawn, worded = set(), set()
    for name in ("look-up-listed", "look-up-cannot-tell", "look-up-not-listed"):
        (screen,) = (one for one in SCREENS if one.name == name)
        with stage.camera.page(stage.sites["demo"], "staff") as page:
            page.goto("/")
            screen.do(page)
            header, eyes = page.locator("#answer .verdict > header"), page.context.new_cdp_session(page)
            for deficiency in DEFICIENCIES:
                eyes.send("Emulation.setEmulatedVisionDeficiency", {"type": deficiency})
                drawn.add((deficiency, str(header.locator("use").first.get_attribute("href")).split("#")[1]))
                worded.add((deficiency, header.locator("h2").inner_text()))
                assert page.evaluate(WORDLESS) == [], deficiency
    assert drawn == {(one, verdict) for one in DEFICIENCIES for verdict in ("listed", "cannot_tell", "not_listed")}
    assert len(worded) == 3 * len(DEFICIENCIES)


def test_without_colours_no_two_signs_of_the_legend_look_the_same(stage: Stage) -> None:
    with stage.camera.page(stage.sites["demo"], "staff") as page:
        page.context.new_cdp_session(page).send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
        page.goto("/")
        page.wait_for_selector(".folium-map[data-ready]")
        page.click("#legend summary")
        rows = page.locator("#legend li:not([data-sign=you])")
        assert all(word.strip() for word in rows.all_inner_texts())
        signs = [Image.open(BytesIO(one.screenshot())).convert("RGB") for one in rows.locator(".sign").all()]
    assert len(signs) > 5
    for one in signs:
        red, green, blue = one.split()
        assert ImageChops.difference(red, green).getbbox() is None  # the colours are gone
        assert ImageChops.difference(red, blue).getbbox() is None
    size = max(one.width for one in signs), max(one.height for one in signs)
    for one, other in combinations([ImageOps.pad(one, size, color="white") for one in signs], 2):
        differing = ImageChops.difference(one, other).convert("L").point(lambda value: 255 * (value > 40))
        assert differing.histogram()[255] > one.width * one.height / 50

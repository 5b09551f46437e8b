"""A device in the field: it keeps the list, and everything works with the server gone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from geo_offlimits.services import acknowledged, flags, register, tokens
from tests import proving
from tests.browser.conftest import at, subject, terms
from tests.browser.device_site import GONE, Field, in_the_field, without_a_list

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
# What the worker keeps: path -> text.
CACHED = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found[new URL(request.url).pathname] = await (await cache.match(request)).text();
    }
  }
  return found;
}"""
# Where the page and its files came from by the worker's routes: path -> source.
ROUTED = """() => Object.fromEntries(
  ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))
    .map((one) => [new URL(one.name).pathname, one.workerFinalSourceType ?? one.workerFinalRouterSource])
)"""
# How many shells and how many records are left.
LEFT = """async () => [(await caches.keys()).length, await new Promise((done) => {
  const asked = indexedDB.open('offlimits-device');
  asked.onsuccess = () => {
    const count = asked.result.transaction('kept').objectStore('kept').count();
    count.onsuccess = () => done(count.result);
  };
})]"""


@pytest.fixture
def out(browser: Browser, tmp_path: Path) -> Iterator[Field]:
    with in_the_field(browser, tmp_path) as found:
        yield found


def verdict(page: Page, word: str) -> None:
    expect(page.locator("#answer .verdict")).to_have_class(re.compile(rf"\b{word}\b"))


def change_the_list(out: Field) -> None:
    """Edition 2: one premises more, one less."""
    with out.site.wiring.writing() as act:
        by = out.head(act)
        register.add_alone(by, "ISLE", subject("Second Wind", at(500, 500)), terms(), confirm_alike=True)
    out.publish()


def look_up_alone(page: Page) -> None:
    """Map, list, search in another script, position, verdict with its reasons, and the sign."""
    expect(page.locator("#standing")).to_contain_text("Edition 1 · 3 days ago · Current until")
    expect(page.locator("#standing")).to_contain_text("No network")
    page.evaluate("Offlimits.look({lat: -31.0, lon: -16.0, zoom: 18})")
    expect(page.locator(".offlimits-pin[aria-label^='Blue Lantern']")).to_be_visible()
    page.fill("#search", "плава")
    expect(page.locator("#results .hit").first).to_contain_text("Плава лампа")
    page.locator("#results .hit").first.click()
    verdict(page, "listed")
    page.locator("#answer .shut").click()
    page.click("#check-here")
    verdict(page, "cannot_tell")
    card = page.locator("#answer .verdict")
    for text in ("Too near to tell the door: Blue Lantern.", "Edition 1 · ", "Conduct team", "Harbour Canteen"):
        expect(card).to_contain_text(text)
    expect(card.get_by_role("button", name="Keep a signed receipt")).to_have_count(0)
    card.get_by_role("button", name="Yes").click()
    verdict(page, "listed")


def test_with_the_server_process_stopped_the_whole_look_up_story_passes(out: Field) -> None:
    page = out.kept(viewport=PHONE)
    page.goto("about:blank")
    with out.gone():
        out.again(page)
        look_up_alone(page)
        card = page.locator("#answer .verdict")
        card.locator(".flag summary").click()
        card.get_by_role("button", name="It is closed").click()
        expect(card.locator(".flag")).to_contain_text("Kept on this device")
        page.locator("#answer .shut").click()
        page.locator("#edition-drawer > summary").click()
        page.get_by_role("button", name="I have read this edition").click()
        expect(page.locator("#waiting .count")).to_have_text("2")
        change_the_list(out)
    out.asked.clear()
    out.online(page)
    expect(page.locator("#device-messages")).to_contain_text("Edition 2 has arrived.")
    assert "GET /api/v1/missions/ISLE/editions/current/delta?from=1" in out.asked
    assert "GET /api/v1/missions/ISLE/editions/current" not in out.asked  # the delta is enough
    with out.site.wiring.reading() as act:
        (raised,) = flags.open_flags(out.head(act), "ISLE")
    assert (raised.designation_id, raised.kind) == ("ISLE-0001", "closed")
    expect(page.locator("#waiting .count")).to_have_text("1")  # the claim waits for its person
    with out.site.wiring.reading() as act:
        assert acknowledged.mine(act.by(proving.actor(act, "p-staff")), "ISLE") == ()
    page.get_by_role("button", name="Show the new list").click()
    out.opened(page)
    expect(page.locator("#standing")).to_contain_text("Edition 2")
    page.fill("#search", "second wind")
    expect(page.locator("#results .hit").first).to_contain_text("Second Wind")


def test_a_claim_counts_once_its_person_has_confirmed_it_and_keeps_the_time_it_was_made(out: Field) -> None:
    page = out.kept()
    with out.gone():
        page.locator("#edition-drawer > summary").click()
        page.get_by_role("button", name="I have read this edition").click()
        expect(page.locator("#waiting li")).to_contain_text("You read edition 1")
        before = datetime.now(UTC)
    page.wait_for_timeout(1100)  # seconds are what is kept
    page.get_by_role("link", name="Sign in and confirm").click()
    expect(page).to_have_url(f"{out.site.url}/acknowledge/1")
    pressed = datetime.now(UTC)
    page.get_by_role("button", name="I acknowledge edition 1").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    with out.site.wiring.reading() as act:
        (said,) = acknowledged.mine(act.by(proving.actor(act, "p-staff")), "ISLE")
    client_at = said.acknowledgement.client_at if hasattr(said, "acknowledgement") else said.client_at
    assert client_at is not None
    assert client_at <= before < pressed
    out.again(page)
    expect(page.locator("#waiting")).to_be_hidden()


def test_a_check_sends_no_request_on_the_device_nor_on_the_page(out: Field) -> None:
    page = out.kept()
    for address in ("/device", "/"):
        page.goto(address)
        page.wait_for_selector("html[data-ready] .folium-map[data-ready]")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1000)  # the page has its parts, and the device has asked what is new
        out.asked.clear()
        page.click("#check-here")
        verdict(page, "cannot_tell")
        page.get_by_role("button", name="Yes").click()
        verdict(page, "listed")
        page.fill("#search", "harbour")
        page.wait_for_selector("#results .hit")
        page.locator("#results .hit").first.click()
        verdict(page, "listed")
        page.fill("#search", "-31.006300, -16.000000")
        page.keyboard.press("Enter")
        verdict(page, "not_listed")
        # Files of the program, which come from the worker, are no question: the renderer of streets, a sheet of icons.
        assert [one for one in out.asked if "/static/" not in one] == []


def test_what_is_typed_before_the_scripts_are_there_is_sent_to_nobody(out: Field) -> None:
    page = out.reader.page()
    page.route(re.compile(r"\.js(\?|$)"), lambda _route: None)  # a slow line
    page.goto("/device", wait_until="commit")
    page.fill("#search", "blue lantern")
    page.on("request", lambda request: out.asked.append(request.url))
    page.press("#search", "Enter")
    page.wait_for_timeout(300)
    assert out.asked == []
    expect(page.locator("#search")).to_have_value("blue lantern")


def test_signing_out_leaves_the_list_on_the_device(out: Field) -> None:
    page = out.kept()
    page.goto("/tokens")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")
    with out.gone():
        out.again(page)  # nobody is signed in, and nobody answers
        page.fill("#search", "blue lantern")
        expect(page.locator("#results .hit").first).to_contain_text("Blue Lantern")
    page.goto("/login")
    expect(page.locator("[name=reference]")).to_be_visible()


def test_the_start_page_leads_to_the_device_when_nobody_answers(out: Field) -> None:
    page = out.kept()
    with out.gone():
        page.goto("/")
        expect(page).to_have_url(f"{out.site.url}/device")
        out.opened(page)


def test_the_worker_keeps_the_shell_and_nothing_of_the_list_or_a_person(out: Field) -> None:
    page = out.kept()
    page.goto("/")
    page.goto("/list")
    texts = page.evaluate(CACHED)
    assert {"/device", "/device/map.js", "/manifest.webmanifest", "/static/lookup.js"} <= texts.keys()
    assert {one for one in texts if not one.startswith("/static/")} == {
        "/device",
        "/device/map.js",
        "/manifest.webmanifest",
    }
    for word in ("Blue Lantern", "Somebody Staff", "ISLE", "offlimits_", "Conduct team"):
        assert [name for name, text in texts.items() if word in text] == []


def test_the_shell_comes_out_of_the_cache_without_waking_the_worker_for_each_file(out: Field) -> None:
    page = out.kept()
    with out.gone():
        out.again(page)
        told = page.evaluate(ROUTED)
    shell = ("/device", "/device/map.js", "/static/device/start.js", "/static/say.js")
    assert {told[name] for name in shell} == {"cache"}
    out.excuse(*GONE)


def test_a_revoked_device_loses_the_list_and_is_told_what_was_never_sent(out: Field) -> None:
    page = out.kept()
    with out.gone():
        page.click("#check-here")
        page.locator("#answer .flag summary").click()
        page.get_by_role("button", name="It is closed").click()
        expect(page.locator("#answer .flag")).to_contain_text("Kept on this device")
        with out.site.wiring.writing() as act:
            by = act.by(proving.actor(act, "p-staff"))
            (token,) = tokens.mine(by)
            assert token.purpose == "device"
            tokens.revoke(by, token.token_id)
    out.online(page)
    expect(page.locator("main")).to_contain_text("The list was deleted from it.")
    expect(page.locator("main li")).to_contain_text("Blue Lantern")
    kept = page.evaluate(LEFT)
    assert kept == [0, 0]
    page.reload()
    without_a_list(page)
    out.excuse("401")


def test_nothing_is_wiped_because_it_is_old(out: Field) -> None:
    page = out.kept()
    page.clock.install(time=datetime.now(UTC) + timedelta(days=100))
    with out.site.later(timedelta(days=100)):
        out.again(page)
        expect(page.locator("#device-messages")).to_contain_text("may not renew the list any more")
        expect(page.locator("#device-stale")).to_be_visible()
        page.fill("#search", "blue lantern")
        page.locator("#results .hit").first.click()
        verdict(page, "listed")
        expect(page.locator("#answer .stale-card")).to_be_visible()
        page.fill("#search", "-31.006300, -16.000000")
        page.keyboard.press("Enter")
        verdict(page, "cannot_tell")
        expect(page.locator("#answer .reasons")).to_contain_text("The list of ISLE expired on")
    out.excuse("401")

"""A device among strangers: a network that answers for the server, a storage full or half gone, time that passes."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.serving import make_server

from geo_offlimits.services import flags, register
from tests.browser.conftest import at, subject, terms
from tests.browser.device_site import Field, in_the_field
from tests.browser.test_device import verdict
from tests.browser.test_device_shared import flag

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
DAYS_31_MS = 31 * 24 * 3600 * 1000
ODD = "\u200f\u202aלילה\u202c \u2067Luna\u2069\u200b " + "W" * 150
# Puts what the device keeps under a name in the place of it: null deletes it, a text is its bytes.
PUT = """([name, text]) => new Promise((done, failed) => {
  const asked = indexedDB.open('offlimits-device');
  asked.onsuccess = () => {
    const kept = asked.result.transaction('kept', 'readwrite').objectStore('kept'), read = kept.get(name);
    read.onsuccess = () => {
      const before = new TextDecoder().decode(read.result?.bytes ?? new Uint8Array());
      const made = text === null ? kept.delete(name) : kept.put({bytes: new TextEncoder().encode(text)}, name);
      made.onsuccess = () => done(before);
    };
    read.onerror = failed;
  };
})"""
FULL = """() => {
  window.put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };
}"""
ROOMY = "() => { IDBObjectStore.prototype.put = window.put; }"


@pytest.fixture(scope="module")
def out(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    with in_the_field(browser, tmp_path_factory.mktemp("strangers")) as found:
        yield found


@contextmanager
def proxy_alone(out: Field) -> Iterator[None]:
    """The server's process is gone, and what stood before it answers."""

    def gateway(_environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("502 Bad Gateway", [("Content-Type", "text/html")])
        return [b"<h1>Bad Gateway</h1>"]

    old: Any = out.site.server
    with out.gone():
        proxy = make_server("127.0.0.1", old.port, gateway, request_handler=old.RequestHandlerClass)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            proxy.shutdown()
            proxy.server_close()


def raised(out: Field) -> list[str]:
    with out.site.wiring.reading() as act:
        return [one.designation_id for one in flags.open_flags(out.head(act), "ISLE")]


def test_whoever_answers_in_the_servers_place_takes_no_flag_and_brings_no_list(out: Field) -> None:
    page = out.kept(viewport=PHONE)
    body = "<h1>Welcome to the Harbour Café. Sign in to go online.</h1>"

    def portal(route: Route) -> None:
        route.fulfill(
            status=200, content_type="text/html", headers={"Date": "Fri, 01 Jan 2100 00:00:00 GMT"}, body=body
        )

    page.route("**/api/**", portal)
    flag(page, "blue lantern")
    out.online(page)
    expect(page.locator("#standing")).to_contain_text("No network: nobody was asked")
    expect(page.locator("#waiting .count")).to_have_text("1")
    expect(page.locator("#device-messages")).to_be_empty()
    expect(page.locator("#device-stale")).to_be_hidden()  # nor does it tell the time
    # One that answers in JSON has not taken it either.
    page.route("**/flags", lambda route: route.fulfill(status=200, json={"online": True, "id": "ISLE-0001"}))
    page.unroute("**/api/**")
    with page.expect_response("**/flags"):
        out.online(page)
    expect(page.locator("#standing")).to_contain_text("Up to date with the server")
    expect(page.locator("#waiting .count")).to_have_text("1")
    assert raised(out) == []
    page.unroute("**/flags")
    out.online(page)
    expect(page.locator("#waiting .count")).to_have_text("0")
    assert raised(out) == ["ISLE-0001"]
    with proxy_alone(out):
        page.goto("/")
        expect(page).to_have_url(f"{out.site.url}/device")
        out.opened(page)
        expect(page.locator("#standing")).to_contain_text("No network: nobody was asked")
    out.excuse("502")


def test_a_full_device_says_so_and_keeps_what_it_has_until_there_is_room(out: Field) -> None:
    page = out.kept(viewport=PHONE)
    with out.site.wiring.writing() as act:
        place = at(500, 500)
        register.add_alone(out.head(act), "ISLE", subject(ODD, place), terms(), confirm_alike=True)
    out.publish()
    page.evaluate(FULL)
    page.fill("#search", "harbour palace")
    page.locator("#results .hit").first.click()
    page.locator("#answer .flag summary").click()
    page.get_by_role("button", name="It is closed").click()
    expect(page.locator("#answer .flag")).to_contain_text("There is no room on this device.")
    page.keyboard.press("Escape")
    out.online(page)
    expect(page.locator("#device-messages")).to_contain_text("There is no room on this device.")
    expect(page.locator("#standing")).to_contain_text("Edition 1")
    page.evaluate(ROOMY)
    out.online(page)
    expect(page.locator("#device-messages")).to_contain_text("Edition 2 has arrived.")
    page.reload()
    out.opened(page)
    expect(page.locator("#standing")).to_contain_text("Edition 2")
    # A name that turns the order of signs round, or never ends, stays in its own line and within the phone.
    page.fill("#search", "luna")
    page.keyboard.press("Enter")
    page.locator("#results .hit").first.press("Enter")
    verdict(page, "listed")
    heading = page.locator("#answer .matches h3, #answer [data-slot=matches] h3").first
    expect(heading).to_have_text(ODD)
    expect(heading).to_have_attribute("dir", "auto")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert (
        page.evaluate(
            "(() => { const box = document.querySelector('#answer'); return box.scrollWidth - box.clientWidth; })()"
        )
        <= 0
    )


def test_an_answer_on_the_screen_does_not_outlive_its_list(out: Field) -> None:
    page = out.kept(viewport=PHONE)
    page.clock.install(time=datetime.now(UTC))
    with out.gone():
        out.again(page)
        page.fill("#search", "-31.006300, -16.000000")
        page.keyboard.press("Enter")
        verdict(page, "not_listed")
        expect(page.locator("#device-stale")).to_be_hidden()
        page.clock.fast_forward(DAYS_31_MS)
        verdict(page, "cannot_tell")
        expect(page.locator("#answer .reasons")).to_contain_text("The list of ISLE expired on")
        expect(page.locator("#device-stale")).to_be_visible()
        page.keyboard.press("Escape")
        page.click("#watch")
        status = page.locator("#watch-status")
        expect(status).to_have_text("Close to a place that is off limits. From an expired list.")


def no_answer(page: Page) -> None:
    """Neither a map that looks empty nor a verdict: a sentence with what to do."""
    page.goto("/device")
    expect(page.locator("h1:visible, [role=alert]:visible").first).to_contain_text("not as the mission signed it")
    assert page.locator("#answer .verdict.not_listed, .offlimits-pin").count() == 0
    if page.locator("#watch").is_visible():
        page.click("#watch")
        expect(page.locator("#watch-status")).to_have_text("Nothing is watched: there is no list that can be read.")
        expect(page.locator("#watch")).to_have_attribute("aria-pressed", "false")


def test_a_storage_that_was_deleted_by_half_or_altered_answers_nobody(out: Field) -> None:
    page = out.kept(viewport=PHONE)
    with out.gone():
        for name, change in (
            ("keys", lambda _text: None),
            ("missions", lambda text: text[: len(text) // 2]),
            ("missions", lambda text: re.sub(r'"sig":"....', '"sig":"!?!?', text)),
            ("missions", lambda text: json.dumps([json.loads(text)[0] | {"signature": None}])),
            ("list:ISLE", lambda _text: "null"),
        ):
            before = page.evaluate(PUT, [name, ""])
            page.evaluate(PUT, [name, change(before)])
            no_answer(page)
            page.evaluate(PUT, [name, before])
        page.evaluate(PUT, ["queue", "[{"])
        out.again(page)  # with all else as it was, it answers again
        flag(page, "harbour palace")
    out.excuse("not as the mission signed it")

"""A device believes what the mission signed and nothing else: an error is shown, never an empty map."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.device_site import Field, in_the_field
from tests.browser.test_device import change_the_list

pytestmark = pytest.mark.browser
CURRENT = "**/api/v1/missions/ISLE/editions/current"
# Changes what the device keeps under a name: change(bytes) -> bytes.
CHANGED = """([name, from, to]) => new Promise((done, failed) => {
  const asked = indexedDB.open('offlimits-device');
  asked.onsuccess = () => {
    const kept = asked.result.transaction('kept', 'readwrite').objectStore('kept'), read = kept.get(name);
    read.onsuccess = () => {
      const text = new TextDecoder().decode(read.result.bytes);
      const bytes = new TextEncoder().encode(text.replaceAll(from, to));
      kept.put({bytes}, name).onsuccess = () => done(text.includes(from));
    };
    read.onerror = failed;
  };
})"""


@pytest.fixture
def out(browser: Browser, tmp_path: Path) -> Iterator[Field]:
    with in_the_field(browser, tmp_path) as found:
        yield found


def without_the_delta(page: Page) -> None:
    page.route("**/delta?from=*", lambda route: route.fulfill(status=404, body="{}"))


def test_a_list_that_was_changed_on_the_device_is_an_error_and_no_empty_map(out: Field) -> None:
    page = out.kept()
    with out.gone():
        assert page.evaluate(CHANGED, ["list:ISLE", "Blue Lantern", "Blue Lanterm"])
        page.goto("/device")
        expect(page.locator("#device-messages [role=alert]")).to_contain_text("It was changed after it was signed.")
        expect(page.locator(".offlimits-notice")).to_contain_text("could not be loaded")
        page.click("#check-here")
        expect(page.locator("#answer .verdict.note")).to_contain_text("It was changed after it was signed.")
        assert page.locator("#answer .verdict.not_listed, .offlimits-pin").count() == 0
    out.excuse("The list on this device is not as the mission signed it.")


def test_a_list_that_is_forged_on_its_way_is_refused_and_the_one_held_stays(out: Field) -> None:
    page = out.kept()
    change_the_list(out)
    without_the_delta(page)

    def forged(route: Route) -> None:
        answer = route.fetch()
        body = answer.body().replace(b'"restriction":"off_limits"', b'"restriction":"caution"')
        route.fulfill(response=answer, body=body)

    page.route(CURRENT, lambda route: forged(route) if route.request.method == "GET" else route.continue_())
    out.online(page)
    expect(page.locator("#device-messages")).to_contain_text("A new list came and was refused.")
    page.reload()
    out.opened(page)
    expect(page.locator("#standing")).to_contain_text("Edition 1")
    page.fill("#search", "blue lantern")
    page.locator("#results .hit").first.click()
    expect(page.locator("#answer .verdict.listed")).to_be_visible()
    out.excuse("404")


def test_an_older_list_is_refused_although_it_is_genuine(out: Field) -> None:
    page = out.reader.page()
    page.goto("/")
    first = "/api/v1/missions/ISLE/editions/1"
    older = page.evaluate(
        "(urls) => Promise.all(urls.map(async (url) => (await fetch(url)).text()))", [first, f"{first}/envelope"]
    )
    change_the_list(out)
    page = out.kept()
    without_the_delta(page)
    page.route(CURRENT, lambda route: route.fulfill(status=200, body=older[0] if route.request.method == "GET" else ""))
    page.route(f"{CURRENT}/envelope", lambda route: route.fulfill(status=200, body=older[1]))
    out.online(page)
    expect(page.locator("#device-messages")).to_contain_text(
        "Edition 1 is older than edition 2, which this device already holds."
    )
    expect(page.locator("#standing")).to_contain_text("Edition 2")
    out.excuse("404")


def test_a_key_that_was_revoked_is_believed_no_more(out: Field) -> None:
    page = out.kept()
    change_the_list(out)
    without_the_delta(page)

    def revoked(route: Route) -> None:
        answer = route.fetch()
        keys: list[dict[str, Any]] = json.loads(answer.body())
        route.fulfill(response=answer, json=[key | {"revoked_from": "2026-01-01T00:00:00Z"} for key in keys])

    page.route("**/api/v1/keys", revoked)
    out.online(page)
    expect(page.locator("#device-messages")).to_contain_text("which was revoked: anybody may have made it.")
    out.excuse("404")


def test_where_the_browser_knows_no_ed25519_every_answer_says_that_it_is_not_verified(out: Field) -> None:
    page = out.reader.page(standing=(700, 700))
    page.add_init_script(
        """const real = crypto.subtle.importKey.bind(crypto.subtle);
        crypto.subtle.importKey = (format, data, how, ...rest) =>
          how.name === 'Ed25519'
            ? Promise.reject(new DOMException('unknown', 'NotSupportedError'))
            : real(format, data, how, ...rest);"""
    )
    page.goto("/device/keep")
    page.locator("main form.panel button.primary").click()
    page.wait_for_url("**/device")
    out.opened(page)
    expect(page.locator("#device-unverified")).to_be_visible()
    page.click("#check-here")
    expect(page.locator("#answer .verdict.cannot_tell")).to_contain_text("could not be verified")

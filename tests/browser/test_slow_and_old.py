"""On a bad line and in an old browser: the list and its look-up without a script, light enough for 2G.

A page weighs what its answer weighs as it travels, head and body; the style sheet and the signs come once.
"""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
A_PAGE_BYTES = 20_000
# As Chromium's own profile "Regular 2G".
TWO_G = {"offline": False, "latency": 300, "downloadThroughput": 250_000 / 8, "uploadThroughput": 50_000 / 8}


@pytest.fixture
def large_reader(reader: Any, large_site: Any) -> Any:
    reader.site = large_site
    return reader


def travelling(page: Page) -> dict[str, int]:
    """What has come over the line to this page so far, by address; a POST and a GET of one address are told apart."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    asked: dict[str, str] = {}
    come: dict[str, int] = {}

    def ask(told: dict[str, Any]) -> None:
        asked[told["requestId"]] = f"{told['request']['method']} {told['request']['url']}"

    def arrive(told: dict[str, Any]) -> None:
        come[asked.get(told["requestId"], "?")] = told["encodedDataLength"]

    line.on("Network.requestWillBeSent", ask)
    line.on("Network.loadingFinished", arrive)
    return come


def search(page: Page, text: str) -> None:
    page.fill("#search", text)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#search")).to_have_value(text)
    page.wait_for_load_state("networkidle")


def test_the_list_its_search_and_its_answers_are_each_light_and_so_is_the_first_visit(large_reader: Any) -> None:
    page = large_reader.page(viewport=PHONE, java_script_enabled=False)
    come = travelling(page)
    page.goto("/list")
    page.wait_for_load_state("networkidle")
    assert any("/static/app.css" in address for address in come), "what is kept for later must be weighed with it"
    assert sum(come.values()) <= A_PAGE_BYTES, come
    for text in ("lantern", "Lantern Lantern Bar 0", "-31.08, -16.0", "31 S, 16 W", "zzyzx", "1 2 3 4"):
        come.clear()
        search(page, text)
        assert 1000 < come[f"POST {large_reader.site.url}/list"] <= A_PAGE_BYTES, text
        assert sum(come.values()) <= A_PAGE_BYTES, come
    assert large_reader.watched.foreign == []


def test_the_weight_would_tell_of_a_page_that_is_heavy(large_reader: Any) -> None:
    page = large_reader.page(viewport=PHONE)
    come = travelling(page)
    page.goto("/")
    large_reader.ready(page)
    assert sum(come.values()) > A_PAGE_BYTES


def test_on_2g_the_list_is_read_and_a_place_looked_up(large_reader: Any) -> None:
    page = large_reader.page(viewport=PHONE, java_script_enabled=False)
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", TWO_G)
    page.goto("/list")
    expect(page.locator("tbody tr")).not_to_have_count(0)
    search(page, "lantern lantern bar 0")
    expect(page.locator(".verdict")).to_be_visible()
    search(page, "-31.5, -16.4")
    expect(page.locator(".verdict.not_listed")).to_contain_text("Not on this list")


def test_an_old_browser_without_scripts_styles_and_pictures_answers_all_the_same(reader: Any) -> None:
    """Nothing newer than forms and tables is needed: what a page says stands in its text, in the order of reading."""
    page = reader.page(viewport=PHONE, java_script_enabled=False)
    page.route("**/static/**", _withheld)
    page.goto("/list")
    assert page.locator("script, [onclick], template").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('.tag')).borderTopWidth") == "0px"
    expect(page.locator("tbody tr", has_text="Blue Lantern")).to_contain_text("Off limits")
    search(page, "-31.0, -16.0")
    words = page.locator(".verdict").inner_text()
    told = ("Cannot tell", "Edition 1", "If in doubt, stay out and ask.", "Blue Lantern", "Conduct team", "+99 1 234")
    assert [text for text in told if text not in words] == []
    assert [words.index(text) for text in told] == sorted(words.index(text) for text in told)
    search(page, "harbour palace")
    expect(page.locator(".verdict")).to_contain_text("Off limits")
    reader.watched.complaints.clear()  # of what was withheld


def _withheld(route: Route) -> None:
    route.abort()


def test_what_the_list_says_first_stands_in_the_title_for_who_hears_it(reader: Any) -> None:
    page = reader.page(viewport=PHONE, java_script_enabled=False)
    page.goto("/list")
    assert page.title().startswith("The list")
    for text in ("-31.0, -16.0", "harbour palace", "no such sign anywhere"):
        search(page, text)
        headline = page.locator(".verdict > header h2").inner_text().splitlines()[0]
        assert page.title().startswith(headline)
        assert headline != "The list"
    page.goto("/list")
    assert page.title().startswith("The list")

"""No language breaks a page on a phone: the longest of ours, one that runs to the left, one longer than any."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.languages import SOURCE, TAGS
from tests.browser.test_pages import OFFICES, PAGES, PHONE, by_person, is_clean
from tests.pseudo import Pseudo, pseudo
from web import frame, language

pytestmark = pytest.mark.browser
PSEUDO = "fr"  # in whose place it is put
OWN = (*PAGES, "/login", "/tokens", "/sessions", "/acknowledgements", "/no-such-page")
WALK = by_person((*(("staff", path) for path in OWN), *OFFICES))
# Beyond the page on either side, or cut off where it can be pressed.
OUTSIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1)
    .map((one) => one.outerHTML.slice(0, 120))"""
CUT_OFF = """() => [...document.querySelectorAll("button, .button, summary, .tag, nav a")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => !one.closest(".only-heard, .leaflet-container"))
    .filter((one) => {
      const words = document.createRange(), box = one.getBoundingClientRect();
      words.selectNodeContents(one);
      const { left, right } = words.getBoundingClientRect();
      return right > box.right + 1 || left < box.left - 1;
    })
    .map((one) => one.outerHTML.slice(0, 160))"""

ASTRAY = """(bar) => {
  const [one, other] = [bar, bar.parentElement.querySelector(".ring")].map((part) => part.getBoundingClientRect());
  return Math.hypot(one.x - other.x + (one.width - other.width) / 2, one.y - other.y + (one.height - other.height) / 2);
}"""


def longest() -> str:
    """The language of ours whose texts are the longest."""
    po = catalogue("fr")._catalog
    texts = [text for text in po if isinstance(text, str) and "\x04" not in text]
    return max(TAGS, key=lambda tag: sum(len(catalogue(tag).gettext(text)) for text in texts))


@pytest.fixture
def speaking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """French is replaced by the language that nobody speaks."""
    words = language.words
    monkeypatch.setattr(language, "words", lambda tag: Pseudo() if tag == PSEUDO else words(tag))
    for kept in (frame._labels, frame._built):
        kept.cache_clear()
    yield
    for kept in (frame._labels, frame._built):
        kept.cache_clear()


def holds(page: Page) -> None:
    assert page.evaluate(OUTSIDE) == [], page.url
    assert page.evaluate(CUT_OFF) == [], page.url


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize(("who", "paths"), WALK.items())
def test_a_language_longer_than_any_breaks_no_page_at_360_pixels(reader: Any, who: str, paths: list[str]) -> None:
    page = reader.page(who=who, viewport=PHONE)
    spoken_to(page, reader, PSEUDO)
    for path in paths:
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == PSEUDO, path
        expect(page.locator("body")).to_contain_text(pseudo("Skip to the content"))
        holds(page)
        forgive_absence(reader, path)


@pytest.mark.parametrize("tag", sorted({"ar", longest()}))
@pytest.mark.parametrize(("who", "paths"), WALK.items())
def test_no_language_of_ours_breaks_a_page_at_360_pixels(reader: Any, who: str, paths: list[str], tag: str) -> None:
    page = reader.page(who=who, viewport=PHONE)
    spoken_to(page, reader, tag)
    for path in paths:
        page.goto(path)
        assert page.locator("html").get_attribute("dir") == ("rtl" if tag == "ar" else "ltr"), path
        holds(page)
        forgive_absence(reader, path)


def spoken_to(page: Page, reader: Any, tag: str) -> None:
    """As after a link with `?lang=`."""
    page.context.add_cookies([{"name": language.VISIT_COOKIE, "value": tag, "url": reader.site.url}])


def forgive_absence(reader: Any, path: str) -> None:
    """The browser complains of the page that is meant to be absent."""
    if path == "/no-such-page":
        reader.watched.complaints.clear()


def test_what_breaks_is_seen(reader: Any) -> None:
    page = reader.page(viewport=PHONE)
    page.goto("/list")
    holds(page)
    page.evaluate("() => document.querySelector('h1').style.setProperty('inline-size', '500px')")
    assert page.evaluate(OUTSIDE) != []
    page.goto("/list")
    page.evaluate(
        """() => { const one = document.querySelector('main button'); one.textContent = 'W'.repeat(20);
        one.setAttribute('class', 'button'); one.style.setProperty('inline-size', '44px');
        one.style.setProperty('overflow', 'hidden'); one.style.setProperty('white-space', 'nowrap'); }"""
    )
    assert page.evaluate(CUT_OFF) != []


@pytest.mark.parametrize("tag", ["ar", "sr-Cyrl", "sq"])
def test_the_whole_look_up_reads_in_the_reader_s_language(reader: Any, tag: str) -> None:
    page = reader.page(viewport=PHONE, standing=(6, 0))
    page.goto(f"/?lang={tag}")
    reader.ready(page)
    words = catalogue(tag).gettext
    card = reader.check_here(page)
    expect(card).to_contain_text(words("Is this the sign?"))
    expect(card.locator("h2")).to_contain_text(words("Cannot tell"))
    card.get_by_role("button", name=words("Yes"), exact=True).click()
    listed = page.locator("#answer .verdict.listed")
    expect(listed.locator(".tag").first).to_have_text(words("Off limits"))
    assert tag == "sq" or not re.search("[A-Za-z]", listed.locator("h2").inner_text())
    if tag == "sr-Cyrl":
        expect(listed.locator(".matches h3")).to_have_text("Плава лампа")
        expect(listed.locator(".matches .on-sign")).to_have_text("Blue Lantern")
    holds(page)
    is_clean(page)
    assert page.locator(".offlimits-sign .bar").first.evaluate(ASTRAY) < 1  # pixel: the bar goes through its ring
    page.locator("[data-slot=notations] summary").click()
    grid = page.locator("[data-slot=notations] code").first
    assert grid.evaluate("(one) => getComputedStyle(one).direction") == "ltr"
    assert not re.search(r"\b(?:Off limits|Edition|Since)\b", listed.inner_text())
    assert SOURCE not in (page.locator("html").get_attribute("lang") or "")

"""Signs that would cover one another: gathered, opened, fanned out, and as few as a reader sees."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.frame.conftest import entry, point

pytestmark = pytest.mark.browser
WIDE = {"width": 1000, "height": 700}
COUNTED = """() => {
    const rings = [...document.querySelectorAll('.offlimits-cluster b')].map((one) => Number(one.textContent));
    const alone = document.querySelectorAll('.leaflet-marker-pane .offlimits-pin').length;
    return rings.reduce((sum, one) => sum + one, alone);
}"""
OVERLAPS = """() => {
    const spots = [...document.querySelectorAll('.leaflet-marker-pane .offlimits-pin')].map((one) => {
        const {left, top} = one.getBoundingClientRect();
        return [left, top];
    });
    return spots.filter(([x, y], i) => spots.some(([a, b], j) => j !== i && Math.hypot(x - a, y - b) < 40)).length;
}"""


def look(page: Page, lat: float, lon: float, zoom: int) -> None:
    page.evaluate("([lat, lon, zoom]) => Offlimits.look({lat, lon, zoom})", [lat, lon, zoom])
    page.wait_for_timeout(200)


@pytest.fixture
def opened(site: Any, edition: dict[str, Any], shown: Any) -> Any:
    """The map with these entries instead of the island's own."""

    def opened(features: list[dict[str, Any]], **options: Any) -> Page:
        page: Page = shown(ready=False, **({"viewport": WIDE} | options))
        site.put("/edition", "application/json", edition | {"features": features})
        page.reload()
        expect(page.locator(".folium-map")).to_have_attribute("data-ready", str(len(features)))
        return page

    return opened


def test_every_sign_in_view_is_counted_once_at_every_zoom(opened: Any) -> None:
    spread = [entry(n, f"Bar {n}", point(38.13 + n % 9 * 0.0007, -41.58 + n % 7 * 0.0009)) for n in range(1, 64)]
    page = opened(spread)
    for zoom in range(9, 16):
        look(page, 38.1328, -41.577, zoom)
        assert page.evaluate(COUNTED) == 63, f"zoom {zoom}"


def test_what_lies_on_one_spot_stands_around_it_when_near(opened: Any) -> None:
    page = opened([entry(n, f"Bar {n}", point(38.13, -41.58)) for n in range(1, 5)])
    look(page, 38.13, -41.58, 16)
    expect(page.locator(".offlimits-cluster b")).to_have_text("4")
    page.locator(".offlimits-cluster").click()
    expect(page.locator(".leaflet-marker-pane .offlimits-pin")).to_have_count(4)
    page.wait_for_timeout(300)
    assert page.evaluate("Offlimits.map.getZoom()") >= 17
    look(page, 38.13, -41.58, 18)
    expect(page.locator(".leaflet-marker-pane .offlimits-pin")).to_have_count(4)
    assert page.evaluate(OVERLAPS) == 0
    expect(page.locator("path.offlimits-leg")).to_have_count(4)
    page.locator("[data-entry='ISLE-0003']").click()
    assert [detail["entry"]["id"] for told, detail in page.evaluate("window.heard") if told == "pick"] == ["ISLE-0003"]


def test_of_ten_thousand_only_what_is_in_view_is_drawn_and_each_can_be_shown(opened: Any) -> None:
    many = [entry(n, f"Bar {n}", point(38 + n // 100 * 0.004, -41.8 + n % 100 * 0.006)) for n in range(1, 10_001)]
    page = opened(many)
    for zoom in (9, 12, 15, 17):
        look(page, 38.2, -41.5, zoom)
        drawn = page.locator(".leaflet-marker-pane > *").count()
        assert 0 < drawn < 1_000, f"zoom {zoom}: {drawn}"
    for number in (1, 5_000, 9_999):
        assert page.evaluate("(id) => Offlimits.show(id)", f"ISLE-{number:04d}") is True
        expect(page.locator(f"[data-entry='ISLE-{number:04d}'].chosen")).to_be_visible()


def test_a_reader_who_drags_far_finds_signs_before_letting_go(opened: Any) -> None:
    page = opened([entry(n, f"Bar {n}", point(38.13, -41.9 + n * 0.01)) for n in range(1, 60)])
    look(page, 38.13, -41.8, 13)
    before = set(page.locator("[data-entry]").evaluate_all("(all) => all.map((one) => one.dataset.entry)"))
    page.mouse.move(900, 350)
    page.mouse.down()
    for x in range(900, 100, -20):
        page.mouse.move(x, 350)
    page.wait_for_timeout(200)
    during = set(page.locator("[data-entry]").evaluate_all("(all) => all.map((one) => one.dataset.entry)"))
    page.mouse.up()
    assert during - before

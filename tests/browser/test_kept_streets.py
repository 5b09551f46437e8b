"""Streets that a reader keeps on the device: told by size first, drawn with the server's streets gone, and removed."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from geo_offlimits.services import basemaps
from tests import proving
from tests.browser.conftest import LISTINGS, Site, served
from tests.browser.device_site import GONE, Field
from tests.browser.test_street_detail import INK, SCREEN, STREETS, TOWN, middle, painted, raster, vector

pytestmark = pytest.mark.browser
ELSEWHERE = "Offlimits.look({lat: -31.62, lon: -15.93, zoom: 15})"
SLOW_SHELF = """
    const known = indexedDB.databases.bind(indexedDB);
    indexedDB.databases = () => new Promise((done) => setTimeout(() => done(known()), 1500));
"""  # a reader is over the town before the page knows what lies on this device
KINDS = ("pmtiles", "vector", "raster")


def archive(folder: Path) -> Path:
    target = folder / "plan.pmtiles"
    target.write_bytes(STREETS.read_bytes())
    return target


MADE: dict[str, Callable[[Path], Path]] = {"pmtiles": archive, "vector": vector, "raster": raster}


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def isle(tmp_path_factory: pytest.TempPathFactory, kind: str) -> Iterator[Site]:
    """A site of its own with one street map of this kind; what is kept of it lies in each test's own browser."""
    folder = tmp_path_factory.mktemp("kept")
    for site in served(folder / "site", LISTINGS[:2]):
        with site.wiring.reading() as act:
            admin = proving.actor(act, "p-admin")
        with site.wiring.writing(admin) as act:
            meant = basemaps.addition(act, site.wiring.settings.data_dir, "ISLE", MADE[kind](folder))
            with basemaps.copied(meant) as copy:
                basemaps.add(act, meant, copy)
        yield site


@pytest.fixture
def page(reader: Any, isle: Site) -> Page:
    reader.site = isle
    page: Page = reader.page(viewport=SCREEN)
    page.goto("/")
    reader.ready(page)
    page.evaluate("([lat, lon]) => Offlimits.look({lat, lon, zoom: 15})", list(TOWN))
    page.locator("#edition-drawer > summary").click()
    page.locator("#streets summary").click()
    return page


def kept(page: Page) -> None:
    page.get_by_role("button", name="Keep the streets of this view").click()
    page.get_by_role("button", name="Keep them", exact=True).click()
    expect(page.locator("#streets [role=status]")).to_contain_text("Kept.")


def drawn(page: Page, kind: str) -> None:
    page.evaluate("([lat, lon]) => Offlimits.look({lat, lon, zoom: 15})", list(TOWN))
    if kind == "raster":
        for _ in range(100):
            if middle(page) == INK:
                break
            page.wait_for_timeout(100)
        assert middle(page) == INK
    else:
        assert painted(page, "road")


def test_the_size_is_told_before_anything_is_fetched_and_a_no_keeps_nothing(page: Page) -> None:
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one) if "area.pmtiles" in one.url else None)
    page.get_by_role("button", name="Keep the streets of this view").click()
    expect(page.locator("#streets [role=status]")).to_have_text(re.compile(r"shows now: 0\.\d MB\.$"))
    assert [one.method for one in asked] == ["HEAD"]
    page.get_by_role("button", name="Do not keep them").click()
    expect(page.locator(".kept-streets li")).to_have_count(0)
    assert len(asked) == 1


def test_kept_streets_are_drawn_when_nobody_serves_them_and_only_where_they_were_kept(
    page: Page, kind: str, reader: Any
) -> None:
    kept(page)
    expect(page.locator(".kept-streets li b")).to_have_text(
        page.evaluate(
            "(([w, s, e, n]) => Offlimits.mgrs((s + n) / 2, (w + e) / 2, 500))"
            "(((b) => [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()])(Offlimits.map.getBounds()))"
        )
    )
    gone: list[str] = []

    def refuse(route: Route) -> None:
        gone.append(route.request.url)
        route.fulfill(status=204)

    page.context.route("**/basemaps/**", refuse)
    page.add_init_script(SLOW_SHELF)
    page.goto("/")
    reader.ready(page)
    drawn(page, kind)
    assert not [url for url in gone if "area" in url], "nothing was fetched again"


def test_kept_streets_are_drawn_on_a_device_with_the_server_gone(
    page: Page, kind: str, reader: Any, isle: Site
) -> None:
    kept(page)
    with page.expect_request(lambda one: "/basemaps/" in one.url):  # on the page at the server the view is told by it
        page.evaluate(ELSEWHERE)
    out = Field(isle, reader)
    page.goto("/device/keep")
    page.locator("main form.panel button.primary").click()
    page.wait_for_url("**/device")
    out.opened(page)
    tiles: list[str] = []
    page.on("request", lambda one: tiles.append(one.url) if "/basemaps/" in one.url else None)
    page.evaluate(ELSEWHERE)
    page.wait_for_timeout(1_000)
    assert tiles == []  # though the server is there, and the place was not kept
    with out.gone():
        out.again(page)
        asked: list[Request] = []
        page.on("request", lambda one: asked.append(one))  # noqa: PLW0108  (Playwright marks the function it is given)
        drawn(page, kind)
        assert [one.url for one in asked if "/static/" not in one.url and not one.url.startswith("blob:")] == []
    out.excuse(*GONE)


def test_what_is_removed_is_gone_from_the_device(page: Page) -> None:
    kept(page)
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#streets [role=status]")).to_have_text("Removed from this device.")
    expect(page.locator(".kept-streets li")).to_have_count(0)
    held = """async () => {
        const opened = await new Promise((done) => {
            const asked = indexedDB.open('offlimits-streets');
            asked.onsuccess = () => done(asked.result);
        });
        const count = (name) => new Promise((done) => {
            const asked = opened.transaction(name).objectStore(name).count();
            asked.onsuccess = () => done(asked.result);
        });
        return [await count('areas'), await count('archives')];
    }"""
    assert page.evaluate(held) == [0, 0]


def test_too_large_an_area_is_refused_in_the_servers_words(
    page: Page, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_offlimits.formats.tile_areas.MOST_TILES", 2)
    page.get_by_role("button", name="Keep the streets of this view").click()
    expect(page.locator("#streets [role=status]")).to_contain_text("2 are given at once; zoom in")
    expect(page.locator(".kept-streets li")).to_have_count(0)
    told, reader.watched.complaints[:] = list(reader.watched.complaints), []
    assert all("422" in one for one in told), "the browser tells of the refusal by itself, and of nothing else"

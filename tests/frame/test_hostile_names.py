"""A name is shown as typed, whatever it says; plain Folium would have run it."""

from pathlib import Path
from typing import Any

import folium
import pytest
from playwright.sync_api import expect

from geo_offlimits.frame import standalone_map


def hostile_names(marker: Path) -> list[str]:
    return [
        f"{{{{ cycler.__init__.__globals__.os.system('touch {marker}') }}}}",
        "</script><script>document.title = 'ran'</script>",
        "${document.title = 'ran'}",
        "<img src=x onerror=\"document.title = 'ran'\">",
        "`;document.title='ran';`",
        "{% for x in (1,) %}ran{% endfor %}",
    ]


def with_names(edition: dict[str, Any], names: list[str]) -> dict[str, Any]:
    for feature, name in zip(edition["features"], names, strict=False):
        known = feature["properties"]
        known |= {
            "name": name,
            "address": name,
            "locality": name,
            "directive": name,
            "part": {"floor": name, "text": name},
        }
        known["names"] = [{"text": name, "lang": "en", "kind": "sign"}]
    about = edition["offlimits"]
    about["mission_name"] = names[0]
    about["contacts"][0]["name"] = names[1]
    about["facilities"][0]["name"] = names[2]
    about["boundaries"][1]["name"] = names[3]
    return edition


@pytest.mark.parametrize("position", range(2))
def test_the_control_plain_folium_runs_a_name_on_the_server(tmp_path: Path, position: int) -> None:
    """If this fails, Folium has changed, and the test below no longer shows anything."""
    marker = tmp_path / "ran"
    name = hostile_names(marker)[0]
    means: Any = [{"popup": folium.Popup(name)}, {"tooltip": folium.Tooltip(name)}][position]
    page = folium.Map(tiles=None)
    folium.Marker([38.2, -41.5], **means).add_to(page)
    page.get_root().render()
    assert marker.exists()


def test_a_hostile_name_runs_nothing_on_the_server(
    tmp_path: Path, edition: dict[str, Any], basemap: dict[str, Any]
) -> None:
    marker = tmp_path / "ran"
    basemap["features"][-1]["properties"]["name"] = hostile_names(marker)[0]
    basemap["credit"] = hostile_names(marker)[1]
    page = standalone_map(edition=with_names(edition, hostile_names(marker)), basemap=basemap)
    page.save(tmp_path / "map.html")
    assert not marker.exists()


@pytest.mark.browser
def test_a_hostile_name_is_shown_as_typed_in_the_notebooks_page(
    tmp_path: Path, edition: dict[str, Any], basemap: dict[str, Any], open_page: Any
) -> None:
    names = hostile_names(tmp_path / "ran")
    basemap["credit"] = names[3]
    standalone_map(edition=with_names(edition, names), basemap=basemap).save(tmp_path / "map.html")
    page = open_page((tmp_path / "map.html").as_uri())
    expect(page.locator(".offlimits-panel h1")).to_have_text(names[0])
    expect(page.locator(".leaflet-control-attribution")).to_have_text(names[3])
    for number, name in enumerate(names):
        page.fill("input.search", name)
        # Two of them are one to the ear: their signs are no letters.
        page.locator(".hit b").get_by_text(name, exact=True).first.click()
        expect(page.locator(".card .matches h3")).to_have_text(name)
        expect(page.locator(f'[data-entry="ISLE-{number + 1:04d}"]')).to_have_attribute("title", name)
        expect(page.locator(".card .contacts dt")).to_have_text(names[1])
    assert page.title() == "ISLE · 4"
    assert page.locator("img").count() == 0
    assert not (tmp_path / "ran").exists()


@pytest.mark.browser
def test_the_notebooks_page_fetches_nothing(
    tmp_path: Path, edition: dict[str, Any], basemap: dict[str, Any], open_page: Any
) -> None:
    standalone_map(edition=edition, basemap=basemap).save(tmp_path / "map.html")
    asked: list[str] = []
    page = open_page("about:blank")
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "map.html").as_uri())
    expect(page.locator(".folium-map")).to_have_attribute("data-ready", "42")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.browser
def test_an_expired_edition_says_so(tmp_path: Path, edition: dict[str, Any], open_page: Any) -> None:
    edition["offlimits"]["expires_at"] = "2020-01-01T00:00:00Z"
    standalone_map(edition=edition).save(tmp_path / "map.html")
    expect(open_page((tmp_path / "map.html").as_uri()).locator(".expired")).to_contain_text("expired on")


@pytest.mark.browser
def test_a_page_that_stays_open_says_so_once_its_edition_expires(
    tmp_path: Path, edition: dict[str, Any], open_page: Any
) -> None:
    standalone_map(edition=edition).save(tmp_path / "map.html")
    page = open_page("about:blank")
    page.clock.install(time="2099-12-01T07:59:00Z")
    page.goto((tmp_path / "map.html").as_uri())
    page.fill("input.search", edition["features"][0]["properties"]["name"])
    page.locator(".hit").first.click()
    expect(page.locator(".card")).to_be_visible()
    expect(page.locator(".expired, .card .stale")).to_have_count(0)
    page.clock.fast_forward(120_000)
    expect(page.locator(".expired")).to_contain_text("expired on")
    expect(page.locator(".card .stale")).to_be_visible()

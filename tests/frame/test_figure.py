"""The parts of a page: the same bytes each time, nothing inline, nothing from outside."""

import re
from typing import Any

import folium
import folium.plugins
import pytest

from geo_offlimits.errors import InputError
from geo_offlimits.frame import (
    MapLabels,
    OutsideAssetError,
    Streets,
    StreetsKind,
    comparison_map,
    lookup_map,
    standalone_map,
)
from geo_offlimits.frame.figure import PageFigure


def test_the_same_map_gives_the_same_bytes() -> None:
    def made() -> Any:
        streets = Streets(url="/tiles/{z}/{x}/{y}", kind=StreetsKind.VECTOR)
        return lookup_map(edition_url="/edition", basemap_url="/basemap", streets=streets, officer=True, zoom=11)

    assert made() == made()


def test_rendering_twice_adds_nothing_twice(edition: dict[str, Any]) -> None:
    page = standalone_map(edition=edition)
    assert page.get_root().render() == page.get_root().render()


def test_a_plugin_that_wants_an_outside_file_is_refused() -> None:
    figure = PageFigure()
    page = folium.Map(tiles=None)
    figure.add_child(page)
    folium.plugins.HeatMap([[1.0, 2.0]]).add_to(page)  # type: ignore[no-untyped-call]  # folium types part of itself
    with pytest.raises(OutsideAssetError, match="loads nothing from outside") as refusal:
        figure.parts()
    assert "leaflet_heat" in refusal.value.name or "heat" in refusal.value.url


def test_a_notebook_map_refuses_such_a_plugin_too(edition: dict[str, Any]) -> None:
    page = standalone_map(edition=edition)
    folium.plugins.Fullscreen().add_to(page)  # type: ignore[no-untyped-call]  # see above
    with pytest.raises(OutsideAssetError):
        page.get_root().render()


def test_a_page_has_no_inline_script_and_no_inline_style() -> None:
    html = lookup_map(edition_url="/edition", officer=True).html
    assert re.fullmatch(r'<div class="folium-map" id="map_\w+" ?></div>', html)


def test_only_officers_are_given_the_drawing_tools() -> None:
    assert not any("draw" in url for url in lookup_map(edition_url="/edition").scripts)
    assert any("draw" in url for url in lookup_map(edition_url="/edition", officer=True).scripts)


def test_a_map_of_two_times_is_the_same_bytes_each_time_and_reads_nothing_from_another_host() -> None:
    def made(**more: Any) -> Any:
        return comparison_map(**({"first_url": "/held?at=1", "second_url": "/held", "basemap_url": "/basemap"} | more))

    parts = made()
    assert parts == made()
    assert "L.control.sideBySide(" in parts.script
    names = [url.partition("?")[0].rpartition("/")[2] for url in parts.scripts]
    assert names.index("entries.js") < names.index("side_by_side.js") == len(names) - 1
    for member in ("first_url", "second_url", "boundaries_url", "basemap_url"):
        with pytest.raises(InputError, match="nothing from another host"):
            made(**{member: "https://elsewhere.example/list"})


def test_the_libraries_load_before_our_scripts_and_leaflet_first() -> None:
    scripts = lookup_map(edition_url="/edition", officer=True).scripts
    assert "leaflet.js" in scripts[0]
    kinds = ["/frame/" in url for url in scripts]
    assert kinds == sorted(kinds)


def test_the_static_folder_of_the_web_can_be_elsewhere() -> None:
    page = lookup_map(edition_url="/edition", static_url="/assets/")
    assert all(url.startswith("/assets/") for url in (*page.scripts, *page.stylesheets))


@pytest.mark.parametrize("url", ["https://tiles.example/edition", "//tiles.example/edition"])
def test_a_list_on_another_host_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="another host"):
        lookup_map(edition_url=url)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://tiles.example/streets.pmtiles", StreetsKind.PMTILES),
        ("/basemaps/1", StreetsKind.PMTILES),
        ("/tiles/{z}/{x}", StreetsKind.RASTER),
        ("/streets.pmtiles", StreetsKind.VECTOR),
    ],
)
def test_an_address_the_renderer_could_not_read_is_refused(url: str, kind: StreetsKind) -> None:
    with pytest.raises(InputError, match="street tiles"):
        Streets(url=url, kind=kind)


@pytest.mark.parametrize("word", ["{{ 7*7 }}", "{% raw %}", "<b>Streets</b>", "Streets & roads", "${1}", "`x`", "\\"])
def test_a_label_that_a_page_could_read_as_code_is_refused(word: str) -> None:
    with pytest.raises(InputError, match="could read as code"):
        MapLabels(streets=word)


def test_labels_of_other_languages_are_taken_as_they_are() -> None:
    words = MapLabels(streets="Détail des rues", layers="Couches d'information", facility="Назив")
    assert "D\\u00e9tail des rues" in lookup_map(edition_url="/e", labels=words).script


def test_a_catalogue_can_name_every_label_and_each_goes_where_it_is_shown() -> None:
    words = MapLabels(**{name: f"label {name}" for name in MapLabels().as_json()})
    parts = [words.of_the_map(), words.of_drawing(), words.of_comparing(), words.of_rows()]
    assert sum(map(len, parts)) == len(words.as_json())
    assert words.as_json() == parts[0] | parts[1] | parts[2] | parts[3]


def test_an_edition_across_the_antimeridian_shows_the_world(edition: dict[str, Any]) -> None:
    edition["bbox"] = [179.0, -18.0, -179.0, -16.0]
    assert "[[-60.0, -180.0], [75.0, 180.0]]" in standalone_map(edition=edition).get_root().render()

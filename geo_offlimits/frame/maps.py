"""The maps of the product: the look-up page's and that of two times, in parts, and a notebook's, as one file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import folium
from branca.element import Element
from folium.plugins import Draw, LocateControl, SideBySideLayers

from geo_offlimits.errors import InputError, Issue
from geo_offlimits.frame.assets import STATIC_URL, asset_url
from geo_offlimits.frame.figure import PageFigure, PageParts, StandaloneFigure
from geo_offlimits.frame.labels import MapLabels
from geo_offlimits.frame.overlays import (
    Basemap,
    Boundaries,
    DrawingElement,
    EmbeddedDocument,
    Entries,
    Facilities,
    FrameElement,
    Grid,
    Rows,
    SearchPageElement,
    Side,
    StreetDetail,
)
from geo_offlimits.frame.page_words import page_words
from geo_offlimits.lookup.wording import Translate

# ((south, west), (north, east)) in WGS 84 degrees
Bounds = tuple[tuple[float, float], tuple[float, float]]
_WORLD: Bounds = ((-60.0, -180.0), (75.0, 180.0))
_MIN_ZOOM, _MAX_ZOOM = 3, 19
_POLYGON_AND_POINT = {
    "polygon": {"allowIntersection": False, "showArea": False},
    "polyline": False,
    "rectangle": False,
    "circle": False,
    "circlemarker": False,
    "marker": True,
}


class StreetsKind(StrEnum):
    PMTILES = "pmtiles"
    VECTOR = "vector"
    RASTER = "raster"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True)
class Streets:
    """Street detail served by the application.

    `url` ends in `.pmtiles`, or for the tiles of an MBTiles file holds `{z}`, `{x}` and `{y}`. Of kind `kept` nobody is
    asked: only what lies on the device is drawn. `min_zoom` and
    `max_zoom` are the zooms that the file holds; the map shows it from zoom 12 on, beyond `max_zoom` enlarged.
    Raises InputError for an address of another host or of the wrong form.
    """

    url: str
    kind: StreetsKind
    credit: str = ""
    min_zoom: int = 0
    max_zoom: int = 15

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme or parts.netloc:
            self._refuse("lies on another host", "serve the file from this application")
        if self.kind is StreetsKind.PMTILES and not parts.path.endswith(".pmtiles"):
            self._refuse("does not end in .pmtiles", "end it in .pmtiles, by which the renderer knows the format")
        if self.kind in {StreetsKind.VECTOR, StreetsKind.RASTER} and not all(
            mark in self.url for mark in ("{z}", "{x}", "{y}")
        ):
            self._refuse("has no {z}, {x} and {y}", "name where zoom, column and row stand")

    def _refuse(self, fact: str, remedy: str) -> None:
        sentence = f"The address of the street tiles, {self.url}, {fact}; {remedy}."
        raise InputError(sentence, Issue(field="url", value=self.url, reason=fact, remedy=remedy))


def lookup_map(
    *,
    edition_url: str,
    basemap_url: str | None = None,
    streets: Streets | None = None,
    officer: bool = False,
    centre: tuple[float, float] | None = None,
    zoom: int = 9,
    bounds: Bounds | None = None,
    labels: MapLabels | None = None,
    static_url: str = STATIC_URL,
) -> PageParts:
    """The map of the look-up page, in parts; the same bytes for the same arguments.

    centre : (latitude, longitude) in degrees, shown at `zoom`; bounds : ((south, west), (north, east)), shown whole
    when given. An `officer` may draw one outline or mark one place.
    Raises InputError for an address of another host, AssetMissingError when the browser libraries are not installed.
    """
    _refuse_other_hosts(edition_url, basemap_url)
    words = labels or MapLabels()
    page = _empty_map(centre, zoom, bounds)
    figure = PageFigure()
    figure.add_child(page)
    _add_layers(page, edition_url, basemap_url, words, streets=streets, static_url=static_url)
    _add_controls(page, words, officer=officer)
    return figure.parts(static_url)


def comparison_map(
    *,
    first_url: str,
    second_url: str,
    boundaries_url: str | None = None,
    basemap_url: str | None = None,
    streets: Streets | None = None,
    bounds: Bounds | None = None,
    labels: MapLabels | None = None,
    static_url: str = STATIC_URL,
) -> PageParts:
    """Two lists with a divider between them, in parts: `first_url` on its left, `second_url` on its right.

    Each is a FeatureCollection of entries as an edition has them; `boundaries_url` is an edition.
    Raises as `lookup_map`.
    """
    _refuse_other_hosts(first_url, second_url, boundaries_url, basemap_url)
    words = labels or MapLabels()
    page = _empty_map(None, 9, bounds)
    figure = PageFigure()
    figure.add_child(page)
    layers = _ground(basemap_url, words, words.of_the_map() | words.of_comparing(), streets, static_url)
    layers += [Boundaries(boundaries_url, label=words.boundaries)] if boundaries_url else []
    first, second = Side(first_url, side="first"), Side(second_url, side="second")
    divider = SideBySideLayers(first, second)  # type: ignore[no-untyped-call]  # folium types only some of itself
    for element in (*layers, first, second, divider):
        page.add_child(element)
    _add_controls(page, words)
    return figure.parts(static_url)


def rows_map(
    *,
    rows_url: str,
    icons_url: str,
    boundaries_url: str | None = None,
    basemap_url: str | None = None,
    streets: Streets | None = None,
    bounds: Bounds | None = None,
    labels: MapLabels | None = None,
    static_url: str = STATIC_URL,
) -> PageParts:
    """The rows of a list that has not landed, in parts. `rows_url` is a FeatureCollection of points, or of none.

    Each has `row`, `name` and `status`, whose sign is `row-<status>` of the file at `icons_url`. Raises as
    `lookup_map`.
    """
    _refuse_other_hosts(rows_url, icons_url, boundaries_url, basemap_url)
    words = labels or MapLabels()
    page = _empty_map(None, 9, bounds)
    figure = PageFigure()
    figure.add_child(page)
    layers = _ground(basemap_url, words, words.of_the_map() | words.of_rows(), streets, static_url)
    layers += [Boundaries(boundaries_url, label=words.boundaries)] if boundaries_url else []
    for element in (*layers, Rows(rows_url, icons=icons_url)):
        page.add_child(element)
    _add_controls(page, words)
    return figure.parts(static_url)


def _refuse_other_hosts(*addresses: str | None) -> None:
    for address in filter(None, addresses):
        if urlsplit(address).scheme or urlsplit(address).netloc:
            raise InputError(f"The map reads nothing from another host; give an address of this one, not {address}.")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """For whom a page of its own is written.

    language, direction : BCP 47, and `ltr` or `rtl`. translate : gives the page's words in it. vocabulary : word of a
    closed vocabulary -> what people read. labels : of the map.
    """

    language: str = "en"
    direction: str = "ltr"
    translate: Translate = str
    vocabulary: Mapping[str, str] = field(default_factory=dict)
    labels: MapLabels = field(default_factory=MapLabels)


def standalone_map(
    *,
    edition: Mapping[str, Any],
    basemap: Mapping[str, Any] | None = None,
    facts: Sequence[tuple[str, str]] = (),
    is_part: bool = False,
    reader: Reader | None = None,
    height: str = "640px",
) -> folium.Map:
    """A `folium.Map` whose `.save()` and notebook view are one HTML file with everything inside.

    It finds names and positions and tells the verdict by the rules of the product, without a server.
    edition : the edition file (RFC 7946 FeatureCollection with the member `offlimits`), as parsed JSON.
    basemap : a basemap FeatureCollection, or None for a grid only. facts : heading and text, told of the file.
    is_part : entries were left out; nothing is then "not listed".
    Safe with any name: the list travels as escaped JSON and is shown as text. The file's own policy lets the browser
    fetch nothing, so layers added to it afterwards must not need the network.
    Raises OutsideAssetError when a part added to the map wants a file of another host.
    """
    by = reader or Reader()
    page = _empty_map(None, 9, _bounds_of(edition) or _WORLD)
    figure = StandaloneFigure(
        height=height,
        title=_title(edition),
        language=by.language,
        direction=by.direction,
        without_script=by.translate("This file shows nothing without JavaScript. Take the printed list."),
    )
    figure.add_child(page)
    documents = {"edition": edition} | ({"basemap": basemap} if basemap else {})
    for name, document in documents.items():
        page.add_child(EmbeddedDocument(name, document))
    _add_layers(page, "embedded:edition", "embedded:basemap" if basemap else None, by.labels)
    _add_controls(page, by.labels)
    told = {"facts": facts, "isPart": is_part, "vocabulary": by.vocabulary}
    words = page_words(edition["offlimits"], by.translate, by.language)
    page.add_child(SearchPageElement("searchPage", url="embedded:edition", words=words, **told))
    return page


def _empty_map(centre: tuple[float, float] | None, zoom: int, bounds: Bounds | None) -> folium.Map:
    page = folium.Map(
        location=centre or (0.0, 0.0),
        zoom_start=zoom,
        tiles=None,
        zoom_control=False,
        min_zoom=_MIN_ZOOM,
        max_zoom=_MAX_ZOOM,
        world_copy_jump=True,
    )
    # Folium's own min_zoom and max_zoom describe tiles; the map itself takes them as plain options.
    page.options |= {"min_zoom": _MIN_ZOOM, "max_zoom": _MAX_ZOOM}
    if bounds:
        page.fit_bounds(bounds)
    return page


def _add_layers(
    page: folium.Map,
    edition_url: str,
    basemap_url: str | None,
    words: MapLabels,
    *,
    streets: Streets | None = None,
    static_url: str = STATIC_URL,
) -> None:
    """Everything that is drawn, from the ground up."""
    layers = _ground(basemap_url, words, words.of_the_map(), streets, static_url)
    layers += [
        Boundaries(edition_url, label=words.boundaries),
        Facilities(edition_url, label=words.facilities),
        Entries(edition_url),
    ]
    for layer in layers:
        page.add_child(layer)


def _ground(
    basemap_url: str | None, words: MapLabels, shown: Mapping[str, str], streets: Streets | None, static_url: str
) -> list[Element]:
    """What lies under every list; `shown` are the words that the map's scripts need."""
    layers: list[Element] = [FrameElement("begin", labels=shown)]
    if basemap_url:
        layers.append(Basemap(basemap_url))
    layers.append(Grid(label=words.grid, show=streets is None))
    if streets:
        layers.append(_street_detail(streets, words, static_url))
    return layers


def street_scripts(static_url: str = STATIC_URL) -> list[str]:
    """Addresses that the browser asks for when a reader first comes close: a device without a network keeps them."""
    return [asset_url(address, static_url) for address in ("vendor/protomaps-leaflet.js", "frame/street_theme.js")]


def _street_detail(streets: Streets, words: MapLabels, static_url: str) -> StreetDetail:
    scripts = street_scripts(static_url)
    limits = {"credit": streets.credit, "minZoom": streets.min_zoom, "maxZoom": streets.max_zoom}
    return StreetDetail(streets.url, str(streets.kind), label=words.streets, scripts=scripts, **limits)


def _add_controls(page: folium.Map, words: MapLabels, *, officer: bool = False) -> None:
    """Layer control, place finder and, for officers, drawing: Folium's own. The order is that of the tab key."""
    controls: list[Element] = [
        folium.LayerControl(position="topright", collapsed=True),
        LocateControl(  # type: ignore[no-untyped-call]  # folium types only some of itself
            position="bottomright",
            drawCircle=False,
            drawMarker=False,
            showPopup=False,
            setView="once",
            strings={"title": words.locate},
            locateOptions={"enableHighAccuracy": True, "maxZoom": 17, "timeout": 20000},
        ),
    ]
    if officer:
        drawn = Draw(  # type: ignore[no-untyped-call]  # see above
            position="topleft",
            show_geometry_on_click=False,
            draw_options=_POLYGON_AND_POINT,
            edit_options={"poly": {"allowIntersection": False}},
        )
        controls += [DrawingElement("prepareDrawing", labels=words.of_drawing()), drawn]
    controls.append(FrameElement("end"))
    for control in controls:
        page.add_child(control)


def _title(edition: Mapping[str, Any]) -> str:
    about = edition.get("offlimits") or {}
    return f"{about.get('mission', '')} · {about.get('number', '')}".strip(" ·")


def _bounds_of(edition: Mapping[str, Any]) -> Bounds | None:
    """The edition's bbox, unless it crosses the antimeridian: fitted, that would show the wrong half of the world."""
    bbox: Sequence[float] | None = edition.get("bbox")
    if not bbox or len(bbox) != 4:  # noqa: PLR2004  (west, south, east, north)
        return None
    west, south, east, north = (float(side) for side in bbox)
    return ((south, west), (north, east)) if west <= east else None

"""The map of a page: what the frame is told about a mission, and the parts it gives back, built once and kept."""

import hashlib
from dataclasses import replace
from functools import cache, lru_cache

from flask import url_for

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.mission import Boundary, Mission
from geo_offlimits.frame import MapLabels, PageParts, Streets, StreetsKind, comparison_map, lookup_map, rows_map
from geo_offlimits.frame.maps import Bounds
from geo_offlimits.services import basemaps, missions
from web import assets, door, language, reading

SHIPPED_STREETS = "streets"
# Names under which a device's own list and ground are handed to the map; nobody is ever asked for them.
DEVICE_EDITION, DEVICE_GROUND = "/device/edition.json", "/device/ground.json"
DEVICE_STREETS = "/device/streets"  # of the areas that were put there
_KEPT = 64


def parts(mission: Mission, edition_url: str, *, officer: bool, published: bool = True) -> PageParts:
    """The map of `mission` in the reader's language. Officers can draw. It says so where nothing was published yet."""
    territory = missions.territory(door.act(), mission.code)
    return _built(
        edition_url=edition_url,
        basemap_url=url_for("tiles.basemap", code=mission.code),
        streets=_streets(mission),
        bounds=territory and _bounds(territory),
        tag=language.current(),
        officer=officer,
        published=published,
    )


def device_parts() -> PageParts:
    """The map of no mission in the reader's language: its list and ground are put under it by the page's script."""
    return _built(
        edition_url=DEVICE_EDITION,
        basemap_url=DEVICE_GROUND,
        streets=Streets(url=DEVICE_STREETS, kind=StreetsKind.KEPT),
        bounds=None,
        tag=language.current(),
        officer=False,
    )


def compared(mission: Mission, *, first_url: str, second_url: str, boundaries_url: str | None) -> PageParts:
    """The map of two times in the reader's language. Seldom the same twice, so it is not kept."""
    territory = missions.territory(door.act(), mission.code)
    return comparison_map(
        first_url=first_url,
        second_url=second_url,
        boundaries_url=boundaries_url,
        basemap_url=url_for("tiles.basemap", code=mission.code),
        streets=_streets(mission),
        bounds=_bounds(territory) if territory else None,
        labels=_labels(language.current()),
    )


def of_rows(mission: Mission, *, rows_url: str) -> PageParts:
    """The map of a list that has not landed, in the reader's language. Seldom the same twice, so it is not kept."""
    territory, newest = missions.territory(door.act(), mission.code), reading.newest(mission.code)
    return rows_map(
        rows_url=rows_url,
        icons_url=assets.static("icons.svg"),
        boundaries_url=url_for("api.edition", code=mission.code, number="current") if newest else None,
        basemap_url=url_for("tiles.basemap", code=mission.code),
        streets=_streets(mission),
        bounds=_bounds(territory) if territory else None,
        labels=_labels(language.current()),
    )


def streets_source(mission: Mission) -> str:
    """The address below which an area of the mission's streets is cut for a device; "" where it has none."""
    added = basemaps.all_of(door.act(), door.wiring().settings.data_dir, mission.code)
    name = added[0].name if added else SHIPPED_STREETS if shipped_streets(mission) else None
    return url_for("tiles.area", code=mission.code, name=name).removesuffix("/area.pmtiles") if name else ""


def fingerprint(script: str) -> str:
    return hashlib.sha256(script.encode()).hexdigest()[:12]


def _bounds(territory: Boundary) -> Bounds:
    west, south, east, north = territory.geometry.bounds
    return ((south, west), (north, east))


@lru_cache(_KEPT)
def _built(
    *,
    edition_url: str,
    basemap_url: str,
    streets: Streets | None,
    bounds: Bounds | None,
    tag: str,
    officer: bool,
    published: bool = True,
) -> PageParts:
    return lookup_map(
        edition_url=edition_url,
        basemap_url=basemap_url,
        streets=streets,
        officer=officer,
        bounds=bounds,
        labels=_labels(tag) if published else _unpublished(tag),
    )


@cache
def _unpublished(tag: str) -> MapLabels:
    """Nothing was published that could fail to load."""
    say = language.words(tag).gettext
    told = say("No edition has been published."), say("An empty map does not mean that nothing is off limits.")
    return replace(_labels(tag), list_failed=" ".join(told))


@cache
def _labels(tag: str) -> MapLabels:
    words = language.words(tag)
    return MapLabels(**{field: words.gettext(text) for field, text in MapLabels().as_json().items()})


def _streets(mission: Mission) -> Streets | None:
    """The operator's street detail, else what is shipped with the mission's territory, else none."""
    act, data_dir = door.act(), door.wiring().settings.data_dir
    for basemap in basemaps.all_of(act, data_dir, mission.code):
        return Streets(
            url=_tiles_url(mission.code, basemap.name, StreetsKind(basemap.kind)),
            kind=StreetsKind(basemap.kind),
            credit=basemap.credit,
            min_zoom=basemap.min_zoom,
            max_zoom=basemap.max_zoom,
        )
    if not shipped_streets(mission):
        return None
    return Streets(url=_tiles_url(mission.code, SHIPPED_STREETS, StreetsKind.PMTILES), kind=StreetsKind.PMTILES)


def shipped_streets(mission: Mission) -> str | None:
    """Path of the street layer shipped for the mission's territory, or None."""
    return next((one.streets for one in shipped.shipped_missions() if one.code == mission.territory), None)


def _tiles_url(code: str, name: str, kind: StreetsKind) -> str:
    if kind is StreetsKind.PMTILES:
        return url_for("tiles.archive", code=code, name=name)
    return f"/basemaps/{code}/{name}/{{z}}/{{x}}/{{y}}"

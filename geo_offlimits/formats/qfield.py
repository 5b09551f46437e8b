"""A project for QField, and QGIS, beside its GeoPackage: a device that warns who comes near.

1. Two files in a ZIP: `offlimits.qgs` reads `offlimits.gpkg` in the same folder, and nothing from anywhere else.
2. QField warns inside the zones of a layer that the project names (its keys `qfieldsync/geofencing…`, QField 3.4 and
   later). A zone is the footprint and what is unsure of it, at least 50 m around: one is told before one stands at the
   door. Being outside every zone clears nothing.
3. Layers are read only. What has no place, and the facts of the list, stand in the table `edition`; the map is headed
   by the edition and its expiry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.instants import format_instant
from geo_offlimits.formats import geopackage
from geo_offlimits.formats.excerpt import LEAST_ALARM_M, Excerpt, Placed
from geo_offlimits.formats.markup import Markup
from geo_offlimits.formats.packed import packed_whole
from geo_offlimits.formats.qgis_styles import QGIS_VERSION, Style, boundaries_style, premises_style, zones_style
from geo_offlimits.layer import CRS
from geo_offlimits.lookup.wording import Translate

_GEOPACKAGE, _PROJECT = "offlimits.gpkg", "offlimits.qgs"
_ZONES = "alarm_zones"
_ALERT_INSIDE = "1"
_QUARTER = 12  # sides to a quarter of a circle; drawn around it, so that no side cuts into it
_AROUND = 1.0 / np.cos(np.pi / (4 * _QUARTER))
_METRES_A_DEGREE = 110_500.0  # fewer than a degree has anywhere, so that no zone is too small
_LEAST_COSINE = 0.01
_WORLD = shapely.box(-180.0, -90.0, 180.0, 90.0)
_MARGIN_DEG = 0.02


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """A layer of the project: `source` within the GeoPackage, and the kind of shapes; no style for a plain table."""

    key: str
    name: str
    source: str
    kind: str
    style: Style | None = None
    display: str = "name"

    @property
    def layer_id(self) -> str:
        """QGIS gives another one to a layer whose own is short."""
        return f"offlimits_{self.key}"


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The ZIP's bytes, the same for the same excerpt and words."""
    with TemporaryDirectory() as folder:
        path = Path(folder, _GEOPACKAGE)
        geopackage.write_layers(path, excerpt, translate)
        geopackage.add_layer(path, _ZONES, alarm_zones(excerpt.placed))
        geopackage.complete(path, excerpt, translate)
        return packed_whole({_PROJECT: _project(excerpt, translate), _GEOPACKAGE: geopackage.content_of(path)})


def alarm_zones(entries: Sequence[Placed]) -> gpd.GeoDataFrame:
    """Where a device warns: one row an entry, with its id, name and restriction, in EPSG:4326."""
    footprints = np.array([placed.footprint for placed in entries], dtype=object)
    unsure_m = np.array([placed.entry.uncertainty_m or 0.0 for placed in entries])
    facts = {
        "entry_id": [placed.entry.entry_id for placed in entries],
        "name": [placed.entry.name for placed in entries],
        "restriction": [placed.entry.restriction.value for placed in entries],
    }
    zones = _around(footprints, np.maximum(LEAST_ALARM_M, unsure_m))
    return gpd.GeoDataFrame(facts, geometry=gpd.GeoSeries(list(zones), crs=CRS), crs=CRS)


def _around(footprints: Any, reach_m: Any) -> list[BaseGeometry]:
    """Each footprint grown by its reach in metres.

    A footprint is laid flat by its own middle: its corners come back as they were, and the reach is never too short, by
    up to a hundredth too long.
    """
    if not len(footprints):
        return []
    bounds = shapely.bounds(footprints)
    lats, cosines = (bounds[:, 1] + bounds[:, 3]) / 2.0, np.abs(bounds[:, [1, 3]]).max(axis=1)
    scale = np.column_stack([np.maximum(np.cos(np.radians(cosines)), _LEAST_COSINE), np.ones_like(lats)])
    flat = _scaled(footprints, scale)
    grown = shapely.buffer(flat, reach_m / _METRES_A_DEGREE * _AROUND, quad_segs=_QUARTER)
    zones = _scaled(grown, 1.0 / scale)
    whole = shapely.contains_properly(_WORLD, zones)
    return [zone if is_whole else _on_earth(zone) for zone, is_whole in zip(zones, whole, strict=True)]


def _scaled(shapes: Any, scale: Any) -> Any:
    corners, owners = shapely.get_coordinates(shapes, return_index=True)
    return shapely.set_coordinates(shapes.copy(), corners * scale[owners])


def _on_earth(zone: BaseGeometry) -> BaseGeometry:
    """Cut along ±180, the part beyond on the other side."""
    turned = [affinity.translate(zone, xoff=by_deg) for by_deg in (-360.0, 0.0, 360.0)]
    return shapely.union_all([shapely.intersection(one, _WORLD) for one in turned])


def _layers(translate: Translate) -> tuple[_Layer, ...]:
    """From the top of the map down."""
    premises, listed = premises_style(translate), translate("Off-limits list")
    outlines = translate("Outlines")
    return (
        _Layer(key="premises", name=listed, source="premises|geometrytype=Point", kind="Point", style=premises),
        _Layer(key="outlines", name=outlines, source="premises|geometrytype=Polygon", kind="Polygon", style=premises),
        _Layer(key=_ZONES, name=translate("Warns within"), source=_ZONES, kind="Polygon", style=zones_style(translate)),
        _Layer(
            key="boundaries",
            name=translate("Territory and sectors"),
            source="boundaries",
            kind="Polygon",
            style=boundaries_style(translate),
        ),
        _Layer(key="edition", name=translate("Not on the map"), source="edition", kind="No geometry", display="text"),
    )


def _project(excerpt: Excerpt, translate: Translate) -> bytes:
    made, layers = Markup(), _layers(translate)
    with made.element("qgis", version=QGIS_VERSION, projectname=excerpt.title):
        made.leaf("title", _title(excerpt, translate))
        with made.element("projectCrs"):
            _crs(made)
        with made.element("layer-tree-group"):
            for layer in layers:
                made.empty(
                    "layer-tree-layer", id=layer.layer_id, name=layer.name, providerKey="ogr", checked="Qt::Checked"
                )
        _canvas(made, excerpt)
        with made.element("projectlayers"):
            for layer in layers:
                _layer(made, layer)
        with made.element("layerorder"):
            for layer in layers:
                made.empty("layer", id=layer.layer_id)
        _properties(made, excerpt, translate)
    return made.written()


def _title(excerpt: Excerpt, translate: Translate) -> str:
    until = translate("Current until {date}").format(date=format_instant(excerpt.edition.expires_at)[:10])
    return f"{excerpt.title} · {until} · {translate('suspected, precautionary')}"


def _crs(made: Markup) -> None:
    """By its number at EPSG, which QGIS reads where its own number of it stands as well."""
    with made.element("spatialrefsys"):
        made.leaf("srsid", "3452")
        made.leaf("srid", "4326")
        made.leaf("authid", CRS)
        made.leaf("geographicflag", "true")


def _canvas(made: Markup, excerpt: Excerpt) -> None:
    """The map that is shown first: all that is listed, else the mission's boundaries."""
    shown = [placed.footprint for placed in excerpt.placed] or [one.geometry for one in excerpt.edition.boundaries]
    west, south, east, north = shapely.total_bounds(shown) if shown else _WORLD.bounds
    with made.element("mapcanvas", name="theMapCanvas"):
        made.leaf("units", "degrees")
        with made.element("extent"):
            sides = ((west, -1), (south, -1), (east, 1), (north, 1))
            for name, (degrees, outward) in zip(("xmin", "ymin", "xmax", "ymax"), sides, strict=True):
                made.leaf(name, f"{degrees + outward * _MARGIN_DEG:.7f}")
        with made.element("destinationsrs"):
            _crs(made)


def _layer(made: Markup, layer: _Layer) -> None:
    facts = {"type": "vector", "geometry": layer.kind, "readOnly": "1", "labelsEnabled": "1"}
    with made.element("maplayer", **facts):
        made.leaf("id", layer.layer_id)
        made.leaf("datasource", f"./{_GEOPACKAGE}|layername={layer.source}")
        made.leaf("layername", layer.name)
        with made.element("srs"):
            _crs(made)
        made.leaf("provider", "ogr", encoding="UTF-8")
        if layer.style:
            layer.style.write(made)
        # What a warning calls a zone, and a list its rows.
        made.leaf("previewExpression", f'"{layer.display}"')


def _properties(made: Markup, excerpt: Excerpt, translate: Translate) -> None:
    with made.element("properties"):
        with made.element("qfieldsync"):
            made.leaf("geofencingIsActive", "true", type="bool")
            made.leaf("geofencingLayer", f"offlimits_{_ZONES}", type="QString")
            made.leaf("geofencingBehavior", _ALERT_INSIDE, type="int")
        with made.element("TitleLabel"):
            made.leaf("Enabled", "true", type="bool")
            made.leaf("Label", _title(excerpt, translate), type="QString")
        with made.element("SpatialRefSys"):
            made.leaf("ProjectionsEnabled", "1", type="int")
        with made.element("Paths"):
            made.leaf("Absolute", "false", type="bool")

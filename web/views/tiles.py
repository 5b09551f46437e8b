"""The ground under the list: the territory's outline, and street detail from PMTiles and MBTiles files."""

import hashlib
import math
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from flask import Blueprint, Response, request, send_file
from shapely import from_wkb
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.errors import AbsentError, Issue, QueryError, Sentence
from geo_offlimits.formats import tile_areas
from geo_offlimits.formats.tile_areas import Area
from geo_offlimits.services import basemaps, missions
from geo_offlimits.services.basemaps import Basemap
from web import compression, door, frame, mbtiles
from web.policy import needs

tiles = Blueprint("tiles", __name__)
_DAY = "private, max-age=86400"
_KEPT = 32
_DEEPEST_ZOOM = 22
_LIMITS = (180.0, 90.0, 180.0, 90.0)
_OPEN = ExitStack()  # layers that a zipped package had to unpack stay until the process ends


@dataclass(frozen=True)
class Ground:
    """A background map as it is sent."""

    content: bytes
    packed: bytes
    pressed: bytes
    sha256: str


@tiles.get("/missions/<code>/basemap.json")
@needs(Action.LOOK_UP, token=Purpose.DEVICE)
def basemap(code: str) -> AnyResponse:
    mission = missions.mission(door.act(), code)
    territory = missions.territory(door.act(), code)
    if territory is None:
        raise AbsentError(f"{code} has no territory yet; `mission territory` shows and sets it.")
    ground = _ground(mission.territory, territory.name, territory.geometry.wkb)
    coding = compression.coding()
    content = {"br": ground.pressed, "gzip": ground.packed}.get(coding or "", ground.content)
    answer = Response(content, content_type="application/geo+json")
    if coding:
        answer.headers["Content-Encoding"] = coding
    answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = _DAY
    answer.set_etag(ground.sha256)
    return answer.make_conditional(request)


@lru_cache(_KEPT)
def _ground(reference: str, name: str, territory_wkb: bytes) -> Ground:
    """The shipped background of a territory, or world outlines around a mission's own."""
    try:
        content = shipped.basemap_bytes(reference)
    except shipped.UnknownTerritoryError:
        own = Boundary(kind=BoundaryKind.TERRITORY, name=name, geometry=from_wkb(territory_wkb))
        content = shipped.basemap_around(own)
    return Ground(
        content, compression.packed(content), compression.pressed(content), hashlib.sha256(content).hexdigest()[:32]
    )


@tiles.get("/basemaps/<code>/<name>.pmtiles")
@needs(Action.LOOK_UP)
def archive(code: str, name: str) -> AnyResponse:
    """The whole archive, or the ranges of it that the renderer asks for."""
    answer = send_file(_archive(code, name), mimetype="application/vnd.pmtiles", conditional=True, max_age=0)
    answer.headers["Cache-Control"] = _DAY
    return answer


@tiles.get("/basemaps/<code>/<name>/area.pmtiles")
@needs(Action.LOOK_UP, costly=True)
def area(code: str, name: str) -> AnyResponse:
    """The part of a basemap that covers `bbox` down to `max_zoom`, for a device. HEAD tells how large it is."""
    plan = tile_areas.planned(_archive(code, name), _area_asked())
    answer = Response(plan.pieces(), content_type="application/vnd.pmtiles")
    answer.content_length = plan.size
    answer.headers["Cache-Control"] = _DAY
    answer.set_etag(plan.sha256[:32])
    return answer


def _area_asked() -> Area:
    """`bbox` is west, south, east and north in degrees, as in OGC API Features."""
    sides = [_number(part) for part in request.args.get("bbox", "").split(",")]
    fits = len(sides) == len(_LIMITS) and all(abs(side) <= most for side, most in zip(sides, _LIMITS, strict=True))
    if not fits or sides[1] > sides[3]:
        fact, remedy = Sentence("is no area"), Sentence("give west, south, east and north in degrees")
        raise QueryError(Issue(field="bbox", value=request.args.get("bbox", ""), reason=fact, remedy=remedy))
    west, south, east, north = sides
    zoom = request.args.get("max_zoom", "")
    if zoom and not (zoom.isascii() and zoom.isdigit() and int(zoom[:3]) <= _DEEPEST_ZOOM):
        fact, remedy = Sentence("is no zoom"), Sentence("zooms go from 0 to {most}", most=_DEEPEST_ZOOM)
        raise QueryError(Issue(field="max_zoom", value=zoom, reason=fact, remedy=remedy))
    return Area(west=west, south=south, east=east, north=north, max_zoom=int(zoom) if zoom else None)


def _number(text: str) -> float:
    """Not a number where it is none: no comparison holds for it."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _archive(code: str, name: str) -> Path:
    mission = missions.mission(door.act(), code)
    shipped_layer = frame.shipped_streets(mission)
    if name == frame.SHIPPED_STREETS and shipped_layer:
        return _checked_layer(shipped_layer)
    return _operators(code, name).path


def _operators(code: str, name: str) -> Basemap:
    """The basemap of that name among those added to the mission; a name is looked up, never joined to a path."""
    found = basemaps.all_of(door.act(), door.wiring().settings.data_dir, code)
    for basemap in found:
        if basemap.name == name:
            return basemap
    raise AbsentError(f"{code} has no basemap {name!r}; `basemap list` shows those there are.")


@cache
def _checked_layer(path: str) -> Path:
    """The place of a shipped layer, held to its digest once a process."""
    return _OPEN.enter_context(shipped.layer_path(path))


@tiles.get("/basemaps/<code>/<name>/<int:zoom>/<int:column>/<int:row>")
@needs(Action.LOOK_UP)
def tile(code: str, name: str, zoom: int, column: int, row: int) -> Response:
    missions.mission(door.act(), code)
    if zoom > _DEEPEST_ZOOM or max(column, row) >= 2**zoom:
        raise AbsentError(f"There is no tile {zoom}/{column}/{row}; zooms go from 0 to {_DEEPEST_ZOOM}.")
    content = mbtiles.tile(_operators(code, name).path, zoom, column, row)
    if content is None:
        return _empty_tile()
    answer = Response(content, content_type=mbtiles.content_type(content))
    if content.startswith(mbtiles.GZIP):
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Cache-Control"] = _DAY
    return answer


def _empty_tile() -> Response:
    """Beyond the file's edge there is nothing to draw, which is no fault."""
    answer = Response(status=204)
    answer.headers["Cache-Control"] = _DAY
    return answer

"""The ground under the list: the territory's outline, and street detail from PMTiles and MBTiles files."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from flask import Blueprint, Response, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError
from geo_offlimits.layer import boundaries_layer
from geo_offlimits.services import basemaps, missions
from web import compression, door, frame
from web.policy import needs

tiles = Blueprint("tiles", __name__)
_DAY = "private, max-age=86400"
_KEPT = 32


@dataclass(frozen=True)
class Ground:
    """A background map as it is sent."""

    content: bytes
    packed: bytes
    sha256: str


@tiles.get("/missions/<code>/basemap.json")
@needs(Action.LOOK_UP)
def basemap(code: str) -> Response:
    mission = missions.mission(door.act(), code)
    territory = next(
        one
        for one in door.act().tx.missions.boundaries(code, valid_at=door.act().now)
        if one.kind is BoundaryKind.TERRITORY
    )
    ground = _ground(mission.territory, territory.name, territory.geometry.wkb)
    answer = Response(ground.packed if compression.accepted() else ground.content, content_type="application/geo+json")
    if compression.accepted():
        answer.headers["Content-Encoding"] = "gzip"
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
        content = shipped.basemap_around(boundaries_layer((own,)))
    return Ground(content, compression.packed(content), hashlib.sha256(content).hexdigest()[:32])


@tiles.get("/basemaps/<code>/<name>.pmtiles")
@needs(Action.LOOK_UP)
def archive(code: str, name: str) -> AnyResponse:
    """The whole archive, or the ranges of it that the renderer asks for."""
    mission = missions.mission(door.act(), code)
    if name == frame.SHIPPED_STREETS and (path := frame.shipped_streets(mission)):
        with shipped.layer_path(path) as file:
            return _file(file)
    found = basemaps.one(door.act(), door.wiring().settings.data_dir, code, name)
    return _file(found.path)

"""The peers of the proximity look-up, each asked the same: which premises are within so many metres of each position.

Each is used as its own documentation would have it, with exact distances at the end. Those that are planar get the
premises in a metric grid beforehand, and the positions are projected within the measured time, as a user would have to.
Where loading positions is a matter of its own (PostGIS), it is not measured. Peers may use both processors; ours uses
one.
"""

import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_spatial
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import psycopg
import pyarrow as pa
import sedonadb
import shapely
from pykdtree.kdtree import KDTree
from pyproj import Transformer
from scipy.spatial import cKDTree

from geo_offlimits.lookup.geodesy import GEOD, ecef_m
from geo_offlimits.lookup.proximity import ProximityIndex
from peers.towns import GRID, Array

Pairs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Array]
TO_GRID = Transformer.from_crs("EPSG:4326", GRID, always_xy=True)
NONE: Pairs = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


class Ours:
    """The index of this product."""

    def __init__(self, shapes: npt.NDArray[np.object_]) -> None:
        self.index = ProximityIndex(shapes.tolist())

    def batch(self, lats: Array, lons: Array, radius_m: float) -> Pairs:
        hits = self.index.near(lats, lons, radius_m)
        return hits.position, hits.entry, hits.distance_m


class GeoPandas:
    """`sjoin` with the predicate dwithin, in the grid."""

    def __init__(self, shapes: npt.NDArray[np.object_]) -> None:
        self._listed = gpd.GeoDataFrame({"entry": np.arange(len(shapes))}, geometry=shapes, crs=4326).to_crs(GRID)
        _ = self._listed.sindex

    def batch(self, lats: Array, lons: Array, radius_m: float) -> Pairs:
        here = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lons, lats), crs=4326).to_crs(GRID)
        joined = here.sjoin(self._listed, predicate="dwithin", distance=radius_m)
        at, entry = joined.index.to_numpy(), joined["entry"].to_numpy()
        metres = shapely.distance(here.geometry.to_numpy()[at], self._listed.geometry.to_numpy()[entry])
        return at, entry, np.asarray(metres)


class SedonaDB:
    """A join with ST_DWithin in the grid."""

    def __init__(self, shapes: npt.NDArray[np.object_]) -> None:
        self._database = sedonadb.connect()
        wkb = pa.array(shapely.to_wkb(self._laid(shapes)).tolist(), pa.binary())
        self._database.create_data_frame(pa.table({"entry": np.arange(len(shapes)), "wkb": wkb})).to_view(
            "raw", overwrite=True
        )
        listed = self._database.sql("select entry, ST_GeomFromWKB(wkb) as shape from raw")
        listed.to_memtable().to_view("listed", overwrite=True)

    def _laid(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        return in_grid(shapes)

    def _placed(self, lats: Array, lons: Array) -> tuple[Array, Array]:
        x, y = TO_GRID.transform(lons, lats)
        return x, y

    def batch(self, lats: Array, lons: Array, radius_m: float) -> Pairs:
        x, y = self._placed(lats, lons)
        asked = pa.table({"pos": np.arange(len(x)), "x": x, "y": y})
        self._database.create_data_frame(asked).to_view("asked", overwrite=True)
        found = self._database.sql(
            "select q.pos, p.entry, ST_Distance(q.here, p.shape) as metres "
            "from (select pos, ST_Point(x, y) as here from asked) q "
            f"join listed p on ST_DWithin(q.here, p.shape, {float(radius_m)})"
        )
        # Its own way to a data frame wants another package, for geometries, of which there are none here.
        columns = pa.table(found)
        return columns["pos"].to_numpy(), columns["entry"].to_numpy(), columns["metres"].to_numpy()


class DegreesSedonaDB(SedonaDB):
    """The same join in longitude and latitude; its radius is in degrees."""

    def _laid(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        return shapes

    def _placed(self, lats: Array, lons: Array) -> tuple[Array, Array]:
        return lons, lats


class DuckDB:
    """A join with ST_DWithin in the grid; the extension comes from its own package, not from the network."""

    def __init__(self, shapes: npt.NDArray[np.object_]) -> None:
        self._database = duckdb.connect(config={"allow_unsigned_extensions": "true"})
        (extension,) = Path(duckdb_extension_spatial.__file__).parent.rglob("spatial.duckdb_extension")
        self._database.execute(f"load '{extension}'")
        raw = pa.table(
            {"entry": np.arange(len(shapes)), "wkb": pa.array(shapely.to_wkb(in_grid(shapes)).tolist(), pa.binary())}
        )
        self._database.register("raw", raw)
        self._database.execute("create table listed as select entry, ST_GeomFromWKB(wkb) as shape from raw")

    def batch(self, lats: Array, lons: Array, radius_m: float) -> Pairs:
        x, y = TO_GRID.transform(lons, lats)
        self._database.register("asked", pa.table({"pos": np.arange(len(x)), "x": x, "y": y}))
        found = self._database.execute(
            "select q.pos, p.entry, ST_Distance(q.here, p.shape) as metres "
            "from (select pos, ST_Point(x, y) as here from asked) q "
            f"join listed p on ST_DWithin(q.here, p.shape, {float(radius_m)})"
        ).fetchnumpy()
        return found["pos"], found["entry"], found["metres"]


class Trees:
    """scipy's k-d tree of the premises in space: those whose nearest is too far go, then a ball, then geodesics."""

    def __init__(self, shapes: npt.NDArray[np.object_]) -> None:
        self._shapes = shapes
        lonlat = shapely.get_coordinates(shapely.centroid(shapes))
        self._centres = ecef_m(lonlat[:, 1], lonlat[:, 0])
        corners, owner = shapely.get_coordinates(shapes, return_index=True)
        gaps = np.linalg.norm(ecef_m(corners[:, 1], corners[:, 0]) - self._centres[owner], axis=1)
        self._radii = np.zeros(len(shapes))
        np.maximum.at(self._radii, owner, gaps)
        self._tree = cKDTree(self._centres)
        self._grid = in_grid(shapes)

    def _near(self, places: Array, reach_m: float) -> npt.NDArray[np.int64]:
        nearest, _ = self._tree.query(places, k=1, distance_upper_bound=reach_m)
        return np.flatnonzero(np.isfinite(nearest))

    def batch(self, lats: Array, lons: Array, radius_m: float) -> Pairs:
        places, reach_m = ecef_m(lats, lons), radius_m + float(self._radii.max())
        some = self._near(places, reach_m)
        listed = self._tree.query_ball_point(places[some], reach_m)
        counts = np.fromiter(map(len, listed), int, len(listed))
        if not counts.sum():
            return NONE
        at, entry = np.repeat(some, counts), np.concatenate([np.array(one, int) for one in listed if one])
        gaps = np.linalg.norm(self._centres[entry] - places[at], axis=1)
        near = gaps <= radius_m + self._radii[entry]
        return exactly(self._shapes, self._grid, at[near], entry[near], lats, lons, radius_m)


class PyKdTree(Trees):
    """The same with pykdtree for the first step."""

    def __init__(self, shapes: npt.NDArray[np.object_]) -> None:
        super().__init__(shapes)
        self._first = KDTree(self._centres)

    def _near(self, places: Array, reach_m: float) -> npt.NDArray[np.int64]:
        nearest, _ = self._first.query(places, k=1, distance_upper_bound=reach_m)
        return np.flatnonzero(np.isfinite(nearest))


class RTree:
    """SQLite's R*Tree of bounding boxes, then geodesics."""

    def __init__(self, shapes: npt.NDArray[np.object_]) -> None:
        self._shapes, self._grid = shapes, in_grid(shapes)
        self._database = sqlite3.connect(":memory:")
        self._database.execute("create virtual table box using rtree(id, west, east, south, north)")
        west, south, east, north = shapely.bounds(shapes).T.tolist()
        rows = zip(range(len(shapes)), west, east, south, north, strict=True)
        self._database.executemany("insert into box values (?, ?, ?, ?, ?)", rows)

    def single(self, lat: float, lon: float, radius_m: float) -> Pairs:
        high = radius_m / 110_500
        wide = radius_m / (111_320 * np.cos(np.radians(min(abs(lat) + high, 89.99)))) * 1.01
        window = (lon - wide, lon + wide, lat - high, lat + high)
        asked = "select id from box where east >= ? and west <= ? and north >= ? and south <= ?"
        entry = np.array([row[0] for row in self._database.execute(asked, window)], dtype=np.int64)
        if not len(entry):
            return NONE
        here = np.array([lat]), np.array([lon])
        return exactly(self._shapes, self._grid, np.zeros(len(entry), np.int64), entry, *here, radius_m)


class PostGIS:
    """ST_DWithin on geography with a GiST index, over a local socket."""

    def __init__(self, shapes: npt.NDArray[np.object_], address: str) -> None:
        self._database = psycopg.connect(address, autocommit=True)
        self._asked: Any = None
        self._database.execute("create extension if not exists postgis")
        self._database.execute("drop table if exists listed")
        self._database.execute("create table listed (entry int, shape geography)")
        with self._database.cursor().copy("copy listed from stdin") as rows:
            for row in enumerate(shapely.to_wkb(shapes, hex=True).tolist()):
                rows.write_row(row)
        self._database.execute("create index on listed using gist (shape)")
        self._database.execute("vacuum analyze listed")

    def batch(self, lats: Array, lons: Array, radius_m: float) -> Pairs:
        self._load(lats, lons)
        found = self._database.execute(
            "select q.pos, p.entry, st_distance(p.shape, q.here) from asked q "
            "join listed p on st_dwithin(p.shape, q.here, %s)",
            (float(radius_m),),
        ).fetchall()
        return tuple(np.array(column) for column in zip(*found, strict=True)) if found else NONE  # type: ignore[return-value]  # three

    def _load(self, lats: Array, lons: Array) -> None:
        key = (len(lats), float(lats[0]), float(lons[-1]))
        if self._asked == key:
            return
        self._database.execute("drop table if exists asked")
        self._database.execute("create unlogged table asked (pos int, here geography)")
        with self._database.cursor().copy("copy asked from stdin") as rows:
            for at, (lat, lon) in enumerate(zip(lats.tolist(), lons.tolist(), strict=True)):
                rows.write_row((at, f"SRID=4326;POINT({lon!r} {lat!r})"))
        self._database.execute("analyze asked")
        self._asked = key

    def single(self, lat: float, lon: float, radius_m: float) -> Any:
        return self._database.execute(
            "select entry, st_distance(shape, here) from listed, "
            "(select st_setsrid(st_point(%s, %s), 4326)::geography as here) q where st_dwithin(shape, here, %s)",
            (lon, lat, radius_m),
            prepare=True,
        ).fetchall()


def in_grid(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The premises in the metric grid of the planar peers."""
    moved = shapely.transform(shapes, lambda lonlat: np.column_stack(TO_GRID.transform(lonlat[:, 0], lonlat[:, 1])))
    return np.asarray(moved)


def exactly(  # noqa: PLR0917  (what a pair is, and where)
    shapes: npt.NDArray[np.object_],
    grid: npt.NDArray[np.object_],
    at: npt.NDArray[np.int64],
    entry: npt.NDArray[np.int64],
    lats: Array,
    lons: Array,
    radius_m: float,
) -> Pairs:
    """The pairs within reach by geodesic: to a point, or to the place on a polygon that is nearest in the grid."""
    ends = np.empty((len(at), 2))
    is_point = shapely.get_type_id(shapes[entry]) == 0
    ends[is_point] = shapely.get_coordinates(shapes[entry[is_point]])
    if not is_point.all():
        x, y = TO_GRID.transform(lons[at[~is_point]], lats[at[~is_point]])
        lines = shapely.shortest_line(shapely.points(x, y), grid[entry[~is_point]])
        feet = shapely.get_coordinates(lines)[1::2]
        ends[~is_point] = np.column_stack(TO_GRID.transform(feet[:, 0], feet[:, 1], direction="INVERSE"))
    metres = np.asarray(GEOD.inv(lons[at], lats[at], ends[:, 0], ends[:, 1])[2])
    near = metres <= radius_m
    return at[near], entry[near], metres[near]

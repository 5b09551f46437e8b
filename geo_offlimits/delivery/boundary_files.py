"""A mission's own territory and sector files.

1. What a file may be (format, size, reference system) is an allow-list.
2. It is read as it is: a geometry that is not valid, or whose reference system is not known, is refused with
   a sentence and its remedy; nothing is repaired or guessed.
"""

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.errors import InputError, Issue
from geo_offlimits.layer import CRS

WORLD_BOUNDS = shapely.box(-180, -90, 180, 90)

MAX_FILE_BYTES = 20_000_000
MAX_FEATURES = 1_000
MAX_VERTICES = 500_000
DRIVERS = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "GPKG",
    ".fgb": "FlatGeobuf",
    ".shp": "ESRI Shapefile",
}
# WGS 84 (4979: with heights), ETRS89, Web Mercator, and the UTM zones of WGS 84 and ETRS89.
EPSG_CODES = {4326, 4979, 4258, 3857, *range(32601, 32661), *range(32701, 32761), *range(25828, 25839)}


class BoundaryFileError(InputError):
    """A territory or sector file cannot be used as it is."""

    def __init__(self, path: Path, fact: str, remedy: str) -> None:
        self.path, self.fact, self.remedy = path, fact, remedy
        super().__init__(
            f"{path.name} {fact}; {remedy}.", Issue(field="file", value=path.name, reason=fact, remedy=remedy)
        )


def territory_from_file(path: Path) -> Boundary:
    """A mission's own territory: all polygons of the file as one, named by the file.

    GeoJSON, GeoPackage, FlatGeobuf or Shapefile with one layer, at most 20 MB; WGS 84, ETRS89, Web Mercator or UTM.
    Raises BoundaryFileError for anything else, and for geometry that is empty, invalid or not polygonal.
    """
    frame = _read_boundary_file(path)
    return Boundary(kind=BoundaryKind.TERRITORY, name=path.stem, geometry=frame.union_all())


def sectors_from_file(path: Path) -> tuple[Boundary, ...]:
    """A mission's own sectors: one a feature, named by its property `name`; the same limits as a territory."""
    frame = _read_boundary_file(path)
    names = frame["name"].tolist() if "name" in frame else []
    if not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise BoundaryFileError(path, "has sectors without a name", "give every feature a text property `name`")
    if len(set(names)) < len(names):
        raise BoundaryFileError(path, "names two sectors alike", "give every sector a name of its own")
    return tuple(
        Boundary(kind=BoundaryKind.SECTOR, name=name, geometry=shape)
        for name, shape in zip(names, frame.geometry, strict=True)
    )


def _read_boundary_file(path: Path) -> gpd.GeoDataFrame:
    """The features of a file as valid two-dimensional polygons in EPSG:4326."""
    driver = DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise BoundaryFileError(path, "is of a kind that is not read", f"save it as one of {', '.join(DRIVERS)}")
    if not path.is_file():
        raise BoundaryFileError(path, "is not there", "check the path")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BoundaryFileError(path, f"is larger than {MAX_FILE_BYTES // 1_000_000} MB", "simplify its lines")
    try:
        frame = _read_one_layer(path.resolve(), driver)
    except _faults() as error:
        raise BoundaryFileError(path, f"cannot be read as {driver}", "open it in a GIS and save it again") from error
    _require_polygons(path, frame)
    return _in_wgs84(path, frame)


def _faults() -> tuple[type[Exception], ...]:
    """What reading a file that is none raises."""
    from fiona._err import CPLE_BaseError  # noqa: PLC0415  (with the file itself)
    from fiona.errors import FionaError  # noqa: PLC0415

    return (FionaError, CPLE_BaseError, shapely.errors.ShapelyError, OSError, ValueError, TypeError)


def _read_one_layer(path: Path, driver: str) -> gpd.GeoDataFrame:
    import fiona  # noqa: PLC0415  (GDAL takes 20 MB, and most processes read no such file)

    # Only the one driver is enabled: a file in disguise (a VRT naming other files or hosts) is not recognised.
    layers = fiona.listlayers(path, enabled_drivers=[driver]) if driver == "GPKG" else []
    if len(layers) > 1:
        raise BoundaryFileError(path, f"has {len(layers)} layers", "save the one that is meant in a file of its own")
    with np.errstate(invalid="ignore"):  # a NaN is found and named with the invalid polygons
        return gpd.read_file(path, engine="fiona", enabled_drivers=[driver], rows=MAX_FEATURES + 1)


def _require_polygons(path: Path, frame: gpd.GeoDataFrame) -> None:
    """Refuse what is not a plain, finite, valid polygon, cheapest question first."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        raise BoundaryFileError(path, "holds no geometry", "save the boundary as a polygon")
    if len(frame) > MAX_FEATURES:
        raise BoundaryFileError(path, f"holds more than {MAX_FEATURES} features", "dissolve it into fewer polygons")
    shapes = frame.geometry.to_numpy()
    vertices = int(shapely.get_num_coordinates(shapes).sum())
    if vertices > MAX_VERTICES:
        raise BoundaryFileError(path, f"holds {vertices} vertices, more than {MAX_VERTICES}", "simplify its lines")
    for number, shape in enumerate(shapes, start=1):
        if shape is None or shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
            raise BoundaryFileError(path, f"has no polygon in feature {number}", "save only polygons")
        if not bool(shapely.is_valid(shape)):
            fact = f"has an invalid polygon in feature {number} ({shapely.is_valid_reason(shape)})"
            raise BoundaryFileError(path, fact, "correct it in a GIS, it is not repaired here")


def _in_wgs84(path: Path, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame in EPSG:4326, or a refusal where its reference system is unknown or its numbers do not fit."""
    if frame.crs is None:
        raise BoundaryFileError(path, "does not say its coordinate reference system", f"save it in {CRS}")
    epsg = frame.crs.to_epsg()
    if epsg not in EPSG_CODES:
        raise BoundaryFileError(path, f"is in {frame.crs.name}, which is not read here", f"save it in {CRS}")
    degrees = frame.to_crs(CRS)
    degrees = degrees.set_geometry(shapely.force_2d(degrees.geometry.to_numpy()), crs=CRS)
    west, south, east, north = degrees.total_bounds
    if not WORLD_BOUNDS.covers(shapely.box(west, south, east, north)):
        is_swapped = WORLD_BOUNDS.covers(shapely.box(south, west, north, east))
        remedy = "are longitude and latitude swapped? Longitude comes first" if is_swapped else f"save it in {CRS}"
        raise BoundaryFileError(path, "reaches beyond longitude ±180 or latitude ±90", remedy)
    if not bool(degrees.is_valid.all()):
        raise BoundaryFileError(path, f"is no longer valid in {CRS}", f"save it in {CRS} and correct it there")
    return degrees

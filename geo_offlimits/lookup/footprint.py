"""The one form in which a footprint is published: cut at the antimeridian, right-handed, 7 decimals, short edges.

Rules, in this order; what breaks one is refused, never repaired:

1. a point, polygon or multipolygon on WGS 84, longitude first, finite, at most MAX_VERTICES vertices;
2. a ring whose longitude jumps by more than half a turn crosses the antimeridian and is cut there (RFC 7946, 3.1.9);
3. outer rings counter-clockwise, holes clockwise;
4. edges of at most 100 m, straight in longitude/latitude, so that they equal the geodesic within a millimetre;
5. 7 decimals of a degree, about 1 cm; a footprint that is no longer a valid polygon then is refused.

A canonical geometry comes out of `canonical_geometry` unchanged.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo_offlimits.errors import InputError, Issue, Sentence

Array = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

MAX_VERTICES = 200_000
DECIMALS = 7
MAX_EDGE_M = 100.0
# Rounding moves both ends of an edge; this much shorter, it is still within the limit afterwards.
_ROUNDING_M = 0.05
_EQUATOR_M, _FLATTENING = 6_378_137.0, 1 / 298.257223563
_E2 = _FLATTENING * (2 - _FLATTENING)
_PUBLISHED_KINDS = (shapely.GeometryType.POINT, shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_HALF_TURN, _AMBIGUOUS_TURN = 180.0, 270.0


class FootprintError(InputError):
    """A geometry that cannot be published as it is."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(
            Sentence("The geometry {fact}; {remedy}.", fact=fact, remedy=remedy),
            Issue(field="geometry", reason=fact, remedy=remedy),
        )


def canonical_geometry(geometry: BaseGeometry, *, max_edge_m: float | None = MAX_EDGE_M) -> BaseGeometry:
    """The published form of a Point, Polygon or MultiPolygon in degrees (rules above). Applying it twice is the same.

    max_edge_m None leaves edges as they are, for boundaries that are only ever asked "inside or outside".
    Raises FootprintError for anything else: empty, NaN, out of range, invalid, around a pole without its edge there.
    """
    _refuse_unfit(geometry)
    flat = shapely.force_2d(geometry)
    if flat.geom_type == "Point":
        return shapely.transform(flat, _rounded)
    cut = _cut(flat)
    if max_edge_m is not None:
        cut = densified(cut, max_edge_m)
    published = shapely.orient_polygons(_without_repeats(shapely.transform(cut, _rounded)))
    if not shapely.is_valid(published):
        raise FootprintError(
            Sentence("is no valid polygon at 7 decimals ({why})", why=shapely.is_valid_reason(published)),
            Sentence("draw it again, a little larger"),
        )
    return published


def is_publishable_point(geometry: BaseGeometry) -> bool:
    """Whether it is a point on Earth: nearly all of a long list are, and of those nothing need be made to know it."""
    if geometry.geom_type != "Point" or geometry.is_empty:
        return False
    ((lon, lat, *_),) = geometry.coords
    return bool(abs(lon) <= _HALF_TURN and abs(lat) <= 90.0)  # noqa: PLR2004  (degrees; not so for NaN and an empty one)


def are_publishable_points(geometries: Sequence[BaseGeometry | None]) -> list[bool]:
    """`is_publishable_point` of each, all at once; False for None."""
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = geometries
    shapes[shapely.is_empty(shapes)] = None  # which has no numbers, and no NaN either
    lons, lats = shapely.get_x(shapes), shapely.get_y(shapes)  # NaN for all but a point
    are_points: list[bool] = ((np.abs(lons) <= _HALF_TURN) & (np.abs(lats) <= 90.0)).tolist()  # noqa: PLR2004
    return are_points


def canonical_geometries(
    geometries: Sequence[BaseGeometry | None], max_edges_m: Sequence[float]
) -> list[BaseGeometry | None]:
    """As `canonical_geometry` of each with its own limit, `math.inf` for none; None for None.

    Those that are neither cut nor given vertices, nearly all of a list, are made all at once. Raises FootprintError for
    the first that cannot be published.
    """
    shapes, limits_m = np.empty(len(geometries), dtype=object), np.asarray(max_edges_m, dtype=np.float64)
    shapes[:] = geometries
    plain = np.flatnonzero(_is_plain(shapes, limits_m))
    published: list[BaseGeometry | None] = [None] * len(shapes)
    for at, made in zip(plain.tolist(), _published_plain(shapes[plain]), strict=True):
        published[at] = made
    for at, (geometry, limit_m) in enumerate(zip(geometries, limits_m.tolist(), strict=True)):
        if geometry is not None and published[at] is None:
            published[at] = canonical_geometry(geometry, max_edge_m=None if limit_m == np.inf else limit_m)
    return published


def _published_plain(shapes: Shapes) -> list[BaseGeometry | None]:
    """The published form of each, None where it is not valid."""
    rounded = shapely.transform(shapes, _rounded)
    try:
        published = shapely.orient_polygons(shapely.remove_repeated_points(rounded, 0.0))
    except shapely.errors.GEOSException:  # one collapses, and is refused when its turn comes
        return [None] * len(shapes)
    published[~shapely.is_valid(published)] = None
    return list(published)


def _is_plain(shapes: Shapes, limits_m: Array) -> npt.NDArray[np.bool_]:
    """Whether each is fit, valid, within ±180, without a jump across the antimeridian or an edge over its limit."""
    plain = np.isin(shapely.get_type_id(shapes), [kind.value for kind in _PUBLISHED_KINDS])
    plain &= ~shapely.is_empty(shapes) & ~shapely.has_z(shapes) & (shapely.get_num_coordinates(shapes) <= MAX_VERTICES)
    coordinates, of = shapely.get_coordinates(shapes, return_index=True)
    plain[of[~(np.abs(coordinates) <= (_HALF_TURN, 90.0)).all(axis=1)]] = False  # what is no number, too
    plain[plain] = _has_short_edges(shapes[plain], limits_m[plain])
    plain[plain] = shapely.is_valid(shapes[plain])
    return plain


def _has_short_edges(shapes: Shapes, limits_m: Array) -> npt.NDArray[np.bool_]:
    parts, shape_of = shapely.get_parts(shapes, return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    vertices, ring_of = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero(ring_of[1:] == ring_of[:-1])
    starts, ends, of = vertices[edge], vertices[edge + 1], shape_of[part_of[ring_of[edge]]]
    jumps = np.abs(ends[:, 0] - starts[:, 0]) > _HALF_TURN
    short = np.ones(len(shapes), dtype=bool)
    short[of[jumps | (edge_bound_m(starts, ends) > limits_m[of])]] = False
    return short


def densified(geometry: BaseGeometry, max_edge_m: float = MAX_EDGE_M) -> BaseGeometry:
    """The same shape with no edge longer than `max_edge_m` metres; new vertices lie on the straight lon/lat edges.

    Points come back unchanged. Raises FootprintError when more than MAX_VERTICES vertices would be needed.
    """
    if geometry.geom_type == "Point":
        return geometry
    parts = [
        Polygon(
            _densified_ring(part.exterior, max_edge_m), [_densified_ring(hole, max_edge_m) for hole in part.interiors]
        )
        for part in polygons_of(geometry)
    ]
    return parts[0] if geometry.geom_type == "Polygon" else MultiPolygon(parts)


def polygons_of(geometry: BaseGeometry) -> list[Polygon]:
    """The polygons of a Polygon or MultiPolygon, in order."""
    return [part for part in shapely.get_parts(geometry).tolist() if isinstance(part, Polygon)]


def split_edges(starts: Array, ends: Array, counts: npt.NDArray[np.int64]) -> tuple[Array, Array]:
    """Both ends of the pieces of edges (n, 2), edge k cut into counts[k] pieces of equal longitude and latitude."""
    edge = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = (step / counts[edge])[:, None]
    piece_starts = starts[edge] * (1 - share) + ends[edge] * share
    piece_ends = np.empty_like(piece_starts)
    piece_ends[:-1] = piece_starts[1:]
    # The ends given are kept to the last bit: neighbouring edges and parts must go on meeting there.
    piece_starts[step == 0] = starts
    piece_ends[step == counts[edge] - 1] = ends
    return piece_starts, piece_ends


def edge_bound_m(starts: Array, ends: Array) -> Array:
    """An upper bound of the length of edges (n, 2) drawn straight in longitude/latitude, metres, (n,)."""
    lats, end_lats = np.radians(starts[:, 1]), np.radians(ends[:, 1])
    lowest = np.minimum(np.abs(lats), np.abs(end_lats))
    lowest[lats * end_lats < 0] = 0.0
    highest = np.maximum(np.abs(lats), np.abs(end_lats))
    parallel_m = _EQUATOR_M * np.cos(lowest) / np.sqrt(1 - _E2 * np.sin(lowest) ** 2)
    meridian_m = _EQUATOR_M * (1 - _E2) / (1 - _E2 * np.sin(highest) ** 2) ** 1.5
    return np.asarray(np.hypot(parallel_m * np.radians(ends[:, 0] - starts[:, 0]), meridian_m * (end_lats - lats)))


def _densified_ring(ring: BaseGeometry, max_edge_m: float) -> Array:
    vertices = shapely.get_coordinates(ring)
    bound_m = edge_bound_m(vertices[:-1], vertices[1:])
    pieces = np.where(bound_m > max_edge_m, np.ceil(bound_m / (max_edge_m - _ROUNDING_M)), 1.0)
    if pieces.sum() > MAX_VERTICES:
        raise FootprintError(
            Sentence("needs more than {most} vertices", most=MAX_VERTICES),
            Sentence("put a smaller area off limits, or several"),
        )
    return np.vstack([split_edges(vertices[:-1], vertices[1:], pieces.astype(np.int64))[0], vertices[-1:]])


def _refuse_unfit(geometry: BaseGeometry) -> None:
    if geometry.geom_type not in {"Point", "Polygon", "MultiPolygon"}:
        raise FootprintError(
            Sentence("is a {kind}", kind=geometry.geom_type), Sentence("give a point, polygon or multipolygon")
        )
    if geometry.is_empty:
        raise FootprintError(Sentence("is empty"), Sentence("leave it out when the place is unknown"))
    coordinates = shapely.get_coordinates(geometry)
    if len(coordinates) > MAX_VERTICES:
        raise FootprintError(
            Sentence("has {count} vertices, more than {most}", count=len(coordinates), most=MAX_VERTICES),
            Sentence("simplify its outline"),
        )
    if not np.isfinite(coordinates).all():
        raise FootprintError(
            Sentence("holds a coordinate that is not a number"), Sentence("give every vertex in decimal degrees")
        )
    widest = _HALF_TURN if geometry.geom_type == "Point" else 2 * _HALF_TURN
    west, south, east, north = geometry.bounds
    if south < -90 or north > 90 or west < -widest or east > widest or west > _HALF_TURN or east < -_HALF_TURN:  # noqa: PLR2004  (degrees)
        raise FootprintError(
            Sentence("reaches beyond latitude ±90 or longitude ±180"),
            Sentence("are longitude and latitude swapped? Longitude comes first"),
        )


def _rounded(coordinates: Array) -> Array:
    return np.asarray(np.round(coordinates, DECIMALS) + 0.0)  # + 0.0: there is no minus zero in the file


def _without_repeats(geometry: BaseGeometry) -> BaseGeometry:
    """Vertices that rounding made equal are one; a ring that collapses is refused rather than dropped."""
    try:
        return shapely.remove_repeated_points(geometry, 0.0)
    except shapely.errors.GEOSException:
        raise FootprintError(
            Sentence("is smaller than 7 decimals of a degree, 1 cm"), Sentence("give a point instead")
        ) from None


def _cut(geometry: BaseGeometry) -> BaseGeometry:
    """The geometry within ±180, cut where it crosses the antimeridian; itself where it does not."""
    unwrapped = [_unwrapped(part) for part in polygons_of(geometry)]
    whole = all(part is None for part in unwrapped)
    west, _, east, _ = geometry.bounds
    if whole and west >= -_HALF_TURN and east <= _HALF_TURN:
        _refuse_invalid(geometry)
        return geometry
    parts: list[Polygon] = []
    for original, part in zip(polygons_of(geometry), unwrapped, strict=True):
        shape = original if part is None else part
        _refuse_invalid(shape)
        parts += _within_half_turn(shape)
    cut = parts[0] if len(parts) == 1 and geometry.geom_type == "Polygon" else MultiPolygon(parts)
    _refuse_invalid(cut)
    return cut


def _refuse_invalid(geometry: BaseGeometry) -> None:
    if not shapely.is_valid(geometry):
        raise FootprintError(
            Sentence("is no valid polygon ({why})", why=shapely.is_valid_reason(geometry)),
            Sentence("draw its outline again"),
        )


def _unwrapped(polygon: Polygon) -> Polygon | None:
    """The polygon with continuous longitudes, or None where it has no jump across the antimeridian."""
    rings = [shapely.get_coordinates(ring) for ring in (polygon.exterior, *polygon.interiors)]
    turns = [_turns(ring) for ring in rings]
    if not any(turn.any() for turn in turns):
        return None
    moved = [np.column_stack([ring[:, 0] + 360.0 * turn, ring[:, 1]]) for ring, turn in zip(rings, turns, strict=True)]
    west, east = moved[0][:, 0].min(), moved[0][:, 0].max()
    holes = [_beside(hole, west, east) for hole in moved[1:]]
    return Polygon(moved[0], holes)


def _turns(ring: Array) -> Array:
    """How many whole turns each vertex is to be moved east so that no edge jumps over half a turn."""
    step = np.diff(ring[:, 0])
    # An edge from -180 to 180 or back is meant: it runs along a parallel of a cap around a pole.
    literal = (np.abs(ring[:-1, 0]) == _HALF_TURN) & (np.abs(ring[1:, 0]) == _HALF_TURN)
    jump = (np.abs(step) > _HALF_TURN) & ~literal
    if (jump & (np.abs(step) < _AMBIGUOUS_TURN)).any():
        raise FootprintError(
            Sentence("has an edge of over 90 degrees of longitude"), Sentence("give it vertices in between")
        )
    turns = np.concatenate([[0.0], np.cumsum(-np.sign(step) * jump)])
    if turns[-1] != 0:
        raise FootprintError(
            Sentence("goes around a pole"), Sentence("close its ring along longitude ±180 and the pole's latitude")
        )
    return np.asarray(turns)


def _beside(hole: Array, west: float, east: float) -> Array:
    """A hole moved by whole turns into the longitudes of its shell."""
    for turn in (0.0, 360.0, -360.0):
        if hole[:, 0].min() + turn >= west and hole[:, 0].max() + turn <= east:
            return np.asarray(hole + np.array([turn, 0.0]))
    return hole


def _shifted(lonlat: Array, *, by_deg: float) -> Array:
    return np.asarray(lonlat + np.array([by_deg, 0.0]))


def _within_half_turn(polygon: Polygon) -> list[Polygon]:
    """The pieces of a polygon with continuous longitudes, each moved to within ±180."""
    pieces: list[Polygon] = []
    for turn in (0.0, 360.0, -360.0):
        window = shapely.box(turn - _HALF_TURN, -90.0, turn + _HALF_TURN, 90.0)
        part = shapely.intersection(polygon, window)
        shapes = [shape for shape in shapely.get_parts(part) if shape.geom_type == "Polygon" and not shape.is_empty]
        pieces += [shapely.transform(shape, partial(_shifted, by_deg=-turn)) for shape in shapes]
    return pieces

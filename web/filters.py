"""Which part of the list an export is to hold, as the query of its address says, or a form with a route in it.

A route says where a patrol will be: it travels in a body, which no log and no history keeps. What is not known is
refused: a patrol whose filter was passed over would carry another file than it asked for.
"""

from collections.abc import Sequence

from flask import request
from werkzeug.datastructures import MultiDict

from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats.route import Route, read_route
from geo_offlimits.services.filters import Box, Filter
from geo_offlimits.services.positions import read_position
from web import door, forgery
from web.bodies import MAX_RADIUS_M, refused

PARAMETERS = ("bbox", "near", "within_m", "sector")
ROUTE = "route"


def asked(code: str, query: MultiDict[str, str], route: Route | None = None) -> Filter:
    """The filter in the query for a list of the mission `code`; an empty query filters nothing.

    Raises InputError naming the parameter at fault.
    """
    given = once(query, PARAMETERS)
    bbox, near, within_m = given.get("bbox"), given.get("near"), given.get("within_m")
    if (near is None and route is None) != (within_m is None):
        missing = "near" if route is None and near is None else "within_m"
        raise refused(missing, Sentence("missing"), Sentence("give near or a route, and within_m, together"))
    return Filter(
        bbox=None if bbox is None else _box(bbox),
        near=None if near is None else read_position(door.act(), code, near),
        within_m=None if within_m is None else _metres(within_m),
        sector=given.get("sector"),
        route=route,
    )


def filled_in() -> MultiDict[str, str]:
    """The fields of a form that are not empty."""
    return MultiDict((name, text) for name, text in request.form.items(multi=True) if text.strip())


def sent_route() -> Route | None:
    """The route in the file of a form; None where a position is given in its place. Raises InputError."""
    file = request.files.get(ROUTE)
    if file is not None and file.filename:
        return read_route((file.filename, file.read()))
    if not request.form.get("near", "").strip():
        raise refused(ROUTE, Sentence("missing"), Sentence("choose a file with a track or a line"))
    return None


def once(query: MultiDict[str, str], known: Sequence[str]) -> dict[str, str]:
    """Each parameter with its one value. Raises InputError for one that is not known, stands twice or is empty."""
    return {name: _once(query, name, known) for name in query if name != forgery.FIELD}


def _once(query: MultiDict[str, str], name: str, known: Sequence[str]) -> str:
    if name not in known:
        raise refused(
            name[:40], Sentence("unknown parameter"), Sentence("use one of {members}", members=", ".join(known))
        )
    values = query.getlist(name)
    if len(values) > 1:
        raise refused(name, Sentence("given twice"), Sentence("give it once"), values[1])
    if not values[0].strip():
        raise refused(name, Sentence("empty"), Sentence("fill it in or leave it out"))
    return values[0].strip()


def _box(written: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in written.split(","))
    except ValueError:
        raise refused(
            "bbox", Sentence("not a box"), Sentence("write west,south,east,north in degrees"), written
        ) from None
    return west, south, east, north


def _metres(written: str) -> float:
    try:
        metres = float(written)
    except ValueError:
        raise refused("within_m", Sentence("not a number"), Sentence("give metres"), written) from None
    if not 0 < metres <= MAX_RADIUS_M:
        raise refused(
            "within_m", Sentence("not between 0 and {most}", most=MAX_RADIUS_M), Sentence("give metres"), written
        )
    return metres


def limit_m(written: str) -> float | None:
    """How near the other's territory a drift report reaches; None where nothing is written."""
    if not written.strip():
        return None
    try:
        return float(written)
    except ValueError:
        raise InputError(
            Sentence("A limit is given in metres, from 0 to {most}.", most=1_000_000),
            Issue(field="within_m", value=written[:40], reason=Sentence("not a number")),
        ) from None

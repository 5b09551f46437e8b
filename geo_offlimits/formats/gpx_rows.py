"""GPX from outside: a waypoint a row. Tracks and routes are told of and not read: they are where somebody went."""

from typing import Any

from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.formats.files import LIMITS, ImportFileError, Limits
from geo_offlimits.formats.geojson_rows import Features, feature_row
from geo_offlimits.formats.gpx import LISTED_NAME
from geo_offlimits.formats.markup_rows import plain, walk

_TEXTS = frozenset({"name", "cmt", "desc", "src", "sym", "type", "time", "ele"})

# How our own export says which entry a waypoint is (`gpx`).
_OWN = frozenset({"entry_id", LISTED_NAME})
# Of a patrol's waypoint: when it was taken, not when a place is open, and what its receiver calls it.
_OF_A_PATROL = {"time": "taken at", "type": "waypoint type"}
# Where programs write markup; a name is what it is.
_MARKED_UP = frozenset({"cmt", "desc"})


def read_gpx(name: str, content: bytes, limits: Limits = LIMITS) -> Features:
    """The waypoints of a file. Raises ImportFileError for what is no GPX, holds none, or is beyond the limits."""
    told = _Waypoints(name, limits)
    walk(name, content, told)
    if not told.found:
        fact = Sentence("holds tracks but no waypoints") if told.passed else Sentence("holds no waypoints")
        raise ImportFileError(name, fact, Sentence("mark each place as a waypoint and export it anew"))
    rows = tuple(feature_row(at, one, limits) for at, one in enumerate(told.found, start=1))
    return Features(rows=rows, issues=told.issues())


class _Waypoints:
    """Collects waypoints, as GeoJSON features would be, and counts what is passed over."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.found: list[dict[str, Any]] = []
        self.passed = 0
        self._name, self._limits = name, limits
        self._texts: dict[str, str] = {}

    def begins(self, path: list[str], attributes: dict[str, str]) -> None:
        if path[-1] in {"trk", "rte"} and len(path) == 2:  # noqa: PLR2004  (a child of the root)
            self.passed += 1
        if path[-1] == "wpt" and len(path) == 2:  # noqa: PLR2004
            if len(self.found) >= self._limits.rows:
                raise ImportFileError(
                    self._name,
                    Sentence("has more than {most} waypoints", most=self._limits.rows),
                    Sentence("split it into several files"),
                )
            self._texts = {}
            corner = [_number(attributes.get("lon", "")), _number(attributes.get("lat", ""))]
            place = {"type": "Point", "coordinates": corner}
            self.found.append({"type": "Feature", "properties": self._texts, "geometry": place})

    def ends(self, path: list[str], text: str) -> None:
        if len(path) == 3 and path[1] == "wpt" and path[2] in _TEXTS and text:  # noqa: PLR2004
            self._texts[path[2]] = plain(text) if path[2] in _MARKED_UP else text
        elif path[1:3] == ["wpt", "extensions"] and len(path) == 4 and path[3] in _OWN and text:  # noqa: PLR2004
            self._texts[path[3]] = text
        elif path[1:] == ["wpt"] and "entry_id" not in self._texts:
            self._texts |= {said: self._texts.pop(tag) for tag, said in _OF_A_PATROL.items() if tag in self._texts}

    def issues(self) -> tuple[Issue, ...]:
        if not self.passed:
            return ()
        reason = Sentence("{count} tracks or routes are not read: only waypoints are", count=self.passed)
        remedy = Sentence("mark each place as a waypoint, if they show places of the list")
        return (Issue(field="file", value="trk", reason=reason, remedy=remedy),)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text

"""KML and KMZ from outside: a placemark a row, its folders, times and data as columns.

1. Links to other files and pictures laid over the map are told of and neither followed nor read.
2. A placemark called `o-X` is the outline of the one called `p-X`, as `kml.write` tells one entry twice.
3. What an earth viewer calls a place that nobody named is no name.
4. Of a KMZ the one document is read that an earth viewer opens: the first .kml of its directory.
"""

import re
from typing import Any

from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.formats.files import LIMITS, ImportFileError, Limits, part_of_archive
from geo_offlimits.formats.geojson_rows import Features, feature_row
from geo_offlimits.formats.markup_rows import plain, walk

_TEXTS = frozenset({"name", "description", "address", "phoneNumber"})
_TIMES = frozenset({"begin", "end", "when"})
_NOT_READ = frozenset({"NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Track", "Tour", "Model"})
_POINT, _OUTLINE = "p-", "o-"
_UNTITLED = re.compile(
    r"untitled(?: placemark| polygon| path| point)?|(?:repère|polygone|trajet|lieu) sans (?:titre|nom)", re.IGNORECASE
)


def read_kml(name: str, content: bytes, limits: Limits = LIMITS) -> Features:
    """The placemarks of a document. Raises ImportFileError for what is no KML, holds none, or is beyond the limits."""
    told = _Placemarks(name, limits)
    walk(name, content, told)
    if not told.found:
        fact = Sentence("is a link, and links are not followed") if told.links else Sentence("holds no places")
        raise ImportFileError(name, fact, Sentence("open it in an earth viewer and save the places themselves"))
    rows = tuple(feature_row(at, one, limits) for at, one in enumerate(_with_outlines(told.found), start=1))
    return Features(rows=rows, issues=told.issues())


def read_kmz(name: str, content: bytes, limits: Limits = LIMITS) -> Features:
    """The same of the document that a KMZ packs; nothing else of it is unpacked."""
    return read_kml(name, part_of_archive(name, content, ".kml", limits), limits)


def _with_outlines(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    outlines = {one["id"][len(_OUTLINE) :]: one for one in found if one["id"].startswith(_OUTLINE)}
    points = {one["id"][len(_POINT) :] for one in found if one["id"].startswith(_POINT)}
    kept = [one for one in found if not (one["id"].startswith(_OUTLINE) and one["id"][len(_OUTLINE) :] in points)]
    for one in kept:
        outline = outlines.get(one["id"][len(_POINT) :]) if one["id"].startswith(_POINT) else None
        if outline:
            one["geometry"] = outline["geometry"]
    return kept


class _Placemarks:
    """Collects placemarks, as GeoJSON features would be, and what is passed over."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.found: list[dict[str, Any]] = []
        self.links = 0
        self._name, self._limits = name, limits
        self._folders: list[str] = []
        self._passed: dict[str, int] = {}
        self._at: dict[str, Any] | None = None
        self._shapes: list[tuple[str, Any]] = []
        self._rings: list[Any] = []
        self._field = ""

    def begins(self, path: list[str], attributes: dict[str, str]) -> None:
        tag = path[-1]
        if tag in _NOT_READ:
            self._passed[tag] = self._passed.get(tag, 0) + 1
            self.links += tag == "NetworkLink"
        if tag in {"Folder", "Document"}:
            self._folders.append("")
        elif tag == "Placemark":
            self._begin(attributes.get("id", ""))
        elif tag in {"Data", "SimpleData"}:
            self._field = attributes.get("name", "")
        elif tag == "Polygon":
            self._rings = []

    def _begin(self, marked: str) -> None:
        if len(self.found) >= self._limits.rows:
            raise ImportFileError(
                self._name,
                Sentence("has more than {most} places", most=self._limits.rows),
                Sentence("split it into several files"),
            )
        self._shapes = []
        self._at = {"type": "Feature", "properties": {}, "geometry": None, "id": marked}

    def ends(self, path: list[str], text: str) -> None:
        tag, within = path[-1], path[-2] if len(path) > 1 else ""
        if tag == "Folder" or (tag == "Document" and self._folders):
            self._folders.pop()
        elif tag == "name" and within == "Folder":
            self._folders[-1] = text
        elif self._at is not None:
            self._ends_inside(self._at, tag, within, text)

    def _ends_inside(self, placemark: dict[str, Any], tag: str, within: str, text: str) -> None:
        texts = placemark["properties"]
        if within == "Placemark" and tag in _TEXTS:
            texts[tag] = plain(text) if tag == "description" else "" if _UNTITLED.fullmatch(text) else text
        elif tag in _TIMES and within in {"TimeSpan", "TimeStamp"}:
            texts[tag] = text
        elif (tag == "value" and within == "Data") or tag == "SimpleData":
            if text and self._field:
                texts.setdefault(self._field, text)
        elif tag == "Placemark":
            self._finish(placemark)
        else:
            self._ends_shape(tag, within, text)

    def _ends_shape(self, tag: str, within: str, text: str) -> None:
        if tag == "coordinates" and within == "LinearRing":
            self._rings.append(_corners(text))
        elif tag == "coordinates":
            self._shapes.append((within, _corners(text)))
        elif tag == "Polygon":
            self._shapes.append((tag, self._rings))

    def _finish(self, placemark: dict[str, Any]) -> None:
        folder = " / ".join(name for name in self._folders if name)
        if folder:
            placemark["properties"].setdefault("folder", folder)
        if placemark["id"]:
            placemark["properties"].setdefault("id", placemark["id"])
        placemark["geometry"] = _geometry(self._shapes)
        self.found.append(placemark)
        self._at = None

    def issues(self) -> tuple[Issue, ...]:
        """What was passed over, a kind each."""
        return tuple(
            Issue(
                field="file",
                value=tag,
                reason=Sentence("{count} of {kind} not read: only placemarks are", count=count, kind=tag),
                remedy=Sentence("open what they show and save it as places, if it belongs to the list"),
            )
            for tag, count in sorted(self._passed.items())
        )


def _geometry(shapes: list[tuple[str, Any]]) -> dict[str, Any] | None:
    """As GeoJSON would say it; what is no place is named as what it is, and refused where geometries are."""
    kinds = {kind for kind, _ in shapes}
    if not shapes:
        return None
    if kinds == {"Polygon"}:
        return {"type": "MultiPolygon", "coordinates": [rings for _, rings in shapes]}
    if kinds == {"Point"} and len(shapes) == 1:
        return {"type": "Point", "coordinates": shapes[0][1][0] if shapes[0][1] else []}
    return {"type": "MultiGeometry" if len(shapes) > 1 else shapes[0][0], "coordinates": []}


def _corners(text: str) -> list[list[float | str]]:
    """Longitude, latitude and perhaps a height each; a number that is none stays a text, to be refused with its row."""
    return [[_number(part) for part in corner.split(",")[:2]] for corner in text.split()]


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text

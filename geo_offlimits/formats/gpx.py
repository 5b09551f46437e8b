"""GPX 1.1 (Topografix, 2004) for receivers and OsmAnd: a waypoint an entry, which warns who comes near.

1. Garmin's receivers read how near from one of two extensions, by their age: GpxExtensions v3 or WaypointExtension v1.
   Both are written; the radius covers the footprint and what is not sure of it.
2. Names are short and each stands once: a receiver that finds a second one overwrites the first.
3. Areas, and premises with an outline, are tracks besides.
4. What has no place is told in the file's description.
"""

from xml.etree.ElementTree import Element

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.formats.excerpt import Excerpt, Placed, described, in_words
from geo_offlimits.formats.markup import add, as_text, document
from geo_offlimits.formats.words import WORDS
from geo_offlimits.lookup.wording import Translate

MEDIA_TYPE = "application/gpx+xml"
_NAMESPACES = {
    "": "http://www.topografix.com/GPX/1/1",
    "gpxx": "http://www.garmin.com/xmlschemas/GpxExtensions/v3",
    "wptx1": "http://www.garmin.com/xmlschemas/WaypointExtension/v1",
    "osmand": "https://osmand.net",
}
_SYMBOLS = {Restriction.OFF_LIMITS: "Restricted Area", Restriction.CAUTION: "Danger Area"}
_COLOURS = {Restriction.OFF_LIMITS: "#c03300", Restriction.CAUTION: "#b07a00"}
# Older receivers cut names behind this; the number behind the name must stay.
_NAME_LETTERS = 30


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The file in UTF-8; the same excerpt gives the same bytes."""
    root = Element("gpx", {"version": "1.1", "creator": "geo_offlimits"})
    about = add(root, "metadata")
    add(about, "name", excerpt.title)
    add(about, "desc", as_text(in_words(excerpt, translate)))
    add(about, "time", format_instant(excerpt.edition.issued_at))
    for placed in excerpt.placed:
        _waypoint(root, placed, translate)
    for placed in excerpt.placed:
        if placed.is_outlined:
            _tracks(root, placed)
    return document(root, _NAMESPACES)


def short_name(entry: Entry) -> str:
    """The entry's name, cut, with its number behind it, which no other entry of the mission has."""
    number = entry.entry_id.rpartition("-")[2]
    return f"{entry.name[: _NAME_LETTERS - len(number) - 1].rstrip()} {number}"


def _waypoint(root: Element, placed: Placed, translate: Translate) -> None:
    entry = placed.entry
    point = add(root, "wpt", lat=f"{placed.point.lat:.7f}", lon=f"{placed.point.lon:.7f}")
    add(point, "time", format_instant(entry.since))
    add(point, "name", short_name(entry))
    told = as_text(described(entry, translate))
    add(point, "cmt", told)
    add(point, "desc", told)
    add(point, "sym", _SYMBOLS[entry.restriction])
    add(point, "type", translate(WORDS[entry.restriction]))
    beyond = add(point, "extensions")
    for prefix in ("gpxx", "wptx1"):
        add(add(beyond, f"{prefix}:WaypointExtension"), f"{prefix}:Proximity", str(placed.alarm_m))
    add(beyond, "osmand:color", _COLOURS[entry.restriction])
    add(beyond, "osmand:icon", "special_symbol_exclamation_mark")
    add(beyond, "osmand:background", "octagon")


def _tracks(root: Element, placed: Placed) -> None:
    track = add(root, "trk")
    add(track, "name", short_name(placed.entry))
    for ring in placed.rings:
        part = add(track, "trkseg")
        for lon, lat in ring:
            add(part, "trkpt", lat=f"{lat:.7f}", lon=f"{lon:.7f}")

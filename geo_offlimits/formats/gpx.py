"""GPX 1.1 (Topografix, 2004) for receivers and OsmAnd: a waypoint an entry, which warns who comes near.

1. Garmin's receivers read how near from one of two extensions, by their age: GpxExtensions v3 or WaypointExtension v1.
   Both are written; the radius covers the footprint and what is not sure of it.
2. Names are short and each stands once: a receiver that finds a second one overwrites the first.
3. Areas, and premises with an outline, are tracks besides.
4. What has no place is told in the file's description.
"""

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.formats.excerpt import Excerpt, Placed, described, in_words
from geo_offlimits.formats.markup import Markup, as_text
from geo_offlimits.formats.words import WORDS
from geo_offlimits.lookup.wording import Translate

_NAMESPACES = {
    "xmlns": "http://www.topografix.com/GPX/1/1",
    "xmlns:gpxx": "http://www.garmin.com/xmlschemas/GpxExtensions/v3",
    "xmlns:wptx1": "http://www.garmin.com/xmlschemas/WaypointExtension/v1",
    "xmlns:osmand": "https://osmand.net",
}
_SYMBOLS = {Restriction.OFF_LIMITS: "Restricted Area", Restriction.CAUTION: "Danger Area"}
_COLOURS = {Restriction.OFF_LIMITS: "#c03300", Restriction.CAUTION: "#b07a00"}
# Older receivers cut names behind this; the number behind the name must stay.
_NAME_LETTERS = 30


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The file in UTF-8; the same excerpt gives the same bytes."""
    made = Markup()
    with made.element("gpx", version="1.1", creator="geo_offlimits", **_NAMESPACES):
        with made.element("metadata"):
            made.leaf("name", excerpt.title)
            made.leaf("desc", as_text(in_words(excerpt, translate)))
            made.leaf("time", format_instant(excerpt.edition.issued_at))
        for placed in excerpt.placed:
            _waypoint(made, placed, translate)
        for placed in excerpt.placed:
            if placed.is_outlined:
                _tracks(made, placed)
    return made.written()


def short_name(entry: Entry) -> str:
    """The entry's name, cut, with its number behind it, which no other entry of the mission has."""
    number = entry.entry_id.rpartition("-")[2]
    return f"{entry.name[: _NAME_LETTERS - len(number) - 1].rstrip()} {number}"


def _waypoint(made: Markup, placed: Placed, translate: Translate) -> None:
    entry = placed.entry
    told = as_text(described(entry, translate))
    with made.element("wpt", lat=f"{placed.lat:.7f}", lon=f"{placed.lon:.7f}"):
        made.leaf("time", format_instant(entry.since))
        made.leaf("name", short_name(entry))
        made.leaf("cmt", told)
        made.leaf("desc", told)
        made.leaf("sym", _SYMBOLS[entry.restriction])
        made.leaf("type", translate(WORDS[entry.restriction]))
        with made.element("extensions"):
            for prefix in ("gpxx", "wptx1"):
                with made.element(f"{prefix}:WaypointExtension"):
                    made.leaf(f"{prefix}:Proximity", str(placed.alarm_m))
            made.leaf("osmand:color", _COLOURS[entry.restriction])
            made.leaf("osmand:icon", "special_symbol_exclamation_mark")
            made.leaf("osmand:background", "octagon")


def _tracks(made: Markup, placed: Placed) -> None:
    with made.element("trk"):
        made.leaf("name", short_name(placed.entry))
        for ring in placed.rings:
            with made.element("trkseg"):
                for lon, lat in ring:
                    made.empty("trkpt", lat=f"{lat:.7f}", lon=f"{lon:.7f}")

"""GPX 1.1 (Topografix, 2004) for receivers and OsmAnd: a waypoint an entry, which warns who comes near.

1. Garmin's receivers read how near from one of two extensions, by their age: GpxExtensions v3 or WaypointExtension v1.
   Both are written; the radius covers the footprint and what is not sure of it.
2. Names are short and each stands once: a receiver that finds a second one overwrites the first.
3. Areas, and premises with an outline, are tracks besides.
4. What has no place is told in the file's description.
5. A waypoint says in words of its own namespace which entry it is and its name uncut, by which the list comes back.
"""

from collections.abc import Iterable, Iterator

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.formats.excerpt import RGB, Excerpt, Placed, in_a_line
from geo_offlimits.formats.markup import DECLARATION, encoded, tagless
from geo_offlimits.formats.packed import encoded_together
from geo_offlimits.formats.words import WORDS
from geo_offlimits.lookup.wording import Translate

_ROOT = (
    '<gpx version="1.1" creator="geo_offlimits" xmlns="http://www.topografix.com/GPX/1/1"'
    ' xmlns:gpxx="http://www.garmin.com/xmlschemas/GpxExtensions/v3"'
    ' xmlns:wptx1="http://www.garmin.com/xmlschemas/WaypointExtension/v1" xmlns:osmand="https://osmand.net"'
    ' xmlns:offlimits="urn:geo-offlimits:export:1">\n'
)
_SYMBOLS = {Restriction.OFF_LIMITS: "Restricted Area", Restriction.CAUTION: "Danger Area"}
# Older receivers cut names behind this; the number behind the name must stay.
_NAME_LETTERS = 30
LISTED_NAME = "listed_name"
# The schema ends before 180; what is cut along there loses a centimetre.
_EASTERNMOST = 179.9999999


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The file in UTF-8; the same excerpt gives the same bytes."""
    return b"".join(encoded_together(_pieces(excerpt, translate)))


def _pieces(excerpt: Excerpt, translate: Translate) -> Iterator[str]:
    yield DECLARATION + _ROOT
    yield (
        f"<metadata><name>{encoded(excerpt.title)}</name><desc>{tagless(excerpt.as_text(translate))}</desc>"
        f"<time>{format_instant(excerpt.edition.issued_at)}</time></metadata>\n"
    )
    kinds = {one: _kind(one, translate) for one in Restriction}
    for placed in excerpt.placed:
        yield _waypoint(placed, translate, *kinds[placed.entry.restriction])
    for placed in excerpt.placed:
        if placed.is_outlined:
            yield _tracks(placed)
    yield "</gpx>\n"


def short_name(entry: Entry) -> str:
    """The entry's name, cut, with its number behind it, which no other entry of the mission has."""
    number = entry.entry_id.rpartition("-")[2]
    return f"{entry.name[: _NAME_LETTERS - len(number) - 1].rstrip()} {number}"


def _kind(restriction: Restriction, translate: Translate) -> tuple[str, str]:
    """How all entries of a restriction look, as a receiver knows it and as OsmAnd does."""
    looks = f"<sym>{_SYMBOLS[restriction]}</sym><type>{encoded(translate(WORDS[restriction]))}</type>"
    osmand = (
        f"<osmand:color>#{RGB[restriction]:06x}</osmand:color>"
        "<osmand:icon>special_symbol_exclamation_mark</osmand:icon><osmand:background>octagon</osmand:background>"
    )
    return looks, osmand


def _waypoint(placed: Placed, translate: Translate, looks: str, osmand: str) -> str:
    """Its children follow the order of the schema."""
    entry = placed.entry
    told = tagless(in_a_line(entry, translate))
    return (
        f"<wpt {_at(placed.lon, placed.lat)}><time>{format_instant(entry.since)}</time>"
        f"<name>{encoded(short_name(entry))}</name><cmt>{told}</cmt><desc>{told}</desc>{looks}<extensions>"
        f"<gpxx:WaypointExtension><gpxx:Proximity>{placed.alarm_m}</gpxx:Proximity></gpxx:WaypointExtension>"
        f"<wptx1:WaypointExtension><wptx1:Proximity>{placed.alarm_m}</wptx1:Proximity></wptx1:WaypointExtension>"
        f"{osmand}<offlimits:entry_id>{encoded(entry.entry_id)}</offlimits:entry_id>"
        f"<offlimits:{LISTED_NAME}>{encoded(entry.name)}</offlimits:{LISTED_NAME}></extensions></wpt>\n"
    )


def _tracks(placed: Placed) -> str:
    segments = "".join(f"<trkseg>{''.join(_corners(ring.tolist()))}</trkseg>" for ring in placed.rings)
    return f"<trk><name>{encoded(short_name(placed.entry))}</name>{segments}</trk>\n"


def _corners(ring: Iterable[tuple[float, float]]) -> Iterator[str]:
    return (f"<trkpt {_at(lon, lat)}/>" for lon, lat in ring)


def _at(lon: float, lat: float) -> str:
    return f'lat="{lat:.7f}" lon="{min(lon, _EASTERNMOST):.7f}"'

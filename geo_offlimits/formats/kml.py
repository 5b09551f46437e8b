"""KML 2.2 (OGC 07-147r2) and KMZ for earth viewers, ATAK and Organic Maps.

1. A point an entry, in folders by sector, with the span of time in which it holds; outlines are placemarks of a folder
   of their own, because some programs drop polygons, or points beside them.
2. No balloon: its text is HTML, and `$[…]` in it is replaced. A description is text in which nothing can be a tag.
3. What has no place is told in the document's description.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from itertools import groupby

import shapely
from shapely import Polygon

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.formats.excerpt import Excerpt, Placed, described, in_words
from geo_offlimits.formats.markup import Markup, as_text
from geo_offlimits.formats.words import WORDS
from geo_offlimits.lookup.wording import Translate

_NAMESPACE = "http://www.opengis.net/kml/2.2"
# aabbggrr
_COLOURS = {Restriction.OFF_LIMITS: "ff0033c0", Restriction.CAUTION: "ff007ab0"}
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The file in UTF-8; the same excerpt gives the same bytes."""
    made = Markup()
    with made.element("kml", xmlns=_NAMESPACE), made.element("Document"):
        made.leaf("name", excerpt.title)
        made.leaf("description", as_text(in_words(excerpt, translate)))
        for restriction in Restriction:
            _style(made, restriction)
        for sector, entries in _by_sector(excerpt.placed):
            with made.element("Folder"):
                made.leaf("name", as_text(sector or translate("No sector")))
                for placed in entries:
                    _point(made, placed, translate)
        _outlines(made, [placed for placed in excerpt.placed if placed.is_outlined], translate)
    return made.written()


def write_packed(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The same as KMZ."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("doc.kml", _NO_TIME), write(excerpt, translate), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _by_sector(entries: Iterable[Placed]) -> Iterable[tuple[str, Iterable[Placed]]]:
    ordered = sorted(entries, key=lambda placed: (not placed.entry.sector, placed.entry.sector or ""))
    return groupby(ordered, key=lambda placed: placed.entry.sector or "")


def _style(made: Markup, restriction: Restriction) -> None:
    colour = _COLOURS[restriction]
    with made.element("Style", id=restriction.value):
        with made.element("IconStyle"):
            made.leaf("color", colour)
        with made.element("LineStyle"):
            made.leaf("color", colour)
            made.leaf("width", "2")
        with made.element("PolyStyle"):
            made.leaf("color", "4d" + colour[2:])
        with made.element("BalloonStyle"):
            made.leaf("displayMode", "hide")


def _point(made: Markup, placed: Placed, translate: Translate) -> None:
    """Its children follow the order of the schema: name, description, time, style, data, geometry."""
    entry = placed.entry
    with made.element("Placemark", id=f"p-{entry.entry_id}"):
        made.leaf("name", as_text(entry.name))
        made.leaf("description", as_text(described(entry, translate)))
        with made.element("TimeSpan"):
            made.leaf("begin", format_instant(entry.since))
            if entry.until:
                made.leaf("end", format_instant(entry.until))
        made.leaf("styleUrl", f"#{entry.restriction.value}")
        with made.element("ExtendedData"):
            for name, value in (("entry_id", entry.entry_id), ("restriction", translate(WORDS[entry.restriction]))):
                with made.element("Data", name=name):
                    made.leaf("value", as_text(value))
        with made.element("Point"):
            made.leaf("coordinates", f"{placed.lon:.7f},{placed.lat:.7f}")


def _outlines(made: Markup, outlined: Sequence[Placed], translate: Translate) -> None:
    if not outlined:
        return
    with made.element("Folder"):
        made.leaf("name", translate("Outlines"))
        for placed in outlined:
            with made.element("Placemark", id=f"o-{placed.entry.entry_id}"):
                made.leaf("name", as_text(placed.entry.name))
                made.leaf("styleUrl", f"#{placed.entry.restriction.value}")
                with made.element("MultiGeometry"):
                    for part in shapely.get_parts(placed.footprint):
                        _polygon(made, part)


def _polygon(made: Markup, part: Polygon) -> None:
    with made.element("Polygon"):
        for name, rings in (("outerBoundaryIs", (part.exterior,)), ("innerBoundaryIs", part.interiors)):
            for ring in rings:
                corners = " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat in shapely.get_coordinates(ring))
                with made.element(name), made.element("LinearRing"):
                    made.leaf("coordinates", corners)

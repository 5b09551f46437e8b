"""KML 2.2 (OGC 07-147r2) and KMZ for earth viewers, ATAK and Organic Maps.

1. A point an entry, in folders by sector, with the span of time in which it holds; outlines are placemarks of a folder
   of their own, because some programs drop polygons, or points beside them.
2. No balloon: its text is HTML, and `$[…]` in it is replaced. A description is text in which nothing can be a tag.
3. What has no place is told in the document's description.
"""

import io
import zipfile
from collections.abc import Iterable
from itertools import groupby
from xml.etree.ElementTree import Element

import shapely

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.formats.excerpt import Excerpt, Placed, described, in_words
from geo_offlimits.formats.markup import add, as_text, document
from geo_offlimits.formats.words import WORDS
from geo_offlimits.lookup.wording import Translate

MEDIA_TYPE = "application/vnd.google-earth.kml+xml"
KMZ_MEDIA_TYPE = "application/vnd.google-earth.kmz"
_NAMESPACES = {"": "http://www.opengis.net/kml/2.2"}
# aabbggrr
_COLOURS = {Restriction.OFF_LIMITS: "ff0033c0", Restriction.CAUTION: "ff007ab0"}
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The file in UTF-8; the same excerpt gives the same bytes."""
    root = Element("kml")
    file = add(root, "Document")
    add(file, "name", excerpt.title)
    add(file, "description", as_text(in_words(excerpt, translate)))
    for restriction in Restriction:
        _style(file, restriction)
    for sector, entries in _by_sector(excerpt.placed):
        folder = add(file, "Folder")
        add(folder, "name", sector or translate("No sector"))
        for placed in entries:
            _point(folder, placed, translate)
    outlined = [placed for placed in excerpt.placed if placed.is_outlined]
    if outlined:
        folder = add(file, "Folder")
        add(folder, "name", translate("Outlines"))
        for placed in outlined:
            _outline(folder, placed)
    return document(root, _NAMESPACES)


def write_packed(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The same as KMZ."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("doc.kml", _NO_TIME), write(excerpt, translate), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _by_sector(entries: Iterable[Placed]) -> Iterable[tuple[str, Iterable[Placed]]]:
    ordered = sorted(entries, key=lambda placed: (not placed.entry.sector, placed.entry.sector or ""))
    return groupby(ordered, key=lambda placed: placed.entry.sector or "")


def _style(file: Element, restriction: Restriction) -> None:
    style = add(file, "Style", id=restriction.value)
    icon = add(style, "IconStyle")
    add(icon, "color", _COLOURS[restriction])
    add(add(style, "BalloonStyle"), "displayMode", "hide")
    line = add(style, "LineStyle")
    add(line, "color", _COLOURS[restriction])
    add(line, "width", "2")
    add(add(style, "PolyStyle"), "color", "4d" + _COLOURS[restriction][2:])


def _placemark(folder: Element, placed: Placed, kind: str) -> Element:
    """Its children follow the order of the schema: name, description, time, style, data, geometry."""
    return add(folder, "Placemark", id=f"{kind}-{placed.entry.entry_id}")


def _point(folder: Element, placed: Placed, translate: Translate) -> None:
    entry, mark = placed.entry, _placemark(folder, placed, "p")
    add(mark, "name", as_text(entry.name))
    add(mark, "description", as_text(described(entry, translate)))
    span = add(mark, "TimeSpan")
    add(span, "begin", format_instant(entry.since))
    if entry.until:
        add(span, "end", format_instant(entry.until))
    add(mark, "styleUrl", f"#{entry.restriction.value}")
    data = add(mark, "ExtendedData")
    for name, value in (("entry_id", entry.entry_id), ("restriction", translate(WORDS[entry.restriction]))):
        add(add(data, "Data", name=name), "value", as_text(value))
    add(add(mark, "Point"), "coordinates", f"{placed.point.lon:.7f},{placed.point.lat:.7f}")


def _outline(folder: Element, placed: Placed) -> None:
    mark = _placemark(folder, placed, "o")
    add(mark, "name", as_text(placed.entry.name))
    add(mark, "styleUrl", f"#{placed.entry.restriction.value}")
    shape = add(mark, "MultiGeometry")
    for part in shapely.get_parts(placed.footprint):
        polygon = add(shape, "Polygon")
        for name, rings in (("outerBoundaryIs", (part.exterior,)), ("innerBoundaryIs", part.interiors)):
            for ring in rings:
                corners = " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat in shapely.get_coordinates(ring))
                add(add(add(polygon, name), "LinearRing"), "coordinates", corners)

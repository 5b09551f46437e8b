"""KML 2.2 (OGC 07-147r2) and KMZ for earth viewers, ATAK and Organic Maps.

1. A point an entry, in folders by sector, with the span of time in which it holds; outlines are placemarks of a folder
   of their own, because some programs drop polygons, or points beside them.
2. No balloon: its text is HTML, and `$[…]` in it is replaced. A description is text in which nothing can be a tag.
3. What has no place is told in the document's description.
4. A link is a file without a list: it asks for the current one again and again. The viewer asks its user for the token.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

import shapely
from shapely import Polygon

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.formats.excerpt import RGB, Excerpt, Placed, in_a_line
from geo_offlimits.formats.markup import DECLARATION, encoded, tagless
from geo_offlimits.formats.packed import encoded_together, packed
from geo_offlimits.formats.words import WORDS
from geo_offlimits.lookup.wording import Translate

_ROOT = '<kml xmlns="http://www.opengis.net/kml/2.2">\n'
_POLL_S = 3600


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The file in UTF-8; the same excerpt gives the same bytes."""
    return b"".join(encoded_together(_pieces(excerpt, translate)))


def write_packed(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The same as KMZ."""
    return packed({"doc.kml": _pieces(excerpt, translate)})


def write_link(mission: str, address: str, translate: Translate = str) -> bytes:
    """A file that fetches the list from `address` when it is opened, and then every hour."""
    told = translate("This file holds no list: it fetches the current one every hour. Asked for it, give a token.")
    return (
        f"{DECLARATION}{_ROOT}<NetworkLink><name>{encoded(mission)}</name><description>{tagless(told)}</description>"
        f"<Link><href>{encoded(address)}</href><refreshMode>onInterval</refreshMode>"
        f"<refreshInterval>{_POLL_S}</refreshInterval></Link></NetworkLink>\n</kml>\n"
    ).encode()


def _pieces(excerpt: Excerpt, translate: Translate) -> Iterator[str]:
    yield f"{DECLARATION}{_ROOT}<Document><name>{encoded(excerpt.title)}</name>"
    yield f"<description>{tagless(excerpt.as_text(translate))}</description>\n"
    for restriction in Restriction:
        yield _style(restriction)
    kinds = {one: tagless(translate(WORDS[one])) for one in Restriction}
    for sector, entries in _by_sector(excerpt.placed):
        yield f"<Folder><name>{tagless(sector or translate('No sector'))}</name>\n"
        for placed in entries:
            yield _point(placed, translate, kinds[placed.entry.restriction])
        yield "</Folder>\n"
    outlined = [placed for placed in excerpt.placed if placed.is_outlined]
    if outlined:
        yield f"<Folder><name>{tagless(translate('Outlines'))}</name>\n"
        yield from map(_outline, outlined)
        yield "</Folder>\n"
    yield "</Document></kml>\n"


def _by_sector(entries: Iterable[Placed]) -> Iterable[tuple[str, Iterable[Placed]]]:
    ordered = sorted(entries, key=lambda placed: (not placed.entry.sector, placed.entry.sector or ""))
    return groupby(ordered, key=lambda placed: placed.entry.sector or "")


def _style(restriction: Restriction) -> str:
    bbggrr = RGB[restriction].to_bytes(3, "little").hex()
    return (
        f'<Style id="{restriction.value}"><IconStyle><color>ff{bbggrr}</color></IconStyle>'
        f"<LineStyle><color>ff{bbggrr}</color><width>2</width></LineStyle>"
        f"<PolyStyle><color>4d{bbggrr}</color></PolyStyle>"
        "<BalloonStyle><displayMode>hide</displayMode></BalloonStyle></Style>\n"
    )


def _point(placed: Placed, translate: Translate, kind: str) -> str:
    """Its children follow the order of the schema: name, description, time, style, data, geometry."""
    entry = placed.entry
    entry_id = encoded(entry.entry_id)
    end = f"<end>{format_instant(entry.until)}</end>" if entry.until else ""
    return (
        f'<Placemark id="p-{entry_id}"><name>{tagless(entry.name)}</name>'
        f"<description>{tagless(in_a_line(entry, translate))}</description>"
        f"<TimeSpan><begin>{format_instant(entry.since)}</begin>{end}</TimeSpan>"
        f"<styleUrl>#{entry.restriction.value}</styleUrl><ExtendedData>"
        f'<Data name="entry_id"><value>{entry_id}</value></Data><Data name="restriction"><value>{kind}</value></Data>'
        f"</ExtendedData><Point><coordinates>{placed.lon:.7f},{placed.lat:.7f}</coordinates></Point></Placemark>\n"
    )


def _outline(placed: Placed) -> str:
    entry = placed.entry
    return (
        f'<Placemark id="o-{encoded(entry.entry_id)}"><name>{tagless(entry.name)}</name>'
        f"<styleUrl>#{entry.restriction.value}</styleUrl>"
        f"<MultiGeometry>{''.join(map(_polygon, shapely.get_parts(placed.footprint)))}</MultiGeometry></Placemark>\n"
    )


def _polygon(part: Polygon) -> str:
    inner = "".join(f"<innerBoundaryIs>{_ring(ring)}</innerBoundaryIs>" for ring in part.interiors)
    return f"<Polygon><outerBoundaryIs>{_ring(part.exterior)}</outerBoundaryIs>{inner}</Polygon>"


def _ring(ring: shapely.LinearRing) -> str:
    corners = " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat in shapely.get_coordinates(ring).tolist())
    return f"<LinearRing><coordinates>{corners}</coordinates></LinearRing>"

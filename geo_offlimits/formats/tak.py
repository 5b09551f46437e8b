"""A data package for ATAK, WinTAK and iTAK: Cursor on Target 2.0, an event a file, in a ZIP with a manifest.

Written to what ATAK's own source reads (release as `AndroidTacticalAssaultKit-CIV`: GeoFenceDetailHandler,
DrawingCircleImporter, DrawingShapeImporter, CotDeleteImporter, MissionPackageExtractor).

1. An entry is a spot, never a unit: nobody listed is hostile, and no type here begins with `a-`. Premises are ringed by
   a circle as far as a device warns, outlines are drawn besides; circles and areas are geofences.
2. A uid says the entry's id, which stands across editions: what is read in again replaces what it was. It says the kind
   of shape as well, because ATAK refuses a circle where it holds an outline.
3. What the device may hold of earlier editions and this one does not draw is deleted, by uid alone: no name of what was
   lifted travels. Its link needs a relation and a type, or ATAK passes over it.
4. Events are archived and go stale with the edition: expiry marks, it never removes.
5. What has no place, and what the list is, stand in the remarks of a spot for the list itself.
6. A freeform has no holes, so a hole in an area warns as well. `boundingSphere` is not the fence but how far away ATAK
   watches people; it takes less than a kilometre for a fault.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain

import shapely

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.mission import BoundaryKind
from geo_offlimits.formats.excerpt import RGB, Drawn, Excerpt, Placed, in_a_line
from geo_offlimits.formats.markup import DECLARATION, Markup, encoded, tagless
from geo_offlimits.formats.packed import packed
from geo_offlimits.lookup.wording import Translate

_MANIFEST = "MANIFEST/manifest.xml"
_SPOT, _CIRCLE, _OUTLINE, _DELETE = "b-m-p-s-m", "u-d-c-c", "u-d-f", "t-x-d-d"
_OF_THE_LIST = 0x666666
_OPAQUE, _THIN = 0xFF, 0x4D
_UNKNOWN_M = "9999999.0"
_FENCE = (
    '<__geofence trigger="Entry" monitor="TAKUsers" tracking="true" boundingSphere="160000.0"'
    ' elevationMonitored="false" minElevation="NaN" maxElevation="NaN"/>'
)


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The ZIP's bytes, the same for the same excerpt and words."""
    events = dict(_events(excerpt, translate))
    paths = {uid: f"cot/{number:06}.cot" for number, uid in enumerate(events, 1)}
    manifest = [_manifest(excerpt, paths, excerpt.as_text(translate))]
    return packed({_MANIFEST: manifest} | {path: [events[uid]] for uid, path in paths.items()})


def _manifest(excerpt: Excerpt, paths: dict[str, str], told: str) -> str:
    """Its uid is the mission's, so that a device keeps one package of it. It is kept: people look up who issued it."""
    made = Markup()
    with made.element("MissionPackageManifest", version="2"):
        with made.element("Configuration"):
            for name, value in (
                ("uid", f"geo-offlimits.{excerpt.edition.mission}"),
                ("name", excerpt.title),
                ("remarks", told),
                ("onReceiveImport", "true"),
                ("onReceiveDelete", "false"),
            ):
                made.empty("Parameter", name=name, value=value)
        with made.element("Contents"):
            for uid, path in paths.items():
                with made.element("Content", ignore="false", zipEntry=path):
                    made.empty("Parameter", name="uid", value=uid)
    return made.written().decode()


# ---- the uids --------------------------------------------------------------------------------------------------------


def _uid(entry_id: str, shape: str = "") -> str:
    return f"geo-offlimits.{entry_id}{shape and '.'}{shape}"


def _uids(one: Drawn) -> Iterator[str]:
    """By which an entry is drawn."""
    yield _uid(one.entry_id)
    if one.circled:
        yield _uid(one.entry_id, "circle")
    for number in range(one.outlines):
        yield _uid(one.entry_id, f"outline.{number}")


def _gone(excerpt: Excerpt) -> list[str]:
    """What earlier editions drew and this one does not."""
    kept = set(chain.from_iterable(map(_uids, excerpt.drawn)))
    return sorted(set(chain.from_iterable(map(_uids, excerpt.drawn_before))) - kept)


# ---- the events ------------------------------------------------------------------------------------------------------


def _events(excerpt: Excerpt, translate: Translate) -> Iterator[tuple[str, str]]:
    """Each uid with its event."""
    edition = excerpt.edition
    issued, expires = format_instant(edition.issued_at), format_instant(edition.expires_at)
    event = partial(_event, times=f'time="{issued}" start="{issued}" stale="{expires}"')
    for uid in _gone(excerpt):
        delete = f'<link uid="{encoded(uid)}" relation="none" type="none"/><__forcedelete/>'
        yield event(f"{uid}.delete", _DELETE, (0.0, 0.0), delete)
    told = f"{_called(excerpt.title)}{_remarks(excerpt.as_text(translate))}"
    yield event(_uid(edition.mission, "list"), _SPOT, _middle(excerpt), told + _SPOTTED[_OF_THE_LIST])
    for placed in excerpt.placed:
        yield from _of_entry(placed, event, translate)


def _of_entry(placed: Placed, event: Callable[..., tuple[str, str]], translate: Translate) -> Iterator[tuple[str, str]]:
    entry, at, circled = placed.entry, (placed.lat, placed.lon), placed.drawn.circled
    told = f"{_called(entry.name)}{_remarks(in_a_line(entry, translate))}"
    spot = told + _SPOTTED[RGB[entry.restriction]]
    yield event(_uid(entry.entry_id), _SPOT, at, spot, unsure_m=entry.uncertainty_m)
    told += _shaped(entry)
    if circled:
        ring = f'<shape><ellipse major="{placed.alarm_m}.0" minor="{placed.alarm_m}.0" angle="360"/></shape>'
        yield event(_uid(entry.entry_id, "circle"), _CIRCLE, at, ring + told + _FENCE)
    if placed.is_outlined:
        for uid, middle, links in _outlines(placed):
            yield event(uid, _OUTLINE, middle, links + told + ("" if circled else _FENCE))


def _event(
    uid: str, kind: str, at: tuple[float, float], detail: str, *, times: str, unsure_m: float | None = None
) -> tuple[str, str]:
    """The event's own uid stands first: ATAK takes the first that it finds in the text."""
    lat, lon = at
    ce = _UNKNOWN_M if unsure_m is None else f"{unsure_m:.1f}"
    return uid, (
        f'{DECLARATION}<event version="2.0" uid="{encoded(uid)}" type="{kind}" {times} how="h-g-i-g-o">'
        f'<point lat="{lat:.7f}" lon="{lon:.7f}" hae="{_UNKNOWN_M}" ce="{ce}" le="{_UNKNOWN_M}"/>'
        f"<detail>{detail}</detail></event>\n"
    )


def _outlines(placed: Placed) -> Iterator[tuple[str, tuple[float, float], str]]:
    """Of each part its uid, a point in it, and its corners, the first again at the end: that closes it."""
    for number, part in enumerate(shapely.get_parts(placed.footprint)):
        middle = shapely.point_on_surface(part)
        corners = shapely.get_coordinates(part.exterior).tolist()
        links = "".join(f'<link point="{lat:.7f},{lon:.7f}"/>' for lon, lat in corners)
        yield _uid(placed.entry.entry_id, f"outline.{number}"), (middle.y, middle.x), links


def _middle(excerpt: Excerpt) -> tuple[float, float]:
    """Where the spot of the list itself stands: in the territory."""
    territory = [one.geometry for one in excerpt.edition.boundaries if one.kind is BoundaryKind.TERRITORY]
    shapes: Iterable[shapely.Geometry] = territory or [placed.footprint for placed in excerpt.placed]
    point = next(map(shapely.point_on_surface, shapes), shapely.Point(0, 0))
    return point.y, point.x


def _called(name: str) -> str:
    return f'<contact callsign="{tagless(name)}"/>'


def _remarks(text: str) -> str:
    return f"<remarks>{tagless(text)}</remarks><archive/>"


def _argb(alpha: int, rgb: int) -> int:
    """As ATAK writes a colour: 32 bits with a sign."""
    return (alpha << 24 | rgb) - (1 << 32 if alpha >= 1 << 7 else 0)


def _spotted(rgb: int) -> str:
    argb = _argb(_OPAQUE, rgb)
    return f'<color argb="{argb}"/><usericon iconsetpath="COT_MAPPING_SPOTMAP/{_SPOT}/{argb}"/>'


_SPOTTED = {rgb: _spotted(rgb) for rgb in (_OF_THE_LIST, *RGB.values())}


def _shaped(entry: Entry) -> str:
    """Without a label: the spot carries it."""
    rgb = RGB[entry.restriction]
    return (
        f'<strokeColor value="{_argb(_OPAQUE, rgb)}"/><strokeWeight value="3.0"/>'
        f'<fillColor value="{_argb(_THIN, rgb)}"/><labels_on value="false"/>'
    )

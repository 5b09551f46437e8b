"""The position in a link of a map program. Only what stands in the link is read: nothing is ever fetched.

A link marks a place, or shows no more than a view of the map: then the place meant is somewhere on that screen, and the
reading is its middle with half a screen left open. A way from here to there has two places, and both are readings.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote_plus, urlsplit

from geo_offlimits.errors import Sentence
from geo_offlimits.lookup.packed import geohash, omaps_code, osm_code
from geo_offlimits.lookup.readings import METRES_A_DEGREE, Meaning, Reading, is_on_earth, refused
from geo_offlimits.lookup.uris import SEVERAL_PLACES, Read, decimals, is_same_place

_LINK = re.compile(r"[a-z][a-z0-9+.-]*://|(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#]|$)", re.IGNORECASE)
_NUMBER = r"[-+]?\d{1,3}(?:\.\d{1,20})?"
_PAIR = re.compile(rf"\s*(?:loc:)?({_NUMBER})\s*,\s*({_NUMBER})\s*(?:\(.*\))?\s*", re.DOTALL)
_AFTER_A_NAME = re.compile(rf".*@({_NUMBER}),({_NUMBER})", re.DOTALL)
_HERE_NOW = {"my location", "current location", "mylocation", ""}
# Half a screen of a telephone or of a small window; a tile of the web's maps.
_SCREEN_PX, _TILE_PX, _MOST_ZOOM = 300, 256, 22
_UNKNOWN_VIEW_M, _LEAST_VIEW_M = 1_000.0, 30.0
_COPY = Sentence("open it and copy the position itself")


@dataclass(frozen=True)
class _Link:
    """A link in its parts, without percent signs. `read` reads a position in any other notation."""

    path: str
    query: Mapping[str, list[str]]
    fragment: str
    read: Read

    def asked(self, *names: str) -> list[str]:
        """Every value under these names in the query."""
        return [value for name in names for value in self.query.get(name, ())]

    def first(self, name: str) -> str:
        return next(iter(self.query.get(name, ())), "")


# What a rule finds: a meaning, or None for a place in words where there should be a position.
_Rule = Callable[[_Link], Iterable[Meaning | None]]


@dataclass(frozen=True)
class _Site:
    """A map program: its hosts and schemes, and the rules by which its links mark a place or show a view."""

    hosts: str
    schemes: frozenset[str]
    places: tuple[_Rule, ...]
    views: tuple[_Rule, ...] = ()


def is_link(text: str) -> bool:
    return bool(_LINK.match(text))


def from_link(text: str, read: Read) -> Meaning:
    """The places that a link marks, else its view. Raises PositionError for a link that holds no position."""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, scheme = (parts.hostname or "").removeprefix("www."), parts.scheme
    except ValueError:
        raise refused(text, Sentence("is not a link"), Sentence("copy it again")) from None
    if re.fullmatch(_SHORT, host):
        raise refused(text, Sentence("is a short link, which holds no position"), _COPY)
    site = next((one for one in _SITES if scheme in one.schemes or _is_of(one, host, scheme)), None)
    if site is None:
        raise refused(text, Sentence("is a link to no map that is known here"), _COPY)
    path = parts.path if scheme in ("http", "https") else f"/{parts.netloc}{parts.path}"
    query = parse_qs(parts.query, keep_blank_values=True)
    link = _Link(unquote_plus(path), query, unquote_plus(parts.fragment), read)
    for rules in (site.places, site.views):
        found = [meaning for rule in rules for meaning in rule(link)]
        if None in found:
            raise refused(
                text, Sentence("leads to a place in words"), Sentence("share the place itself, not the way to it")
            )
        if found:
            return _together([meaning for meaning in found if meaning])
    raise refused(text, Sentence("is a link which holds no position"), _COPY)


def _is_of(site: _Site, host: str, scheme: str) -> bool:
    return scheme in ("http", "https") and bool(re.fullmatch(site.hosts, host))


def _together(found: list[Meaning]) -> Meaning:
    """Every place once: the same place may stand in a link several times, a few metres apart."""
    readings: list[Reading] = []
    for reading in (one for meaning in found for one in meaning.readings):
        if not any(is_same_place(reading, known) for known in readings):
            readings.append(reading)
    doubts = tuple(doubt for meaning in found for doubt in meaning.doubts)
    return Meaning(tuple(readings), doubts, SEVERAL_PLACES)


def _meaning(link: _Link, text: str) -> Meaning | None:
    """The position in a part of a link, in decimals or any notation; None for words."""
    pair = _PAIR.fullmatch(text) or _AFTER_A_NAME.fullmatch(text)
    return _pair(pair[1], pair[2]) if pair else link.read(text)


def _pair(lat: str, lon: str) -> Meaning | None:
    return Meaning((decimals(lat, lon),)) if is_on_earth(float(lat), float(lon)) else None


# ---- rules ----------------------------------------------------------------------------------------------------------


def _asked(*names: str) -> _Rule:
    """Positions under names in the query; words there name a place, and say nothing of where it is."""

    def rule(link: _Link) -> Iterator[Meaning | None]:
        yield from (found for text in link.asked(*names) if (found := _meaning(link, text)))

    return rule


def _apart(lat: str, lon: str, zoom: str | None = None) -> _Rule:
    """Latitude and longitude under a name each; with a `zoom`, a view."""

    def rule(link: _Link) -> Iterator[Meaning | None]:
        for numbers in zip(link.asked(lat), link.asked(lon), strict=False):
            if all(re.fullmatch(_NUMBER, number) for number in numbers) and (found := _pair(*numbers)):
                yield found if zoom is None else Meaning((_seen(found.readings[0], link.first(zoom)),))

    return rule


def _way(goals: tuple[str, ...], starts: tuple[str, ...]) -> _Rule:
    """The way to a goal: its position, and that of the start where it has one."""

    def rule(link: _Link) -> Iterator[Meaning | None]:
        ends, begins = link.asked(*goals), link.asked(*starts)
        yield from (_meaning(link, text.removeprefix("ll.")) for text in ends)
        yield from (found for text in begins if (found := _meaning(link, text.removeprefix("ll."))))
        if begins and not ends:
            yield None

    return rule


def _steps(pattern: str) -> _Rule:
    """A way in the path or the query, one place after another, each perhaps with a label and a colon before it."""
    form = re.compile(pattern)

    def rule(link: _Link) -> Iterator[Meaning | None]:
        found = form.search(f"{link.path}?route={link.first('route')}")
        steps = re.split(r"[/;]", found[1]) if found else []
        yield from (_meaning(link, step.rpartition(":")[2]) for step in steps if step.strip().lower() not in _HERE_NOW)

    return rule


def _matched(pattern: str) -> _Rule:
    """Wherever the path has this form, with latitude and longitude as its groups, or one group with both."""
    form = re.compile(pattern)

    def rule(link: _Link) -> Iterator[Meaning | None]:
        for found in form.finditer(link.path):
            meaning = _pair(*found.groups()) if len(found.groups()) > 1 else _meaning(link, found[1])
            if meaning:
                yield meaning

    return rule


def _in_query(name: str, prefix: str) -> _Rule:
    """Bing's lists: `sp=point.42.66_21.16_Label~…`, `rtp=pos.42.66_21.16~adr.…`."""
    form = re.compile(rf"{prefix}({_NUMBER})_({_NUMBER})(?:_.*)?", re.DOTALL | re.IGNORECASE)

    def rule(link: _Link) -> Iterator[Meaning | None]:
        for part in filter(None, link.first(name).split("~")):
            found = form.fullmatch(part)
            yield _pair(found[1], found[2]) if found else None

    return rule


def _coded(pattern: str, decode: Callable[[str], Reading | None]) -> _Rule:
    """Where the path has this form, with a packed position as its group."""
    form = re.compile(pattern)

    def rule(link: _Link) -> Iterator[Meaning | None]:
        found = form.match(link.path)
        if found and (reading := decode(found[1])):
            yield Meaning((reading,))

    return rule


def _osm_short(*, marked: bool) -> _Rule:
    """`/go/CODE`, with a marker where its query has an m."""

    def rule(link: _Link) -> Iterator[Meaning | None]:
        found = re.match(r"/go/([A-Za-z0-9_~@-]+)$", link.path)
        code = osm_code(found[1]) if found else None
        if code and marked == ("m" in link.query):
            yield Meaning((code[0] if marked else _seen(code[0], str(code[1])),))

    return rule


def _view(part: str, pattern: str) -> _Rule:
    """The middle of the map shown, with the groups lat, lon, zoom and unit."""
    form = re.compile(pattern)

    def rule(link: _Link) -> Iterator[Meaning | None]:
        found = form.search(link.path if part == "path" else link.fragment)
        meaning = _pair(found["lat"], found["lon"]) if found else None
        if found and meaning:
            yield Meaning((_seen(meaning.readings[0], found["zoom"], found.groupdict().get("unit") or "z"),))

    return rule


def _view_asked(name: str, zoom: str) -> _Rule:
    """The same in the query, `lat,lon`, `lat~lon` or `lat,lon,zoom`."""

    def rule(link: _Link) -> Iterator[Meaning | None]:
        numbers = re.split(r"[,~]", link.first(name))
        if len(numbers) > 1 and all(re.fullmatch(_NUMBER, number) for number in numbers[:2]):
            meaning = _pair(numbers[0], numbers[1])
            given = link.first(zoom) or (numbers[2] if len(numbers) > 2 else "")  # noqa: PLR2004  (the zoom)
            if meaning:
                yield Meaning((_seen(meaning.readings[0], given),))

    return rule


def _seen(reading: Reading, zoom: str, unit: str = "z") -> Reading:
    """The middle of a view with half of its screen left open. In metres the view is as high as it says."""
    if not re.fullmatch(r"\d{1,8}(?:\.\d+)?", zoom):
        return replace(reading, open_m=max(reading.open_m, _UNKNOWN_VIEW_M), is_square=False)
    pixel_m = 360 * METRES_A_DEGREE * math.cos(math.radians(reading.lat)) / _TILE_PX
    size_m = float(zoom) / 2 if unit != "z" else _SCREEN_PX * pixel_m / 2 ** min(float(zoom), _MOST_ZOOM)
    return replace(reading, open_m=max(reading.open_m, size_m, _LEAST_VIEW_M), is_square=False)


# ---- map programs ---------------------------------------------------------------------------------------------------

_SHORT = r"(?:maps\.)?(?:app\.)?goo\.gl|g\.co|g\.page|binged\.it|her\.is|maps\.apple|bit\.ly|tinyurl\.com|t\.co"
_WEB_VIEW = rf"(?P<zoom>\d+(?:\.\d+)?)/(?P<lat>{_NUMBER})/(?P<lon>{_NUMBER})"
_SITES = (
    _Site(
        hosts=r"(?:openstreetmap|osm)\.org",
        schemes=frozenset(),
        places=(
            _apart("mlat", "mlon"),
            _asked("query"),
            _osm_short(marked=True),
            _way(("to",), ("from",)),
            _steps(r"\?route=(.+)"),
        ),
        views=(_view("fragment", rf"map={_WEB_VIEW}"), _osm_short(marked=False), _apart("lat", "lon", "zoom")),
    ),
    _Site(
        # Not google.cn: maps of mainland China are shifted by up to half a kilometre.
        hosts=r"(?:maps\.)?google(?:\.com?)?\.(?!cn$)[a-z]{2,3}",
        schemes=frozenset({"comgooglemaps"}),
        places=(
            _matched(rf"!3d({_NUMBER})!4d({_NUMBER})"),
            _asked("q", "query", "cbll", "viewpoint"),
            _matched(r"/(?:place|search)/([^/@]+)"),
            _steps(r"/dir/+((?:(?!@|data=)[^/?]*/?)+)"),
            _way(("destination", "daddr"), ("origin", "saddr")),
        ),
        views=(
            _view("path", rf"@(?P<lat>{_NUMBER}),(?P<lon>{_NUMBER}),(?P<zoom>\d+(?:\.\d+)?)(?P<unit>[zma])"),
            _view_asked("ll", "z"),
            _view_asked("center", "zoom"),
        ),
    ),
    _Site(
        hosts=r"maps\.apple\.com",
        schemes=frozenset({"maps"}),
        places=(_asked("coordinate", "ll", "q"), _way(("daddr", "destination"), ("saddr", "source"))),
        views=(_view_asked("center", "z"),),
    ),
    _Site(
        hosts=r"bing\.com",
        schemes=frozenset({"bingmaps"}),
        places=(_in_query("sp", r"point\."), _in_query("rtp", r"pos\."), _asked("where1", "q")),
        views=(_view_asked("cp", "lvl"),),
    ),
    _Site(
        hosts=r"(?:ul\.|embed\.)?waze\.com",
        schemes=frozenset({"waze"}),
        places=(_asked("ll", "latlng"), _way(("to",), ("from",)), _coded(r"/ul/h([0-9a-z]+)$", geohash)),
        views=(_apart("lat", "lon", "zoom"),),
    ),
    _Site(
        hosts=r"(?:share\.|wego\.)?here\.com",
        schemes=frozenset(),
        places=(_matched(rf"^/l/({_NUMBER}),({_NUMBER})"), _steps(r"^/(?:r|directions/[^/]+)/+([^?]+)")),
        views=(_view_asked("map", "z"),),
    ),
    _Site(
        hosts=r"omaps\.app|ge0\.me|comaps\.at",
        schemes=frozenset({"om", "ge0"}),
        places=(
            _matched(rf"^/({_NUMBER}),({_NUMBER})"),
            _asked("ll"),
            _coded(r"/([A-Za-z0-9_-]{10})(?:/|$)", omaps_code),
        ),
    ),
    _Site(
        hosts=r"osmand\.net",
        schemes=frozenset(),
        places=(_asked("pin"), _apart("lat", "lon"), _way(("finish", "end"), ("start",))),
        views=(_view("fragment", rf"^/?{_WEB_VIEW}"),),
    ),
)

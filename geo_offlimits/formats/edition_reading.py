"""Reads a parsed edition file into the domain, member by member; what does not fit is named by its path."""

import math
from collections.abc import Callable
from datetime import datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import EDITION_FORMAT, Checkpoint, Edition, Entry
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.instants import Period, parse_instant, time_zone
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Contact, ContactKind, Facility
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Name, NameKind, Part, SubjectKind, VenueKind
from geo_offlimits.errors import InputError, Issue, closed

Made = TypeVar("Made")
Word = TypeVar("Word", bound=StrEnum)
_SHA256_DIGITS = 64
_REFUSALS = (InputError, ValueError, OverflowError, shapely.errors.ShapelyError)


class EditionFileError(InputError):
    """A file that is not an edition, or no longer the one that was published."""

    def __init__(self, member: str, fact: str, remedy: str = "take the file from the mission again") -> None:
        self.member = member
        what = "The edition file" if member == "file" else f"The edition file's {member}"
        super().__init__(closed(f"{what} {fact}; {remedy}."), Issue(field=member, reason=fact, remedy=remedy))


class Members:
    """One JSON object of the file, read by the kinds its members must have.

    above, name, at : where it stands, put together only for a refusal: entries are read by the ten thousand.
    """

    __slots__ = ("_above", "_at", "_name", "_value")

    def __init__(self, value: Any, above: "Members | None" = None, name: str = "", at: int | None = None) -> None:
        self._value, self._above, self._name, self._at = value, above, name, at
        if not isinstance(value, dict):
            raise EditionFileError(self.path, "is not an object")

    @property
    def path(self) -> str:
        """As `features[3].properties`; empty for the file itself."""
        name = self._name if self._at is None else f"{self._name}[{self._at}]"
        return self._above.at(name) if self._above else name

    def at(self, name: str) -> str:
        path = self.path
        return f"{path}.{name}" if path else name

    def get(self, name: str) -> Any:
        try:
            return self._value[name]
        except KeyError:
            raise EditionFileError(self.at(name), "is missing") from None

    def names(self) -> tuple[str, ...]:
        return tuple(self._value)

    def text(self, name: str) -> str:
        value = self.get(name)
        if not isinstance(value, str):
            raise EditionFileError(self.at(name), "is not a text")
        return value

    def common(self, name: str) -> str:
        """A text that most entries of a list share."""
        return _once(self.text(name))

    def maybe(self, name: str, read: Callable[[str], Made]) -> Made | None:
        return None if self.get(name) is None else read(name)

    def whole(self, name: str) -> int:
        value = self.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise EditionFileError(self.at(name), "is not a whole number")
        return value

    def metres(self, name: str) -> float:
        return self.number(self.get(name), name, least=0.0)

    def number(self, value: Any, name: str, least: float = -math.inf) -> float:
        """A number that is member `name`, or stands in it."""
        if not isinstance(value, int | float) or isinstance(value, bool) or value < least:
            fact = "holds what is no number" if least < 0 else "is not a number that fits"
            raise EditionFileError(self.at(name), fact)
        degrees_or_metres = value if isinstance(value, float) else self.made(name, float, value)
        if not math.isfinite(degrees_or_metres):
            raise EditionFileError(self.at(name), "is beyond every number")
        return degrees_or_metres

    def truth(self, name: str) -> bool:
        value = self.get(name)
        if not isinstance(value, bool):
            raise EditionFileError(self.at(name), "is neither true nor false")
        return value

    def word(self, name: str, vocabulary: type[Word]) -> Word:
        return self._word(self.text(name), name, vocabulary)

    def words(self, name: str, vocabulary: type[Word]) -> tuple[Word, ...]:
        return tuple(self._word(value, name, vocabulary) for value in self.texts(name))

    def _word(self, value: str, name: str, vocabulary: type[Word]) -> Word:
        try:
            meant: Word = _meaning(vocabulary, value)
        except ValueError:
            fact = f"is {value[:40]!r}, not one of {', '.join(vocabulary)}"
            raise EditionFileError(self.at(name), fact) from None
        return meant

    def moment(self, name: str) -> datetime:
        return self.made(name, parse_instant, self.text(name))

    def made(self, name: str, make: Callable[..., Made], *given: Any) -> Made:
        """What `make` makes; its refusal, of whatever kind, becomes one that names the member, or this object by ""."""
        try:
            return make(*given)
        except EditionFileError:
            raise
        except _REFUSALS as fault:
            raise EditionFileError(self.at(name) if name else self.path, f"cannot be used ({fault})") from None

    def sha256(self, name: str) -> str:
        value = self.text(name)
        if len(value) != _SHA256_DIGITS or not set(value) <= set("0123456789abcdef"):
            raise EditionFileError(self.at(name), "is not a SHA-256 of 64 hexadecimal digits")
        return value

    def array(self, name: str) -> list[Any]:
        value = self.get(name)
        if not isinstance(value, list):
            raise EditionFileError(self.at(name), "is not an array")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.array(name)
        if not all(isinstance(value, str) for value in values):
            raise EditionFileError(self.at(name), "holds something else than texts")
        return tuple(values)

    def object(self, name: str) -> "Members":
        return Members(self.get(name), self, name)

    def objects(self, name: str, read: Callable[["Members"], Made]) -> tuple[Made, ...]:
        return tuple(read(Members(value, self, name, at)) for at, value in enumerate(self.array(name)))

    def entries(self, name: str) -> tuple[Entry, ...]:
        """Features, of which those that fit are entries by now, see `entry_of`."""
        return tuple(
            value if isinstance(value, Entry) else _entry(Members(value, self, name, at))
            for at, value in enumerate(self.array(name))
        )

    def geometry(self, name: str) -> BaseGeometry:
        return _geometry(self.object(name))

    def texts_by_name(self, name: str) -> dict[str, str]:
        members = self.object(name)
        return {key: members.text(key) for key in members.names()}


def read_edition(document: Any) -> Edition:
    """The edition of a parsed file. Raises EditionFileError naming the member at fault."""
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise EditionFileError("file", "is not a FeatureCollection", "is it an edition?")
    root = Members(document)
    about = root.object("offlimits")
    if about.text("format") != EDITION_FORMAT:
        fact = f"is {about.text('format')[:60]!r}, this program reads {EDITION_FORMAT!r}"
        raise EditionFileError("offlimits.format", fact, "install the program that matches the file")
    return about.made("", _edition, root, about)


def _edition(root: Members, about: Members) -> Edition:
    checkpoint = about.object("checkpoint")
    zone = about.text("timezone")
    time_zone(zone)
    return Edition(
        mission=about.text("mission"),
        mission_name=about.text("mission_name"),
        timezone=zone,
        number=about.whole("number"),
        previous_sha256=about.maybe("previous_sha256", about.sha256),
        issued_at=about.moment("issued_at"),
        expires_at=about.moment("expires_at"),
        statement=about.texts_by_name("statement"),
        contacts=about.objects("contacts", _contact),
        facilities=about.objects("facilities", _facility),
        boundaries=about.objects("boundaries", _boundary),
        checkpoint=Checkpoint(size=checkpoint.whole("size"), root_sha256=checkpoint.sha256("root_sha256")),
        demonstration=about.truth("demonstration"),
        entries=root.entries("features"),
    )


def entry_of(members: dict[str, Any]) -> Any:
    """An object of the file while it is parsed: an entry instead of a feature, so that not all are held as both.

    What does not fit stays as it is; `read_edition` then says what and where.
    """
    if members.get("type") != "Feature":
        return members
    try:
        return _entry(Members(members))
    except EditionFileError:
        return members


def _entry(feature: Members) -> Entry:
    if feature.get("type") != "Feature":
        raise EditionFileError(feature.at("type"), "is not 'Feature'")
    told = feature.object("properties")
    return Entry(
        entry_id=feature.text("id"),
        name=told.text("name"),
        names=told.objects("names", _name),
        subject=told.word("subject", SubjectKind),
        category=told.maybe("category", lambda member: told.word(member, VenueKind)),
        restriction=told.word("restriction", Restriction),
        applies_to=told.words("applies_to", PersonnelCategory),
        hours=told.maybe("hours", lambda member: _hours(told.object(member))),
        exceptions=told.texts("exceptions"),
        since=told.moment("since"),
        until=told.maybe("until", told.moment),
        part=told.maybe("part", lambda member: _part(told.object(member))),
        address=told.maybe("address", told.text),
        locality=told.maybe("locality", told.common),
        sector=told.maybe("sector", told.common),
        mgrs=told.maybe("mgrs", told.text),
        uncertainty_m=told.maybe("uncertainty_m", told.metres),
        issuer=told.common("issuer"),
        directive=told.common("directive"),
        geometry=feature.maybe("geometry", feature.geometry),
    )


def _name(told: Members) -> Name:
    text, lang, kind = told.text("text"), told.maybe("lang", told.text), told.word("kind", NameKind)
    return told.made("", lambda: Name(text=text, lang=lang, kind=kind))


def _part(told: Members) -> Part:
    return Part(**{member: told.maybe(member, told.text) for member in ("floor", "entrance", "text")})


def _hours(told: Members) -> Hours:
    spans = told.objects("weekly", _span)
    return told.made("", lambda: Hours(tz=told.text("tz"), weekly=spans))


def _span(told: Members) -> WeeklySpan:
    days = told.array("days")
    if not all(isinstance(day, int) and not isinstance(day, bool) for day in days):
        raise EditionFileError(told.at("days"), "holds something else than days from 1 to 7")
    start, end = (told.made(name, time.fromisoformat, told.text(name)) for name in ("from", "to"))
    return told.made("", lambda: WeeklySpan(days=tuple(days), start=start, end=end))


def _contact(told: Members) -> Contact:
    return Contact(
        kind=told.word("kind", ContactKind),
        name=told.text("name"),
        phone=told.maybe("phone", told.text),
        email=told.maybe("email", told.text),
        hours=told.maybe("hours", told.text),
    )


def _facility(told: Members) -> Facility:
    return Facility(
        facility_id=told.text("facility_id"),
        name=told.text("name"),
        kind=told.text("kind"),
        address=told.maybe("address", told.text),
        locality=told.maybe("locality", told.text),
        geometry=told.geometry("geometry"),
    )


def _boundary(told: Members) -> Boundary:
    start, end = told.maybe("valid_from", told.moment), told.maybe("valid_to", told.moment)
    return Boundary(
        kind=told.word("kind", BoundaryKind),
        name=told.text("name"),
        geometry=told.geometry("geometry"),
        valid=told.made("", lambda: Period(start=start, end=end)),
    )


def _geometry(told: Members) -> BaseGeometry:
    kind, coordinates = told.text("type"), told.array("coordinates")
    if kind == "Point":
        return Point(*_vertices([coordinates], told)[0])
    if kind == "Polygon":
        return _polygon(coordinates, told)
    if kind == "MultiPolygon":
        return MultiPolygon([_polygon(part, told) for part in coordinates])
    raise EditionFileError(told.at("type"), "is not Point, Polygon or MultiPolygon")


def _polygon(rings: Any, told: Members) -> Polygon:
    if not isinstance(rings, list) or not rings:
        raise EditionFileError(told.at("coordinates"), "holds no rings")
    shell, *holes = (_vertices(ring, told) for ring in rings)
    return told.made("coordinates", Polygon, shell, holes)


def _vertices(ring: Any, told: Members) -> list[list[float]]:
    pairs = isinstance(ring, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in ring)  # noqa: PLR2004
    if not pairs or not ring:
        raise EditionFileError(told.at("coordinates"), "holds something else than pairs of longitude and latitude")
    return [[told.number(degrees, "coordinates") for degrees in pair] for pair in ring]


@lru_cache(maxsize=1000)
def _once(text: str) -> str:
    """The same text as an equal one before it: a list of ten thousand says where its entries are in a few hundred."""
    return text


@lru_cache(maxsize=1000)
def _meaning(vocabulary: type[Word], value: str) -> Word:
    """The member of a closed vocabulary; raises ValueError, each time anew, for a word it does not know."""
    return vocabulary(value)

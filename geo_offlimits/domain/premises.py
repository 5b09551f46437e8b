"""What can be put off limits: premises (a place, not its name), an area, or a category rule."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain import texts
from geo_offlimits.domain.position import MAX_UNCERTAINTY_M
from geo_offlimits.errors import InputError, Issue, Sentence

MAX_NAME_LENGTH = texts.MAX_NAME
UNCERTAINTY_ISSUE = Issue(
    field="uncertainty_m",
    reason=Sentence("not between 0 and 100000 metres"),
    remedy=Sentence("give the 95 % uncertainty in metres"),
)
_OUTLINE = Sentence("draw its outline")


class SubjectKind(StrEnum):
    PREMISES = "premises"
    AREA = "area"
    CATEGORY_RULE = "category_rule"


class VenueKind(StrEnum):
    """The closed list of kinds of venue; a category rule names one of them."""

    BAR = "bar"
    NIGHT_CLUB = "night_club"
    STRIP_CLUB = "strip_club"
    HOTEL = "hotel"
    GUEST_HOUSE = "guest_house"
    RESTAURANT = "restaurant"
    CAFE = "cafe"
    MASSAGE_PARLOUR = "massage_parlour"
    CASINO = "casino"
    PRIVATE_HOUSE = "private_house"
    STREET = "street"
    OTHER = "other"


class NameKind(StrEnum):
    SIGN = "sign"
    CURRENT = "current"
    FORMER = "former"
    ALIAS = "alias"


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """A name as people write it. `lang` is a BCP 47 tag such as `sr-Cyrl`, or None where unknown."""

    text: str
    lang: str | None = None
    kind: NameKind = NameKind.CURRENT

    def __post_init__(self) -> None:
        if not self.text.strip() or "\x00" in self.text or len(self.text) > MAX_NAME_LENGTH:
            raise InputError(
                Sentence("A name needs 1 to 200 characters; shorten it or write what the sign says."),
                Issue(field="name", value=self.text[:40], reason=Sentence("empty or too long")),
            )

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps it from being written."""
        return texts.line("name", self.text, needed=True), texts.tag("lang", self.lang)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Which part of a building is meant when not all of it is: a club on the third floor of a hotel."""

    floor: str | None = None
    entrance: str | None = None
    text: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What a designation is about. `geometry` is WGS 84 longitude/latitude degrees, or None where the place is unknown.

    Premises have a point, polygon or multipolygon (or none); an area has a polygon or multipolygon; a category rule
    has a `category` and may have an area within which it holds. `uncertainty_m` is the geometry's 95 % uncertainty.
    """

    kind: SubjectKind
    names: tuple[Name, ...] = ()
    category: VenueKind | None = None
    geometry: BaseGeometry | None = field(default=None, compare=True)
    uncertainty_m: float | None = None
    address: str | None = None
    locality: str | None = None
    part: Part | None = None

    def __post_init__(self) -> None:
        # The usual case at a glance, because a list has a hundred thousand of them.
        is_named = self.kind is SubjectKind.PREMISES and self.names and self.uncertainty_m is None
        if is_named and (self.geometry is None or (isinstance(self.geometry, Point) and not self.geometry.is_empty)):
            return
        issues = tuple(self._issues())
        if issues:
            raise InputError.of(*issues)

    def _issues(self) -> Iterator[Issue]:
        yield from self._issues_of_geometry()
        if self.kind is SubjectKind.CATEGORY_RULE and self.category is None:
            reason, remedy = Sentence("a category rule names a kind of venue"), Sentence("choose one")
            yield Issue(field="category", reason=reason, remedy=remedy)
        if self.uncertainty_m is not None and not 0 <= self.uncertainty_m <= MAX_UNCERTAINTY_M:
            yield UNCERTAINTY_ISSUE
        if self.kind is not SubjectKind.CATEGORY_RULE and not self.names:
            remedy = Sentence("write what the sign or the neighbours say")
            yield Issue(field="name", reason=Sentence("no name"), remedy=remedy)

    def _issues_of_geometry(self) -> Iterator[Issue]:
        polygonal = self.geometry is not None and self.geometry.geom_type in {"Polygon", "MultiPolygon"}
        if self.geometry is not None and not polygonal and self.geometry.geom_type != "Point":
            reason = Sentence("not a point, polygon or multipolygon")
            yield Issue(field="geometry", reason=reason, remedy=Sentence("draw one of them"))
        if self.geometry is not None and self.geometry.is_empty:
            remedy = Sentence("leave it out when the place is unknown")
            yield Issue(field="geometry", reason=Sentence("empty"), remedy=remedy)
        if self.kind is SubjectKind.AREA and not polygonal:
            yield Issue(field="geometry", reason=Sentence("an area needs a polygon"), remedy=_OUTLINE)
        if self.kind is SubjectKind.CATEGORY_RULE and self.geometry is not None and not polygonal:
            yield Issue(field="geometry", reason=Sentence("a category rule holds in an area"), remedy=_OUTLINE)

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps each of its texts from being written."""
        if self._is_plain():
            return ()
        part = self.part or Part()
        return (
            texts.several("names", self.names),
            *(issue for name in self.names for issue in name.unfit()),
            texts.text("address", self.address),
            texts.line("locality", self.locality),
            texts.line("floor", part.floor),
            texts.line("entrance", part.entrance),
            texts.text("part", part.text),
        )

    def _is_plain(self) -> bool:
        if self.part is not None or len(self.names) != 1 or self.names[0].lang is not None:
            return False
        is_plain = texts.is_plain
        return (
            is_plain(self.names[0].text, MAX_NAME_LENGTH)
            and is_plain(self.address)
            and is_plain(self.locality, MAX_NAME_LENGTH)
        )

    @property
    def label(self) -> str:
        """The name for labels: what is on the sign, else the current name, else whatever is known."""
        if not self.names:
            return (self.category or self.kind).value.replace("_", " ")
        if len(self.names) == 1:  # so are most, and it is asked often
            return self.names[0].text
        return min(self.names, key=_before_others).text


def _before_others(name: Name) -> int:
    return _LABEL_ORDER[name.kind]


_LABEL_ORDER = {NameKind.SIGN: 0, NameKind.CURRENT: 1, NameKind.ALIAS: 2, NameKind.FORMER: 3}

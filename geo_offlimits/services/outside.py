"""Does a place lie outside its mission's territory? A list may go beyond the border; a slip of the pen goes further.

The usual slip is a swapped latitude and longitude, both of which are possible. It is asked where a place enters the
register, and whoever enters it says that it is meant.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.mission import Facility
from geo_offlimits.domain.premises import Subject
from geo_offlimits.errors import InputError, Issue, Sentence, either
from geo_offlimits.lookup.misplaced import Slip, suspicion
from geo_offlimits.lookup.readings import brief
from geo_offlimits.services.act import Act
from geo_offlimits.services.positions import held_territory

Shapes = npt.NDArray[np.object_]
Flags = npt.NDArray[np.bool_]
_FARTHEST_NORTH = 90.0


class OutsideTerritoryError(InputError):
    """A place outside the mission's territory, which nobody has said is meant."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(
            Sentence("This place is {reason}: {remedy}.", reason=issue.reason, remedy=issue.remedy or ""), issue
        )


def refuse(act: Act, mission: str, placed: Subject | Facility) -> None:
    """Raises OutsideTerritoryError."""
    (issue,) = issues(act, mission, (placed,))
    if issue:
        raise OutsideTerritoryError(issue)


def issues(act: Act, mission: str, subjects: Sequence[Subject | Facility]) -> tuple[Issue | None, ...]:
    """For each subject what is to be said of its place: None inside the territory, where either is not known.

    The territory is the one that holds now. A place across its border is inside: `outside` is wholly outside.
    """
    territory = held_territory(act, mission)
    places = _places(subject.geometry for subject in subjects)
    outside = _outside(places, territory)
    if territory is None or not outside.any():  # of most lists
        return (None,) * len(subjects)
    swapped = _places(_swapped(place) if is_so else None for place, is_so in zip(places, outside, strict=True))
    lies_inside = ~shapely.is_missing(swapped) & ~_outside(swapped, territory)
    return tuple(
        _issue(mission, place, territory, swapped_lies_inside=inside) if is_so else None
        for place, is_so, inside in zip(places, outside, lies_inside, strict=True)
    )


def is_told(issue: Issue) -> bool:
    """Whether this is what is said of a place outside the territory."""
    return isinstance(issue.reason, Sentence) and issue.reason.text == _reason("").text


def _reason(mission: str) -> Sentence:
    return Sentence("outside the territory of {mission}", mission=mission)


def lying(act: Act, mission: str, subjects: Sequence[Subject]) -> tuple[bool, ...]:
    """For each subject whether it lies wholly outside the territory that holds now."""
    if not subjects:
        return ()
    places = _places(subject.geometry for subject in subjects)
    return tuple(map(bool, _outside(places, held_territory(act, mission))))


def _places(geometries: Iterable[BaseGeometry | None]) -> Shapes:
    return np.fromiter(geometries, dtype=object)


def _outside(places: Shapes, territory: BaseGeometry | None) -> Flags:
    """Whether each lies wholly outside; not where either is not known."""
    if territory is None:
        return np.zeros(len(places), dtype=bool)
    shapely.prepare(territory)
    return ~shapely.is_missing(places) & shapely.disjoint(territory, places)


def _swapped(place: BaseGeometry) -> BaseGeometry | None:
    """The place with latitude and longitude the other way round; None where that is no place on Earth."""
    if np.abs(shapely.get_coordinates(place)[:, 0]).max() > _FARTHEST_NORTH:
        return None
    swapped: BaseGeometry = shapely.transform(place, lambda degrees: degrees[:, ::-1])
    return swapped


def _slip(place: BaseGeometry, territory: BaseGeometry) -> Sentence | None:
    """What else would bring a point inside: another sign, or one other digit."""
    found = suspicion(place.y, place.x, territory) if isinstance(place, Point) else None
    if found is None or found.slip is Slip.SWAPPED:
        return None
    readings = either(*(f"{brief(lat)}, {brief(lon)}" for lat, lon in found.readings))
    if found.slip is Slip.SIGN:
        return Sentence("with another sign it lies inside, at {readings}; correct it", readings=readings)
    return Sentence("with one other digit it lies inside, at {readings}; correct it", readings=readings)


def _issue(mission: str, place: BaseGeometry, territory: BaseGeometry, *, swapped_lies_inside: bool) -> Issue:
    middle = place.representative_point()
    if swapped_lies_inside:
        remedy = Sentence("latitude and longitude are swapped, the other way round it lies inside; correct it")
    else:
        remedy = _slip(place, territory) or Sentence("are latitude and longitude swapped? Correct it")
    return Issue(
        field="position",
        value=f"{middle.y:.5f}, {middle.x:.5f}",
        reason=_reason(mission),
        remedy=Sentence("{remedy}, or confirm that it is meant (--confirm-outside)", remedy=remedy),
    )

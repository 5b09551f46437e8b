"""What a listing in force lacks: the name on its sign, a place fine enough to tell a door, one inside the territory.

None of it weakens the listing; each makes it harder to obey. Officers are told until it is mended or lifted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.designation import IN_FORCE_STATES, Designation
from geo_offlimits.domain.mission import Mission
from geo_offlimits.domain.position import UNKNOWN_UNCERTAINTY_M, Position
from geo_offlimits.domain.premises import NameKind, Subject, SubjectKind
from geo_offlimits.lookup.geodesy import distance_m
from geo_offlimits.services import outside
from geo_offlimits.services.act import Act

COARSE_M = 50
# A geocoder that knows only the town answers with the spot where maps write its name.
_TOWN_POINT_M = 25.0
_NEAR_DEG = 0.001  # of latitude: some 110 m
_ON_THE_SIGN = frozenset({NameKind.SIGN, NameKind.CURRENT})


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """Those in force, in the order given, by what they lack."""

    no_name: tuple[Designation, ...] = ()
    coarse_position: tuple[Designation, ...] = ()
    outside_territory: tuple[Designation, ...] = ()


def among(act: Act, mission: Mission, designations: Iterable[Designation]) -> Lacking:
    """What those of the designations that are in force lack. The territory is the one that holds now."""
    held = [one for one in designations if one.state in IN_FORCE_STATES and one.ended_at(act.now) is None]
    towns = shipped.town_points(mission.territory)
    return Lacking(
        no_name=tuple(one for one in held if _is_nameless(one.subject)),
        coarse_position=tuple(one for one in held if _is_coarse(one.subject, towns)),
        outside_territory=_outside(act, mission.code, held),
    )


def _is_nameless(subject: Subject) -> bool:
    return subject.kind is SubjectKind.PREMISES and not any(name.kind in _ON_THE_SIGN for name in subject.names)


def _is_coarse(subject: Subject, towns: Sequence[Position]) -> bool:
    if subject.kind is not SubjectKind.PREMISES:
        return False
    place, uncertainty_m = subject.geometry, subject.uncertainty_m
    if place is None or (uncertainty_m or 0) > COARSE_M:
        return True
    is_measured = uncertainty_m is not None and uncertainty_m < UNKNOWN_UNCERTAINTY_M
    return not is_measured and any(_is_at(town, place) for town in towns)


def _is_at(town: Position, place: BaseGeometry) -> bool:
    _, south, _, north = place.bounds
    # Most towns are far off, and that costs no geodesic to tell.
    within = south - _NEAR_DEG <= town.lat <= north + _NEAR_DEG
    return within and distance_m(town, place) <= _TOWN_POINT_M


def _outside(act: Act, mission: str, held: Sequence[Designation]) -> tuple[Designation, ...]:
    placed = [one for one in held if one.subject.geometry is not None]
    found = outside.lying(act, mission, [one.subject for one in placed])
    return tuple(one for one, out in zip(placed, found, strict=True) if out)

"""Texts of positions as a mission's people mean them: judged by its territory, at every door."""

from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.mission import BoundaryKind
from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.coordinates import parse_position
from geo_offlimits.services.act import Act


def read_position(act: Act, code: str, text: str, *, uncertainty_m: float | None = None) -> Position:
    """The position that a text means in a mission. Raises what `parse_position` and `territory_of` raise."""
    return parse_position(text, uncertainty_m=uncertainty_m, territory=territory_of(act, code))


def territory_of(act: Act, code: str) -> BaseGeometry | None:
    """The mission's territory as it holds now, for `parse_position`; None where none is known.

    Raises NotPermittedError as a look-up does. That a mission is not known is for the look-up itself to say.
    """
    act.require_for_look_up(code)
    return held_territory(act, code)


def held_territory(act: Act, code: str) -> BaseGeometry | None:
    """The same for whoever has asked already whether the person may know of it. A mission has one at a time."""
    found = act.tx.recalled(("boundaries", code), lambda: act.tx.missions.boundaries(code))
    return next(
        (one.geometry for one in found if one.kind is BoundaryKind.TERRITORY and one.valid.holds(act.now)), None
    )

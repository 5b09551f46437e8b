"""Does a proposal look like something that stands, or stood until recently? A door may be listed under an old name.

It is asked of thousands inside a writing transaction, so their places are held against a box around this one, their
names are read once a process, and only the few that are left are compared in full, by the rule of `likeness`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.designation import STANDING, Designation, State
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.premises import Subject
from geo_offlimits.errors import InputError, Sentence
from geo_offlimits.services.act import Act
from geo_offlimits.services.likeness import SAME_NAME_WITHIN_M, Known, Likeness, names_of
from geo_offlimits.services.namesakes import Namesakes
from geo_offlimits.store.register import Words

RECENTLY = timedelta(days=180)
_TOLD = 5
_SHORTEST_DEGREE_M = 110_574.0  # of latitude, at the equator; of longitude times the cosine of the latitude
_READ = Namesakes()


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A listing near a subject or with a name like its own. Restricted: it may be a proposal.

    distance_m : None where that is more than 250 m or not known. score : how alike the names are, 0 to 100.
    is_alike : whether the two look like one.
    """

    designation: Designation
    distance_m: float | None
    score: float
    is_alike: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.designation.designation_id,
            "name": self.designation.subject.label,
            "state": self.designation.state,
            "distance_m": None if self.distance_m is None else round(self.distance_m, 1),
            "score": round(self.score, 1),
            "alike": self.is_alike,
        }

    @property
    def sentence(self) -> Sentence:
        facts = {
            "id": self.designation.designation_id,
            "name": self.designation.subject.label,
            "state": self.designation.state,
        }
        if self.distance_m is None:
            return Sentence("{id} {name} (“{state}”)", **facts)
        return Sentence("{id} {name} ({distance} m away, “{state}”)", distance=round(self.distance_m), **facts)


class AlikeError(InputError):
    """A proposal that looks like something in the register, of which nobody has said that it is another."""

    def __init__(self, alike: Sequence[Neighbour]) -> None:
        self.alike = tuple(alike)
        told = tuple(one.sentence for one in alike[:_TOLD])
        more = Sentence(" (and {count} more)", count=len(alike) - _TOLD) if len(alike) > _TOLD else ""
        super().__init__(
            Sentence(
                "This looks like {alike}{more}; decide on that one, or confirm that another is meant "
                "(--confirm-alike).",
                alike=told,
                more=more,
            )
        )


def refuse(act: Act, mission: str, subject: Subject) -> None:
    """Raises AlikeError."""
    if alike := [one for one in beside(act, mission, subject) if one.is_alike]:
        raise AlikeError(alike)


def prepare(act: Act, mission: str, subject: Subject) -> None:
    """In a process that has read no names yet, reads those that `refuse` will: nobody waits for a reading act."""
    if _READ.empty:
        beside(act, mission, subject)


def beside(act: Act, mission: str, subject: Subject) -> tuple[Neighbour, ...]:
    """What stands, or was lifted in the last 180 days, near the subject or called like it; those that are alike first.

    Of those with a like name that are not near, only what is compared by name alone. Raises NotPermittedError.
    """
    act.require(Action.PROPOSE, mission)
    subject_ids = _near(act, mission, subject.geometry) | _namesakes(act, mission, subject)
    found = [one for one in act.tx.register.of_subjects(sorted(subject_ids)) if _counts(one, act.now)]
    likeness = Likeness([Known("", subject), *(Known(one.designation_id, one.subject) for one in found)])
    neighbours = [
        Neighbour(designation=found[one.place - 1], distance_m=one.distance_m, score=one.score, is_alike=one.is_alike)
        for one in likeness.beside(0)
    ]
    return tuple(sorted(neighbours, key=_order))


def _counts(designation: Designation, now: datetime) -> bool:
    lifted_lately = designation.state is State.LIFTED and designation.standing_since >= now - RECENTLY
    return designation.state in STANDING or lifted_lately


def _order(one: Neighbour) -> tuple[bool, float, float, str]:
    far = math.inf if one.distance_m is None else one.distance_m
    return not one.is_alike, far, -one.score, one.designation.designation_id


def _namesakes(act: Act, mission: str, subject: Subject) -> set[str]:
    """The subjects whose name counts as a match, of those that are compared by name alone."""
    known: dict[Words, list[str]] = {}
    for subject_id, words in act.tx.register.words(mission, placeless=subject.geometry is not None):
        known.setdefault(words, []).append(subject_id)
    return {subject_id for words in _READ.of(names_of(subject), known.keys()) for subject_id in known[words]}


def _near(act: Act, mission: str, place: BaseGeometry | None) -> set[str]:
    """The subjects whose box comes within 250 m of the middle of the place, and a few more."""
    outlines = act.tx.register.outlines(mission) if place is not None else ()
    if place is None or not outlines:
        return set()
    stored = np.array([outline for _, outline in outlines], dtype=object)
    west, south, east, north = shapely.bounds(shapely.from_wkb(stored)).T
    middle = place.representative_point()
    lat_deg = SAME_NAME_WITHIN_M / _SHORTEST_DEGREE_M
    narrowest = math.cos(math.radians(min(90.0, abs(middle.y) + lat_deg)))
    lon_deg = min(180.0, lat_deg / max(narrowest, 1e-9))
    is_near = (south <= middle.y + lat_deg) & (north >= middle.y - lat_deg) & _spans(west, east, middle.x, lon_deg)
    return {outlines[int(at)][0] for at in np.flatnonzero(is_near)}


def _spans(west: npt.NDArray[Any], east: npt.NDArray[Any], lon: float, within_deg: float) -> npt.NDArray[np.bool_]:
    """Which boxes reach within so many degrees of the longitude, also across the antimeridian."""
    found = np.zeros(len(west), dtype=bool)
    for turned in (lon - 360.0, lon, lon + 360.0):
        found |= (west <= turned + within_deg) & (east >= turned - within_deg)
    return found

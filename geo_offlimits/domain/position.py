"""A position on WGS 84, in degrees, with its 95 % uncertainty in metres."""

import math
from dataclasses import dataclass

from geo_offlimits.errors import InputError, Issue, Sentence

UNKNOWN_UNCERTAINTY_M = 10.0
MAX_UNCERTAINTY_M = 100_000.0
_POLE, _HALF_TURN = 90.0, 180.0


class PositionError(InputError):
    """A position that cannot be on Earth, or a text that is not one."""


@dataclass(frozen=True, kw_only=True)
class Position:
    """Latitude and longitude by name, so that nobody swaps them. Raises PositionError outside ±90/±180 or on NaN."""

    lat: float
    lon: float
    uncertainty_m: float = UNKNOWN_UNCERTAINTY_M

    def __post_init__(self) -> None:
        # The usual case in one go, because millions are made; NaN compares with nothing and goes on to be refused.
        on_earth = -_POLE <= self.lat <= _POLE and -_HALF_TURN <= self.lon <= _HALF_TURN
        if on_earth and 0.0 <= self.uncertainty_m <= MAX_UNCERTAINTY_M:
            return
        issues = tuple(
            issue
            for issue in (_bounded("lat", self.lat, _POLE), _bounded("lon", self.lon, _HALF_TURN), self._uncertainty())
            if issue
        )
        if issues:
            raise PositionError(Sentence("{issues}.", issues=tuple(_sentence(issue) for issue in issues)), *issues)

    def as_json(self) -> dict[str, float]:
        return {"lat": self.lat, "lon": self.lon, "uncertainty_m": self.uncertainty_m}

    def _uncertainty(self) -> Issue | None:
        if math.isfinite(self.uncertainty_m) and 0 <= self.uncertainty_m <= MAX_UNCERTAINTY_M:
            return None
        return Issue(
            field="uncertainty_m",
            value=str(self.uncertainty_m),
            reason=Sentence("uncertainty is not between 0 and 100000 metres"),
            remedy=Sentence("give the 95 % uncertainty in metres"),
        )


def _sentence(issue: Issue) -> Sentence:
    return Sentence("{value}: {reason}; {remedy}", value=issue.value, reason=issue.reason, remedy=issue.remedy)


def _bounded(field: str, degrees: float, limit: float) -> Issue | None:
    name = Sentence("latitude") if field == "lat" else Sentence("longitude")
    if not math.isfinite(degrees):
        return Issue(
            field=field,
            value=str(degrees),
            reason=Sentence("{name} is not a number", name=name),
            remedy=Sentence("give decimal degrees"),
        )
    if abs(degrees) > limit:
        return Issue(
            field=field,
            value=str(degrees),
            reason=Sentence("{name} is beyond {limit}", name=name, limit=round(limit)),
            remedy=Sentence("check whether latitude and longitude are swapped"),
        )
    return None

"""A position on WGS 84, in degrees, with its 95 % uncertainty in metres."""

import math
from dataclasses import dataclass

from geo_offlimits.errors import InputError, Issue

UNKNOWN_UNCERTAINTY_M = 10.0
MAX_UNCERTAINTY_M = 100_000.0


class PositionError(InputError):
    """A position that cannot be on Earth, or a text that is not one."""


@dataclass(frozen=True, kw_only=True)
class Position:
    """Latitude and longitude by name, so that nobody swaps them. Raises PositionError outside ±90/±180 or on NaN."""

    lat: float
    lon: float
    uncertainty_m: float = UNKNOWN_UNCERTAINTY_M

    def __post_init__(self) -> None:
        issues = tuple(
            issue
            for issue in (_bounded("lat", self.lat, 90.0), _bounded("lon", self.lon, 180.0), self._uncertainty())
            if issue
        )
        if issues:
            raise PositionError(
                ". ".join(f"{i.field} {i.value}: {i.reason}; {i.remedy}" for i in issues) + ".", *issues
            )

    def as_json(self) -> dict[str, float]:
        return {"lat": self.lat, "lon": self.lon, "uncertainty_m": self.uncertainty_m}

    def _uncertainty(self) -> Issue | None:
        if math.isfinite(self.uncertainty_m) and 0 <= self.uncertainty_m <= MAX_UNCERTAINTY_M:
            return None
        return Issue(
            field="uncertainty_m",
            value=str(self.uncertainty_m),
            reason="not between 0 and 100000 metres",
            remedy="give the 95 % uncertainty in metres",
        )


def _bounded(field: str, degrees: float, limit: float) -> Issue | None:
    name = "latitude" if field == "lat" else "longitude"
    if not math.isfinite(degrees):
        return Issue(field=field, value=str(degrees), reason=f"{name} is not a number", remedy="give decimal degrees")
    if abs(degrees) > limit:
        return Issue(
            field=field, value=str(degrees), reason=f"{name} is beyond {limit:.0f}", remedy="are the columns swapped?"
        )
    return None

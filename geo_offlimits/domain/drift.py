"""How two lists differ: what stands on one of them alone, what both tell otherwise, and what nobody can pair.

`here` is the mission's own list, `there` the other. Every entry of both stands in exactly one line.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.origins import Origin


class DriftStatus(StrEnum):
    """Where a line stands, in the order in which they are told."""

    DIFFERS = "differs"
    UNCLEAR = "unclear"
    ONLY_HERE = "only_here"
    ONLY_THERE = "only_there"
    SAME = "same"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class DriftLine:
    """One entry of each list, of one alone, or, where it is unclear, all that could be meant by one another.

    fields : names of the properties that are told otherwise. distance_m : between the two places, where both are known.
    at : when it is asked which of them still hold; None: that is not asked.
    """

    row: int
    status: DriftStatus
    here: tuple[Entry, ...] = ()
    there: tuple[Entry, ...] = ()
    fields: tuple[str, ...] = ()
    distance_m: float | None = None
    at: datetime | None = None

    @property
    def name(self) -> str:
        return (self.here or self.there)[0].name

    @property
    def placed(self) -> Entry | None:
        """The entry by which it stands on the map; None where no place is known."""
        return next((one for one in (*self.here, *self.there) if one.geometry is not None), None)

    def has_ended(self, entry: Entry) -> bool:
        """Whether one of its entries is on a list and holds no more: a list stays current longer than some of it."""
        return self.at is not None and entry.until is not None and entry.until <= self.at

    def as_json(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "status": self.status.value,
            "here": [self._told(one) for one in self.here],
            "there": [self._told(one) for one in self.there],
            "fields": list(self.fields),
            "distance_m": None if self.distance_m is None else round(self.distance_m, 1),
        }

    def _told(self, entry: Entry) -> dict[str, Any]:
        about = {"id": entry.entry_id, "name": entry.name, "locality": entry.locality, "issuer": entry.issuer}
        return about | {"ended": self.has_ended(entry)}


@dataclass(frozen=True, kw_only=True)
class Drift:
    """Two lists held against each other, each with where it comes from.

    within_m : only what lies so near the other's territory was compared; None: everything. left_out_here,
    left_out_there : how many entries that left out. whole_here, whole_there : whether it could leave nothing out, for
    want of the other's territory. stale_here, stale_there : whether the list had expired.
    """

    here: Origin
    there: Origin
    lines: tuple[DriftLine, ...]
    within_m: float | None = None
    left_out_here: int = 0
    left_out_there: int = 0
    whole_here: bool = False
    whole_there: bool = False
    stale_here: bool = False
    stale_there: bool = False

    @property
    def counts(self) -> dict[DriftStatus, int]:
        """How many lines stand where; only where there are any."""
        counted = Counter(line.status for line in self.lines)
        return {status: counted[status] for status in DriftStatus if counted[status]}

    def of(self, status: DriftStatus | None) -> tuple[DriftLine, ...]:
        return tuple(line for line in self.lines if status in (None, line.status))

    def as_json(self) -> dict[str, Any]:
        return {
            "here": _side(self.here, stale=self.stale_here, left_out=self.left_out_here, whole=self.whole_here),
            "there": _side(self.there, stale=self.stale_there, left_out=self.left_out_there, whole=self.whole_there),
            "within_m": self.within_m,
            "counts": {status.value: count for status, count in self.counts.items()},
            "lines": [line.as_json() for line in self.lines],
        }


def _side(origin: Origin, **told: object) -> dict[str, Any]:
    return origin.as_json() | told

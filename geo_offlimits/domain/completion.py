"""How far a campaign has come, by unit, category and sector: as it is, and as it may be told (`domain.disclosure`)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from geo_offlimits.domain.disclosure import NONE, SMALLEST, Told, alone, exactly, part, part_of_part
from geo_offlimits.domain.people import PersonnelCategory

SMALL_UNIT = 4 * SMALLEST


@dataclass(frozen=True, kw_only=True)
class Group:
    """People of one unit. category, sector : None where they are of several, or of none."""

    unit: str
    category: PersonnelCategory | None = None
    sector: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many stand where. `outstanding` counts those who are overdue, too; departed are none of these.

    by_day : how many had acknowledged by the end of each day of the trend.
    """

    acknowledged: int = 0
    outstanding: int = 0
    overdue: int = 0
    informed: int = 0
    paused: int = 0
    by_day: tuple[int, ...] = ()

    @property
    def asked(self) -> int:
        return self.acknowledged + self.outstanding

    @property
    def people(self) -> int:
        return self.asked + self.informed + self.paused

    def __add__(self, other: "Tally") -> "Tally":
        names = ("acknowledged", "outstanding", "overdue", "informed", "paused")
        days = _added(self.by_day, other.by_day)
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in names}, by_day=days)


def _added(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True)) if one and other else one or other


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The same as it may be told. `asked` is exact; left_out : groups under five that are in none of the numbers."""

    asked: int = 0
    outstanding: Told = NONE
    overdue: Told = NONE
    informed: Told = NONE
    paused: Told = NONE
    left_out: int = 0
    by_day: tuple[Told, ...] = ()

    @property
    def acknowledged(self) -> Told:
        return self.outstanding.rest_of(self.asked)

    @property
    def share(self) -> float | None:
        """Of those asked, who has acknowledged: the middle of what it may be. None where nobody is asked."""
        return self.acknowledged.middle / self.asked if self.asked else None

    @property
    def shares(self) -> tuple[float, float]:
        """The least and the most that it may be."""
        told = self.acknowledged
        return (told.least / self.asked, told.most / self.asked) if self.asked else (1.0, 1.0)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            asked=self.asked + other.asked,
            outstanding=self.outstanding + other.outstanding,
            overdue=self.overdue + other.overdue,
            informed=self.informed + other.informed,
            paused=self.paused + other.paused,
            left_out=self.left_out + other.left_out,
            by_day=_added(self.by_day, other.by_day),
        )

    def as_json(self) -> dict[str, Any]:
        names = ("acknowledged", "outstanding", "overdue", "informed", "paused")
        told = {name: getattr(self, name).as_json() for name in names}
        share = None if self.share is None else round(self.share, 4)
        return {"asked": self.asked, **told, "share": share, "left_out": self.left_out}


def total(figures: Iterable[Figures]) -> Figures:
    return reduce(add, figures, Figures())


def exact(tally: Tally) -> Figures:
    """For whoever answers for these people."""
    return Figures(
        asked=tally.asked,
        outstanding=exactly(tally.outstanding),
        overdue=exactly(tally.overdue),
        informed=exactly(tally.informed),
        paused=exactly(tally.paused),
        by_day=tuple(map(exactly, tally.by_day)),
    )


def told(tally: Tally) -> Figures:
    """For everybody else."""
    informed, paused = alone(tally.informed), alone(tally.paused)
    if tally.asked < SMALLEST:
        days, small = (NONE,) * len(tally.by_day), int(tally.asked > 0)
        return Figures(informed=informed, paused=paused, left_out=small, by_day=days)
    return Figures(
        asked=tally.asked,
        outstanding=part(tally.outstanding, tally.asked),
        overdue=part_of_part(tally.overdue, tally.outstanding, tally.asked),
        informed=informed,
        paused=paused,
        by_day=tuple(part(count, tally.asked) for count in tally.by_day),
    )


def gathered(tallies: Mapping[Group, Tally]) -> dict[Group, Tally]:
    """A small unit that has a group under five is one group of several categories and sectors.

    In a large one such a group stays alone, so that it costs nobody else their category.
    """
    units: dict[str, dict[Group, Tally]] = defaultdict(dict)
    for group, tally in tallies.items():
        units[group.unit][group] = tally
    found: dict[Group, Tally] = {}
    for unit, groups in units.items():
        asked = [tally.asked for tally in groups.values() if tally.asked]
        if len(asked) > 1 and min(asked) < SMALLEST and sum(asked) < SMALL_UNIT:
            found[Group(unit=unit)] = reduce(add, groups.values())
        else:
            found |= groups
    return found


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The days, up to today, and what was acknowledged by the end of each: of the campaign's people of today."""

    days: tuple[date, ...] = ()
    deadline: date | None = None


@dataclass(frozen=True, kw_only=True)
class Completion:
    """Figures by group, exact for the unit `own` alone. Every sum and every choice is made of these."""

    groups: Mapping[Group, Figures]
    trend: Trend = field(default_factory=Trend)
    own: str | None = None

    @classmethod
    def of(cls, tallies: Mapping[Group, Tally], own: str | None, trend: Trend | None = None) -> "Completion":
        mine = {group: exact(tally) for group, tally in tallies.items() if group.unit == own}
        others = {group: tally for group, tally in tallies.items() if group.unit != own}
        return cls(
            groups=mine | {group: told(tally) for group, tally in gathered(others).items()},
            own=own,
            trend=trend or Trend(),
        )

    def only(self, *, category: PersonnelCategory | None = None, sector: str | None = None) -> "Completion":
        """Of one category or sector; groups of several are left out."""
        kept = {
            group: figures
            for group, figures in self.groups.items()
            if (category is None or group.category is category) and (sector is None or group.sector == sector)
        }
        return replace(self, groups=kept)

    @property
    def whole(self) -> Figures:
        return total(self.groups.values())

    def units(self) -> dict[str, Figures]:
        return self._by(lambda group: group.unit)

    def categories(self) -> dict[PersonnelCategory | None, Figures]:
        """Under None those in groups of several categories."""
        return self._by(lambda group: group.category)

    def sectors(self) -> dict[str | None, Figures]:
        """Under None those without a sector, and those in groups of several."""
        return self._by(lambda group: group.sector)

    def _by(self, key: Any) -> dict[Any, Figures]:
        found: dict[Any, Figures] = defaultdict(Figures)
        for group, figures in self.groups.items():
            found[key(group)] += figures
        return dict(sorted(found.items(), key=lambda item: (item[0] is None, str(item[0] or ""))))

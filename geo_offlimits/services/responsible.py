"""Who answers for whom: the managers of a unit, and the heads of a mission.

1. A manager answers for the unit that they are of, and reads the names of no other (decision 039).
2. A unit without a manager of its own is told to the heads, by count: they see to it that it gets one (decision 041).
"""

from geo_offlimits.domain.people import Person, Role
from geo_offlimits.services.act import Act


class Responsible:
    """The managers and heads of a mission who are in service and hold the role at the moment of the act."""

    def __init__(self, act: Act, mission: str) -> None:
        # Somebody of another mission has no unit here, whatever its name.
        self.managers = tuple(one for one in act.tx.holding(mission, Role.MANAGER, act.now) if one.mission == mission)
        self.heads = act.tx.holding(mission, Role.HEAD, act.now)
        self._units = {one.unit for one in self.managers}

    def managers_of(self, unit: str) -> tuple[Person, ...]:
        return tuple(one for one in self.managers if unit == one.unit)

    def has_manager(self, unit: str) -> bool:
        return unit in self._units

"""Who answers for whom: the managers of a unit, and the heads of a mission.

1. A manager answers for the unit that they are of.
2. A unit without a manager of its own is answered for by every manager of the mission: nobody is forgotten.
"""

from collections.abc import Iterable

from geo_offlimits.domain.people import Person, Role
from geo_offlimits.services.act import Act


class Responsible:
    """The managers and heads of a mission who are in service and hold the role at the moment of the act."""

    def __init__(self, act: Act, mission: str) -> None:
        self.managers = act.tx.holding(mission, Role.MANAGER, act.now)
        self.heads = act.tx.holding(mission, Role.HEAD, act.now)
        self._units = {one.unit for one in self.managers}

    def managers_of(self, unit: str) -> tuple[Person, ...]:
        """Of a unit without one, all there are."""
        return tuple(one for one in self.managers if unit == one.unit or unit not in self._units)

    def answers_for(self, manager: Person, units: Iterable[str]) -> frozenset[str]:
        """Of these units, those that this manager answers for."""
        return frozenset(unit for unit in units if unit == manager.unit or unit not in self._units)

"""Devices: which edition each token fetched last, so that somebody goes after those that are behind.

A device that holds an older edition still shows who was taken off the list, and misses who came on it.
"""

from dataclasses import dataclass
from typing import Any

from geo_offlimits.domain.people import Action
from geo_offlimits.domain.tokens import Purpose, Token
from geo_offlimits.services import tokens
from geo_offlimits.services.act import Act


@dataclass(frozen=True, kw_only=True)
class Device:
    """A token that keeps the list, with its holder. `behind`: how many editions; None where it has fetched none."""

    token: Token
    holder: str
    number: str
    unit: str
    behind: int | None

    @property
    def is_current(self) -> bool:
        return self.behind == 0

    def as_json(self) -> dict[str, Any]:
        held = {"person": self.number, "name": self.holder, "unit": self.unit, "behind": self.behind}
        return tokens.as_json(self.token) | held


def of_mission(act: Act, mission: str) -> tuple[Device, ...]:
    """Those that never fetched an edition first, then who is furthest behind."""
    act.require(Action.READ_DEVICES, mission)
    newest = act.tx.editions.header(mission, act.now)
    people = {person.person_id: person for person in act.tx.people.of_mission(mission)}
    found = []
    for token in act.tx.tokens.of_mission(mission):
        if token.purpose is Purpose.METRICS or not token.holds(act.now):
            continue
        person = people.get(token.person_id) or act.tx.people.by_id(token.person_id)
        found.append(
            Device(
                token=token,
                holder=person.name if person else "",
                number=person.number if person else "",
                unit=person.unit if person else "",
                behind=newest.number - token.edition if newest and token.edition else None,
            )
        )
    return tuple(sorted(found, key=_urgency))


def _urgency(device: Device) -> tuple[bool, int, str]:
    return device.behind is not None, -(device.behind or 0), device.token.token_id

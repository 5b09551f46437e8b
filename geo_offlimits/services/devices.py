"""Devices: what one gets to keep the list of its missions, and which edition each fetched last.

A device that holds an older edition still shows who was taken off the list, and misses who came on it.
"""

from dataclasses import dataclass
from typing import Any

from geo_offlimits.domain.mission import Mission
from geo_offlimits.domain.people import Action, Role
from geo_offlimits.domain.tokens import USUAL, Purpose, Token
from geo_offlimits.errors import InputError, Issue
from geo_offlimits.services import missions, tokens
from geo_offlimits.services.act import Act
from geo_offlimits.services.tokens import Issued

SEALED_FOR = ("none", "patrols", "all")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One mission whose list a device keeps, with the token by which it fetches it."""

    mission: Mission
    issued: Issued


def is_sealed(act: Act, code: str) -> bool:
    """Whether the actor's devices keep the list under a passphrase (setting seal_devices). Raises InputError."""
    whose = act.settings.seal_devices
    if whose not in SEALED_FOR:
        raise InputError(
            f"The setting seal_devices cannot be {whose!r}; write one of {', '.join(SEALED_FOR)}.",
            Issue(field="seal_devices", value=whose, reason="unknown"),
        )
    roles = {grant.role for grant in act.require_actor().grants if grant.mission in (None, code)}
    return whose == "all" or (whose == "patrols" and Role.PATROL in roles)


def enrol(act: Act, code: str) -> tuple[Kept, ...]:
    """Tokens for a device that keeps the list of `code`, and those of the other missions of the actor.

    Raises StepUpNeededError, TooManyTokensError.
    """
    own = missions.mission(act, code)
    others = (one for one in missions.visible(act) if one.code != code)
    return tuple(Kept(mission=one, issued=tokens.issue(act, one.code, Purpose.DEVICE, USUAL)) for one in (own, *others))


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

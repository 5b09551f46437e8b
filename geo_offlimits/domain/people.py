"""People, their roles and the one policy table: who may do what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geo_offlimits.domain import texts
from geo_offlimits.domain.instants import ALWAYS, Period
from geo_offlimits.errors import AbsentError, Issue


class PersonnelCategory(StrEnum):
    MILITARY = "military"
    POLICE = "police"
    CIVILIAN = "civilian"
    CONTRACTOR = "contractor"
    VOLUNTEER = "volunteer"
    DEPENDANT = "dependant"


class Role(StrEnum):
    STAFF = "staff"
    OFFICER = "officer"
    HEAD = "head"
    DEPUTY = "deputy"
    PATROL = "patrol"
    MANAGER = "manager"
    CONDUCT = "conduct"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Action(StrEnum):
    LOOK_UP = "look_up"
    EXPORT = "export"
    ACKNOWLEDGE = "acknowledge"
    HOLD_TOKEN = "hold_token"  # noqa: S105  (an action: a device acts for its holder)
    READ_RETIRED_EDITION = "read_retired_edition"
    READ_REGISTER = "read_register"
    ATTACH = "attach"  # restricted notes, photos and letters
    READ_EVIDENCE = "read_evidence"  # what was attached; each reading is on record
    PROPOSE = "propose"
    DECIDE = "decide"  # designate, add alone, confirm, reject, lift
    PUBLISH = "publish"
    MANAGE_FACILITIES = "manage_facilities"
    DISTRIBUTE = "distribute"
    READ_CAMPAIGN = "read_campaign"
    ENTER_ACKNOWLEDGEMENT = "enter_acknowledgement"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_MISSION = "manage_mission"
    VERIFY_AUDIT = "verify_audit"
    READ_FIGURES = "read_figures"  # what monitoring is told


_EVERYONE = frozenset({Action.LOOK_UP, Action.EXPORT, Action.ACKNOWLEDGE, Action.HOLD_TOKEN})
_HEAD = _EVERYONE | {
    Action.READ_REGISTER,
    Action.ATTACH,
    Action.READ_EVIDENCE,
    Action.PROPOSE,
    Action.DECIDE,
    Action.PUBLISH,
    Action.MANAGE_FACILITIES,
    Action.DISTRIBUTE,
    Action.READ_CAMPAIGN,
}

POLICY: dict[Role, frozenset[Action]] = {
    Role.STAFF: _EVERYONE,
    Role.PATROL: _EVERYONE,
    Role.OFFICER: _EVERYONE | {Action.READ_REGISTER, Action.ATTACH, Action.PROPOSE},
    Role.HEAD: _HEAD,
    Role.DEPUTY: _HEAD,
    Role.MANAGER: _EVERYONE | {Action.DISTRIBUTE, Action.READ_CAMPAIGN, Action.ENTER_ACKNOWLEDGEMENT},
    Role.CONDUCT: _EVERYONE
    | {
        Action.READ_REGISTER,
        Action.READ_EVIDENCE,
        Action.READ_RETIRED_EDITION,
        Action.READ_CAMPAIGN,
        Action.VERIFY_AUDIT,
    },
    Role.AUDITOR: _EVERYONE | {Action.READ_REGISTER, Action.READ_RETIRED_EDITION, Action.VERIFY_AUDIT},
    # An administrator runs the machine and the accounts; the content of the list is not theirs to decide.
    Role.ADMIN: _EVERYONE | {Action.MANAGE_PEOPLE, Action.MANAGE_MISSION, Action.VERIFY_AUDIT, Action.READ_FIGURES},
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """`person_id` is opaque and goes into the audit tree; number, name and e-mail never do, so they can be erased."""

    person_id: str
    number: str
    name: str
    unit: str
    category: PersonnelCategory
    mission: str
    email: str | None = None
    language: str = "en"
    service: Period = ALWAYS

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps each of its texts from being written."""
        return (
            texts.line("number", self.number, needed=True),
            texts.line("name", self.name, needed=True),
            texts.line("unit", self.unit, needed=True),
            texts.line("email", self.email, most=texts.MAX_EMAIL),
            texts.tag("language", self.language),
            texts.line("mission", self.mission, needed=True, most=texts.MAX_CODE),
        )


@dataclass(frozen=True, kw_only=True)
class RoleGrant:
    """A role in one mission between two dates. `mission` None grants it everywhere (the first administrator)."""

    role: Role
    mission: str | None
    valid: Period = ALWAYS

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps it from being written."""
        return (texts.line("mission", self.mission, most=texts.MAX_CODE),)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a token carries of its holder's rights: these actions in this mission, where their roles allow them."""

    token_id: str
    mission: str
    actions: frozenset[Action]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A recognised person with the roles in force for them; built anew for each request.

    `scope` is None for the person themselves; a token acts for them within its own.
    """

    person: Person
    grants: tuple[RoleGrant, ...]
    scope: Scope | None = None

    def roles(self, mission: str | None, now: datetime) -> frozenset[Role]:
        return frozenset(
            grant.role for grant in self.grants if grant.mission in (None, mission) and grant.valid.holds(now)
        )

    def may(self, action: Action, mission: str | None, now: datetime) -> bool:
        if not self.person.service.holds(now):
            return False
        if self.scope and (mission != self.scope.mission or action not in self.scope.actions):
            return False
        return any(action in POLICY[role] for role in self.roles(mission, now))

    def require(self, action: Action, mission: str | None, now: datetime) -> None:
        """Raises NotPermittedError, which reads like an absent thing at every door."""
        if not self.may(action, mission, now):
            raise NotPermittedError(action, mission)


class NotPermittedError(AbsentError):
    """Deny by default. The sentence names the permission for people who may know; doors answer it like absence."""

    def __init__(self, action: Action, mission: str | None) -> None:
        self.action, self.mission = action, mission
        super().__init__(
            f"There is no such thing for you here: '{action}' on {mission or 'every mission'} "
            "needs a role you do not hold; ask the mission's administrator."
        )

"""People, their roles and the one policy: who may do what (POLICY), and what shows what is restricted (SHOWN_WITH)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from geo_offlimits.domain import texts
from geo_offlimits.domain.instants import ALWAYS, Period
from geo_offlimits.domain.proof import NOTHING_SHOWN, SecondFactorNeededError, Shown
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
    GIVE_EVIDENCE = "give_evidence"  # what was listed and who had acknowledged it; each giving is on record
    PROPOSE = "propose"
    DECIDE = "decide"  # designate, add alone, confirm, reject, lift
    PUBLISH = "publish"
    MANAGE_FACILITIES = "manage_facilities"
    DISTRIBUTE = "distribute"
    READ_CAMPAIGN = "read_campaign"
    ENTER_ACKNOWLEDGEMENT = "enter_acknowledgement"
    MANAGE_PEOPLE = "manage_people"
    RECOVER = "recover"  # asks or agrees that somebody's lost second factor is taken away
    ERASE = "erase"  # asks or agrees that who somebody was is taken away
    MANAGE_MISSION = "manage_mission"
    MANAGE_KEYS = "manage_keys"  # of the installation, so of every mission
    VERIFY_AUDIT = "verify_audit"
    READ_DEVICES = "read_devices"  # which edition each token fetched last
    READ_FIGURES = "read_figures"  # what monitoring is told


class Restricted(StrEnum):
    """What is not for everybody who reads the list."""

    DRAFT = "draft"  # what is proposed, waits, was rejected or would change
    BASIS = "basis"
    REASON = "reason"  # of a proposal, a decision, a change; and the note of a decision
    SIGNER = "signer"  # who proposed, decided, attached
    OPERATOR = "operator"
    FLAG = "flag"  # what somebody said of an entry, and what was done about it
    ATTACHMENT_COUNT = "attachment_count"
    ATTACHMENT = "attachment"  # what is in it, and who attached what kind when
    RETIRED_EDITION = "retired_edition"
    ACKNOWLEDGEMENT = "acknowledgement"  # whose is there and whose is missing, of one's own unit
    EVIDENCE = "evidence"  # of one person, a time and a place
    PERSON = "person"  # number, address, roles
    TOKEN = "token"  # noqa: S105  (of somebody else: its day of use and its edition)
    AUDIT_LEAF = "audit_leaf"


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
    Action.RECOVER,
    Action.ERASE,
    Action.READ_DEVICES,
}

POLICY: dict[Role, frozenset[Action]] = {
    Role.STAFF: _EVERYONE,
    Role.PATROL: _EVERYONE,
    Role.OFFICER: _EVERYONE | {Action.READ_REGISTER, Action.ATTACH, Action.PROPOSE, Action.READ_DEVICES},
    Role.HEAD: _HEAD,
    Role.DEPUTY: _HEAD,
    Role.MANAGER: _EVERYONE
    | {Action.DISTRIBUTE, Action.READ_CAMPAIGN, Action.ENTER_ACKNOWLEDGEMENT, Action.READ_DEVICES},
    Role.CONDUCT: _EVERYONE
    | {
        Action.READ_REGISTER,
        Action.READ_EVIDENCE,
        Action.GIVE_EVIDENCE,
        Action.READ_RETIRED_EDITION,
        Action.READ_CAMPAIGN,
        Action.VERIFY_AUDIT,
    },
    Role.AUDITOR: _EVERYONE | {Action.READ_REGISTER, Action.READ_RETIRED_EDITION, Action.VERIFY_AUDIT},
    # An administrator runs the machine and the accounts; the content of the list is not theirs to decide.
    Role.ADMIN: _EVERYONE
    | {
        Action.MANAGE_PEOPLE,
        Action.RECOVER,
        Action.ERASE,
        Action.MANAGE_MISSION,
        Action.MANAGE_KEYS,
        Action.VERIFY_AUDIT,
        Action.READ_DEVICES,
        Action.READ_FIGURES,
    },
}

# Roles that see or settle what is restricted, or who may. Until a second factor is shown they count as staff.
SECOND_FACTOR = frozenset(
    role
    for role, actions in POLICY.items()
    if actions & {Action.READ_REGISTER, Action.MANAGE_PEOPLE, Action.MANAGE_MISSION}
)
# What weighs most is done only by somebody who has shown shortly before that it is they.
STEP_UP = frozenset(
    {
        Action.DECIDE,
        Action.PUBLISH,
        Action.READ_EVIDENCE,
        Action.GIVE_EVIDENCE,
        Action.MANAGE_PEOPLE,
        Action.RECOVER,
        Action.ERASE,
        Action.MANAGE_KEYS,
    }
)


# Whoever may do one of these in a mission is shown it there, and nobody else is.
SHOWN_WITH: dict[Restricted, frozenset[Action]] = {
    Restricted.DRAFT: frozenset({Action.READ_REGISTER}),
    Restricted.BASIS: frozenset({Action.READ_REGISTER}),
    Restricted.REASON: frozenset({Action.READ_REGISTER}),
    Restricted.SIGNER: frozenset({Action.READ_REGISTER}),
    Restricted.OPERATOR: frozenset({Action.READ_REGISTER}),
    Restricted.FLAG: frozenset({Action.READ_REGISTER}),
    Restricted.ATTACHMENT_COUNT: frozenset({Action.ATTACH, Action.READ_EVIDENCE}),
    Restricted.ATTACHMENT: frozenset({Action.READ_EVIDENCE}),
    Restricted.RETIRED_EDITION: frozenset({Action.READ_RETIRED_EDITION}),
    Restricted.ACKNOWLEDGEMENT: frozenset({Action.ENTER_ACKNOWLEDGEMENT}),
    Restricted.EVIDENCE: frozenset({Action.GIVE_EVIDENCE}),
    Restricted.PERSON: frozenset({Action.MANAGE_PEOPLE}),
    Restricted.TOKEN: frozenset({Action.MANAGE_PEOPLE, Action.READ_DEVICES}),
    Restricted.AUDIT_LEAF: frozenset({Action.VERIFY_AUDIT}),
}


def shown_to(what: Restricted) -> frozenset[Role]:
    """The roles that are shown it."""
    return frozenset(role for role, actions in POLICY.items() if actions & SHOWN_WITH[what])


@dataclass(frozen=True, kw_only=True)
class Person:
    """`person_id` is opaque and goes into the audit tree; number, name and e-mail never do, so they can be erased.

    sector : of their mission, where they serve. posted_from : since when in this unit and sector, as far as was told.
    """

    person_id: str
    number: str
    name: str
    unit: str
    category: PersonnelCategory
    mission: str
    email: str | None = None
    language: str = "en"
    service: Period = ALWAYS
    sector: str | None = None
    posted_from: datetime | None = None

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps each of its texts from being written."""
        return (
            texts.line("number", self.number, needed=True),
            texts.line("name", self.name, needed=True),
            texts.line("unit", self.unit, needed=True),
            texts.line("sector", self.sector),
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

    `scope` is None for the person themselves; a token acts for them within its own. `shown` is what they have shown
    of themselves; `guarded`, that they have a second factor, which all their roles wait for then.
    """

    person: Person
    grants: tuple[RoleGrant, ...]
    scope: Scope | None = None
    guarded: bool = False
    shown: Shown = NOTHING_SHOWN

    def roles(self, mission: str | None, now: datetime) -> frozenset[Role]:
        return frozenset(
            grant.role if self._counts(grant.role) else Role.STAFF
            for grant in self.grants
            if grant.mission in (None, mission) and grant.valid.holds(now)
        )

    def _counts(self, role: Role) -> bool:
        """Whether a role counts as it is; in a token, for a holder who has a second factor."""
        waits = self.guarded or role in SECOND_FACTOR
        return not waits or (self.guarded if self.scope else self.shown.factor_at is not None)

    def needs_factor(self, now: datetime) -> bool:
        """Whether there is more that they may do once they have shown a second factor."""
        return self.guarded or self.has_role_that_needs_factor(now)

    def has_role_that_needs_factor(self, now: datetime) -> bool:
        return any(grant.role in SECOND_FACTOR and grant.valid.holds(now) for grant in self.grants)

    def is_fresh(self, now: datetime, within: timedelta) -> bool:
        """Whether they have shown shortly before that it is they; a token never has."""
        return self.scope is None and self.shown.is_fresh(now, within, with_factor=self.needs_factor(now))

    def may(self, action: Action, mission: str | None, now: datetime) -> bool:
        if not self.person.service.holds(now):
            return False
        if self.scope and (mission != self.scope.mission or action not in self.scope.actions):
            return False
        return any(action in POLICY[role] for role in self.roles(mission, now))

    def may_see(self, what: Restricted, mission: str | None, now: datetime) -> bool:
        return any(self.may(action, mission, now) for action in SHOWN_WITH[what])

    def require(self, action: Action, mission: str | None, now: datetime) -> None:
        """Raises NotPermittedError, which reads like an absent thing at every door; SecondFactorNeededError."""
        if self.may(action, mission, now):
            return
        if replace(self, shown=Shown(factor_at=now)).may(action, mission, now):
            raise SecondFactorNeededError
        raise NotPermittedError(action, mission)


class NotPermittedError(AbsentError):
    """Deny by default. The sentence names the permission for people who may know; doors answer it like absence."""

    def __init__(self, action: Action, mission: str | None) -> None:
        self.action, self.mission = action, mission
        super().__init__(
            f"There is no such thing for you here: '{action}' on {mission or 'every mission'} "
            "needs a role you do not hold; ask the mission's administrator."
        )

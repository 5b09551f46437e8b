"""People: who they are and which roles they hold. Nobody gives themselves a role."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import Action, Actor, NotPermittedError, Person, Role, RoleGrant
from geo_offlimits.domain.proof import NOTHING_SHOWN, Shown
from geo_offlimits.errors import AbsentError, Issue, RefusedError, Sentence
from geo_offlimits.services.act import Act

# One address and nothing beside it; whether there is such a mailbox is told by the first mail to it.
_ADDRESS = re.compile(r"[^@\s,;:<>()\"\\\[\]]+@[^@\s,;:<>()\"\\\[\]]+")


class UnknownPersonError(AbsentError):
    """Nobody has that number or address, or the actor may not know of them: both look alike on purpose."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            Sentence("There is no person {person} here for you. Check the number or the address.", person=reference)
        )
        self.issues = (Issue(field="person", reason=Sentence("unknown"), value=reference),)


def actor(act: Act, person_id: str, shown: Shown = NOTHING_SHOWN) -> Actor:
    """The person with the roles of this moment, who has shown this of themselves.

    Raises AbsentError for one who is unknown or has departed.
    """
    person = act.tx.people.by_id(person_id)
    if person is None or not person.service.holds(act.now):
        raise AbsentError("This person is not in service; ask your administrator.")
    return Actor(
        person=person, grants=act.tx.people.grants(person_id), guarded=act.tx.factors.guards(person_id), shown=shown
    )


def new(**facts: Any) -> Person:
    """A person who is not here yet; `facts` are those of a Person.

    The id is opaque: it stays in the audit tree when name, number and address are gone.
    """
    return Person(person_id=f"p_{secrets.token_hex(8)}", **facts)


def nobody_yet(act: Act) -> bool:
    """Whether the store has no person at all: then the first administrator is added by nobody."""
    return act.tx.people.nobody()


def add_person(act: Act, person: Person, roles: Iterable[RoleGrant] = ()) -> str:
    """Add a person with roles; returns the one-time passphrase, which is stored nowhere.

    The first administrator of an empty store is added by nobody: then `roles` must contain admin.
    """
    grants = tuple(roles)
    if not _is_first_administrator(act, grants):
        act.require(Action.MANAGE_PEOPLE, person.mission)
        for grant in grants:
            act.require(Action.MANAGE_PEOPLE, grant.mission)
    _refuse_impossible(act, person)
    act.tx.people.add(person, act.now)
    act.record(AuditTag.PERSON_ADDED, subject=person.person_id, mission=person.mission, category=person.category)
    for grant in grants:
        _grant(act, person.person_id, grant)
    return new_one_time(act, person)


def _is_first_administrator(act: Act, grants: tuple[RoleGrant, ...]) -> bool:
    if act.actor is not None or not nobody_yet(act):
        return False
    if any(grant.role is Role.ADMIN for grant in grants):
        return True
    raise RefusedError("There is no administrator yet; add the first one with --role admin.")


def new_one_time(act: Act, person: Person) -> str:
    """A new one-time passphrase for somebody who has none or lost theirs; callers have asked for the permission."""
    passphrase, hashed = act.passphrases.one_time()
    act.tx.people.set_passphrase(person.person_id, hashed, one_time=True, at=act.now)
    act.tx.sessions.remove_of(person.person_id)
    act.record(AuditTag.PASSPHRASE_SET, subject=person.person_id, mission=person.mission, one_time=True)
    return passphrase


def reset_passphrase(act: Act, reference: str) -> str:
    """A new one-time passphrase for a person of the actor's mission who lost theirs; their sessions end."""
    person = managed(act, reference)
    if person.person_id == act.person_id:
        raise RefusedError("You cannot reset your own passphrase; choose another with `person passphrase`.")
    return new_one_time(act, person)


def _refuse_impossible(act: Act, person: Person) -> None:
    issues = list(unfit(person))
    for name in ("number", "email"):
        reference = getattr(person, name)
        if reference and act.tx.people.find(reference):
            issues.append(taken(name, reference))
    texts.refuse(*issues)


def unfit(person: Person) -> tuple[Issue, ...]:
    """What keeps a person from being added as they are described, whoever else there is."""
    issues = [issue for issue in person.unfit() if issue]
    if person.email is not None and not _ADDRESS.fullmatch(person.email):
        reason, remedy = Sentence("not an e-mail address"), Sentence("leave it out")
        issues.append(Issue(field="email", value=person.email, reason=reason, remedy=remedy))
    if "@" in person.number:
        issues.append(Issue(field="number", value=person.number, reason=Sentence("looks like an e-mail address")))
    return tuple(issues)


def taken(name: str, reference: str) -> Issue:
    """That a number or an address is somebody else's already."""
    reason, remedy = Sentence("belongs to a person here"), Sentence("each person has their own")
    return Issue(field=name, value=reference, reason=reason, remedy=remedy)


def depart(act: Act, reference: str) -> None:
    """End a person's service now; sessions and tokens end with it, and what they signed stays."""
    person = managed(act, reference)
    if not serves(person, act.now):
        raise RefusedError(f"{reference} is not in service; nothing is left to end.")
    end_service(act, person)


def serves(person: Person, now: datetime) -> bool:
    """Whether there is a service of theirs to end."""
    start = person.service.start
    return person.service.holds(now) and not (start and start >= now)


def end_service(act: Act, person: Person) -> None:
    """The departure itself, of somebody who serves; callers have asked for the permission."""
    start = person.service.start
    act.tx.people.replace(replace(person, service=Period(start=start, end=act.now)), act.now)
    act.tx.sessions.remove_of(person.person_id)
    for token in act.tx.tokens.of_person(person.person_id):
        if token.holds(act.now):
            act.tx.tokens.revoke(token.token_id, act.person_id, act.now)
            act.record(AuditTag.TOKEN_REVOKED, subject=token.token_id, mission=token.mission)
    act.record(AuditTag.PERSON_DEPARTED, subject=person.person_id, mission=person.mission)


def grant_role(act: Act, reference: str, grant: RoleGrant) -> None:
    """Give a person a role in one mission, between two dates if need be. Nobody gives one to themselves."""
    act.require(Action.MANAGE_PEOPLE, grant.mission)
    person = act.tx.people.find(reference)
    if person is None:
        raise UnknownPersonError(reference)
    if person.person_id == act.person_id:
        raise RefusedError("You cannot give a role to yourself; another administrator must.")
    _grant(act, person.person_id, grant)


def _grant(act: Act, person_id: str, grant: RoleGrant) -> None:
    texts.refuse(*grant.unfit())
    act.tx.people.grant(person_id, grant, act.now)
    act.record(AuditTag.ROLE_GRANTED, subject=person_id, mission=grant.mission, role=grant.role)


def of_mission(act: Act, mission: str) -> tuple[Person, ...]:
    act.require(Action.MANAGE_PEOPLE, mission, to_look=True)
    return act.tx.people.of_mission(mission)


def in_mission(act: Act, mission: str, person_id: str) -> Person:
    """Somebody of this mission, in service or not, by their id; others are as absent as those who do not exist."""
    act.require(Action.MANAGE_PEOPLE, mission, to_look=True)
    person = act.tx.people.by_id(person_id)
    if person is None or person.mission != mission:
        raise UnknownPersonError(person_id)
    return person


def managed(act: Act, reference: str, *, to_look: bool = False) -> Person:
    """A person the actor may manage; others are as absent as those who do not exist."""
    person = act.tx.people.find(reference)
    if person is None:
        raise UnknownPersonError(reference)
    try:
        act.require(Action.MANAGE_PEOPLE, person.mission, to_look=to_look)
    except NotPermittedError:
        raise UnknownPersonError(reference) from None
    return person

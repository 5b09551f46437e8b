"""People: who they are and which roles they hold. Nobody gives themselves a role."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import Action, Actor, NotPermittedError, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.proof import NOTHING_SHOWN, Shown
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError
from geo_offlimits.formats.files import Source
from geo_offlimits.formats.reader import Row, Table, read_rows
from geo_offlimits.formats.vocabulary import member
from geo_offlimits.services.act import Act

MAX_IMPORTED = 1000  # each costs a passphrase hash
# field -> usual headings of a list of people, normalised, in English and French
PERSON_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "number": ("staff number", "contract number", "id", "index", "index number", "numero", "matricule"),
        "name": ("full name", "staff name", "nom", "nom complet"),
        "unit": ("section", "office", "team", "unite", "service"),
        "category": ("personnel category", "type", "categorie"),
        "sector": ("secteur", "sector name", "duty sector"),
        "email": ("e mail", "mail", "email address", "courriel"),
        "language": ("lang", "langue"),
    }
)


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
    issues = [issue for issue in person.unfit() if issue]
    if person.email is not None and person.email.count("@") != 1:
        issues.append(Issue(field="email", value=person.email, reason="not an e-mail address", remedy="leave it out"))
    if "@" in person.number:
        issues.append(Issue(field="number", value=person.number, reason="looks like an e-mail address"))
    for name in ("number", "email"):
        reference = getattr(person, name)
        if reference and act.tx.people.find(reference):
            issues.append(
                Issue(
                    field=name, value=reference, reason="belongs to a person here", remedy="each person has their own"
                )
            )
    texts.refuse(*issues)


def depart(act: Act, reference: str) -> None:
    """End a person's service now; sessions and tokens end with it, and what they signed stays."""
    person = managed(act, reference)
    start = person.service.start
    if not person.service.holds(act.now) or (start and start >= act.now):
        raise RefusedError(f"{reference} is not in service; nothing is left to end.")
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
        raise unknown(reference)
    if person.person_id == act.person_id:
        raise RefusedError("You cannot give a role to yourself; another administrator must.")
    _grant(act, person.person_id, grant)


def _grant(act: Act, person_id: str, grant: RoleGrant) -> None:
    texts.refuse(*grant.unfit())
    act.tx.people.grant(person_id, grant, act.now)
    act.record(AuditTag.ROLE_GRANTED, subject=person_id, mission=grant.mission, role=grant.role)


@dataclass(frozen=True, kw_only=True)
class PeopleReport:
    """What came of a list of people: number and one-time passphrase of each who was added, and every row at fault."""

    added: tuple[tuple[str, str], ...]
    issues: tuple[Issue, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "added": [{"number": number, "one_time_passphrase": passphrase} for number, passphrase in self.added],
            "issues": [issue.as_json() for issue in self.issues],
        }

    def as_text(self) -> str:
        lines = [f"{len(self.added)} people are added. Their one-time passphrases, printed this once:"]
        lines += [f"  {number}  {passphrase}" for number, passphrase in self.added]
        return "\n".join([*lines, *(f"  {issue}" for issue in self.issues)])


def read_people(source: Source) -> Table:
    """The rows of a CSV or XLSX with people, read before anybody has to wait. Raises ImportFileError."""
    return read_rows(source, fields=PERSON_FIELDS, limit_rows=MAX_IMPORTED)


def import_people(act: Act, mission: str, table: Table) -> PeopleReport:
    """Add the people of a list as staff of a mission; a row at fault becomes an issue, the others are added."""
    act.require(Action.MANAGE_PEOPLE, mission)
    added: list[tuple[str, str]] = []
    issues = list(table.issues)
    for row in table.rows:
        try:
            person = _described(row, mission)
            added.append((person.number, add_person(act, person, (RoleGrant(role=Role.STAFF, mission=mission),))))
        except InputError as fault:
            found = fault.issues or (Issue(field="row", reason=str(fault)),)
            issues += [replace(issue, row=row.number) for issue in found]
    return PeopleReport(added=tuple(added), issues=tuple(issues))


def _described(row: Row, mission: str) -> Person:
    told = row.values
    return new(
        number=told.get("number", ""),
        name=told.get("name", ""),
        unit=told.get("unit", ""),
        category=member(told.get("category", ""), PersonnelCategory, "category"),
        mission=mission,
        sector=told.get("sector"),
        email=told.get("email"),
        language=told.get("language", "en"),
    )


def of_mission(act: Act, mission: str) -> tuple[Person, ...]:
    act.require(Action.MANAGE_PEOPLE, mission, to_look=True)
    return act.tx.people.of_mission(mission)


def managed(act: Act, reference: str) -> Person:
    """A person the actor may manage; others are as absent as those who do not exist."""
    person = act.tx.people.find(reference)
    if person is None:
        raise unknown(reference)
    try:
        act.require(Action.MANAGE_PEOPLE, person.mission)
    except NotPermittedError:
        raise unknown(reference) from None
    return person


def unknown(reference: str) -> AbsentError:
    return AbsentError(f"There is no person {reference} here for you; `person list` shows those there are.")

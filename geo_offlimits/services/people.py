"""People: who they are, how they are recognised, which roles they hold.

1. A person who does not exist, one who has departed and a wrong passphrase get the same answer after the same work.
2. After failures the wait grows to a minute and no further: nobody is locked out for good, neither by their own
   fingers nor by somebody else's. Attempts during the wait are refused without being looked at, and do not count.
3. A one-time passphrase opens nothing but its own replacement.
4. Nobody gives themselves a role.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import Action, Actor, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import AbsentError, CredentialsError, InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats.files import Source
from geo_offlimits.formats.reader import Row, read_rows
from geo_offlimits.formats.vocabulary import member
from geo_offlimits.services.act import Act
from geo_offlimits.services.passphrases import one_time, refuse_weak
from geo_offlimits.store.people import reference_key

COUNTED_OVER = timedelta(hours=1)
FREE_FAILURES = 4
LONGEST_WAIT_S = 60
MAX_REFERENCE_LENGTH = 254
# Each costs a passphrase hash while nobody else can write.
MAX_IMPORTED = 1000
# field -> usual headings of a list of people, normalised, in English and French
PERSON_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "number": ("staff number", "contract number", "id", "index", "index number", "numero", "matricule"),
        "name": ("full name", "staff name", "nom", "nom complet"),
        "unit": ("section", "office", "team", "unite", "service"),
        "category": ("personnel category", "type", "categorie"),
        "email": ("e mail", "mail", "email address", "courriel"),
        "language": ("lang", "langue"),
    }
)


class UnrecognisedError(CredentialsError):
    """The same sentence for everybody. The attributes are for the audit tree, not for an answer."""

    def __init__(self, reference_digest: str, person_id: str | None) -> None:
        self.reference_digest, self.person_id = reference_digest, person_id
        super().__init__(
            Sentence(
                "This person and passphrase do not fit. Check both; a staff number or an e-mail address names a "
                "person, and your administrator can give you a new one-time passphrase."
            )
        )


class TooManyAttemptsError(CredentialsError):
    """Too soon after failures."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__(Sentence("Several attempts failed just now; wait {wait} seconds and try again.", wait=wait_s))


class OneTimePassphraseError(CredentialsError):
    """The passphrase fits, but it is the one-time one."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "This is your one-time passphrase; choose your own first, on the sign-in page or with "
                "`person passphrase`."
            )
        )


def reference_digest(reference: str) -> str:
    """What failures are counted under: the typed reference itself is never stored."""
    # In the spelling in which a person is found: with another, each way to type a number would have its own counter.
    return hashlib.sha256(b"reference:" + reference_key(reference).encode()).hexdigest()


def recognise(act: Act, reference: str, passphrase: str) -> Actor:
    """The person with this number or e-mail address and this passphrase, which may still be the one-time one.

    Raises UnrecognisedError or TooManyAttemptsError. A door that lets the person go on asks `refuse_one_time` or
    `must_choose_passphrase` next.
    """
    digest = reference_digest(reference)
    _refuse_haste(act, digest)
    person = act.tx.people.find(reference.strip()) if len(reference) <= MAX_REFERENCE_LENGTH else None
    credential = act.tx.people.credential(person.person_id) if person else None
    fits = act.passphrases.fits(credential.hash if credential else None, passphrase)
    if person is None or not fits or not person.service.holds(act.now):
        raise UnrecognisedError(digest, person.person_id if person else None)
    found = Actor(person=person, grants=act.tx.people.grants(person.person_id))
    replace(act, actor=found).record(AuditTag.LOGIN, subject=person.person_id, mission=person.mission)
    return found


def _refuse_haste(act: Act, digest: str) -> None:
    failures = act.tx.people.failures_since(digest, act.now - COUNTED_OVER)
    if failures <= FREE_FAILURES:
        return
    wait_s = min(2 ** (failures - FREE_FAILURES), LONGEST_WAIT_S)
    if act.tx.people.failures_since(digest, act.now - timedelta(seconds=wait_s)):
        raise TooManyAttemptsError(wait_s)


def note_failure(act: Act, refusal: UnrecognisedError) -> None:
    """Count and audit a refused attempt; in a transaction of its own, because the attempt's is rolled back."""
    act.tx.people.forget_failures(act.now - COUNTED_OVER)
    act.tx.people.record_failure(refusal.reference_digest, act.now)
    act.record(AuditTag.LOGIN_REFUSED, subject=refusal.person_id or "unknown")


def must_choose_passphrase(act: Act, actor: Actor) -> bool:
    credential = act.tx.people.credential(actor.person.person_id)
    return credential is None or credential.one_time


def refuse_one_time(act: Act, actor: Actor) -> None:
    """Raises OneTimePassphraseError for a person who has not chosen a passphrase of their own yet."""
    if must_choose_passphrase(act, actor):
        raise OneTimePassphraseError


def choose_passphrase(act: Act, reference: str, old: str, new: str) -> Actor:
    """Replace the present passphrase, one-time or not; every session of the person ends."""
    actor = recognise(act, reference, old)
    person = actor.person
    refuse_weak(new, (person.number, person.email, person.name, *person.name.split()))
    if new == old:
        raise InputError(
            Sentence("The new passphrase is the present one; choose another."),
            Issue(field="new", reason=Sentence("unchanged")),
        )
    act.tx.people.set_passphrase(person.person_id, act.passphrases.hash(new), one_time=False, at=act.now)
    act.tx.sessions.remove_of(person.person_id)
    replace(act, actor=actor).record(AuditTag.PASSPHRASE_SET, subject=person.person_id, mission=person.mission)
    return actor


def actor(act: Act, person_id: str) -> Actor:
    """The person with the roles of this moment. Raises AbsentError for one who is unknown or has departed."""
    person = act.tx.people.by_id(person_id)
    if person is None or not person.service.holds(act.now):
        raise AbsentError("This person is not in service; ask your administrator.")
    return Actor(person=person, grants=act.tx.people.grants(person_id))


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
    return _new_one_time(act, person)


def _is_first_administrator(act: Act, grants: tuple[RoleGrant, ...]) -> bool:
    if act.actor is not None or not act.tx.people.nobody():
        return False
    if any(grant.role is Role.ADMIN for grant in grants):
        return True
    raise RefusedError("There is no administrator yet; add the first one with --role admin.")


def _new_one_time(act: Act, person: Person) -> str:
    """A new one-time passphrase for somebody who has none or lost theirs; callers have asked for the permission."""
    passphrase = one_time()
    act.tx.people.set_passphrase(person.person_id, act.passphrases.hash(passphrase), one_time=True, at=act.now)
    act.tx.sessions.remove_of(person.person_id)
    act.record(AuditTag.PASSPHRASE_SET, subject=person.person_id, mission=person.mission, one_time=True)
    return passphrase


def reset_passphrase(act: Act, reference: str) -> str:
    """A new one-time passphrase for a person of the actor's mission who lost theirs; their sessions end."""
    person = _find(act, reference)
    if person.person_id == act.person_id:
        raise RefusedError("You cannot reset your own passphrase; choose another with `person passphrase`.")
    return _new_one_time(act, person)


def _refuse_impossible(act: Act, person: Person) -> None:
    issues = [
        Issue(field=name, reason="empty", remedy="fill it in")
        for name in ("number", "name", "unit")
        if not str(getattr(person, name)).strip()
    ]
    if person.email is not None and person.email.count("@") != 1:
        issues.append(
            Issue(
                field="email",
                value=person.email,
                reason="not an e-mail address",
                remedy="leave it out",
            )
        )
    if "@" in person.number:
        issues.append(Issue(field="number", value=person.number, reason="looks like an e-mail address"))
    for name in ("number", "email"):
        reference = getattr(person, name)
        if reference and act.tx.people.find(reference):
            issues.append(
                Issue(
                    field=name,
                    value=reference,
                    reason="belongs to a person here",
                    remedy="each person has their own",
                )
            )
    if issues:
        raise InputError.of(*issues)


def depart(act: Act, reference: str) -> None:
    """End a person's service now; sessions end with it, and what they signed stays."""
    person = _find(act, reference)
    start = person.service.start
    if not person.service.holds(act.now) or (start and start >= act.now):
        raise RefusedError(f"{reference} is not in service; nothing is left to end.")
    act.tx.people.replace(replace(person, service=Period(start=start, end=act.now)), act.now)
    act.tx.sessions.remove_of(person.person_id)
    act.record(AuditTag.PERSON_DEPARTED, subject=person.person_id, mission=person.mission)


def grant_role(act: Act, reference: str, grant: RoleGrant) -> None:
    """Give a person a role in one mission, between two dates if need be. Nobody gives one to themselves."""
    act.require(Action.MANAGE_PEOPLE, grant.mission)
    person = act.tx.people.find(reference)
    if person is None:
        raise _unknown(reference)
    if person.person_id == act.person_id:
        raise RefusedError("You cannot give a role to yourself; another administrator must.")
    _grant(act, person.person_id, grant)


def _grant(act: Act, person_id: str, grant: RoleGrant) -> None:
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


def import_people(act: Act, mission: str, source: Source) -> PeopleReport:
    """Add the people of a CSV or XLSX as staff of a mission; a row at fault becomes an issue, the others are added.

    Raises ImportFileError for a file that cannot be read.
    """
    act.require(Action.MANAGE_PEOPLE, mission)
    table = read_rows(source, fields=PERSON_FIELDS, limit_rows=MAX_IMPORTED)
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
    return Person(
        person_id=f"p_{secrets.token_hex(8)}",
        number=told.get("number", ""),
        name=told.get("name", ""),
        unit=told.get("unit", ""),
        category=member(told.get("category", ""), PersonnelCategory, "category"),
        mission=mission,
        email=told.get("email"),
        language=told.get("language", "en"),
    )


def of_mission(act: Act, mission: str) -> tuple[Person, ...]:
    act.require(Action.MANAGE_PEOPLE, mission)
    return act.tx.people.of_mission(mission)


def _find(act: Act, reference: str) -> Person:
    """A person the actor may manage; others are as absent as those who do not exist."""
    person = act.tx.people.find(reference)
    if person is None or not act.may(Action.MANAGE_PEOPLE, person.mission):
        raise _unknown(reference)
    return person


def _unknown(reference: str) -> AbsentError:
    return AbsentError(f"There is no person {reference} here for you; `person list` shows those there are.")

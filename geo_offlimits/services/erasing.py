"""Erasure: years after somebody has gone, who they were is taken away wherever it is written, and every proof holds.

1. One person asks and says why, another agrees: administrators, heads or their deputies. The database holds them to it.
2. It is allowed once the person has departed and the setting `evidence_retention_days` has passed since.
3. Number, name, unit, sector, address and the salts of the digests go; the opaque id, the dates and what was done stay.
   Leaves of the audit tree hold the id and salted digests alone, so no leaf, no checkpoint and no receipt changes.
4. Passphrase, second factors, linked accounts, sessions and mail that waits go as well.
5. Texts that people wrote by hand may name anybody: where they name this person is told, and nothing is done to them.
   Photos and letters are not looked into; backups and mail that has left hold what they held.
"""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.erasure import Erasure, ErasureState, Mention
from geo_offlimits.domain.people import Action, NotPermittedError, Person
from geo_offlimits.errors import AbsentError, InputError, RefusedError, Sentence
from geo_offlimits.services import people
from geo_offlimits.services.act import Act

# A shorter number stands in dates, addresses and names of streets.
_LEAST_SOUGHT = 5


class TooEarlyError(RefusedError):
    """Who somebody was is still evidence."""

    def __init__(self, reference: str, until: datetime) -> None:
        self.until = until
        super().__init__(
            Sentence(
                "Who {person} was is kept as evidence until {day} (setting evidence_retention_days). Ask then.",
                person=reference,
                day=until.date(),
            )
        )


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An erasure that waits, with whose it is and who asked."""

    erasure: Erasure
    person: Person
    asked_by: Person


@dataclass(frozen=True, kw_only=True)
class Erased:
    """`person_id` is what is left of who they were; `rows` counts by table what was overwritten."""

    person_id: str
    rows: dict[str, int]
    mentions: tuple[Mention, ...]

    def as_json(self) -> dict[str, Any]:
        return {"person_id": self.person_id, "rows": self.rows, "mentions": [vars(one) for one in self.mentions]}

    def as_text(self) -> str:
        counts = ", ".join(f"{count} of {table}" for table, count in self.rows.items())
        lines = [f"Erased; what is left is called {self.person_id}. Rows overwritten: {counts}."]
        if self.mentions:
            lines += ["Texts that people wrote still name them:", *(f"  {one}" for one in self.mentions)]
        return "\n".join([*lines, "Backups hold what they held: after one of before today is restored, erase again."])


def kept_until(act: Act, person: Person) -> datetime | None:
    """Until when who somebody was is evidence; None for somebody who has not departed."""
    end = person.service.end
    if end is None or end > act.now:
        return None
    return end + timedelta(days=act.settings.evidence_retention_days)


def ask(act: Act, reference: str, reason: str) -> Erasure:
    """Asks that somebody be erased. Raises AbsentError, TooEarlyError, RefusedError, InputError."""
    person = _permitted(act, reference)
    if issue := texts.line("reason", reason, needed=True, most=texts.MAX_TEXT):
        raise InputError(Sentence("Say in one line why, without naming anybody."), issue)
    _refuse_early(act, person, reference)
    states = {one.state for one in act.tx.erasures.of_person(person.person_id)}
    if ErasureState.AGREED in states:
        raise RefusedError(Sentence("{person} was erased already; nothing is left to do.", person=reference))
    if ErasureState.ASKED in states:
        raise RefusedError(
            Sentence("This was asked for already and waits for a second person; `person erasures` shows it.")
        )
    act.tx.erasures.ask(f"e_{secrets.token_hex(8)}", person.person_id, act.person_id, reason, act.now)
    act.record(AuditTag.ERASURE_ASKED, subject=person.person_id, mission=person.mission)
    return _open(act, person, reference)


def waiting(act: Act) -> tuple[Waiting, ...]:
    """Those that the actor may see, oldest first."""
    return tuple(
        Waiting(erasure=one, person=person, asked_by=asker)
        for one in act.tx.erasures.waiting()
        if (person := act.tx.people.by_id(one.person_id)) and act.may(Action.ERASE, person.mission)
        if (asker := act.tx.people.by_id(one.asked_by))
    )


def agree(act: Act, reference: str) -> Erased:
    """The second signature, and the erasure. Raises AbsentError, TooEarlyError, RefusedError for who asked."""
    person = _permitted(act, reference)
    found = _open(act, person, reference)
    if act.person_id == found.asked_by:
        raise RefusedError(Sentence("An erasure takes two persons; ask another head or administrator to agree."))
    _refuse_early(act, person, reference)
    mentions = act.tx.erasures.mentions(_words(act, person))
    act.tx.erasures.settle(found.erasure_id, ErasureState.AGREED, act.person_id, act.now)
    _forget(act, person)
    digests = act.tx.erasures.erase(person.person_id)
    act.record(AuditTag.PERSON_ERASED, subject=person.person_id, mission=person.mission, erased=digests)
    rows = Counter(key.partition("/")[0] for key in digests)
    return Erased(person_id=person.person_id, rows=dict(rows), mentions=mentions)


def refuse(act: Act, reference: str) -> None:
    """By anybody who may, the one who asked too. Raises AbsentError where nobody asked."""
    person = _permitted(act, reference)
    found = _open(act, person, reference)
    act.tx.erasures.settle(found.erasure_id, ErasureState.REFUSED, act.person_id, act.now)
    act.record(AuditTag.ERASURE_REFUSED, subject=person.person_id, mission=person.mission)


def _words(act: Act, person: Person) -> list[str]:
    """By what a text may name somebody: every name, address and number that they had."""
    versions = [one for one, _ in act.tx.people.versions(person.person_id)]
    numbers = {one.number for one in versions if len(one.number) >= _LEAST_SOUGHT}
    return sorted({one.name for one in versions} | {one.email for one in versions if one.email} | numbers)


def _forget(act: Act, person: Person) -> None:
    """What may be forgotten without a trace, because nothing rests on it."""
    tx, whose = act.tx, person.person_id
    for account in tx.accounts.of_person(whose):
        tx.accounts.remove(account.account_id)
    tx.factors.remove_of(whose)
    tx.sessions.remove_of(whose)
    tx.outbox.forget(whose)
    tx.people.forget_passphrase(whose)


def _refuse_early(act: Act, person: Person, reference: str) -> None:
    until = kept_until(act, person)
    if until is None:
        raise RefusedError(Sentence("{person} is in service; let them depart first.", person=reference))
    if act.now < until:
        raise TooEarlyError(reference, until)


def _open(act: Act, person: Person, reference: str) -> Erasure:
    found = (one for one in act.tx.erasures.of_person(person.person_id) if one.state is ErasureState.ASKED)
    erasure = next(found, None)
    if erasure is None:
        raise AbsentError(f"Nobody asked to erase {reference}; ask with `person erase {reference} --reason`.")
    return erasure


def _permitted(act: Act, reference: str) -> Person:
    """Somebody whom the actor may erase; others are as absent as those who do not exist."""
    person = act.tx.people.find(reference)
    if person is None:
        raise people.UnknownPersonError(reference)
    try:
        act.require(Action.ERASE, person.mission)
    except NotPermittedError:
        raise people.UnknownPersonError(reference) from None
    return person

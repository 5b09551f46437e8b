"""Recovery by two persons: somebody lost their second factor, and must not be lost with it.

1. One person asks and says why, another agrees; neither is the one whose factor it is. The database holds them to it.
2. What was agreed takes the person's factors away, ends their sessions and gives a one-time passphrase to the one who
   agreed, to hand over: whoever asked never sees it, and whoever found the telephone cannot ask.
3. Heads, their deputies and administrators do this, for persons of their mission.
"""

import secrets
from dataclasses import dataclass

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.factors import Recovery, RecoveryState
from geo_offlimits.domain.people import Action, NotPermittedError, Person
from geo_offlimits.errors import AbsentError, InputError, RefusedError, Sentence
from geo_offlimits.services import people
from geo_offlimits.services.act import Act


class OwnRecoveryError(RefusedError):
    """Two others are needed."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "A recovery takes two persons, and neither is the one whose factor was lost. Ask two of the heads and "
                "administrators."
            )
        )


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A recovery that waits, with who lost the factor and who asked."""

    recovery: Recovery
    person: Person
    asked_by: Person


def ask(act: Act, reference: str, reason: str) -> Recovery:
    """Asks that somebody's factors be taken away. Raises AbsentError, OwnRecoveryError, RefusedError, InputError."""
    person = _permitted(act, act.tx.people.find(reference), reference)
    if issue := texts.line("reason", reason, needed=True, most=texts.MAX_TEXT):
        raise InputError(Sentence("Say in one line how the second factor was lost."), issue)
    if person.person_id == act.person_id:
        raise OwnRecoveryError
    if any(one.state is RecoveryState.ASKED for one in act.tx.recoveries.of_person(person.person_id)):
        raise RefusedError(
            Sentence("This was asked for already and waits for a second person; `recovery list` shows it.")
        )
    recovery_id = f"r_{secrets.token_hex(8)}"
    act.tx.recoveries.ask(recovery_id, person.person_id, act.person_id, reason, act.now)
    _record(act, AuditTag.RECOVERY_ASKED, person, recovery_id)
    return _found(act, recovery_id)[0]


def waiting(act: Act) -> tuple[Waiting, ...]:
    """Those that the actor may see, oldest first."""
    return tuple(
        Waiting(recovery=one, person=person, asked_by=asker)
        for one in act.tx.recoveries.waiting()
        if (person := act.tx.people.by_id(one.person_id)) and act.may(Action.RECOVER, person.mission)
        if (asker := act.tx.people.by_id(one.asked_by))
    )


def agree(act: Act, recovery_id: str) -> str:
    """The second signature; returns the one-time passphrase, which is stored nowhere.

    Raises AbsentError, OwnRecoveryError; RefusedError for one that is settled.
    """
    found, person = _found(act, recovery_id)
    if act.person_id in (found.asked_by, person.person_id):
        raise OwnRecoveryError
    act.tx.recoveries.settle(recovery_id, RecoveryState.AGREED, act.person_id, act.now)
    act.tx.factors.remove_of(person.person_id)
    _record(act, AuditTag.RECOVERY_AGREED, person, recovery_id)
    return people.new_one_time(act, person)


def refuse(act: Act, recovery_id: str) -> None:
    """By anybody who may, the one who asked too. Raises AbsentError; RefusedError for one that is settled."""
    _, person = _found(act, recovery_id)
    act.tx.recoveries.settle(recovery_id, RecoveryState.REFUSED, act.person_id, act.now)
    _record(act, AuditTag.RECOVERY_REFUSED, person, recovery_id)


def _found(act: Act, recovery_id: str) -> tuple[Recovery, Person]:
    found = act.tx.recoveries.get(recovery_id)
    if found is None:
        raise AbsentError(f"There is no recovery {recovery_id} here for you; `recovery list` shows those there are.")
    return found, _permitted(act, act.tx.people.by_id(found.person_id), recovery_id)


def _permitted(act: Act, person: Person | None, asked: str) -> Person:
    """Whose factors the actor may have taken away; others are as absent as those who do not exist."""
    if person is None:
        raise people.UnknownPersonError(asked)
    try:
        act.require(Action.RECOVER, person.mission)
    except NotPermittedError:
        raise people.UnknownPersonError(asked) from None
    return person


def _record(act: Act, tag: AuditTag, person: Person, recovery_id: str) -> None:
    act.record(tag, subject=person.person_id, mission=person.mission, recovery=recovery_id)

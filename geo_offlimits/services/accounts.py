"""Whose an account at the organisation's identity provider is.

1. People link their own: signed in, they show once more who they are, and then the provider says which account it is.
2. An administrator can say it for somebody. Such an account opens a session; a second factor that its provider saw
   counts only in an account that its owner linked, or else one person could put an account of their own in the place of
   a head's second factor, which takes two (`services.recovery`).
3. An account is of one person, and a person has one at each provider.
"""

import secrets

from geo_offlimits.domain import texts
from geo_offlimits.domain.accounts import Account, LinkedAccount
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.people import Person
from geo_offlimits.errors import AbsentError, RefusedError, Sentence
from geo_offlimits.services import people
from geo_offlimits.services.act import Act


def mine(act: Act) -> tuple[LinkedAccount, ...]:
    """The actor's own, oldest first."""
    return act.tx.accounts.of_person(act.person_id)


def link(act: Act, account: Account) -> LinkedAccount:
    """The actor's own from now on. Raises StepUpNeededError; RefusedError where it, or the actor, is linked already."""
    act.refuse_stale()
    return _linked(act, act.require_actor().person, account)


def link_for(act: Act, reference: str, account: Account) -> LinkedAccount:
    """By an administrator. Raises what `link` does, InputError for what is no account, AbsentError for the person."""
    person = people.managed(act, reference)
    if person.person_id == act.person_id:
        raise RefusedError("You cannot say of an account that it is yours; link it on the page Second factor.")
    texts.refuse(*account.unfit())
    return _linked(act, person, account)


def _linked(act: Act, person: Person, account: Account) -> LinkedAccount:
    if act.tx.accounts.find(account):
        raise RefusedError(Sentence("This account is linked already. Unlink it first, or use another."))
    if any(one.issuer == account.issuer for one in act.tx.accounts.of_person(person.person_id)):
        raise RefusedError(Sentence("There is a linked account of that provider already. Unlink it first."))
    made = LinkedAccount(
        account_id=f"a_{secrets.token_hex(8)}",
        person_id=person.person_id,
        issuer=account.issuer,
        subject=account.subject,
        linked_by=act.person_id,
        linked_at=act.now,
    )
    act.tx.accounts.add(made)
    act.record(AuditTag.ACCOUNT_LINKED, subject=person.person_id, mission=person.mission, account=made.account_id)
    return made


def unlink(act: Act, account_id: str) -> None:
    """One of the actor's own. Raises StepUpNeededError, AbsentError."""
    act.refuse_stale()
    one = next((one for one in mine(act) if one.account_id == account_id), None)
    if one is None:
        raise AbsentError("There is no such linked account of yours; the page Second factor shows them.")
    _unlinked(act, act.require_actor().person, one)


def unlink_for(act: Act, reference: str) -> int:
    """All of a person's, by an administrator; their sessions end. How many there were; AbsentError for none."""
    person = people.managed(act, reference)
    found = act.tx.accounts.of_person(person.person_id)
    if not found:
        raise AbsentError(f"{reference} has no linked account; there is nothing to unlink.")
    for one in found:
        _unlinked(act, person, one)
    act.tx.sessions.remove_of(person.person_id)
    return len(found)


def _unlinked(act: Act, person: Person, one: LinkedAccount) -> None:
    act.tx.accounts.remove(one.account_id)
    act.record(AuditTag.ACCOUNT_UNLINKED, subject=person.person_id, mission=person.mission, account=one.account_id)

"""Signing in: how a person is recognised, and how little a stranger learns from it or can do to others by failing.

1. A person who does not exist, one who has departed and a wrong passphrase get the same answer after the same work.
2. Where attempts for a person came from counts: after failures from one source the wait of that source grows to a
   minute and no further, while the person signs in from elsewhere at once. What comes from everywhere together is
   bounded by the minute. Attempts during a wait are refused without being looked at, and do not count.
3. Argon2 works in no transaction: `ask` reads, `prove` works, `recognise` writes; bootstrap takes the three steps.
4. A one-time passphrase opens nothing but its own replacement.
5. Before what weighs most, somebody signed in shows once more who they are (`step_up`): by the same three steps, under
   waits of their own, since no stranger can fail there: one office has one address, and a colleague who guesses at the
   sign-in page must not keep a head from deciding. Whatever a role is asked beside its passphrase is asked there, too.
"""

import hashlib
import ipaddress
from dataclasses import dataclass, replace
from datetime import timedelta

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.people import Actor, Person
from geo_offlimits.errors import CredentialsError, InputError, Issue, Sentence
from geo_offlimits.services.act import Act
from geo_offlimits.services.passphrases import Passphrases, refuse_weak
from geo_offlimits.store.people import Attempt, reference_key

COUNTED_OVER = timedelta(hours=1)
FREE_FAILURES = 4
LONGEST_WAIT_S = 60
# For one person from all sources together. One source fails less often than once a minute in the long run.
MOST_A_MINUTE = 30
MAX_REFERENCE_LENGTH = 254
# The source of whoever uses the command line: they are on the machine itself.
PROMPT = "prompt"
_ONE_HOUSEHOLD = 64  # bits of an IPv6 address that one subscriber holds whole


class UnrecognisedError(CredentialsError):
    """The same sentence for everybody. The attributes are for the store, not for an answer."""

    def __init__(self, attempt: Attempt, person_id: str | None) -> None:
        self.attempt, self.person_id = attempt, person_id
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


class StepUpError(InputError):
    """Somebody signed in has not shown once more that it is they."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("This is not your passphrase, and nothing was decided. Type the one that you sign in with."),
            Issue(field="passphrase", reason=Sentence("not yours")),
        )


@dataclass(frozen=True)
class Asked:
    """Who somebody says to be; `person` and `hash` are None for nobody we know."""

    attempt: Attempt
    person: Person | None
    hash: str | None

    def unrecognised(self) -> UnrecognisedError:
        return UnrecognisedError(self.attempt, self.person.person_id if self.person else None)


@dataclass(frozen=True)
class Proof:
    """That somebody knew the passphrase of `person` that is stored as `hash`."""

    asked: Asked
    person: Person
    hash: str


def attempt(reference: str, source: str, *, signed_in: bool = False) -> Attempt:
    """What failures are counted under: neither the typed reference nor an address is ever stored.

    Of the digest of a source 16 bits are kept, which thousands of addresses share. Who is `signed_in` is another source
    than who is not.
    """
    # In the spelling in which a person is found: with another, each way to type a number would have its own counter.
    digest = hashlib.sha256(b"reference:" + reference_key(reference).encode()).hexdigest()
    kind = "signed in" if signed_in else "source"
    kept = hashlib.sha256(f"{kind}:{digest}:{household(source)}".encode()).hexdigest()[:4]
    return Attempt(reference_digest=digest, source_digest=kept)


def household(source: str) -> str:
    """The address, or of IPv6 what one subscriber holds whole; what is no address stays as it is."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, _ONE_HOUSEHOLD), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def ask(act: Act, reference: str, source: str, *, signed_in: bool = False) -> Asked:
    """First step, reading. Raises TooManyAttemptsError."""
    made = attempt(reference, source, signed_in=signed_in)
    _refuse_haste(act, made)
    person = act.tx.people.find(reference.strip()) if len(reference) <= MAX_REFERENCE_LENGTH else None
    credential = act.tx.people.credential(person.person_id if person else "")
    return Asked(made, person, credential.hash if credential else None)


def _refuse_haste(act: Act, made: Attempt) -> None:
    failures = act.tx.people.failures_of_source(made, act.now - COUNTED_OVER)
    wait_s = min(2 ** (failures - FREE_FAILURES), LONGEST_WAIT_S)
    if failures > FREE_FAILURES and act.tx.people.failures_of_source(made, act.now - timedelta(seconds=wait_s)):
        raise TooManyAttemptsError(wait_s)
    if act.tx.people.failures_of_person(made, act.now - timedelta(minutes=1)) >= MOST_A_MINUTE:
        raise TooManyAttemptsError(LONGEST_WAIT_S)


def prove(asked: Asked, passphrases: Passphrases, passphrase: str) -> Proof:
    """Second step, in no transaction. Raises UnrecognisedError."""
    fits = passphrases.fits(asked.hash, passphrase)
    if not fits or asked.person is None or asked.hash is None:
        raise asked.unrecognised()
    return Proof(asked, asked.person, asked.hash)


def recognise(act: Act, proof: Proof) -> Actor:
    """Third step, writing: somebody in service whose passphrase is still the one that was proved.

    Raises UnrecognisedError. A door that lets the person go on asks `refuse_one_time` or `must_choose_passphrase` next.
    """
    return _recorded(act, proof, AuditTag.LOGIN)


def step_up(act: Act, proof: Proof) -> Actor:
    """Third step of somebody signed in, before what weighs most. Raises UnrecognisedError."""
    return _recorded(act, proof, AuditTag.STEPPED_UP)


def _recorded(act: Act, proof: Proof, tag: AuditTag) -> Actor:
    person = act.tx.people.by_id(proof.person.person_id)
    credential = act.tx.people.credential(proof.person.person_id)
    if person is None or credential is None or credential.hash != proof.hash or not person.service.holds(act.now):
        raise proof.asked.unrecognised()
    found = Actor(person=person, grants=act.tx.people.grants(person.person_id))
    replace(act, actor=found).record(tag, subject=person.person_id, mission=person.mission)
    return found


def note_failure(act: Act, refusal: UnrecognisedError) -> None:
    """Count and audit a refused attempt; in a transaction of its own, because the attempt's is rolled back."""
    act.tx.people.forget_failures(act.now - COUNTED_OVER)
    act.tx.people.record_failure(refusal.attempt, act.now)
    act.record(AuditTag.LOGIN_REFUSED, subject=refusal.person_id or "unknown")


def must_choose_passphrase(act: Act, actor: Actor) -> bool:
    credential = act.tx.people.credential(actor.person.person_id)
    return credential is None or credential.one_time


def refuse_one_time(act: Act, actor: Actor) -> None:
    """Raises OneTimePassphraseError for a person who has not chosen a passphrase of their own yet."""
    if must_choose_passphrase(act, actor):
        raise OneTimePassphraseError


def chosen(proof: Proof, passphrases: Passphrases, old: str, new: str) -> str:
    """The hash of a new passphrase, made in no transaction. Raises WeakPassphraseError or InputError."""
    person = proof.person
    refuse_weak(new, (person.number, person.email, person.name, *person.name.split()))
    if new == old:
        raise InputError(
            Sentence("The new passphrase is the present one; choose another."),
            Issue(field="new", reason=Sentence("unchanged")),
        )
    return passphrases.hash(new)


def replace_passphrase(act: Act, proof: Proof, new_hash: str) -> Actor:
    """Puts the chosen passphrase in place of the proved one, one-time or not; every session of the person ends."""
    actor = recognise(act, proof)
    person = actor.person
    act.tx.people.set_passphrase(person.person_id, new_hash, one_time=False, at=act.now)
    act.tx.sessions.remove_of(person.person_id)
    replace(act, actor=actor).record(AuditTag.PASSPHRASE_SET, subject=person.person_id, mission=person.mission)
    return actor

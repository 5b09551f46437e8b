"""Signing in: how a person is recognised, and how little a stranger learns from it or can do to others by failing.

1. A person who does not exist, one who has departed and a wrong passphrase get the same answer after the same work.
2. Where attempts for a person came from counts: after failures from one source the wait of that source grows to a
   minute and no further, while the person signs in from elsewhere at once. What comes from everywhere together is
   bounded by the minute. Attempts during a wait are refused without being looked at, and do not count.
3. Argon2 works in no transaction: `ask` reads, `prove` works, `recognise` writes; bootstrap takes the three steps.
4. A one-time passphrase opens nothing but its own replacement.
5. A second factor is shown beside the passphrase, in the third step: who typed a wrong code had the right passphrase.
   Codes fail under counts of their own, which no stranger can reach, and in all at most so often in an hour that
   guessing is hopeless.
6. Before what weighs most, somebody signed in shows once more who they are (`show`): by the same three steps, under
   waits of their own, since no stranger can fail there: one office has one address, and a colleague who guesses at the
   sign-in page must not keep a head from deciding.
7. Whom an identity provider vouches for needs no passphrase: the account is linked to one person (`services.accounts`).
   It shows what it shows at the time at which it was shown there, which may be hours ago; a second factor only where
   the setting `oidc_trust_mfa` says so and the person linked it. An account of nobody's is refused as nobody is.
"""

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from geo_offlimits.domain.accounts import LinkedAccount, Vouched
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.factors import Factor
from geo_offlimits.domain.people import Actor, Person
from geo_offlimits.domain.proof import Shown
from geo_offlimits.errors import AbsentError, CredentialsError, InputError, Issue, Sentence
from geo_offlimits.services import factors, keys, people
from geo_offlimits.services.act import Act
from geo_offlimits.services.keys import KeyAnswer
from geo_offlimits.services.passphrases import Passphrases, refuse_weak
from geo_offlimits.store.people import Attempt, reference_key

COUNTED_OVER = timedelta(hours=1)
FREE_FAILURES = 4
LONGEST_WAIT_S = 60
# For one person from all sources together. One source fails less often than once a minute in the long run.
MOST_A_MINUTE = 30
# Of a million codes three fit at a time: so many guesses an hour find one in half a year, and each is on record.
MOST_CODES_AN_HOUR = 60
MAX_REFERENCE_LENGTH = 254
# The source of whoever uses the command line: they are on the machine itself.
PROMPT = "prompt"
_ONE_HOUSEHOLD = 64  # bits of an IPv6 address that one subscriber holds whole


class UnrecognisedError(CredentialsError):
    """The same sentence for everybody. The attributes are for the store, not for an answer."""

    said = Sentence(
        "This person and passphrase do not fit. Check both; a staff number or an e-mail address names a person, and "
        "your administrator can give you a new one-time passphrase."
    )

    def __init__(self, attempt: Attempt, person_id: str | None) -> None:
        self.attempt, self.person_id = attempt, person_id
        super().__init__(self.said)


class WrongCodeError(UnrecognisedError):
    """The passphrase was right."""

    said = Sentence(
        "This code does not fit, or it was used already. Wait until your app shows the next one and type that."
    )


class WrongKeyError(UnrecognisedError):
    """No key of theirs signed what the session asked."""

    said = Sentence("The key's answer does not fit, or came too late. Try again with the key at hand.")


class UnknownAccountError(UnrecognisedError):
    """The provider vouches for an account that is nobody's here, or of somebody who has departed: both look alike."""

    said = Sentence(
        "This account belongs to nobody here. Sign in with your passphrase and link it on the page Second factor, or "
        "ask your administrator."
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

    def __init__(self, refusal: UnrecognisedError) -> None:
        if isinstance(refusal, WrongCodeError | WrongKeyError):
            field = "code" if isinstance(refusal, WrongCodeError) else "key"
            super().__init__(refusal.sentence, Issue(field=field, reason=Sentence("does not fit")))
            return
        super().__init__(
            Sentence("This is not your passphrase, and nothing was decided. Type the one that you sign in with."),
            Issue(field="passphrase", reason=Sentence("not yours")),
        )


@dataclass(frozen=True)
class Asked:
    """Who somebody says to be; `person` and `hash` are None for nobody we know."""

    attempt: Attempt
    source: str
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


def attempt(reference: str, source: str, *, signed_in: bool = False, by_code: bool = False) -> Attempt:
    """What failures are counted under: neither the typed reference nor an address is ever stored.

    Of the digest of a source 16 bits are kept, which thousands of addresses share. Who is `signed_in` is another source
    than who is not; a code fails for somebody else than a passphrase does.
    """
    named = "code" if by_code else "reference"
    # In the spelling in which a person is found: with another, each way to type a number would have its own counter.
    digest = hashlib.sha256(f"{named}:{reference_key(reference)}".encode()).hexdigest()
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
    return Asked(made, source, person, credential.hash if credential else None)


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


def recognise(act: Act, proof: Proof, code: str | None = None) -> Actor:
    """Third step, writing: somebody in service whose passphrase is still the one that was proved.

    code : what their app shows, where they have come to that.
    Raises UnrecognisedError, WrongCodeError or TooManyAttemptsError. A door that lets the person go on asks
    `refuse_one_time` or `must_choose_passphrase` next.
    """
    found = _still_theirs(act, proof)
    beside = _beside(act, found, proof.asked.source, code, None)
    shown = replace(Shown(passphrase_at=act.now), **beside.shown)
    act.by(found).record(AuditTag.LOGIN, subject=found.person.person_id, mission=found.person.mission, **beside.told)
    return replace(found, shown=shown)


def show(
    act: Act,
    actor: Actor,
    source: str,
    *,
    proof: Proof | None = None,
    code: str | None = None,
    key: KeyAnswer | None = None,
) -> Shown:
    """Third step of somebody signed in who shows more of themselves, or shows it again.

    Raises UnrecognisedError, WrongCodeError, WrongKeyError or TooManyAttemptsError.
    """
    found = _still_theirs(act, proof) if proof else people.actor(act, actor.person.person_id)
    beside = _beside(act, found, source, code, key)
    known = {"passphrase_at": act.now} if proof else {}
    told = {"passphrase": proof is not None} | beside.told
    act.by(found).record(AuditTag.STEPPED_UP, subject=found.person.person_id, mission=found.person.mission, **told)
    return replace(actor.shown, **known, **beside.shown)


def _still_theirs(act: Act, proof: Proof) -> Actor:
    credential = act.tx.people.credential(proof.person.person_id)
    if credential is None or credential.hash != proof.hash:
        raise proof.asked.unrecognised()
    try:
        return people.actor(act, proof.person.person_id)
    except AbsentError:
        raise proof.asked.unrecognised() from None


@dataclass(frozen=True)
class _Beside:
    """What was shown beside a passphrase, and what the audit tree is told of it."""

    shown: dict[str, datetime] = field(default_factory=dict)
    told: dict[str, object] = field(default_factory=dict)


def _beside(act: Act, found: Actor, source: str, code: str | None, key: KeyAnswer | None) -> _Beside:
    if code is None and key is None:
        return _Beside()
    person_id = found.person.person_id
    made = attempt(found.person.number, source, by_code=True)
    _refuse_haste(act, made)
    if act.tx.people.failures_of_person(made, act.now - COUNTED_OVER) >= MOST_CODES_AN_HOUR:
        raise TooManyAttemptsError(LONGEST_WAIT_S)
    if key is not None:
        answered = keys.use(act, person_id, key)
        if answered is None:
            raise WrongKeyError(made, person_id)
        both = {"passphrase_at": act.now} if answered.made_sure else {}
        return _Beside({"factor_at": act.now} | both, _told(answered.factor) | {"made_sure": answered.made_sure})
    used = factors.use_code(act, person_id, code or "")
    if used is None:
        raise WrongCodeError(made, person_id)
    return _Beside({"factor_at": act.now}, _told(used))


def _told(used: Factor) -> dict[str, object]:
    return {"factor": used.factor_id, "kind": used.kind.value}


def recognise_account(act: Act, vouched: Vouched, source: str) -> Actor:
    """Somebody in service, in one writing step. Raises UnknownAccountError, TooManyAttemptsError."""
    linked = _linked(act, vouched, source)
    try:
        found = people.actor(act, linked.person_id)
    except AbsentError:
        raise _unknown(vouched, source, linked.person_id) from None
    shown = _shown_there(act, linked, vouched)
    _record_account(act, AuditTag.LOGIN, found, linked, shown)
    return replace(found, shown=shown)


def show_account(act: Act, actor: Actor, vouched: Vouched, source: str) -> Shown:
    """As `show`, by the actor's own account. Raises UnknownAccountError for one of somebody else's."""
    linked = _linked(act, vouched, source)
    if linked.person_id != actor.person.person_id:
        raise _unknown(vouched, source, actor.person.person_id)
    shown = _shown_there(act, linked, vouched)
    _record_account(act, AuditTag.STEPPED_UP, actor, linked, shown)
    return replace(actor.shown, **{name: at for name, at in vars(shown).items() if at})


def _linked(act: Act, vouched: Vouched, source: str) -> LinkedAccount:
    unknown = _unknown(vouched, source, None)
    _refuse_haste(act, unknown.attempt)
    linked = act.tx.accounts.find(vouched.account)
    if linked is None:
        raise unknown
    return linked


def _unknown(vouched: Vouched, source: str, person_id: str | None) -> UnknownAccountError:
    named = f"{vouched.account.issuer} {vouched.account.subject}"
    return UnknownAccountError(attempt(named, source), person_id)


def _shown_there(act: Act, linked: LinkedAccount, vouched: Vouched) -> Shown:
    counts = vouched.with_factor and linked.by_its_owner and act.settings.oidc_trust_mfa
    return Shown(passphrase_at=vouched.shown_at, factor_at=vouched.shown_at if counts else None)


def _record_account(act: Act, tag: AuditTag, actor: Actor, linked: LinkedAccount, shown: Shown) -> None:
    person, with_factor = actor.person, shown.factor_at is not None
    told = {"account": linked.account_id, "with_factor": with_factor}
    act.by(actor).record(tag, subject=person.person_id, mission=person.mission, **told)


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


def known_of(act: Act, person: Person) -> tuple[str | None, ...]:
    """What others know of a person and of their mission, on which no passphrase of theirs rests."""
    mission = act.tx.missions.get(person.mission)
    return (person.number, person.email, person.name, person.mission, mission.name if mission else None)


def chosen(passphrases: Passphrases, old: str, new: str, known: Iterable[str | None]) -> str:
    """The hash of a new passphrase, made in no transaction. Raises WeakPassphraseError or InputError."""
    refuse_weak(new, known)
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

"""Security keys and passkeys: WebAuthn level 2, by the library `webauthn`.

1. A key is bound to the name under which the server is reached (`Party.id`): at another name it neither answers nor is
   asked, so that a page elsewhere gains nothing.
2. What a key signs is made for one session, holds for five minutes and is taken once.
3. No attestation is asked: whose make a key is, is nobody's business here.
4. A key that has made sure of its owner (a PIN, a finger) shows what the passphrase and a code show together.
5. What a key is asked to sign for one act (`about`) is bound to that act, and shows nothing for any other.
"""

import hashlib
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.factors import Factor, FactorKind
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats.assertion import Assertion
from geo_offlimits.services import factors
from geo_offlimits.services.act import Act
from geo_offlimits.store import Session

HOLDS = timedelta(minutes=5)
_CHALLENGE_BYTES = 32
_MOST_CHARACTERS = 16_000
_VERIFIED = UserVerificationRequirement.PREFERRED
# What the library raises for what a browser may send; the last for JSON that is nested too deeply.
_UNFIT = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)


class KeyRefusedError(InputError):
    """What the browser sent is no answer of a key to what this session asked."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("The key's answer does not fit, or came too late. Try again with the key at hand."),
            Issue(field="key", reason=Sentence("does not fit")),
        )


@dataclass(frozen=True, kw_only=True)
class Party:
    """Under which name somebody reached us (`id`, a domain) and with what before and behind it (`origin`)."""

    id: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class KeyAnswer:
    """What a key said, as the browser's JSON, in a session that had asked it."""

    text: str
    party: Party
    session: Session


@dataclass(frozen=True, kw_only=True)
class Used:
    """A key that answered; `made_sure` of its owner or not."""

    factor: Factor
    made_sure: bool


def registration(act: Act, session: Session, party: Party) -> str:
    """What the browser needs to set up a key, as JSON. Raises StepUpNeededError; RefusedError for too many."""
    factors.refuse_another(act)
    person = act.require_actor().person
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=factors.ISSUER,
        user_name=f"{person.number} · {person.mission}",
        user_id=person.person_id.encode(),
        user_display_name=person.name,
        challenge=_challenge(act, session),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_VERIFIED
        ),
        exclude_credentials=_known(act, person.person_id),
    )
    return options_to_json(options)


def add(act: Act, answer: KeyAnswer, label: str = "") -> Factor:
    """The key that answered counts from now on. Raises StepUpNeededError, KeyRefusedError, InputError for the label."""
    factors.refuse_another(act)
    factors.refuse_label(label)
    try:
        made = verify_registration_response(
            credential=_within(answer.text),
            expected_challenge=_spent(act, answer.session),
            expected_rp_id=answer.party.id,
            expected_origin=answer.party.origin,
        )
    except _UNFIT:
        raise KeyRefusedError from None
    added = Factor(
        factor_id=f"f_{secrets.token_hex(8)}",
        person_id=act.person_id,
        kind=FactorKind.KEY,
        label=label,
        secret=made.credential_public_key,
        credential_id=bytes_to_base64url(made.credential_id),
        counter=made.sign_count,
        added_at=act.now,
        confirmed_at=act.now,
    )
    if act.tx.factors.with_credential(bytes_to_base64url(made.credential_id)):
        raise KeyRefusedError
    act.tx.factors.add(added)
    factors.record(act, AuditTag.FACTOR_ADDED, added)
    return added


def question(act: Act, session: Session, party: Party, about: bytes | None = None) -> str | None:
    """What the browser needs to ask a key of the actor, as JSON; None where they have none.

    about : the one act that the key shall sign; None: that its owner is here.
    """
    known = _known(act, act.person_id)
    if not known:
        return None
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=_bound(_challenge(act, session), about),
        allow_credentials=known,
        user_verification=_VERIFIED,
    )
    return options_to_json(options)


def _bound(nonce: bytes, about: bytes | None) -> bytes:
    return nonce if about is None else hashlib.sha256(about + nonce).digest()


def use(act: Act, person_id: str, answer: KeyAnswer) -> Used | None:
    """The key of this person that answered what their session asked; None where none did."""
    try:
        answered = _answered(act, person_id, answer)
    except KeyRefusedError:
        return None
    return Used(factor=answered.key, made_sure=answered.verified.user_verified)


def signature(act: Act, answer: KeyAnswer, about: bytes) -> Assertion:
    """That a key of the actor signed this one act. Raises KeyRefusedError."""
    answered = _answered(act, act.person_id, answer, about)
    public = decoded_public_key_to_cryptography(decode_credential_public_key(answered.key.secret))
    response = answered.credential.response
    return Assertion(
        public_key=_text(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
        authenticator_data=_text(response.authenticator_data),
        client_data=_text(response.client_data_json),
        signature=_text(response.signature),
        nonce=_text(answered.nonce),
        rp_id=answer.party.id,
    )


def _text(content: bytes) -> str:
    return b64encode(content).decode()


@dataclass(frozen=True, kw_only=True)
class _Answered:
    key: Factor
    credential: AuthenticationCredential
    verified: VerifiedAuthentication
    nonce: bytes


def _answered(act: Act, person_id: str, answer: KeyAnswer, about: bytes | None = None) -> _Answered:
    try:
        credential = parse_authentication_credential_json(_within(answer.text))
        key = act.tx.factors.with_credential(credential.id)
        if key is None or key.person_id != person_id:
            raise KeyRefusedError
        nonce = _spent(act, answer.session)
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=_bound(nonce, about),
            expected_rp_id=answer.party.id,
            expected_origin=answer.party.origin,
            credential_public_key=key.secret,
            credential_current_sign_count=key.counter,
        )
    except _UNFIT:
        raise KeyRefusedError from None
    act.tx.factors.note_use(key.factor_id, verified.new_sign_count, act.now.date())
    return _Answered(key=key, credential=credential, verified=verified, nonce=nonce)


def _known(act: Act, person_id: str) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id))
        for one in act.tx.factors.of_person(person_id)
        if one.credential_id
    ]


def _challenge(act: Act, session: Session) -> bytes:
    """A new one for this session, in place of any before."""
    made = secrets.token_bytes(_CHALLENGE_BYTES)
    until = int((act.now + HOLDS).timestamp())
    act.tx.sessions.challenge(session.token_hash, f"{until} {bytes_to_base64url(made)}")
    return made


def _spent(act: Act, session: Session) -> bytes:
    """What this session asked, which is asked no more. Raises KeyRefusedError for none, or one too old."""
    until, _, text = (session.challenge or "0 ").partition(" ")
    if int(until) < act.now.timestamp() or not act.tx.sessions.spend_challenge(session.token_hash, session.challenge):
        raise KeyRefusedError
    return base64url_to_bytes(text)


def _within(text: str) -> str:
    if len(text) > _MOST_CHARACTERS:
        raise KeyRefusedError
    return text

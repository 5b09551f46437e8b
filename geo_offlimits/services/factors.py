"""Second factors: what a person has beside what they know.

1. An app shows codes of time (RFC 6238: SHA-1, six digits, 30 seconds). A code of the step before or after is taken,
   each step once and never one before the last that was taken, whoever asks at the same time.
2. The first is set up by whoever has just shown their passphrase; another, or taking one away, asks for one that they
   have. Who needs one keeps at least one.
3. The secret of an app is told once, when it is set up. It lies sealed in the store (`delivery.vault`).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from pyotp.utils import strings_equal

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.factors import Factor, FactorKind
from geo_offlimits.domain.people import Actor, Person
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError, Sentence
from geo_offlimits.services.act import Act

STEP_S = 30
MOST = 10
# Clocks of telephones and servers differ, and somebody types while the code changes.
_STEPS_ASIDE = (0, -1, 1)
ISSUER = "Off limits"


class CodeRefusedError(InputError):
    """The code that should prove that an app was set up does not."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("This code is not the one that the app should show now. Wait for the next one and type that."),
            Issue(field="code", reason=Sentence("does not fit")),
        )


class LastFactorError(RefusedError):
    """Taking it away would leave a role without what it needs."""

    def __init__(self) -> None:
        super().__init__(Sentence("Your role needs a second factor, and this is your last. Add another one first."))


@dataclass(frozen=True, kw_only=True)
class AppSetUp:
    """What an app needs to know: `secret` (Base32) to type, `uri` (otpauth:) for a QR code."""

    factor: Factor
    secret: str
    uri: str


def mine(act: Act) -> tuple[Factor, ...]:
    """The actor's own that count, oldest first."""
    return _counting(act, act.person_id)


def _counting(act: Act, person_id: str) -> tuple[Factor, ...]:
    return tuple(one for one in act.tx.factors.of_person(person_id) if one.confirmed_at)


def begin_app(act: Act, label: str = "") -> AppSetUp:
    """A new secret for an app, which counts once `confirm_app` was given a code. One begun before is forgotten.

    Raises StepUpNeededError, RefusedError for more than anybody has, InputError for the label.
    """
    refuse_another(act)
    refuse_label(label)
    act.tx.factors.remove_unconfirmed(act.person_id)
    return _begun(act, act.require_actor().person, pyotp.random_base32(), label)


def code_at(secret: str, now: datetime) -> str:
    """What an app with this secret shows at that moment."""
    return pyotp.TOTP(secret).generate_otp(int(now.timestamp()) // STEP_S)


def _begun(act: Act, person: Person, secret: str, label: str) -> AppSetUp:
    factor_id = f"f_{secrets.token_hex(8)}"
    made = Factor(
        factor_id=factor_id,
        person_id=person.person_id,
        kind=FactorKind.APP,
        label=label,
        secret=act.keyring.vault.sealed(secret.encode(), _owner(person.person_id, factor_id)),
        added_at=act.now,
    )
    act.tx.factors.add(made)
    uri = pyotp.TOTP(secret).provisioning_uri(name=f"{person.number} · {person.mission}", issuer_name=ISSUER)
    return AppSetUp(factor=made, secret=secret, uri=uri)


def _owner(person_id: str, factor_id: str) -> str:
    return f"{person_id} {factor_id}"


def refuse_another(act: Act) -> None:
    """Raises StepUpNeededError for who has not shown who they are, RefusedError for who has as many as anybody has."""
    act.refuse_stale_for_factors()
    if len(mine(act)) >= MOST:
        raise RefusedError(Sentence("You have {most} second factors; take one away that you need no more.", most=MOST))


def refuse_label(label: str) -> None:
    if issue := texts.line("label", label, most=texts.MAX_CODE):
        raise InputError(Sentence("The name of a second factor is one short line. Correct it."), issue)


def confirm_app(act: Act, code: str) -> Factor:
    """The app that was begun counts from now on: a code of it was shown. Raises CodeRefusedError, AbsentError."""
    act.refuse_stale_for_factors()
    begun = next((one for one in act.tx.factors.of_person(act.person_id) if one.confirmed_at is None), None)
    if begun is None:
        raise AbsentError("No app is being set up; begin with `second-factor add`.")
    if not _spends(act, begun, code):
        raise CodeRefusedError
    act.tx.factors.confirm(begun.factor_id, act.now)
    record(act, AuditTag.FACTOR_ADDED, begun)
    return begun


def enrol_app(act: Act, actor: Actor, secret: str) -> None:
    """An app whose secret is given counts at once: for accounts that are handed over ready, as the demonstration's."""
    begun = _begun(act, actor.person, secret, "")
    act.tx.factors.confirm(begun.factor.factor_id, act.now)
    record(act.by(actor), AuditTag.FACTOR_ADDED, begun.factor)


def record(act: Act, tag: AuditTag, factor: Factor) -> None:
    mission = act.require_actor().person.mission
    act.record(tag, subject=factor.person_id, mission=mission, factor=factor.factor_id, kind=factor.kind.value)


def remove(act: Act, factor_id: str) -> None:
    """Takes one of the actor's own away. Raises StepUpNeededError, AbsentError, LastFactorError."""
    act.refuse_stale_for_factors()
    found = mine(act)
    one = next((one for one in found if one.factor_id == factor_id), None)
    if one is None:
        raise AbsentError("There is no such second factor of yours; `second-factor list` shows them.")
    if len(found) == 1 and act.require_actor().has_role_that_needs_factor(act.now):
        raise LastFactorError
    act.tx.factors.remove(factor_id)
    record(act, AuditTag.FACTOR_REMOVED, one)


def use_code(act: Act, person_id: str, code: str) -> Factor | None:
    """The app of this person that shows this code now; it is taken no second time."""
    apps = (one for one in _counting(act, person_id) if one.kind is FactorKind.APP)
    return next((one for one in apps if _spends(act, one, code)), None)


def _spends(act: Act, app: Factor, code: str) -> bool:
    totp = pyotp.TOTP(act.keyring.vault.opened(app.secret, _owner(app.person_id, app.factor_id)).decode())
    typed, now = "".join(code.split()), int(act.now.timestamp()) // STEP_S
    shown = [now + aside for aside in _STEPS_ASIDE if strings_equal(typed, totp.generate_otp(now + aside))]
    return any(act.tx.factors.spend(app.factor_id, step, act.now.date()) for step in shown)

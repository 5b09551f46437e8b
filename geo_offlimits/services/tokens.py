"""Tokens for devices and integrators: issued by a person for themselves, shown once, revoked at once.

1. A token acts for its holder with no more than its scope (domain.tokens), and with no more than the holder may do
   themselves at that moment: roles are read on each request, and nothing about a token is kept between two.
2. Revoked, over, of a holder who departed or lost the mission, or never issued: one refusal, after the same look into
   the store. Whoever fails is not counted: 256 random bits are not found by trying.
3. The text of a token is handed over once. The store holds its SHA-256, the audit tree its id.
4. Of its use the day and the edition that it fetched last are kept, written when either is new.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Action, Actor
from geo_offlimits.domain.tokens import LEAST, LONGEST, USUAL, Purpose, Token
from geo_offlimits.errors import AbsentError, CredentialsError, InputError, Issue, RefusedError, Sentence
from geo_offlimits.services import missions, people
from geo_offlimits.services.act import Act

MOST_LIVE = 20
# So that a text found somewhere can be told to be one of ours.
_MARK = "offlimits_"
_RANDOM_BYTES = 32


class UnknownTokenError(CredentialsError):
    """The same sentence whatever is wrong with it."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "This token is unknown, over or revoked, or its holder may not look up here any more. Issue another on "
                "the page Tokens or with `token issue`."
            )
        )


class TooManyTokensError(RefusedError):
    """One person's devices are countable."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("{most} tokens of yours are in use already; revoke one that you need no more.", most=MOST_LIVE)
        )


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A new token with its text, which is nowhere else."""

    token: Token
    text: str


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """Who acts by a token; `today` is the day in the token's mission."""

    actor: Actor
    token: Token
    today: date

    def is_news(self, edition: int | None) -> bool:
        """Whether this use, in which `edition` was fetched if any, tells more than what is kept."""
        return self.token.used_on != self.today or edition not in (None, self.token.edition)


@dataclass(frozen=True, kw_only=True)
class Held:
    """A token with the name and number of its holder."""

    token: Token
    holder: str
    number: str


def issue(act: Act, mission: str, purpose: Purpose, expires_in: timedelta = USUAL) -> Issued:
    """A token by which something else acts for the actor in this mission.

    Raises StepUpNeededError, TooManyTokensError or InputError.
    """
    act.require(Action.HOLD_TOKEN, mission)
    act.require(LEAST[purpose], mission)
    act.refuse_stale()
    missions.mission(act, mission)
    if not timedelta(0) < expires_in <= LONGEST:
        raise InputError(
            Sentence("A token holds for 1 to {most} days; issue the next one when it is over.", most=LONGEST.days),
            Issue(field="expires_in", reason=Sentence("not 1 to {most} days", most=LONGEST.days)),
        )
    if len(mine(act)) >= MOST_LIVE:
        raise TooManyTokensError
    text = _MARK + secrets.token_urlsafe(_RANDOM_BYTES)
    made = Token(
        token_id=act.tx.tokens.next_id(mission),
        mission=mission,
        purpose=purpose,
        person_id=act.person_id,
        sha256=_hashed(text),
        issued_at=act.now,
        expires_at=act.now + expires_in,
    )
    act.tx.tokens.add(made)
    told = {"purpose": purpose.value, "expires_at": format_instant(made.expires_at)}
    act.record(AuditTag.TOKEN_ISSUED, subject=made.token_id, mission=mission, **told)
    return Issued(token=made, text=text)


def purposes(act: Act, mission: str) -> tuple[Purpose, ...]:
    """What the actor may issue a token for in this mission."""
    asked = (one for one in Purpose if one is not Purpose.DEVICE)  # a device's comes with its list (services.devices)
    return tuple(one for one in asked if act.may(LEAST[one], mission))


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def mine(act: Act) -> tuple[Token, ...]:
    """The actor's own that hold, oldest first."""
    return _holding(act.tx.tokens.of_person(act.person_id), act.now)


def of_mission(act: Act, mission: str) -> tuple[Held, ...]:
    """Everybody's that hold in this mission, for who manages its people."""
    act.require(Action.MANAGE_PEOPLE, mission, to_look=True)
    return tuple(_held(act, one) for one in _holding(act.tx.tokens.of_mission(mission), act.now))


def _holding(found: tuple[Token, ...], now: datetime) -> tuple[Token, ...]:
    return tuple(sorted((one for one in found if one.holds(now)), key=lambda one: (one.issued_at, one.token_id)))


def _held(act: Act, token: Token) -> Held:
    person = act.tx.people.by_id(token.person_id)
    return Held(token=token, holder=person.name if person else "", number=person.number if person else "")


def revoke(act: Act, token_id: str) -> Token:
    """Ends a token of the actor's own, or one in a mission whose people they manage, from the next request on.

    Raises AbsentError for any other and for one that is over already.
    """
    found = act.tx.tokens.get(token_id)
    is_theirs = found is not None and (found.person_id == act.person_id or act.may(Action.MANAGE_PEOPLE, found.mission))
    if found is None or not is_theirs or not found.holds(act.now):
        raise AbsentError(f"There is no token {token_id} here for you; `token list` shows those there are.")
    act.tx.tokens.revoke(token_id, act.person_id, act.now)
    act.record(AuditTag.TOKEN_REVOKED, subject=token_id, mission=found.mission)
    return replace(found, revoked_at=act.now)


def recognise(act: Act, text: str) -> Recognised:
    """Who acts by this token. Raises UnknownTokenError."""
    found = act.tx.tokens.by_hash(_hashed(text))
    if found is None or not found.holds(act.now):
        raise UnknownTokenError
    try:
        holder = people.actor(act, found.person_id)
    except AbsentError:
        raise UnknownTokenError from None
    actor = replace(holder, scope=found.scope)
    if not actor.may(LEAST[found.purpose], found.mission, act.now):
        raise UnknownTokenError
    return Recognised(actor=actor, token=found, today=missions.today(act.by(None), found.mission))


def note_use(act: Act, recognised: Recognised, edition: int | None) -> None:
    """Keeps the day, and the edition that was fetched if any; operational, so without a leaf."""
    act.tx.tokens.note_use(recognised.token.token_id, recognised.today, edition)


def as_json(token: Token) -> dict[str, Any]:
    """What is told of a token; never its text or hash."""
    return {
        "id": token.token_id,
        "mission": token.mission,
        "purpose": token.purpose,
        "issued_at": format_instant(token.issued_at),
        "expires_at": format_instant(token.expires_at),
        "used_on": token.used_on and token.used_on.isoformat(),
        "edition": token.edition,
    }

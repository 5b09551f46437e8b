"""Sessions of either door: a random token, its hash in the store, the person's roles read on each use.

1. A token has 256 random bits; the store holds only its SHA-256.
2. A session ends after `session_idle_minutes` without use and after `session_hours` in any case.
3. Signing in always makes a new token, and so does showing more of oneself; signing out and a new passphrase remove the
   old ones from the store.
4. No session ever rests on a one-time passphrase: that opens only the page on which it is replaced.
5. People see their own open sessions and, having shown once more who they are, end any of them; an administrator ends
   those of everybody in a mission. Of a session its owner is told the door, when it began and when it was last used.
"""

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.proof import Shown
from geo_offlimits.domain.sessions import Door
from geo_offlimits.errors import AbsentError, CredentialsError, Sentence
from geo_offlimits.services import waiting_lists
from geo_offlimits.services.act import Act
from geo_offlimits.settings import Settings
from geo_offlimits.store import Session, Transaction

# A session's last use is written at most this often, so that looking something up writes nothing.
TOUCH_EVERY = timedelta(minutes=1)
_SECRET_BYTES = 32
_HANDLE_BYTES = 4


class SessionOverError(CredentialsError):
    """There is no such session, or it has ended."""

    def __init__(self) -> None:
        super().__init__(Sentence("This session is over. Sign in again, with `sign-in` or on the sign-in page."))


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def resume(tx: Transaction, token: str | None, settings: Settings, now: datetime) -> Session | None:
    """The session of this token, unless it is unknown or has ended."""
    session = tx.session(hashed(token)) if token else None
    if session is None or _ended(session, settings, now):
        return None
    return session


def _ended(session: Session, settings: Settings, now: datetime) -> bool:
    idle, longest = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    return now >= session.seen_at + idle or now >= session.created_at + longest


def shown_in(session: Session) -> Shown:
    return Shown(passphrase_at=session.passphrase_at, factor_at=session.factor_at)


def begin(act: Act, person_id: str, shown: Shown, door: Door) -> str:
    """Starts a session and returns its token, which is nowhere else."""
    act.tx.sessions.remove_idle(act.now - timedelta(minutes=act.settings.session_idle_minutes))
    token = secrets.token_urlsafe(_SECRET_BYTES)
    act.tx.sessions.add(
        Session(
            token_hash=hashed(token),
            handle=f"s_{secrets.token_hex(_HANDLE_BYTES)}",
            door=door,
            person_id=person_id,
            csrf=secrets.token_hex(_SECRET_BYTES),
            created_at=act.now,
            seen_at=act.now,
            **vars(shown),
        )
    )
    return token


def renew(act: Act, session: Session, shown: Shown) -> str:
    """The same session, in which more was shown, under a new token; it ends no later than before."""
    token = secrets.token_urlsafe(_SECRET_BYTES)
    act.tx.sessions.remove(session.token_hash)
    act.tx.sessions.add(replace(session, token_hash=hashed(token), seen_at=act.now, challenge=None, **vars(shown)))
    return token


def end(tx: Transaction, token: str | None) -> None:
    if token:
        tx.sessions.remove(hashed(token))


def mine(act: Act) -> tuple[Session, ...]:
    """The actor's own that are open, oldest first."""
    found = act.tx.sessions.of_person(act.person_id)
    return tuple(one for one in found if not _ended(one, act.settings, act.now))


def end_mine(act: Act, handle: str) -> None:
    """Ends one of the actor's own, from its next request on. Raises StepUpNeededError, AbsentError."""
    act.refuse_stale_for_factors()
    one = next((one for one in mine(act) if one.handle == handle), None)
    if one is None:
        raise AbsentError(f"There is no open session {handle} of yours; `session list` shows those there are.")
    _end_own(act, (one,))


def end_others(act: Act, token: str | None) -> int:
    """Ends all of the actor's own but the session of this token. How many; raises StepUpNeededError."""
    act.refuse_stale_for_factors()
    others = tuple(one for one in mine(act) if not is_of(one, token))
    _end_own(act, others)
    return len(others)


def is_of(session: Session, token: str | None) -> bool:
    return token is not None and session.token_hash == hashed(token)


def _end_own(act: Act, ending: tuple[Session, ...]) -> None:
    for one in ending:
        act.tx.sessions.remove(one.token_hash)
        waiting_lists.end_with(act.settings, one.handle)
    if ending:
        person = act.require_actor().person
        act.record(AuditTag.SESSION_ENDED, subject=person.person_id, mission=person.mission, count=len(ending))


def end_everybodys(act: Act, mission: str | None) -> int:
    """Signs out everybody of a mission, None: everybody there is, the actor too. How many sessions were ended.

    Raises NotPermittedError but for who manages those people.
    """
    act.require(Action.MANAGE_PEOPLE, mission)
    if mission is None:
        count = act.tx.sessions.remove_all()
    else:
        count = sum(act.tx.sessions.remove_of(person.person_id) for person in act.tx.people.of_mission(mission))
    waiting_lists.sweep(act)
    act.record(AuditTag.SESSION_ENDED_OF_ALL, subject=mission or "everybody", mission=mission, count=count)
    return count


def as_json(session: Session) -> dict[str, Any]:
    """What its owner is told of a session; neither its token nor where it is used."""
    return {
        "id": session.handle,
        "door": session.door,
        "began_at": format_instant(session.created_at),
        "used_at": format_instant(session.seen_at),
    }

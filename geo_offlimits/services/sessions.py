"""Sessions of either door: a random token, its hash in the store, the person's roles read on each use.

1. A token has 256 random bits; the store holds only its SHA-256.
2. A session ends after `session_idle_minutes` without use and after `session_hours` in any case.
3. Signing in always makes a new token, and so does showing more of oneself; signing out and a new passphrase remove the
   old ones from the store.
4. No session ever rests on a one-time passphrase: that opens only the page on which it is replaced.
"""

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from geo_offlimits.domain.proof import Shown
from geo_offlimits.errors import CredentialsError, Sentence
from geo_offlimits.services.act import Act
from geo_offlimits.settings import Settings
from geo_offlimits.store import Session, Transaction

# A session's last use is written at most this often, so that looking something up writes nothing.
TOUCH_EVERY = timedelta(minutes=1)
_SECRET_BYTES = 32


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


def begin(act: Act, person_id: str, shown: Shown) -> str:
    """Starts a session and returns its token, which is nowhere else."""
    act.tx.sessions.remove_idle(act.now - timedelta(minutes=act.settings.session_idle_minutes))
    token = secrets.token_urlsafe(_SECRET_BYTES)
    act.tx.sessions.add(
        Session(
            token_hash=hashed(token),
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

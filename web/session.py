"""Server-side sessions: a random token in a cookie, its hash in the store, the person's roles read on each request.

1. A token has 256 random bits; the store holds only its SHA-256.
2. A session ends after `session_idle_minutes` without a request and after `session_hours` in any case.
3. Signing in always makes a new token; signing out and a new passphrase remove the old ones from the store.
4. No session ever rests on a one-time passphrase: that opens only the page on which it is replaced.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from werkzeug.wrappers import Response

from geo_offlimits.errors import CredentialsError, Sentence
from geo_offlimits.settings import Settings
from geo_offlimits.store import Session, Transaction
from web import cookies
from web.forgery import new_secret

COOKIE = "session"
# A session's last use is written at most this often, so that looking something up writes nothing.
TOUCH_EVERY = timedelta(minutes=1)


class SignInNeededError(CredentialsError):
    """Nobody is signed in, or the session has ended."""

    def __init__(self) -> None:
        super().__init__(Sentence("You are not signed in, or your session has ended. Sign in to go on."))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def resume(tx: Transaction, settings: Settings, now: datetime) -> Session | None:
    """The session of this request's cookie, unless it is unknown or has ended."""
    token = cookies.read(COOKIE)
    session = tx.session(_hashed(token)) if token else None
    if session is None or _ended(session, settings, now):
        return None
    return session


def _ended(session: Session, settings: Settings, now: datetime) -> bool:
    idle, longest = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    return now >= session.seen_at + idle or now >= session.created_at + longest


def begin(tx: Transaction, person_id: str, settings: Settings, now: datetime) -> str:
    """Starts a session in place of the one in the cookie, if any. Returns the token for `hand_over`."""
    end(tx)
    tx.sessions.remove_idle(now - timedelta(minutes=settings.session_idle_minutes))
    token = secrets.token_urlsafe(32)
    tx.sessions.add(
        Session(token_hash=_hashed(token), person_id=person_id, csrf=new_secret(), created_at=now, seen_at=now)
    )
    return token


def begun(tx: Transaction, token: str) -> Session | None:
    """The session that `begin` has just started."""
    return tx.sessions.get(_hashed(token))


def end(tx: Transaction) -> None:
    if token := cookies.read(COOKIE):
        tx.sessions.remove(_hashed(token))


def hand_over(response: Response, token: str) -> None:
    cookies.give(response, COOKIE, token)

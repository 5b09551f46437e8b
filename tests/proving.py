"""Who has shown what of themselves: most tests are about what people do once they have shown all that is asked."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.people import SECOND_FACTOR, Actor
from geo_offlimits.domain.proof import Shown
from geo_offlimits.domain.sessions import Door
from geo_offlimits.services import factors, people, sessions
from geo_offlimits.services.act import Act
from geo_offlimits.store import Session, Transaction
from geo_offlimits.store.operational_tables import session as table

# The app of everybody who needs one.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
# Later than any test's clock, so that nobody is asked again.
ALWAYS = Shown(passphrase_at=datetime(2200, 1, 1, tzinfo=UTC), factor_at=datetime(2200, 1, 1, tzinfo=UTC))


def actor(act: Act, person_id: str) -> Actor:
    """The person as of now, who has just shown who they are."""
    return people.actor(act, person_id, ALWAYS)


def shown(found: Actor) -> Actor:
    return replace(found, shown=ALWAYS)


def ready(wiring: Wiring, found: Actor) -> Actor:
    """A person who has set up the second factor that their role needs, and has shown it."""
    if any(grant.role in SECOND_FACTOR for grant in found.grants):
        with wiring.writing() as act:
            factors.enrol_app(act, found, SECRET)
        found = replace(found, guarded=True)
    return shown(found)


def code(now: datetime) -> str:
    return factors.code_at(SECRET, now)


def session(tx: Transaction, person_id: str, token: str = "") -> str:
    """The token of a session in which all that is asked was shown, and which ends with its store."""
    token, now = token or secrets.token_urlsafe(8), ALWAYS.passphrase_at or datetime.now(UTC)
    if tx.sessions.get(sessions.hashed(token)):
        return token
    begun = Session(
        token_hash=sessions.hashed(token),
        handle="s_1",
        door=Door.PAGES,
        person_id=person_id,
        csrf="c" * 64,
        created_at=now,
        seen_at=now,
        **vars(ALWAYS),
    )
    tx.sessions.add(begun)
    return token


def show_all(wiring: Wiring, token: str, what: Shown = ALWAYS) -> None:
    """Writes into a session what was shown in it: all that is asked, for as long as it lasts."""
    with wiring.store.writing() as tx:
        of_token = table.update().where(table.c.token_hash == sessions.hashed(token))
        tx.connection.execute(of_token, vars(what))

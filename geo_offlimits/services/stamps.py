"""Stamps: when a page with a list and its statement was given to somebody, carried in the page's own form.

1. A stamp is sealed here, so that nobody makes one or turns one back; it opens only for the same session, person,
   edition and statement.
2. One that does not open is refused, and a form without one is of a page that nobody knows when it was given.
3. A stamp of before the person refused or withdrew does not serve to acknowledge after it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from geo_offlimits.errors import RefusedError, Sentence
from geo_offlimits.formats import canonical_json
from geo_offlimits.services.act import Act
from geo_offlimits.services.shelf import Header
from geo_offlimits.services.statements import Statement
from geo_offlimits.store import Session


class StampError(RefusedError):
    """What says when the page was given does not fit this person, session, edition or statement."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("This page was not given to you in this session, or shows something else. Open it again.")
        )


def stamp(act: Act, session: Session, edition: Header, shown: Statement) -> str:
    """Says that this was shown to the actor now."""
    sealed = act.keyring.vault.sealed(act.now.isoformat().encode(), _owner(act, session, edition, shown))
    return urlsafe_b64encode(sealed).decode()


def served_at(
    act: Act, text: str, session: Session, shown: tuple[Header, Statement], *, after: datetime | None = None
) -> datetime:
    """When what was shown was given to the actor. Raises StampError, also for one that is not later than `after`."""
    try:
        brought = urlsafe_b64decode(text.encode())
    except ValueError:
        raise StampError from None
    opened = act.keyring.vault.opened_if_ours(brought, _owner(act, session, *shown))
    if opened is None:
        raise StampError
    at = datetime.fromisoformat(opened.decode())
    if at > act.now or (after and at <= after):
        raise StampError
    return at


def _owner(act: Act, session: Session, edition: Header, shown: Statement) -> str:
    told = [session.handle, act.person_id, edition.mission, edition.number, edition.sha256, shown.sha256]
    return canonical_json.dumps(["served", *told]).decode()

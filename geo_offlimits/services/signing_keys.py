"""Keys that sign, one after another: who may change them, and what has to be done then.

A change is on record before it holds: what is given back is taken up by the door once the act is kept
(`Keyring.take_up`). Cut in between, nothing signs that is not on record, and the same command completes it.
"""

from contextlib import suppress
from datetime import datetime

from geo_offlimits.delivery.envelopes import signing_key
from geo_offlimits.delivery.signing import Succession
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.services.act import Act
from geo_offlimits.services.shelf import DamagedEditionError, as_issued


def rotate(act: Act) -> Succession:
    """A new key signs from now on; what the one before it signed stays verifiable."""
    act.require(Action.MANAGE_KEYS, None)
    made = act.keyring.succession(act.now)
    _record_new(act, made)
    return made


def revoke(act: Act, key_id: str, since: datetime | None = None) -> Succession:
    """A key is not trusted any more, from `since` on (now, if it is not known), and one that signs is followed.

    Raises UnknownKeyError, RefusedError where it is revoked already, InputError for a time to come.
    """
    act.require(Action.MANAGE_KEYS, None)
    if since and since > act.now:
        raise InputError(
            Sentence("The time {time} is still to come; give when the key may have been lost.", time=since.isoformat()),
            Issue(field="from", reason=Sentence("still to come"), value=since.isoformat()),
        )
    made = act.keyring.revocation(key_id, since or act.now, act.now)
    act.record(AuditTag.KEY_REVOKED, subject=key_id, since=format_instant(since or act.now))
    _record_new(act, made)
    return made


def to_publish_again(act: Act, key_id: str) -> tuple[str, ...]:
    """The missions whose current edition is signed with this key: no device takes it once the key is revoked.

    An edition that is damaged is passed over: it must not keep anybody from revoking a key.
    """
    act.require(Action.MANAGE_KEYS, None, to_look=True)
    found = []
    for mission in act.tx.missions.all():
        head = act.tx.editions.header(mission.code, act.now)
        with suppress(DamagedEditionError):
            key = signing_key(as_issued(act, head).envelope, act.keyring.public_keys()) if head else None
            if key and key.key_id == key_id:
                found.append(mission.code)
    return tuple(found)


def _record_new(act: Act, made: Succession) -> None:
    if made.new:
        act.record(AuditTag.KEY_FOLLOWED, subject=made.new.key_id, fingerprint=made.new.fingerprint)

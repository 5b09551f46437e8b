"""What the actor has acknowledged, and the receipt of each: what is kept of it, provable without this server.

1. People read their own; of others, what a campaign tells (`services.campaigns`).
2. A receipt tells the row that stands: of who withdrew, the withdrawal. What was said before stays in their list.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from geo_offlimits.delivery.envelopes import (
    ACKNOWLEDGEMENT_TYPE,
    payload_type_of,
    refuse_other_form,
    signing_key,
    verify,
)
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.domain.acknowledgement import Acknowledgement
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.errors import AbsentError, UnverifiedError
from geo_offlimits.formats import acknowledgement as receipt_file
from geo_offlimits.formats.acknowledgement import Record, Translate
from geo_offlimits.services import audit, proofs
from geo_offlimits.services.act import Act
from geo_offlimits.services.statements import as_shown
from geo_offlimits.services.verification import not_revoked
from geo_offlimits.store.plain import canonical


@dataclass(frozen=True, kw_only=True)
class SignedRecord:
    """`envelope`: DSSE, as JSON; it is the receipt that a person keeps. `said` is what it is about."""

    said: Acknowledgement
    record: Record
    envelope: bytes


@dataclass(frozen=True, kw_only=True)
class VerifiedRecord:
    record: Record
    fingerprint: str

    def as_json(self) -> dict[str, Any]:
        return self.record.as_json() | {"fingerprint": self.fingerprint}

    def lines(self, translate: Translate = str) -> list[str]:
        return self.record.lines(translate)


def mine(act: Act, mission: str | None = None) -> tuple[Acknowledgement, ...]:
    """All that the actor ever said, in one mission or in all, the newest first."""
    found = act.tx.acknowledgements.of_person(act.person_id)
    return tuple(one for one in found if mission in (None, one.mission))


def standing(said: Iterable[Acknowledgement]) -> frozenset[tuple[str, int, int | None]]:
    """Of what one person said, newest first, what stands: (mission, edition, leaf) of the last about each edition."""
    last: dict[tuple[str, int], Acknowledgement] = {}
    for one in said:
        last.setdefault((one.mission, one.edition_number), one)
    return frozenset((mission, number, one.leaf) for (mission, number), one in last.items())


def last(act: Act, mission: str, number: int) -> Acknowledgement | None:
    """What the actor said last about edition `number`."""
    return act.tx.acknowledgements.one(act.person_id, mission, number)


def told(signed: SignedRecord) -> dict[str, Any]:
    """A receipt and what it is about, as JSON."""
    return {"record": as_json(signed.said), "receipt": json.loads(signed.envelope)}


def receipt(act: Act, mission: str, number: int) -> SignedRecord:
    """The receipt of what the actor said last about edition `number`. Raises AbsentError where they said nothing."""
    return receipt_of(act, act.person_id, mission, number)


def receipt_of(act: Act, person_id: str, mission: str, number: int) -> SignedRecord:
    """The same of anybody; callers have asked for the permission. Raises UnprovenError for a row that has no leaf."""
    told = act.tx.acknowledgements.row_told(person_id, mission, number)
    if told is None:
        raise AbsentError(f"You have said nothing about edition {number} of {mission}; there is no receipt.")
    position, leaf = proofs.speaking_of(act, told)
    if leaf["rows"][told.name] != told.sha256:
        raise proofs.UnprovenError(told.name)
    head = act.tx.audit.head()
    text, source = as_shown(act, told.said)
    record = Record(
        row_name=told.name,
        row=json.loads(canonical(told.facts)),
        leaf=leaf,
        position=position,
        path=tuple(digest.hex() for digest in act.tx.audit.path(position, head.size)),
        checkpoint=audit.note_of(act, head)[0],
        statement=text,
        source=source,
        person=_person(act, person_id),
    )
    envelope = act.keyring.sign(record.encode(), ACKNOWLEDGEMENT_TYPE)
    return SignedRecord(said=told.said, record=record, envelope=envelope)


def _person(act: Act, person_id: str) -> dict[str, str] | None:
    own = act.actor and act.actor.person
    person = own if own and own.person_id == person_id else act.tx.people.by_id(person_id)
    return {"number": person.number, "name": person.name} if person else None


def as_json(made: Acknowledgement) -> dict[str, Any]:
    """What a person is told of their own; what a key signed is in the receipt."""
    moments = {name: getattr(made, name) for name in ("acknowledged_at", "recorded_at", "served_at", "client_at")}
    return {
        "mission": made.mission,
        "edition": made.edition_number,
        "sha256": made.edition_sha256,
        "state": made.state.value,
        "statement_sha256": made.statement_sha256,
        "source_sha256": made.source_sha256,
        "language": made.language,
        **{name: moment and format_instant(moment) for name, moment in moments.items()},
        "channel": made.channel.value,
        "strength": made.strength.value,
        "unit": made.unit,
        "category": made.category and made.category.value,
        "roles": None if made.roles is None else [role.value for role in made.roles],
        "by_another": made.entered_by != made.person_id,
        "reason": made.reason,
    }


def is_receipt(content: bytes) -> bool:
    """Whether a file says that it is the receipt of an acknowledgement, to choose how to verify it."""
    try:
        return payload_type_of(content) == ACKNOWLEDGEMENT_TYPE
    except UnverifiedError:
        return False


def verify_receipt(envelope: bytes, keys: tuple[PublicKey, ...]) -> VerifiedRecord:
    """The receipt in a file, once one of `keys` signed it and all that it tells is proven. Raises UnverifiedError."""
    refuse_other_form(envelope)
    trusted = not_revoked(envelope, keys)
    payload = verify(envelope, trusted, ACKNOWLEDGEMENT_TYPE)
    record = receipt_file.decode(payload, lambda note: audit.read_note(note, trusted))
    key = signing_key(envelope, keys)
    return VerifiedRecord(record=record, fingerprint=key.fingerprint if key else "")

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
from geo_offlimits.errors import AbsentError, StoreError, UnverifiedError
from geo_offlimits.formats import acknowledgement as receipt_file
from geo_offlimits.formats.acknowledgement import Record, Translate
from geo_offlimits.services import audit
from geo_offlimits.services.act import Act
from geo_offlimits.services.statements import FALLBACK_LANGUAGE, digest, statement
from geo_offlimits.services.verification import not_revoked
from geo_offlimits.store.acknowledgements import ToldRow
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
    """The same of anybody; callers have asked for the permission. Raises StoreError for a row that has no leaf."""
    told = act.tx.acknowledgements.row_told(person_id, mission, number)
    if told is None:
        raise AbsentError(f"You have said nothing about edition {number} of {mission}; there is no receipt.")
    position, leaf = _leaf(act, told)
    head = act.tx.audit.head()
    text, source = _texts(act, told.said)
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


def _leaf(act: Act, told: ToldRow) -> tuple[int, dict[str, Any]]:
    # Rows of before the place of their leaf was kept are looked for.
    position = act.tx.audit.position_of(told.name) if told.said.leaf is None else told.said.leaf
    content = None if position is None else act.tx.audit.leaf(position)
    leaf = json.loads(content) if content else {"rows": {}}
    if position is None or leaf["rows"].get(told.name) != told.sha256:
        raise StoreError(
            f"{told.name} does not fit the audit tree, so there is no receipt of it. Run `audit verify` and call your "
            "auditor."
        )
    return position, leaf


def _texts(act: Act, made: Acknowledgement) -> tuple[str | None, str | None]:
    """The statement that was shown and the English beside it, as far as the edition still tells them."""
    headers = act.tx.recalled(("headers", made.mission), lambda: act.tx.editions.headers(made.mission))
    edition = next((one for one in headers if one.number == made.edition_number), None)
    if edition is None:
        return None, None
    told = (statement(act, edition, language) for language in (made.language, FALLBACK_LANGUAGE))
    shown = next((one.text for one in told if one.sha256 == made.statement_sha256), None)
    source = statement(act, edition, FALLBACK_LANGUAGE).text
    return shown, source if digest(source) == made.source_sha256 else None


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

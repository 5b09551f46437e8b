"""Evidence: what was listed somewhere at a time, and what one person had acknowledged then, for a hearing years later.

1. It is for the conduct role alone, with a case reference, by who has shown shortly before that it is they.
2. Each giving is on record before anything is told: about whom, by whom and when. The case stands there as a salted
   digest that the paper itself opens; the position stands nowhere but in the paper.
3. It tells what the program knew and when, in two times, and says what it does not show. It tells nothing restricted of
   the register, and everything in it that can be proven comes with its proof.
4. Somebody who has departed, or was erased since, is told of like anybody: what was done stays under their opaque id.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo_offlimits.delivery.envelopes import EVIDENCE_TYPE, payload_type_of
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import format_instant, utc
from geo_offlimits.domain.people import Action, NotPermittedError, Person, RoleGrant
from geo_offlimits.domain.position import Position
from geo_offlimits.errors import InputError, Issue, Sentence, UnverifiedError
from geo_offlimits.formats import evidence as evidence_file
from geo_offlimits.formats.evidence import Evidence
from geo_offlimits.lookup.coordinates import notations
from geo_offlimits.services import evidence_proof, missions
from geo_offlimits.services.acknowledged_then import AcknowledgedThen
from geo_offlimits.services.act import Act
from geo_offlimits.services.answers import Translate
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.listed_then import ListedThen, Place, current
from geo_offlimits.services.people import UnknownPersonError
from geo_offlimits.services.positions import read_position
from geo_offlimits.services.proofs import Prover, erasures
from geo_offlimits.services.shelf import Shelf
from geo_offlimits.store.plain import canonical

MOST_CASE = 120


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """`person` is a number, an e-mail address or an id; `position` in any notation, None: no place is asked about.

    at : in whole seconds, as every time that is published. mission : of which they must have been, where it is known.
    """

    person: str
    at: datetime
    case: str
    position: str | None = None
    uncertainty_m: float | None = None
    mission: str | None = None

    def refuse(self, now: datetime) -> None:
        """Raises InputError."""
        texts.refuse(texts.line("case", self.case, needed=True, most=MOST_CASE))
        if utc(self.at) > now:
            raise InputError(
                Sentence("{time} is still to come; evidence is of what was.", time=format_instant(self.at)),
                Issue(field="at", value=format_instant(self.at), reason=Sentence("still to come")),
            )


@dataclass(frozen=True, kw_only=True)
class SignedEvidence:
    """`envelope`: DSSE, as JSON; it is the file that is kept."""

    evidence: Evidence
    envelope: bytes


def give(
    act: Act, shelf: Shelf, inquiry: Inquiry, *, language: str = "en", translate: Translate = str
) -> SignedEvidence:
    """The evidence that an inquiry asks for, in words of `language`; that it was given is written.

    Raises UnknownPersonError, InputError, PositionError; UnprovenError and DamagedEditionError where what is kept does
    not fit its proofs: such a store proves nothing.
    """
    person, mission = _permitted(act, inquiry)
    inquiry.refuse(act.now)
    asked = _Asked(
        person=person,
        mission=mission,
        at=utc(inquiry.at).replace(microsecond=0),
        position=_position(act, mission, inquiry),
    )
    case = {"reference": inquiry.case.strip(), "salt": secrets.token_hex(16)}
    digest = hashlib.sha256((case["salt"] + case["reference"]).encode()).hexdigest()
    leaf = act.record(AuditTag.EVIDENCE_GIVEN, subject=person.person_id, mission=mission, case=digest)
    told = _told(act, shelf, asked, leaf, (translate, language))
    # As a reader reads it: times and digests as texts.
    document = json.loads(canonical({"case": case, "language": language, **told}))
    evidence = Evidence(document)
    return SignedEvidence(evidence=evidence, envelope=act.keyring.sign(evidence.encode(), EVIDENCE_TYPE))


def proven(content: bytes, keys: Sequence[PublicKey], *, mission: str | None = None) -> dict[str, Any]:
    """What the evidence in a file tells, PDF or JSON, once all in it is proven; needs no store.

    mission : whose it must be, None for anybody's. Raises UnverifiedError.
    """
    envelope = evidence_proof.carried(content) if content.startswith(b"%PDF-") else content
    if payload_type_of(envelope) != EVIDENCE_TYPE:
        raise UnverifiedError("This is signed, and no evidence; give the PDF or JSON that `evidence` wrote.")
    found = evidence_proof.proven(envelope, list(keys))
    if mission and found["mission"] != mission:
        raise UnverifiedError(
            f"This is evidence of {found['mission']}, not of {mission}; ask for that of your mission."
        )
    return found


_Words = tuple[Translate, str]  # the catalogue of a language, and which one


@dataclass(frozen=True, kw_only=True)
class _Asked:
    person: Person
    mission: str
    at: datetime
    position: Position | None


def _permitted(act: Act, inquiry: Inquiry) -> tuple[Person, str]:
    """The person as known now and the mission that they were of then; others are as absent as who does not exist."""
    found = act.tx.people.find(inquiry.person) or act.tx.people.by_id(inquiry.person.strip())
    then = found and act.tx.people.by_id(found.person_id, utc(inquiry.at))
    mission = (then or found or act.require_actor().person).mission
    try:
        act.require(Action.GIVE_EVIDENCE, mission)
    except NotPermittedError:
        if act.may(Action.GIVE_EVIDENCE, act.require_actor().person.mission):
            raise UnknownPersonError(inquiry.person) from None
        raise
    if found is None or inquiry.mission not in (None, mission):
        raise UnknownPersonError(inquiry.person)
    return found, mission


def _position(act: Act, mission: str, inquiry: Inquiry) -> Position | None:
    text = (inquiry.position or "").strip()
    return read_position(act, mission, text, uncertainty_m=inquiry.uncertainty_m) if text else None


def _told(act: Act, shelf: Shelf, asked: _Asked, leaf: int, words: _Words) -> dict[str, Any]:
    mission, header = missions.mission(act, asked.mission), current(act, asked.mission, asked.at)
    standing = _standing(act, asked)
    number = header.number if header else None
    acknowledged = AcknowledgedThen(act, asked.person.person_id, mission.code, asked.at, number)
    listed = _listed(act, shelf, asked, words)
    prover = Prover(act, mission.code)
    entry_ids = listed.entry_ids if listed else ()
    headers = {(one.mission, one.number): one for one in _headers(header, listed, acknowledged)}
    return {
        "format": evidence_file.FORMAT,
        "made_at": format_instant(act.now),
        "made_by": act.person_id,
        "named": _named(act, {act.person_id, *acknowledged.others, *_briefed(standing["induction"])}),
        "mission": {"code": mission.code, "name": mission.name, "timezone": mission.timezone},
        "demonstration": mission.demonstration,
        "asked": _as_asked(asked),
        "person": standing,
        "edition": header and header.as_json(stale_at=asked.at),
        "listed": listed and listed.as_json(),
        "known_now": listed and listed.known_now(),
        "settings": {"door_m": act.settings.door_m, "radius_m": act.settings.radius_m},
        "acknowledged": acknowledged.as_json(prover) | {"held": acknowledged.held(shelf, entry_ids, header)},
        "brought": acknowledged.brought(),
        "limits": [limit.value for limit in evidence_file.Limit],
        "proofs": {
            "checkpoint": prover.checkpoint(),
            "given": prover.leaf(leaf),
            "editions": [prover.edition(one) for one in headers.values()],
            "keys": [key.as_json() for key in act.keyring.public_keys()],
        },
    }


def _named(act: Act, person_ids: set[str]) -> dict[str, Any]:
    """Who made it, and who entered what others had said."""
    found = {one: act.tx.people.by_id(one) for one in person_ids}
    return {one: {"number": person.number, "name": person.name} for one, person in found.items() if person}


def _briefed(induction: dict[str, Any] | None) -> tuple[str, ...]:
    return (induction["briefed_by"], induction["entered_by"]) if induction else ()


def _headers(
    header: PublishedHeader | None, listed: ListedThen | None, acknowledged: AcknowledgedThen
) -> tuple[PublishedHeader, ...]:
    return (
        *([header] if header else []),
        *(listed.headers if listed else ()),
        *acknowledged.headers,
        *acknowledged.newest_then,
    )


def _listed(act: Act, shelf: Shelf, asked: _Asked, words: _Words) -> ListedThen | None:
    if asked.position is None:
        return None
    then = act.tx.people.by_id(asked.person.person_id, asked.at) or asked.person
    place = Place(mission=asked.mission, at=asked.at, position=asked.position, personnel=then.category)
    return ListedThen(act, shelf, place, *words)


def _as_asked(asked: _Asked) -> dict[str, Any]:
    position = asked.position
    return {
        "person_id": asked.person.person_id,
        "at": format_instant(asked.at),
        "position": position and position.as_json(),
        "notations": position and notations(position),
    }


def _standing(act: Act, asked: _Asked) -> dict[str, Any]:
    """Who it is, and where they stood then: as was recorded by then, and what is recorded by now of their service."""
    people, person_id = act.tx.people, asked.person.person_id
    then = people.by_id(person_id, asked.at)
    return {
        "number": asked.person.number,
        "name": asked.person.name,
        "erased_at": _erased_at(act, asked.person),
        "leave": _leave(act, asked),
        "induction": _induction(act, asked),
        "then": then and _as_recorded(then, people.grants(person_id, asked.at), asked),
        "as_known_now": _as_recorded(asked.person, people.grants(person_id), asked),
    }


def _leave(act: Act, asked: _Asked) -> list[dict[str, str]]:
    """As it is entered now, what there was at the time asked about; each with when it was entered."""
    return [
        {name: format_instant(getattr(one, name)) for name in ("away_from", "away_to", "recorded_at")}
        for one in act.tx.leave.of_person(asked.person.person_id)
        if one.mission == asked.mission and one.holds(asked.at)
    ]


def _induction(act: Act, asked: _Asked) -> dict[str, Any] | None:
    """When they were told the standards of conduct, whether before or after the time asked about."""
    found = act.tx.inductions.of_person(asked.person.person_id, asked.mission)
    if found is None:
        return None
    return {
        "inducted_on": found.inducted_on.isoformat(),
        "edition_number": found.edition_number,
        "language": found.language,
        "text_sha256": found.text_sha256,
        "briefed_by": found.briefed_by,
        "entered_by": found.entered_by,
        "recorded_at": format_instant(found.recorded_at),
    }


def _erased_at(act: Act, person: Person) -> str | None:
    """Since when nobody knows here who it was; of an erased person the opaque id is all that is left."""
    if person.number != person.person_id:
        return None
    return next((str(leaf["at"]) for _, leaf in erasures(act, person.person_id)), None)


def _as_recorded(person: Person, grants: tuple[RoleGrant, ...], asked: _Asked) -> dict[str, Any]:
    held = {one.role for one in grants if one.mission in (None, asked.mission) and one.valid.holds(asked.at)}
    start, end = person.service.start, person.service.end
    return {
        "mission": person.mission,
        "unit": person.unit,
        "category": person.category.value,
        "roles": sorted(role.value for role in held),
        "in_service": person.service.holds(asked.at),
        "service_from": start and format_instant(start),
        "service_to": end and format_instant(end),
    }

"""A signed edition of another mission is recognised as it is: no row of it is read as one to propose.

1. Its signature is verified by a key that an administrator entered for that very mission, or by the store's own where
   the mission is one of this store. Its bytes and its envelope are kept as they came.
2. What does not verify, is only a part, has expired or is older than what is held, is refused; it is never transcribed.
3. A signature says who wrote a text, not that it may be shown: one that turns the page or the terminal round, or a
   number that no store holds, is refused, too.
"""

import json
from base64 import b64decode
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geo_offlimits.delivery.envelopes import EDITION_TYPE, EXPORT_TYPE, payload_type_of, signing_key
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.edition import EDITION_FORMAT, Edition
from geo_offlimits.domain.origins import OriginStanding
from geo_offlimits.domain.partners import PartnerEdition, PartnerList
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import Field, Issue, OfflimitsError, RefusedError, Sentence, UnverifiedError
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.formats import strict_json
from geo_offlimits.services import partner_keys, partners
from geo_offlimits.services.act import Act
from geo_offlimits.services.verification import Expected, Verified, verify_content

_OURS = (b'"geo-offlimits/', b'"application/vnd.geo-offlimits.')
_LONGEST_NAME = 200
_HIGHEST_NUMBER = 2**31 - 1  # what PostgreSQL holds


class SignedAlreadyError(RefusedError):
    """What is signed says itself whose it is."""

    def __init__(self, file: "SignedFile") -> None:
        told = {"file": file.name, "number": file.number, "mission": file.mission}
        super().__init__(
            Sentence(
                "{file} is edition {number} of {mission} and says so itself; import it without partner, reference and "
                "day.",
                **told,
            )
        )


@dataclass(frozen=True, kw_only=True)
class SignedFile:
    """What a file says of itself, not verified. `is_whole` : it says that it is an edition, not a part of one."""

    name: str
    mission: str
    number: int
    content: bytes
    envelope: bytes | None
    is_whole: bool

    @cached_property
    def edition(self) -> Edition:
        """All that is in it, read once; of a long one that takes a while. Raises UnverifiedError."""
        try:
            return edition_file.decode(self.content)
        except OfflimitsError as fault:
            raise UnverifiedError(fault.sentence) from None

    @property
    def itself(self) -> Sentence:
        """What is said of an edition of the very mission into which it is imported."""
        told = {"number": self.number, "mission": self.mission}
        return Sentence("This is edition {number} of {mission} itself; its rows are held against the register.", **told)


def signed_file(name: str, content: bytes, envelope: bytes | None = None) -> SignedFile | None:
    """The edition, or the part of one, that a file is; None for any other list.

    content : of the file, which may also be an edition's envelope (.dsse) alone. envelope : what lay beside it.
    """
    if _is_envelope(content):
        envelope, content = content, _payload(content)
    told = _told(content)
    if told is None and envelope and _is_envelope(envelope) and payload_type_of(envelope) == EXPORT_TYPE:
        told = _object(_payload(envelope))
    if told is None or not isinstance(told.get("mission"), str):
        return None
    is_whole = told.get("format") == EDITION_FORMAT
    number = told["number"] if isinstance(told.get("number"), int) else 0
    mission = told["mission"]
    return SignedFile(name=name, mission=mission, number=number, content=content, envelope=envelope, is_whole=is_whole)


def _is_envelope(content: bytes) -> bool:
    if content.lstrip()[:1] != b"{" or _OURS[1] not in content:
        return False
    try:
        return payload_type_of(content) in {EDITION_TYPE, EXPORT_TYPE}
    except UnverifiedError:  # cut off on its way: a file like any other
        return False


def _payload(envelope: bytes) -> bytes:
    try:
        return b64decode(json.loads(envelope)["payload"], validate=True)
    except (ValueError, KeyError, TypeError):
        return b""


def _told(content: bytes) -> dict[str, Any] | None:
    """The member of a file of ours that says what it is."""
    if _OURS[0] not in content or content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"{":
        return None
    document = _object(content)
    told = (document or {}).get("offlimits")
    return told if isinstance(told, dict) and str(told.get("format")).startswith("geo-offlimits/") else None


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        document = strict_json.parsed(content)
    except strict_json.NotJsonError:
        return None
    return document if isinstance(document, dict) else None


def refuse_transcribing(name: str, content: bytes, envelope: bytes | None = None) -> None:
    """An edition is never kept as somebody's unsigned list, also not the mission's own. Raises SignedAlreadyError."""
    if file := signed_file(name, content, envelope):
        raise SignedAlreadyError(file)


def recognise(act: Act, mission: str, file: SignedFile) -> PartnerEdition:
    """Keep another mission's edition beside the register: its signature is its word, and nobody need confirm it.

    Raises UnverifiedError, RefusedError; the very same again gives what is there.
    """
    found = verified(act, mission, file)
    if same := next((one for one in _before(act, mission, found) if one.sha256 == found.sha256), None):
        return partners.as_read(act, same.edition_id, file.edition)
    return _kept(act, mission, file, found)


def _before(act: Act, mission: str, found: Verified) -> list[PartnerList]:
    """What is here of this mission and number already."""
    named = (found.mission, found.number)
    return [one for one in act.tx.partners.of_mission(mission) if (one.partner, one.number) == named]


def _refuse_overtaken(act: Act, mission: str, file: SignedFile, found: Verified) -> None:
    """What is genuine and not to be kept: a second edition of one number, an older one, one that has expired."""
    before = _before(act, mission, found)
    if any(one.sha256 == found.sha256 for one in before):
        return
    if before:
        told = {"mission": file.mission, "number": found.number, "id": before[0].edition_id}
        raise UnverifiedError(
            Sentence("{mission} has signed another edition {number} before, {id}. Ask them which one holds.", **told)
        )
    expected = _expected(act, mission, file.mission)
    if expected.holds and found.number < expected.holds:
        told = {"mission": file.mission, "number": found.number, "held": expected.holds}
        raise UnverifiedError(
            Sentence(
                "Edition {number} of {mission} is older than edition {held}, which is here. "
                "Ask them for the current one.",
                **told,
            )
        )
    expected.refuse(found)


def _expected(act: Act, mission: str, partner: str) -> Expected:
    numbers = [one.number for one in act.tx.partners.of_mission(mission) if one.partner == partner and one.number]
    if newest := act.tx.editions.header(partner, act.now):  # of this very store: a retired edition comes in by no file
        numbers.append(newest.number)
    return Expected(mission=partner, at=act.now, holds=max(numbers, default=None))


def verified(act: Act, mission: str, file: SignedFile) -> Verified:
    """What the signature says of another mission's edition that can be kept, or is; changes nothing.

    Raises UnverifiedError, RefusedError.
    """
    act.require(Action.PROPOSE, mission)
    if file.mission == mission:
        raise RefusedError(file.itself)
    facts = {"file": file.name, "mission": file.mission, "number": file.number}
    if not file.is_whole:
        raise RefusedError(
            Sentence("{file} is a part of edition {number} of {mission}; import the whole edition as GeoJSON.", **facts)
        )
    if file.envelope is None:
        raise UnverifiedError(
            Sentence("{file} is edition {number} of {mission} without its signature; give its .dsse, too.", **facts)
        )
    keys = partner_keys.trusted(act, mission, file.mission)
    if signing_key(file.envelope, keys) is None:
        raise UnverifiedError(
            Sentence(
                "{file} is edition {number} of {mission}, signed by a key that nobody entered for {mission}; an "
                "administrator compares its fingerprint and enters it by partner-key.",
                **facts,
            )
        )
    found = verify_content(file.content, file.envelope, keys, name=file.name)
    if found.filtered or found.link:
        raise UnverifiedError(Sentence("{file} is not all of edition {number}; import the whole edition.", **facts))
    _refuse_overtaken(act, mission, file, found)
    return found


def _refuse_unfit(file: SignedFile, edition: Edition) -> None:
    found = next((issue for entry in edition.entries for issue in entry.unfit() if issue), None)
    if edition.number > _HIGHEST_NUMBER:
        found = Issue(field="number", reason=Sentence("out of range"))
    if found:
        told = {"file": file.name, "mission": file.mission, "field": Field(found.field), "why": found.reason}
        raise UnverifiedError(
            Sentence("{file} is signed and cannot be shown as it is: {field} {why}. Ask {mission} for another.", **told)
        )


def _kept(act: Act, mission: str, file: SignedFile, signed: Verified) -> PartnerEdition:
    edition = file.edition
    _refuse_unfit(file, edition)
    new = PartnerList(
        edition_id=act.tx.partners.next_id(mission),
        mission=mission,
        partner=edition.mission,
        standing=OriginStanding.SIGNED,
        dated=edition.issued_at,
        sha256=signed.sha256,
        file_name=file.name[:_LONGEST_NAME],
        person_id=act.person_id,
        recorded_at=act.now,
        entries=len(edition.entries),
        number=edition.number,
        expires_at=edition.expires_at,
        key_id=signed.fingerprint[:16],
    )
    act.tx.partners.add(new, file.content, file.envelope)
    facts = {"entries": new.entries, "sha256": new.sha256, "key": signed.fingerprint}
    act.record(AuditTag.PARTNER_RECOGNISED, subject=new.edition_id, mission=mission, **facts)
    return partners.as_read(act, new.edition_id, edition)

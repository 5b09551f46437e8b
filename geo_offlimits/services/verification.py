"""Is this file an edition, or a part of one, byte for byte as it was signed? Needs no store: any holder can ask."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from geo_offlimits.delivery.envelopes import (
    EDITION_TYPE,
    EXPORT_TYPE,
    payload_type_of,
    refuse_other_form,
    signing_key,
    verify,
)
from geo_offlimits.delivery.public_keys import PublicKey, trusted
from geo_offlimits.domain.instants import format_instant, parse_instant
from geo_offlimits.errors import InputError, Sentence, UnverifiedError
from geo_offlimits.formats.edition import sha256
from geo_offlimits.formats.edition_bytes import about
from geo_offlimits.services.forms import EDITION


@dataclass(frozen=True, kw_only=True)
class Verified:
    """A file that is whole and signed. `filtered`: it is a part of the edition, not all of it.

    edition_sha256 : of the edition it was made from; None where an earlier program signed it and did not say.
    form, part     : the format and the filter as they were signed. link : where it only asks for the list.
    """

    mission: str
    number: int
    issued_at: datetime
    expires_at: datetime
    sha256: str
    fingerprint: str
    filtered: bool
    edition_sha256: str | None
    form: str
    part: Mapping[str, Any]
    link: str | None

    def as_json(self) -> dict[str, Any]:
        return {
            "mission": self.mission,
            "number": self.number,
            "issued_at": format_instant(self.issued_at),
            "expires_at": format_instant(self.expires_at),
            "sha256": self.sha256,
            "fingerprint": self.fingerprint,
            "filtered": self.filtered,
            "edition_sha256": self.edition_sha256,
            "file_format": self.form,
            "filter": dict(self.part),
            "link": self.link,
        }


def keys_to_trust(file: Path) -> tuple[PublicKey, ...]:
    """What somebody got outside of this store: a public key in PEM, or the list of keys. Raises InputError."""
    return trusted(content_of(file))


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the holder of a file knows apart from it; what is None is not asked.

    holds : the number of the edition that the device has already. at : when the list is to be used.
    form, part : the format and the filter that were asked for: signed is also what leaves everything out.
    """

    mission: str | None = None
    holds: int | None = None
    at: datetime | None = None
    form: str | None = None
    part: Mapping[str, Any] | None = None

    def refuse(self, found: Verified) -> None:
        """Raises UnverifiedError for a list that is genuine, and not the one to be used here and now."""
        if self.mission and found.mission != self.mission:
            raise UnverifiedError(
                Sentence("It is the list of {mission}, not of {wanted}.", mission=found.mission, wanted=self.mission)
            )
        _refuse_other_part(self, found)
        if self.holds and found.number < self.holds:
            numbers = {"number": found.number, "held": self.holds}
            raise UnverifiedError(
                Sentence("Edition {number} is older than edition {held}, which this device already holds.", **numbers)
            )
        if self.at and self.at >= found.expires_at:
            raise UnverifiedError(
                Sentence(
                    "Edition {number} is as it was signed, and expired at {ended}; get the current one. What was "
                    "listed in it may still be off limits.",
                    number=found.number,
                    ended=format_instant(found.expires_at),
                )
            )


def _refuse_other_part(expected: Expected, found: Verified) -> None:
    """What `sync` asks, at the prompt alone."""
    if expected.form and (found.form != expected.form or found.link):
        held = "a link" if found.link else found.form
        raise UnverifiedError(f"What came is {held}, not the list as {expected.form}; do not use it, and try again.")
    if expected.part is not None and found.part != expected.part:
        raise UnverifiedError(
            f"What came is another part of the list ({found.part or 'all of it'}) than was asked for "
            f"({expected.part or 'all of it'}); do not use it, and try again."
        )


def verify_file(file: Path, envelope: Path, keys: tuple[PublicKey, ...], expected: Expected | None = None) -> Verified:
    """Whether `file` is an edition or an export of one, byte for byte as one of `keys` signed it, and as expected.

    Raises UnverifiedError when it is not, InputError when one of the files cannot be read.
    """
    if not envelope.exists():
        raise UnverifiedError(f"There is no signature {envelope.name} beside {file.name}; give it with --envelope.")
    found = verify_content(content_of(file), content_of(envelope), keys, name=file.name)
    if expected:
        expected.refuse(found)
    return found


def verify_content(content: bytes, envelope: bytes, keys: tuple[PublicKey, ...], *, name: str = "The file") -> Verified:
    """The same of bytes. Raises UnverifiedError; `name` is what it calls them."""
    is_export = payload_type_of(envelope) == EXPORT_TYPE
    refuse_other_form(envelope)
    payload = verify(envelope, not_revoked(envelope, keys), EXPORT_TYPE if is_export else EDITION_TYPE)
    told = json.loads(payload) if is_export else about(payload) | {"sha256": sha256(payload)}
    if told["sha256"] != sha256(content):
        raise UnverifiedError(_why_other(name, content, told))
    issued_at, key = parse_instant(told["issued_at"]), signing_key(envelope, keys)
    if key and not _signed_in_time(key, issued_at, is_export=is_export):
        raise UnverifiedError(
            Sentence(
                "The key {key} did not sign when this edition was issued ({issued}); do not use the file, and tell the "
                "mission where you got it.",
                key=key.key_id,
                issued=format_instant(issued_at),
            )
        )
    return Verified(
        mission=told["mission"],
        number=told["number"],
        issued_at=issued_at,
        expires_at=parse_instant(told["expires_at"]),
        sha256=told["sha256"],
        fingerprint=key.fingerprint if key else "",
        filtered=bool(told.get("filtered")),
        edition_sha256=told.get("edition_sha256") if is_export else told["sha256"],
        form=told.get("file_format", EDITION) if is_export else EDITION,
        part=told.get("filtered") or {},
        link=told.get("link") if is_export else None,
    )


def not_revoked(envelope: bytes, keys: tuple[PublicKey, ...]) -> tuple[PublicKey, ...]:
    """The keys that are still to be believed. Raises UnverifiedError where the envelope names one that is not."""
    named = signing_key(envelope, keys)
    if named and named.revoked_from:
        raise UnverifiedError(
            Sentence(
                "{why} Get it again from the mission.",
                why=Sentence(
                    "It is signed by the key {key}, which was revoked: anybody may have made it.", key=named.key_id
                ),
            )
        )
    return tuple(key for key in keys if not key.is_revoked)


def _signed_in_time(key: PublicKey, issued_at: datetime, *, is_export: bool) -> bool:
    """A key may sign a part of an edition that was issued before the key was made, and none that was issued after."""
    return (key.valid.end is None or issued_at < key.valid.end) if is_export else key.valid.holds(issued_at)


def _why_other(name: str, content: bytes, told: dict[str, Any]) -> Sentence:
    try:
        number = about(content)["number"]
    except (InputError, KeyError, TypeError):
        number = told["number"]
    if number != told["number"]:
        return Sentence(
            "{name} is of edition {number}, the signature of {signed}; take both from the mission again.",
            name=name,
            number=number,
            signed=told["number"],
        )
    return Sentence("{name} was changed after it was signed; fetch it again from the mission.", name=name)


def content_of(path: Path) -> bytes:
    """The file's bytes. Raises InputError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise InputError(f"{path} cannot be read ({fault.strerror}); check the path.") from None

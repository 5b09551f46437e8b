"""Is this file an edition, or a part of one, byte for byte as it was signed? Needs no store: any holder can ask."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from geo_offlimits.delivery.signing import (
    EDITION_TYPE,
    EXPORT_TYPE,
    PublicKey,
    payload_type_of,
    signing_key,
    verify,
)
from geo_offlimits.domain.instants import format_instant, parse_instant
from geo_offlimits.errors import InputError, UnverifiedError
from geo_offlimits.formats.edition import about, sha256


@dataclass(frozen=True, kw_only=True)
class Verified:
    """A file that is whole and signed. `filtered`: it is a part of the edition, not all of it."""

    mission: str
    number: int
    issued_at: datetime
    expires_at: datetime
    sha256: str
    fingerprint: str
    filtered: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "mission": self.mission,
            "number": self.number,
            "issued_at": format_instant(self.issued_at),
            "expires_at": format_instant(self.expires_at),
            "sha256": self.sha256,
            "fingerprint": self.fingerprint,
            "filtered": self.filtered,
        }


def keys_to_trust(public_key: Path) -> tuple[PublicKey, ...]:
    """The public key in a PEM file that somebody got outside of this store. Raises InputError."""
    return (PublicKey.from_pem(content_of(public_key)),)


def verify_file(file: Path, envelope: Path, keys: tuple[PublicKey, ...]) -> Verified:
    """Whether `file` is an edition or a filtered export, byte for byte as one of `keys` signed it.

    Raises UnverifiedError when it is not, InputError when one of the files cannot be read.
    """
    if not envelope.exists():
        raise UnverifiedError(f"There is no signature {envelope.name} beside {file.name}; give it with --envelope.")
    content, signed = content_of(file), content_of(envelope)
    filtered = payload_type_of(signed) == EXPORT_TYPE
    payload = verify(signed, keys, EXPORT_TYPE if filtered else EDITION_TYPE)
    told = json.loads(payload) if filtered else about(payload) | {"sha256": sha256(payload)}
    if told["sha256"] != sha256(content):
        raise UnverifiedError(f"{file.name} was changed after it was signed; fetch it again from the mission.")
    key = signing_key(signed, keys)
    return Verified(
        mission=told["mission"],
        number=told["number"],
        issued_at=parse_instant(told["issued_at"]),
        expires_at=parse_instant(told["expires_at"]),
        sha256=told["sha256"],
        fingerprint=key.fingerprint if key else "",
        filtered=filtered,
    )


def content_of(path: Path) -> bytes:
    """The file's bytes. Raises InputError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise InputError(f"{path} cannot be read ({fault.strerror}); check the path.") from None

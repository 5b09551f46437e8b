"""Opens an edition file in a notebook or a script: `geo_offlimits.read_edition(file)`."""

import os
from datetime import UTC, datetime
from pathlib import Path

from geo_offlimits.delivery.envelopes import EDITION_TYPE, ENVELOPE_SUFFIX, beside, verify
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.errors import InputError, Issue, UnverifiedError
from geo_offlimits.formats.edition import MAX_EDITION_BYTES
from geo_offlimits.published import PublishedEdition, open_edition

_PEM_BEGIN = "-----BEGIN"
# An envelope carries the edition in base64.
_MAX_FILE_BYTES = MAX_EDITION_BYTES * 3 // 2

PathLike = str | os.PathLike[str]


def read_edition(file: PathLike, *, key: PublicKey | PathLike | None = None) -> PublishedEdition:
    """The edition in a file, with its layers, look-ups and map.

    file : an edition (`.geojson`), or its signed envelope (`.dsse`, which needs a `key`).
    key : the mission's public key, as PEM text or a PEM file. The signature is then checked, in the envelope or in the
    one beside the edition (`<file>.dsse`), and the edition opens as verified. Without a key nobody vouches for the file
    but who hands it in; it opens all the same, and its `verified` is None.

    >>> edition = read_edition("DEMO-4.geojson")  # doctest: +SKIP
    >>> edition.check("42.66, 21.16")[0].verdict  # doctest: +SKIP
    <Verdict.NOT_LISTED: 'not_listed'>

    Raises InputError for a file that cannot be read or is no edition, UnverifiedError when the signature is missing, by
    another key, or over other bytes.
    """
    path = Path(file)
    content = _bytes(path)
    if path.suffix == ENVELOPE_SUFFIX:
        if key is None:
            raise InputError(f"{path} is a signed envelope; give the mission's public key, or the edition beside it.")
        return open_edition(verify(content, [_public_key(key)], EDITION_TYPE), verified=True, clock=_now)
    if key is None:
        return open_edition(content, verified=None, clock=_now)
    envelope = beside(path)
    if not envelope.is_file():
        raise UnverifiedError(f"{path} has no {envelope.name} beside it; take both files from the mission.")
    if verify(_bytes(envelope), [_public_key(key)], EDITION_TYPE) != content:
        raise UnverifiedError(
            f"{path} is not the edition that {envelope.name} signs; take both from the mission again."
        )
    return open_edition(content, verified=True, clock=_now)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise InputError(f"{path} is larger than {_MAX_FILE_BYTES} bytes; is it an edition?")
        return path.read_bytes()
    except OSError as fault:
        issue = Issue(field="file", value=str(path), reason="cannot be read")
        raise InputError(f"{path} cannot be read: {fault.strerror}. Check the path.", issue) from None


def _public_key(key: PublicKey | PathLike) -> PublicKey:
    if isinstance(key, PublicKey):
        return key
    text = os.fspath(key)
    return PublicKey.from_pem(text if text.startswith(_PEM_BEGIN) else _bytes(Path(text)))


def _now() -> datetime:
    return datetime.now(UTC)

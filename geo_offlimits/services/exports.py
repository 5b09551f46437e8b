"""Exports: the list on a device, in any of the formats. As unfiltered GeoJSON it is the edition's own bytes.

Every other file is signed for itself: what lies beside it binds its SHA-256, the filter and the edition.
"""

from dataclasses import dataclass
from typing import Any

from geo_offlimits.delivery.envelopes import EXPORT_TYPE
from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Action
from geo_offlimits.formats import canonical_json
from geo_offlimits.formats.edition import sha256
from geo_offlimits.formats.excerpt import EXPORT_FORMAT, Excerpt
from geo_offlimits.formats.kml import write_link
from geo_offlimits.lookup.wording import Translate
from geo_offlimits.services import deltas, editions
from geo_offlimits.services.act import Act
from geo_offlimits.services.editions import Number
from geo_offlimits.services.filters import EVERYTHING, Filter, kept
from geo_offlimits.services.forms import EDITION, FORMS
from geo_offlimits.services.shelf import Shelf


@dataclass(frozen=True, kw_only=True)
class Export:
    """The file, the DSSE envelope that lies beside it, and what it holds."""

    content: bytes
    envelope: bytes
    sha256: str
    number: int
    entries: int


def export(
    act: Act,
    shelf: Shelf,
    keyring: Keyring,
    mission: str,
    number: Number = "current",
    *,
    form: str = EDITION,
    chosen: Filter = EVERYTHING,
    translate: Translate = str,
    language: str = "en",
    link: str | None = None,
) -> Export:
    """The list in the format `form` of FORMS, its words in `language`, which `translate` speaks.

    link : only as LINKED: in place of the list, a file that fetches it from this address again and again.
    Raises InputError for a filter that cannot be, UnknownEditionError as reading it would.
    """
    act.require(Action.EXPORT, mission)
    read = editions.read(act, shelf, mission, number)
    entries = kept(read.edition, chosen)
    if form == EDITION and chosen.empty:
        content, envelope = read.content, editions.envelope(act, mission, read.edition.number)
    else:
        excerpt = Excerpt(
            edition=read.edition,
            sha256=read.sha256,
            fingerprint=keyring.signing.fingerprint,
            entries=entries,
            filtered=chosen.as_json(),
            language=language,
            content=read.content,
            drawn_before=deltas.drawn_before(act, read.edition) if FORMS[form].deletes else frozenset(),
        )
        content = write_link(mission, link, translate) if link else FORMS[form].written(excerpt, translate)
        envelope = keyring.sign(_statement(excerpt, form, content, link), EXPORT_TYPE)
    return Export(
        content=content, envelope=envelope, sha256=sha256(content), number=read.edition.number, entries=len(entries)
    )


def _statement(excerpt: Excerpt, form: str, content: bytes, link: str | None) -> bytes:
    """What is signed beside a file: its hash, the filter and the edition it was made from."""
    edition = excerpt.edition
    told: dict[str, Any] = {
        "format": EXPORT_FORMAT,
        "file_format": form,
        "sha256": sha256(content),
        "filtered": dict(excerpt.filtered),
        "mission": edition.mission,
        "number": edition.number,
        "edition_sha256": excerpt.sha256,
        "issued_at": format_instant(edition.issued_at),
        "expires_at": format_instant(edition.expires_at),
    }
    return canonical_json.dumps(told | ({"link": link} if link else {}))

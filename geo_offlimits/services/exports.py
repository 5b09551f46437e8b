"""Exports: the list on a device, in any of the formats. As unfiltered GeoJSON it is the edition's own bytes.

Every other file is signed for itself: what lies beside it binds its SHA-256, the filter and the edition.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from geo_offlimits.delivery.envelopes import EXPORT_TYPE
from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Action
from geo_offlimits.formats import canonical_json
from geo_offlimits.formats.edition import sha256
from geo_offlimits.formats.excerpt import EXPORT_FORMAT, Excerpt
from geo_offlimits.formats.kml import write_link
from geo_offlimits.lookup.wording import Translate
from geo_offlimits.published import PublishedEdition
from geo_offlimits.services import deltas, editions
from geo_offlimits.services.act import Act
from geo_offlimits.services.editions import Number
from geo_offlimits.services.filters import EVERYTHING, Filter, kept
from geo_offlimits.services.forms import EDITION, FORMS, LINKED
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
) -> Export:
    """The list in the format `form` of FORMS, its words in `language`, which `translate` speaks.

    Raises InputError for a filter that cannot be, UnknownEditionError as reading it would.
    """
    act.require(Action.EXPORT, mission)
    read = editions.read(act, shelf, mission, number)
    if form == EDITION and chosen.empty:
        envelope = editions.envelope(act, mission, read.edition.number)
        return _made(read.content, envelope, read.edition, read.edition.entries)
    excerpt = replace(_excerpt(read, keyring, chosen), language=language)
    if FORMS[form].deletes:
        excerpt = replace(excerpt, drawn_before=deltas.drawn_before(act, excerpt.edition))
    content = _written(shelf, excerpt, form, translate, keep=chosen.near is None and chosen.route is None)
    envelope = keyring.sign(_statement(excerpt, form, content), EXPORT_TYPE)
    return _made(content, envelope, excerpt.edition, excerpt.entries)


def link(
    act: Act,
    shelf: Shelf,
    keyring: Keyring,
    mission: str,
    address: str,
    *,
    chosen: Filter = EVERYTHING,
    translate: Translate = str,
) -> Export:
    """In place of the current list a file, as LINKED, that fetches it from `address` again and again.

    It holds no list. Raises as `export`.
    """
    act.require(Action.EXPORT, mission)
    excerpt = _excerpt(editions.read(act, shelf, mission), keyring, chosen)
    content = write_link(mission, address, translate)
    envelope = keyring.sign(_statement(excerpt, LINKED, content, link=address), EXPORT_TYPE)
    return _made(content, envelope, excerpt.edition, excerpt.entries)


def _excerpt(read: PublishedEdition, keyring: Keyring, chosen: Filter) -> Excerpt:
    return Excerpt(
        edition=read.edition,
        sha256=read.sha256,
        fingerprint=keyring.signing.fingerprint,
        entries=kept(read.edition, chosen),
        filtered=chosen.as_json(),
        content=read.content,
    )


def _written(shelf: Shelf, excerpt: Excerpt, form: str, translate: Translate, *, keep: bool) -> bytes:
    if not keep:
        return FORMS[form].written(excerpt, translate)
    filtered = canonical_json.dumps(dict(excerpt.filtered))
    key = form, excerpt.language, excerpt.sha256, excerpt.fingerprint, filtered, excerpt.drawn_before
    return shelf.made.take(key, lambda: FORMS[form].written(excerpt, translate))


def _made(content: bytes, envelope: bytes, edition: Edition, entries: Sequence[Entry]) -> Export:
    return Export(
        content=content, envelope=envelope, sha256=sha256(content), number=edition.number, entries=len(entries)
    )


def _statement(excerpt: Excerpt, form: str, content: bytes, **more: str) -> bytes:
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
    return canonical_json.dumps(told | more)

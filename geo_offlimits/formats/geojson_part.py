"""A part of an edition as GeoJSON: the features as published, and a member that says it is no edition."""

from geo_offlimits.domain.instants import format_instant
from geo_offlimits.formats.edition import cut
from geo_offlimits.formats.excerpt import EXPORT_FORMAT, Excerpt
from geo_offlimits.lookup.wording import Translate


def write(excerpt: Excerpt, _translate: Translate = str) -> bytes:
    """The file in UTF-8, in canonical form; for programs, so the same in every language."""
    edition = excerpt.edition
    told = {
        "format": EXPORT_FORMAT,
        "filtered": dict(excerpt.filtered),
        "mission": edition.mission,
        "mission_name": edition.mission_name,
        "number": edition.number,
        "edition_sha256": excerpt.sha256,
        "issued_at": format_instant(edition.issued_at),
        "expires_at": format_instant(edition.expires_at),
        "entries": len(excerpt.entries),
        "entries_of_edition": len(edition.entries),
        "demonstration": edition.demonstration,
    }
    kept = {entry.entry_id for entry in excerpt.entries}
    around = [entry.geometry for entry in excerpt.entries if entry.geometry is not None]
    return cut(excerpt.content, [entry.entry_id in kept for entry in edition.entries], told, around)

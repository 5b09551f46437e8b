"""The entries of a transcribed list as they are kept: canonical GeoJSON, with a member that says it is no edition.

Only what an entry of an edition holds is in it. Basis, note, authority, operator and source of a partner's row are
read by nobody here and kept nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.partners import PartnerEdition
from geo_offlimits.formats import strict_json
from geo_offlimits.formats.edition import feature_collection, written
from geo_offlimits.formats.edition_reading import entry_of

FORMAT = "geo-offlimits/transcribed/1"


@dataclass(frozen=True, kw_only=True)
class Transcribed:
    """`rows` : entry id -> row of the file. `not_read` : rows that could not be understood, or had ended."""

    entries: tuple[Entry, ...]
    rows: Mapping[str, int]
    not_read: Sequence[int] = ()


def write(found: Transcribed, **told: Any) -> bytes:
    """`told` is said of the list: whose it is, its reference, when it came."""
    about = {"format": FORMAT, "rows": dict(found.rows), "not_read": list(found.not_read), **told}
    return b"".join(written(found.entries, about))


def read(content: bytes) -> Transcribed:
    """What `write` wrote, with footprints in their published form."""
    document = strict_json.parsed(content, entry_of)
    about = document["offlimits"]
    return Transcribed(entries=tuple(document["features"]), rows=about["rows"], not_read=tuple(about["not_read"]))


def told(found: PartnerEdition) -> dict[str, Any]:
    """A list with its entries as GeoJSON, for programs. `rows` : entry id -> row of the file that was transcribed."""
    more = {"rows": dict(found.rows), "not_read": list(found.not_read), "list": feature_collection(found.entries)}
    return found.as_json() | more

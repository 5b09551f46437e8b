"""The formats in which a list travels: each one's name, which is its file's ending, its media type and its writer.

Doors, pages and documentation take their formats from here; a writer is imported when it is first asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo_offlimits.formats.excerpt import Excerpt
    from geo_offlimits.lookup.wording import Translate


@dataclass(frozen=True, kw_only=True)
class Form:
    """One format. `room` is the module of this package whose function `writer` writes it."""

    name: str
    media_type: str
    room: str
    writer: str = "write"

    def written(self, excerpt: "Excerpt", translate: "Translate" = str) -> bytes:
        """The whole file; the same excerpt and words give the same bytes."""
        write = getattr(import_module(f"geo_offlimits.formats.{self.room}"), self.writer)
        made: bytes = write(excerpt, translate)
        return made


EDITION = "geojson"  # unfiltered, it is the edition's own bytes
LINKED = "kml"  # which can also be a file that fetches the list again and again
_ALL = (
    Form(name=EDITION, media_type="application/geo+json", room="geojson_part"),
    Form(name="gpx", media_type="application/gpx+xml", room="gpx"),
    Form(name=LINKED, media_type="application/vnd.google-earth.kml+xml", room="kml"),
    Form(name="kmz", media_type="application/vnd.google-earth.kmz", room="kml", writer="write_packed"),
    Form(name="csv", media_type="text/csv", room="csv_list"),
    Form(name="xlsx", media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", room="xlsx"),
)
FORMS: Mapping[str, Form] = MappingProxyType({form.name: form for form in _ALL})

"""The formats in which a list travels: each one's name, its file's ending, its media type and its writer.

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
    """One format. `room` is the module whose function `writer` writes it; `packed` as a ZIP.

    deletes : a file of it takes from the device what earlier editions drew there.
    """

    name: str
    media_type: str
    room: str
    writer: str = "write"
    packed: bool = False
    deletes: bool = False

    @property
    def ending(self) -> str:
        """What a file of it ends with, behind the dot."""
        return f"{self.name}.zip" if self.packed else self.name

    def written(self, excerpt: "Excerpt", translate: "Translate" = str) -> bytes:
        """The whole file; the same excerpt and words give the same bytes."""
        write = getattr(import_module(f"geo_offlimits.{self.room}"), self.writer)
        made: bytes = write(excerpt, translate)
        return made


EDITION = "geojson"  # unfiltered, it is the edition's own bytes
LINKED = "kml"  # which can also be a file that fetches the list again and again
_ALL = (
    Form(name=EDITION, media_type="application/geo+json", room="formats.geojson_part"),
    Form(name="gpx", media_type="application/gpx+xml", room="formats.gpx"),
    Form(name=LINKED, media_type="application/vnd.google-earth.kml+xml", room="formats.kml"),
    Form(name="kmz", media_type="application/vnd.google-earth.kmz", room="formats.kml", writer="write_packed"),
    Form(name="csv", media_type="text/csv", room="formats.csv_list"),
    Form(
        name="xlsx", media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", room="formats.xlsx"
    ),
    Form(name="gpkg", media_type="application/geopackage+sqlite3", room="formats.geopackage"),
    Form(name="qfield", media_type="application/zip", room="formats.qfield", packed=True),
    Form(name="tak", media_type="application/zip", room="formats.tak", packed=True, deletes=True),
    Form(name="pdf", media_type="application/pdf", room="formats.pdf"),
    Form(name="html", media_type="text/html", room="services.offline_map"),
)
FORMS: Mapping[str, Form] = MappingProxyType({form.name: form for form in _ALL})

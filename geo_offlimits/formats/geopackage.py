"""GeoPackage 1.2 (OGC 12-128r14) for QGIS and all that read it: the premises layer and the boundaries layer.

1. GDAL writes the layers. An entry without a place is a row without a geometry; what is no text or number is told in
   words, as people read it.
2. The facts of the list stand in the table `edition`, which QGIS shows beside the layers, and in the file's metadata,
   which `ogrinfo` prints.
3. QGIS takes its style from `layer_styles`. It shows a layer of points and outlines as one for each; a style has rules
   for both, so that it serves both.
4. The same excerpt gives the same bytes: every moment in the file is the edition's, and nothing is left of a journal.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pandas as pd

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.formats.qgis_styles import boundaries_style, premises_style
from geo_offlimits.formats.words import WORDS, hours_of
from geo_offlimits.layer import CRS, PREMISES, ColumnKind, boundaries_layer
from geo_offlimits.lookup.wording import Translate

# Devices in the field are old: what came after version 1.2 is warned of there, and a moment without thousandths.
_GDAL = {"engine": "pyogrio", "driver": "GPKG", "DATETIME_PRECISION": "MILLISECOND"}
_STYLES = """
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
 f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
 styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"""
_EDITION = "CREATE TABLE edition (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, heading TEXT, text TEXT)"
_CONTENTS = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)"
    " VALUES (?, 'attributes', ?, '', ?)"
)


_CHANGES, _VALID_FOR = 24, 92


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The file's bytes, the same for the same excerpt and words."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "list.gpkg")
        write_layers(path, excerpt, translate)
        complete(path, excerpt, translate)
        return content_of(path)


def write_layers(path: Path, excerpt: Excerpt, translate: Translate) -> None:
    """`premises` and `boundaries` to a new file at `path`, with the facts as its metadata."""
    premises = readable(excerpt, translate)
    told = _metadata(excerpt, translate)
    premises.to_file(
        path, layer="premises", geometry_type="Unknown", dataset_metadata=told, VERSION="1.2", index=False, **_GDAL
    )
    add_layer(path, "boundaries", boundaries_layer(excerpt.edition.boundaries))


def add_layer(path: Path, name: str, outlines: gpd.GeoDataFrame) -> None:
    """One more layer, of outlines alone."""
    outlines.to_file(
        path, layer=name, geometry_type="MultiPolygon", promote_to_multi=True, mode="a", index=False, **_GDAL
    )


def complete(path: Path, excerpt: Excerpt, translate: Translate) -> None:
    """What stands beside the layers: facts, styles, and the edition's own moment as that of every change."""
    moment = _moment(excerpt.edition.issued_at)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(_EDITION)
        file.executemany("INSERT INTO edition (heading, text) VALUES (?, ?)", _rows(excerpt, translate))
        file.execute(_STYLES)
        for table, style in (("premises", premises_style(translate)), ("boundaries", boundaries_style(translate))):
            file.execute(
                "INSERT INTO layer_styles VALUES (NULL, '', '', ?, 'geom', ?, ?, '', 1, '', '', NULL, ?)",
                (table, table, style.written(), moment),
            )
        for table in ("edition", "layer_styles"):
            file.execute(_CONTENTS, (table, table, moment))
        file.execute("UPDATE gpkg_contents SET last_change = ?", (moment,))
        file.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", (moment,))


def content_of(path: Path) -> bytes:
    """The file's bytes without what SQLite counts in its head: how many transactions GDAL took, which varies.

    SQLite file format, section 1.3: the change counter, and the same again where the size beside it is to be believed.
    """
    content = bytearray(path.read_bytes())
    for counter in (_CHANGES, _VALID_FOR):
        content[counter : counter + 4] = (1).to_bytes(4, "big")
    return bytes(content)


def _rows(excerpt: Excerpt, translate: Translate) -> Iterable[tuple[str, str]]:
    yield from excerpt.facts(translate)
    for line in excerpt.off_map_lines(translate):
        yield translate("Not on the map"), line
    for contact in excerpt.edition.contacts:
        reached = (contact.name, contact.phone, contact.email, contact.hours)
        yield translate(WORDS[contact.kind]), " · ".join(text for text in reached if text)


def _metadata(excerpt: Excerpt, translate: Translate) -> dict[str, str]:
    """The facts under names that do not depend on the language."""
    edition = excerpt.edition
    return {
        "mission": edition.mission,
        "edition": str(edition.number),
        "sha256": excerpt.sha256,
        "key": excerpt.fingerprint,
        "issued_at": format_instant(edition.issued_at),
        "expires_at": format_instant(edition.expires_at),
        "entries": str(len(excerpt.entries)),
        "entries_of_edition": str(len(edition.entries)),
        "meaning": translate("suspected, precautionary"),
        **({"filtered": json.dumps(dict(excerpt.filtered))} if excerpt.filtered else {}),
    }


def readable(excerpt: Excerpt, translate: Translate = str) -> gpd.GeoDataFrame:
    """The premises layer, column by column as `layer.PREMISES` has it, with what is no text or number in words."""
    timezone = excerpt.edition.timezone

    def hours(entry: Entry) -> str | None:
        return hours_of(entry.hours, timezone, excerpt.language, translate) if entry.hours else None

    told: dict[str, Callable[[Entry], object]] = {
        "names": lambda entry: "; ".join(name.text for name in entry.names),
        "applies_to": lambda entry: ", ".join(translate(WORDS[one]) for one in entry.applies_to) or None,
        "hours": hours,
        "exceptions": lambda entry: "; ".join(entry.exceptions) or None,
        "part": _part,
    }
    columns = {
        column.name: _column(column.kind, map(told.get(column.name, attrgetter(column.name)), excerpt.entries))
        for column in PREMISES
        if column.kind is not ColumnKind.GEOMETRY
    }
    places = gpd.GeoSeries([entry.geometry for entry in excerpt.entries], crs=CRS)
    return gpd.GeoDataFrame(columns, geometry=places, crs=CRS)


def _column(kind: ColumnKind, values: Iterable[object]) -> "pd.Series[Any]":
    """Texts as Python's own: GDAL takes them as they are, and would have pandas' unpacked first."""
    if kind in (ColumnKind.METRES, ColumnKind.INSTANT):
        return pd.Series(list(values), dtype=kind.value)
    return pd.Series([None if value is None else str(value) for value in values], dtype="object")


def _part(entry: Entry) -> str | None:
    part = entry.part
    return ", ".join(text for text in (part.text, part.floor, part.entrance) if text) if part else None


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"

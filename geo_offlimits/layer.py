"""The layers of premises, boundaries and facilities: the only definition of their columns.

Each is a GeoDataFrame in EPSG:4326, longitude first, edges straight in longitude/latitude. `PREMISES`, `BOUNDARIES`
and `FACILITIES` below state the columns, in order, with kind, whether a value may be missing, and what it means;
`validate` holds a layer to them. Sector assignment, the outside-territory check and the difference of two editions work
on these layers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Changed, Delta, Edition, Entry, Tombstone
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Facility
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.errors import InputError, Issue

CRS = "EPSG:4326"


class ColumnKind(StrEnum):
    """What a column holds; the value is its pandas dtype."""

    TEXT = "string"
    METRES = "float64"
    INSTANT = "datetime64[us, UTC]"
    VALUE = "object"  # a tuple or a frozen value of the domain
    GEOMETRY = "geometry"


@dataclass(frozen=True)
class Column:
    """One column. `words` is the closed vocabulary of a TEXT column that has one."""

    name: str
    kind: ColumnKind
    meaning: str
    missing: bool = False
    words: tuple[str, ...] = ()


PREMISES: tuple[Column, ...] = (
    Column("entry_id", ColumnKind.TEXT, "stable across editions, unique"),
    Column("name", ColumnKind.TEXT, "for labels"),
    Column("names", ColumnKind.VALUE, "tuple of Name: every name, former ones too"),
    Column("subject", ColumnKind.TEXT, "what is listed", words=tuple(SubjectKind)),
    Column("category", ColumnKind.TEXT, "kind of venue", missing=True, words=tuple(VenueKind)),
    Column("restriction", ColumnKind.TEXT, "off limits or caution", words=tuple(Restriction)),
    Column("applies_to", ColumnKind.VALUE, "tuple of PersonnelCategory; empty binds everyone"),
    Column("hours", ColumnKind.VALUE, "Hours when it binds; missing: always", missing=True),
    Column("exceptions", ColumnKind.VALUE, "tuple of texts"),
    Column("since", ColumnKind.INSTANT, "when the restriction began to hold"),
    Column("until", ColumnKind.INSTANT, "when it ends; missing: open", missing=True),
    Column("part", ColumnKind.VALUE, "Part of a building that is meant; missing: all of it", missing=True),
    Column("address", ColumnKind.TEXT, "as people write it", missing=True),
    Column("locality", ColumnKind.TEXT, "town or village", missing=True),
    Column("sector", ColumnKind.TEXT, "sector of the mission", missing=True),
    Column("mgrs", ColumnKind.TEXT, "grid reference", missing=True),
    Column("uncertainty_m", ColumnKind.METRES, "95 % uncertainty of the footprint", missing=True),
    Column("issuer", ColumnKind.TEXT, "code of the mission that decided"),
    Column("directive", ColumnKind.TEXT, "reference of the decision"),
    Column("geometry", ColumnKind.GEOMETRY, "point, polygon or multipolygon; missing: place unknown", missing=True),
)

BOUNDARIES: tuple[Column, ...] = (
    Column("kind", ColumnKind.TEXT, "territory or sector", words=tuple(BoundaryKind)),
    Column("name", ColumnKind.TEXT, "for labels"),
    Column("valid_from", ColumnKind.INSTANT, "holds from; missing: open", missing=True),
    Column("valid_to", ColumnKind.INSTANT, "holds until, not then; missing: open", missing=True),
    Column("geometry", ColumnKind.GEOMETRY, "polygon or multipolygon"),
)

FACILITIES: tuple[Column, ...] = (
    Column("facility_id", ColumnKind.TEXT, "stable across editions, unique in its mission"),
    Column("name", ColumnKind.TEXT, "for labels"),
    Column("kind", ColumnKind.TEXT, "what it offers, as the mission says it"),
    Column("address", ColumnKind.TEXT, "as people write it", missing=True),
    Column("locality", ColumnKind.TEXT, "town or village", missing=True),
    Column("geometry", ColumnKind.GEOMETRY, "point, polygon or multipolygon"),
)


class LayerError(InputError):
    """A table that is not the layer it is used as."""

    def __init__(self, column: str, fact: str, remedy: str) -> None:
        self.column = column
        issue = Issue(field=column, reason=fact, remedy=remedy)
        super().__init__(f"The layer's column {column} {fact}; {remedy}.", issue)


def premises_layer(edition: Edition) -> gpd.GeoDataFrame:
    """One row an entry of the edition, in its order; columns as PREMISES. An edition without entries gives no rows."""
    return entries_layer(edition.entries)


def entries_layer(entries: Iterable[Entry]) -> gpd.GeoDataFrame:
    """The premises layer of entries that are not (yet) in an edition."""
    return _layer(_values(tuple(entries), PREMISES), PREMISES)


def places_layer(places: Iterable[BaseGeometry | None]) -> gpd.GeoDataFrame:
    """Places alone, in the order given, for questions of where; None where one is not known."""
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(places), crs=CRS))


def boundaries_layer(boundaries: Iterable[Boundary]) -> gpd.GeoDataFrame:
    """One row a territory or sector, in the order given; columns as BOUNDARIES."""
    listed = tuple(boundaries)
    values: dict[str, list[Any]] = {
        "kind": [boundary.kind for boundary in listed],
        "name": [boundary.name for boundary in listed],
        "valid_from": [boundary.valid.start for boundary in listed],
        "valid_to": [boundary.valid.end for boundary in listed],
        "geometry": [boundary.geometry for boundary in listed],
    }
    return _layer(values, BOUNDARIES)


def facilities_layer(facilities: Iterable[Facility]) -> gpd.GeoDataFrame:
    """One row an approved facility, in the order given; columns as FACILITIES."""
    return _layer(_values(tuple(facilities), FACILITIES), FACILITIES)


def validate(layer: gpd.GeoDataFrame, columns: Sequence[Column] = PREMISES) -> None:
    """Raises LayerError with the column at fault unless the layer has exactly these columns, kinds and values."""
    names = [column.name for column in columns]
    if not isinstance(layer, gpd.GeoDataFrame) or list(layer.columns) != names:
        raise LayerError("list", f"is not {', '.join(names)}", "build the layer with the function of this module")
    if layer.crs is None or layer.crs.to_epsg() != 4326:  # noqa: PLR2004  (the number in CRS)
        raise LayerError("geometry", f"is in {layer.crs}, not {CRS}", f"transform it with .to_crs({CRS!r})")
    for column in columns:
        _validate_column(layer[column.name], column)
    if "entry_id" in names and not layer["entry_id"].is_unique:
        raise LayerError("entry_id", "names an entry twice", "give every entry an id of its own")
    # GeoPandas warns when asked this about empty shapes, which are to be refused here.
    placed = ~shapely.is_missing(np.asarray(layer.geometry, dtype=object))
    _validate_geometry(layer[placed].geometry)
    if "subject" in names:
        _validate_areas(layer)


def assign_sectors(
    layer: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame, *, at: datetime | None = None
) -> gpd.GeoDataFrame:
    """A copy of the layer with `sector` set for each entry that has a place.

    An entry belongs to the sector that holds its representative point; where sectors meet, to the first by name;
    outside every sector, to none. An entry without a place keeps what it has. `at` chooses the sectors valid then;
    None uses all of them.
    """
    sectors = _holding(boundaries, BoundaryKind.SECTOR, at).sort_values("name", kind="stable")
    placed = layer.geometry.notna()
    points = gpd.GeoDataFrame(geometry=layer[placed].geometry.representative_point(), crs=CRS)
    joined = points.sjoin(sectors[["name", "geometry"]], how="left", predicate="intersects")
    first = joined.sort_values("name", kind="stable").groupby(level=0)["name"].first()
    assigned = layer.copy()
    assigned.loc[placed, "sector"] = first.reindex(layer.index[placed]).astype("string")
    return assigned


def outside_territory(
    layer: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame, *, at: datetime | None = None
) -> "pd.Series[bool]":
    """For each entry, whether its footprint lies wholly outside the territory; indexed as the layer.

    False for an entry without a place, and for all where no territory is known. `at` chooses the territory valid then.
    """
    territory = _holding(boundaries, BoundaryKind.TERRITORY, at)
    if territory.empty:
        return pd.Series(data=False, index=layer.index, dtype=bool)
    outside = layer.geometry.disjoint(territory.geometry.union_all())
    return pd.Series(outside & layer.geometry.notna(), dtype=bool)


def delta(before: Edition, after: Edition) -> Delta:
    """What changed from one edition to another: added and changed entries, tombstones of those removed, by id.

    Both as published, that is decoded from their bytes: an entry is changed when any of its columns differs, and
    footprints are compared vertex by vertex.
    """
    old, new = (premises_layer(edition).set_index("entry_id") for edition in (before, after))
    before_entries, after_entries = ({e.entry_id: e for e in edition.entries} for edition in (before, after))
    common = sorted(old.index.intersection(new.index))
    differing = _differing(old.loc[common], new.loc[common])
    return Delta(
        from_number=before.number,
        to_number=after.number,
        added=tuple(after_entries[entry_id] for entry_id in sorted(new.index.difference(old.index))),
        changed=tuple(
            Changed(before=before_entries[entry_id], after=after_entries[entry_id], fields=fields)
            for entry_id, fields in differing.items()
        ),
        removed=tuple(
            Tombstone(entry_id=entry_id, name=before_entries[entry_id].name)
            for entry_id in sorted(old.index.difference(new.index))
        ),
    )


def _differing(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> dict[str, tuple[str, ...]]:
    """The names of the differing columns for each row that differs; both layers have the same index."""
    unequal = pd.DataFrame(
        {
            column.name: _unequal(old[column.name], new[column.name], column.kind)
            for column in PREMISES
            if column.name != "entry_id"
        },
        index=old.index,
    )
    names = np.asarray(unequal.columns)
    changed = unequal[unequal.any(axis=1)]
    return {
        str(entry_id): tuple(names[row])
        for entry_id, row in zip(changed.index, changed.to_numpy(dtype=bool), strict=True)
    }


def _unequal(old: Any, new: Any, kind: ColumnKind) -> Any:
    if kind is ColumnKind.GEOMETRY:
        same_place = old.geom_equals_exact(new, tolerance=0.0, align=False) | (old.isna() & new.isna())
        return ~same_place.to_numpy(dtype=bool)
    if kind is ColumnKind.VALUE:
        return np.array([one != other for one, other in zip(old, new, strict=True)], dtype=bool)
    both_missing = (old.isna() & new.isna()).to_numpy(dtype=bool)
    return ~((old == new).fillna(value=False).to_numpy(dtype=bool) | both_missing)


def _holding(boundaries: gpd.GeoDataFrame, kind: BoundaryKind, at: datetime | None) -> gpd.GeoDataFrame:
    chosen = boundaries[boundaries["kind"] == kind.value]
    if at is None:
        return chosen
    begun = chosen["valid_from"].isna() | (chosen["valid_from"] <= at)
    return chosen[begun & (chosen["valid_to"].isna() | (chosen["valid_to"] > at))]


def _values(listed: Sequence[Any], columns: Sequence[Column]) -> dict[str, list[Any]]:
    return {column.name: [*map(attrgetter(column.name), listed)] for column in columns}


def _layer(values: dict[str, list[Any]], columns: Sequence[Column]) -> gpd.GeoDataFrame:
    table: dict[str, Any] = {
        column.name: _series(values[column.name], column.kind)
        for column in columns
        if column.kind is not ColumnKind.GEOMETRY
    }
    geometry = gpd.GeoSeries(values["geometry"], crs=CRS)
    layer = gpd.GeoDataFrame(table, geometry=geometry, crs=CRS)[[column.name for column in columns]]
    validate(layer, columns)
    return layer


def _series(values: list[Any], kind: ColumnKind) -> "pd.Series[Any]":
    if kind is ColumnKind.VALUE:
        held = np.empty(len(values), dtype=object)
        held[:] = values
        return pd.Series(held, dtype="object")
    if kind is ColumnKind.TEXT:
        values = [None if value is None else str(value) for value in values]
    return pd.Series(values, dtype=kind.value)


def _validate_column(values: "pd.Series[Any]", column: Column) -> None:
    if column.kind is not ColumnKind.GEOMETRY and str(values.dtype) != column.kind.value:
        raise LayerError(column.name, f"is {values.dtype}, not {column.kind.value}", "convert it with .astype")
    if not column.missing and values.isna().any():
        raise LayerError(column.name, "has rows without a value", "fill them in")
    if column.words and not values.dropna().isin(column.words).all():
        raise LayerError(column.name, "holds a word it does not know", f"use one of {', '.join(column.words)}")


def _validate_geometry(shapes: gpd.GeoSeries) -> None:
    if not shapes.geom_type.isin(["Point", "Polygon", "MultiPolygon"]).all() or shapes.is_empty.any():
        raise LayerError("geometry", "holds something else than points and polygons", "leave it out where unknown")
    coordinates = shapely.get_coordinates(shapes.to_numpy())
    if not (np.isfinite(coordinates).all() and (np.abs(coordinates) <= (180.0, 90.0)).all()):
        raise LayerError("geometry", "reaches beyond longitude ±180 or latitude ±90", "longitude comes first")
    if not shapes.is_valid.all():
        raise LayerError("geometry", "holds an invalid polygon", "draw its outline again; it is not repaired here")


def _validate_areas(layer: gpd.GeoDataFrame) -> None:
    polygonal = layer.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    areas = layer["subject"] == SubjectKind.AREA.value
    rules = (layer["subject"] == SubjectKind.CATEGORY_RULE.value) & layer.geometry.notna()
    if not polygonal[areas | rules].all():
        raise LayerError("geometry", "has an area that is not a polygon", "draw its outline")
    if layer.loc[layer["subject"] == SubjectKind.CATEGORY_RULE.value, "category"].isna().any():
        raise LayerError("category", "is missing for a category rule", "name the kind of venue")

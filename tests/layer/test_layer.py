"""The premises layer and the boundaries layer as GeoDataFrames."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, Polygon, box

from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.premises import Name, SubjectKind, VenueKind
from geo_offlimits.layer import (
    BOUNDARIES,
    PREMISES,
    LayerError,
    assign_sectors,
    boundaries_layer,
    delta,
    outside_territory,
    premises_layer,
    validate,
)

MakeEntry = Callable[..., Entry]
MakeEdition = Callable[..., Edition]
NOW = datetime(2026, 11, 20, tzinfo=UTC)
TERRITORY = Boundary(kind=BoundaryKind.TERRITORY, name="Isle", geometry=box(0, 0, 10, 10))
NORTH = Boundary(kind=BoundaryKind.SECTOR, name="North", geometry=box(0, 5, 10, 10))
SOUTH = Boundary(kind=BoundaryKind.SECTOR, name="South", geometry=box(0, 0, 10, 5))
EMPTY: tuple[Boundary, ...] = ()


def test_the_layer_has_the_documented_columns_a_row_an_entry(make_entry: MakeEntry, make_edition: MakeEdition) -> None:
    entries = (make_entry(1, hours=None, uncertainty_m=5), make_entry(2, geometry=None, category=None, sector="South"))
    layer = premises_layer(make_edition(*entries))
    assert list(layer.columns) == [column.name for column in PREMISES]
    assert layer.crs == "EPSG:4326"
    assert layer["entry_id"].tolist() == ["DEMO-0001", "DEMO-0002"]
    assert layer["names"].iloc[0] == (Name(text="Blue Heron"),)
    assert str(layer["since"].dtype) == "datetime64[us, UTC]"
    assert layer.geometry.isna().tolist() == [False, True]
    assert layer["category"].isna().tolist() == [False, True]
    assert all(column.meaning for column in (*PREMISES, *BOUNDARIES))


def test_an_edition_without_entries_is_a_layer_without_rows(make_edition: MakeEdition) -> None:
    layer = premises_layer(make_edition())
    assert layer.shape == (0, len(PREMISES))
    assert len(assign_sectors(layer, boundaries_layer((NORTH,)))) == 0
    assert outside_territory(layer, boundaries_layer((TERRITORY,))).tolist() == []


def test_boundaries_keep_their_dates() -> None:
    layer = boundaries_layer((replace(TERRITORY, valid=Period(start=NOW)), NORTH))
    assert list(layer.columns) == [column.name for column in BOUNDARIES]
    assert layer["valid_from"].iloc[0] == NOW
    assert layer["valid_from"].isna().iloc[1]


def broken(layer: Any) -> dict[str, gpd.GeoDataFrame]:
    def with_column(**columns: Any) -> Any:
        return layer.assign(**columns)

    def shaped(shape: Any) -> Any:
        return layer.set_geometry(gpd.GeoSeries([shape, shape], index=layer.index, crs=layer.crs))

    text = pd.Series(["x", "x"], dtype="string")
    nowhere: list[Any] = [None, None]
    no_place = gpd.GeoSeries(nowhere, crs=layer.crs)
    return {
        "a column less": layer.drop(columns="issuer"),
        "a column more": with_column(note=text),
        "columns in another order": layer[list(layer.columns[::-1])],
        "another reference system": layer.to_crs(3857),
        "no reference system": layer.set_crs(None, allow_override=True),
        "objects for text": with_column(issuer=layer["issuer"].astype(object)),
        "a name missing": with_column(name=pd.Series(["x", None], dtype="string")),
        "an unknown restriction": with_column(restriction=text),
        "an id twice": with_column(entry_id=text),
        "a line": shaped(LineString([(0, 0), (1, 1)])),
        "an empty polygon": shaped(Polygon()),
        "beyond 180": shaped(Point(181, 0)),
        "not a number": shaped(Point(float("nan"), 0)),
        "a bow tie": shaped(Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])),
        "an area at a point": with_column(subject=pd.Series(["area", "premises"], dtype="string")),
        "a rule without a kind": with_column(
            subject=pd.Series(["category_rule", "premises"], dtype="string"),
            category=pd.Series([None, None], dtype="string"),
            geometry=no_place,
        ),
    }


def test_a_table_that_is_not_the_layer_is_refused_with_the_column_at_fault(
    make_entry: MakeEntry, make_edition: MakeEdition
) -> None:
    layer = premises_layer(make_edition(make_entry(1), make_entry(2)))
    validate(layer)
    for what, table in broken(layer).items():
        with pytest.raises(LayerError) as refusal:
            validate(table)
        assert refusal.value.issues[0].remedy, what
    with pytest.raises(LayerError):
        validate(pd.DataFrame(layer))


def test_entries_belong_to_the_sector_that_holds_them(make_entry: MakeEntry, make_edition: MakeEdition) -> None:
    layer = premises_layer(
        make_edition(
            make_entry(1, geometry=Point(1, 8)),
            make_entry(2, geometry=Point(1, 2)),
            make_entry(3, geometry=Point(1, 5)),  # where sectors meet: the first by name
            make_entry(4, geometry=Point(50, 50), sector="South"),
            make_entry(5, geometry=None, sector="South"),
            make_entry(6, geometry=box(1, 4.9, 2, 7), sector="South"),
        )
    )
    assigned = assign_sectors(layer, boundaries_layer((SOUTH, NORTH, TERRITORY)))
    assert assigned["sector"].fillna("none").tolist() == ["North", "South", "North", "none", "South", "North"]
    assert layer["sector"].fillna("none").tolist() == ["none", "none", "none", "South", "South", "South"]
    validate(assigned)


def test_only_sectors_of_that_day_count(make_entry: MakeEntry, make_edition: MakeEdition) -> None:
    layer = premises_layer(make_edition(make_entry(geometry=Point(1, 8))))
    later = boundaries_layer((replace(NORTH, valid=Period(start=NOW)),))
    assert assign_sectors(layer, later, at=NOW)["sector"].tolist() == ["North"]
    assert assign_sectors(layer, later, at=NOW - timedelta(1))["sector"].isna().all()
    earlier = boundaries_layer((replace(NORTH, valid=Period(end=NOW)),))
    assert assign_sectors(layer, earlier, at=NOW)["sector"].isna().all()


def test_an_entry_wholly_outside_the_territory_is_marked(make_entry: MakeEntry, make_edition: MakeEdition) -> None:
    layer = premises_layer(
        make_edition(
            make_entry(1, geometry=Point(5, 5)),
            make_entry(2, geometry=Point(11, 5)),
            make_entry(3, geometry=box(9, 9, 11, 11)),
            make_entry(4, geometry=None),
            make_entry(5, geometry=box(20, 20, 21, 21)),
        )
    ).set_index(pd.Index(list("abcde")))
    outside = outside_territory(layer, boundaries_layer((TERRITORY, NORTH)))
    assert outside.to_dict() == {"a": False, "b": True, "c": False, "d": False, "e": True}
    assert not outside_territory(layer, boundaries_layer(EMPTY)).any()
    past = boundaries_layer((replace(TERRITORY, valid=Period(end=NOW)),))
    assert not outside_territory(layer, past, at=NOW).any()


def test_a_delta_names_what_came_what_changed_and_what_went(make_entry: MakeEntry, make_edition: MakeEdition) -> None:
    before = make_edition(
        make_entry(1),
        make_entry(2, name="Tide"),
        make_entry(3, geometry=box(0, 0, 1, 1)),
        make_entry(4, geometry=None),
        make_entry(5, address=None),
    )
    after = make_edition(
        make_entry(1),
        make_entry(3, geometry=box(0, 0, 1, 2)),
        make_entry(4, geometry=Point(1, 1), name="New", names=(Name(text="New"), Name(text="Blue Heron"))),
        make_entry(5, address="12 Quay Street", uncertainty_m=3.0),
        make_entry(6),
        number=2,
    )
    found = delta(before, after)
    assert (found.from_number, found.to_number) == (1, 2)
    assert [entry.entry_id for entry in found.added] == ["DEMO-0006"]
    assert [(gone.entry_id, gone.name) for gone in found.removed] == [("DEMO-0002", "Tide")]
    assert {change.after.entry_id: change.fields for change in found.changed} == {
        "DEMO-0003": ("geometry",),
        "DEMO-0004": ("name", "names", "geometry"),
        "DEMO-0005": ("address", "uncertainty_m"),
    }


def test_a_delta_may_be_empty_and_may_be_everything(make_entry: MakeEntry, make_edition: MakeEdition) -> None:
    one, none = make_edition(make_entry(1), make_entry(2, geometry=None)), make_edition()
    same = delta(one, replace(one, number=2))
    assert (same.added, same.changed, same.removed) == ((), (), ())
    assert len(delta(none, one).added) == 2
    assert len(delta(one, none).removed) == 2
    assert delta(none, none).added == ()


def test_every_subject_and_kind_of_venue_fits_the_layer(make_entry: MakeEntry, make_edition: MakeEdition) -> None:
    area = box(0, 0, 1, 1)
    entries = [
        make_entry(at, subject=subject, category=kind, geometry=area)
        for at, (subject, kind) in enumerate((subject, kind) for subject in SubjectKind for kind in VenueKind)
    ]
    assert len(premises_layer(make_edition(*entries))) == len(entries)

"""Filters in CQL2 text, read and answered over a real layer: what the standard says, unknown kept apart from false."""

import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.premises import Name, SubjectKind, VenueKind
from geo_offlimits.errors import QueryError
from geo_offlimits.formats.cql2 import MAX_DEPTH, MAX_LENGTH, FilterError, condition
from geo_offlimits.layer import entries_layer
from geo_offlimits.lookup.reference_systems import ReferenceSystem
from geo_offlimits.services.conditions import Table
from geo_offlimits.services.features import Kind, queryables


def listed(number: int, name: str, **facts: object) -> Entry:
    usual: dict[str, object] = {
        "names": (Name(text=name),),
        "subject": SubjectKind.PREMISES,
        "category": VenueKind.BAR,
        "restriction": Restriction.OFF_LIMITS,
        "since": datetime(2026, number, 1, tzinfo=UTC),
        "issuer": "DEMO",
        "directive": "D/1",
        "geometry": Point(number, 10),
    }
    return Entry(entry_id=str(number), name=name, **(usual | facts))  # type: ignore[arg-type]  # facts by name


LAYER = entries_layer(
    (
        listed(1, "Blue Lantern", locality="Port", uncertainty_m=5.0),
        listed(2, "Плава Лампа", category=VenueKind.HOTEL, until=datetime(2026, 6, 1, tzinfo=UTC)),
        listed(3, "It's 100% \\ (a_b)", uncertainty_m=50.0, geometry=box(2.5, 9.5, 3.5, 10.5)),
        listed(4, "月光", locality="Hill", geometry=None),
        listed(5, "Quay rule", subject=SubjectKind.AREA, locality="", geometry=box(170, 0, 180, 5)),
    )
)


def table(layer: gpd.GeoDataFrame = LAYER) -> Table:
    return Table(layer, queryables(Kind.PREMISES), {"mission": "DEMO"})


def found(text: str, crs: ReferenceSystem = ReferenceSystem.CRS84) -> str:
    """The ids of the rows of which the filter is true."""
    return "".join(LAYER[table().holds(condition(text, crs))]["entry_id"])


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("name = 'Blue Lantern'", "1"),
        ("name <> 'Blue Lantern'", "2345"),
        ("'Blue Lantern' = \"name\"", "1"),
        ("name = 'Плава Лампа' or name='月光'", "24"),
        ("CASEI(name) = CASEI('плава ЛАМПА')", "2"),
        ("id IN ('1', '3', '9')", "13"),
        ("id NOT IN ('1', '3', '9')", "245"),
        ("mission = 'DEMO' AND id < '3'", "12"),
        ("mission = 'ROCK'", ""),
        ("uncertainty_m > 5", "3"),
        ("uncertainty_m BETWEEN -1 AND 5e0", "1"),
        # What is missing is unknown, and stays so beneath NOT.
        ("NOT uncertainty_m > 5", "1"),
        ("uncertainty_m IS NULL", "245"),
        ("NOT (uncertainty_m IS NULL)", "13"),
        ("locality = 'Port' OR NOT locality = 'Port'", "145"),
        ("locality IN ('Port', 'x') OR uncertainty_m > 5", "13"),
        ("locality IS NULL AND TRUE", "23"),
        # AND binds before OR, NOT before both.
        ("id = '1' OR id = '2' AND category = 'bar'", "1"),
        ("(id = '1' OR id = '2') AND category = 'bar'", "1"),
        ("id = '2' OR id = '1' AND category = 'hotel'", "2"),
        ("NOT id = '1' AND category = 'bar'", "345"),
        ("NOT (id = '1' AND category = 'bar')", "2345"),
        ("FALSE OR id = '5'", "5"),
    ],
)
def test_comparisons(text: str, ids: str) -> None:
    assert found(text) == ids


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("Blue%", "1"),
        ("%Lantern", "1"),
        ("%", "12345"),
        ("", ""),
        ("__", "4"),
        ("%а%а%", "2"),
        ("%100\\% %", "3"),
        ("It''s%", "3"),
        ("%(a\\_b)", "3"),
        ("%(a_b)", "3"),
        ("Blue.Lantern", ""),
        ("Blue Lantern%Lantern", ""),
        ("blue%", ""),
    ],
)
def test_patterns(pattern: str, ids: str) -> None:
    assert found(f"name LIKE '{pattern}'") == ids
    assert set(found(f"name NOT LIKE '{pattern}'")) == set("12345") - set(ids)


def test_a_pattern_without_regard_to_capitals() -> None:
    assert found("CASEI(name) LIKE CASEI('BLUE%')") == "1"
    assert found("CASEI(name) LIKE CASEI('плава%')") == "2"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("S_INTERSECTS(geometry, BBOX(0.5,9,2.6,11))", "123"),
        ("S_WITHIN(geometry, BBOX(0.5,9,2.6,11))", "12"),
        ("S_INTERSECTS(geometry, BBOX(0.5,9,-1,2.6,11,1))", "123"),
        ("S_DISJOINT(geometry, BBOX(0.5,9,2.6,11))", "5"),
        ("NOT S_INTERSECTS(geometry, BBOX(0.5,9,2.6,11))", "5"),
        ("S_INTERSECTS(geometry, BBOX(175,0,-175,1))", "5"),
        ("S_EQUALS(POINT(1 10), geometry)", "1"),
        ("S_CONTAINS(geometry, MULTIPOINT((3 10),(3.1 10)))", "3"),
        ("S_INTERSECTS(geometry, POLYGON((0 9, 2 9, 2 11, 0 11, 0 9)))", "12"),
        ("geometry IS NULL", "4"),
        ("geometry IS NULL OR S_TOUCHES(geometry, LINESTRING(3.5 0, 3.5 20))", "34"),
    ],
)
def test_places(text: str, ids: str) -> None:
    assert found(text) == ids


def test_places_in_another_reference_system() -> None:
    assert found("S_INTERSECTS(geometry, BBOX(9,0.5,11,2.2))", ReferenceSystem.WGS84) == "12"
    assert found("S_INTERSECTS(geometry, POINT(10 1))", ReferenceSystem.WGS84) == "1"
    assert found("S_WITHIN(geometry, BBOX(100000,1000000,230000,1200000))", ReferenceSystem.WEB_MERCATOR) == "12"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("since > TIMESTAMP('2026-03-01T00:00:00Z')", "45"),
        ("since >= '2026-03-01T01:00:00+01:00'", "345"),
        ("T_AFTER(since, TIMESTAMP('2026-03-01T00:00:00Z'))", "45"),
        ("T_BEFORE(since, INTERVAL('2026-03-01T00:00:00Z', '..'))", "12"),
        ("T_DURING(since, INTERVAL('2026-01-15T00:00:00Z', '2026-03-15T00:00:00Z'))", "23"),
        ("T_EQUALS(since, '2026-05-01T00:00:00Z')", "5"),
        ("T_BEFORE(until, '2027-01-01T00:00:00Z')", "2"),
        ("T_CONTAINS(INTERVAL(since, until), TIMESTAMP('2026-07-01T00:00:00Z'))", "1345"),
        ("T_STARTS(INTERVAL(since, until), INTERVAL('2026-02-01T00:00:00Z', '..'))", "2"),
        ("T_MEETS(INTERVAL(since, until), INTERVAL('2026-06-01T00:00:00Z', '..'))", "2"),
        ("NOT T_INTERSECTS(INTERVAL(since, until), INTERVAL('2026-06-02T00:00:00Z', '..'))", "2"),
        ("T_FINISHES(INTERVAL(since, until), INTERVAL('..', '2026-06-01T00:00:00Z'))", "2"),
    ],
)
def test_times(text: str, ids: str) -> None:
    assert found(text) == ids


DEEPEST = f"{'(' * MAX_DEPTH}id = '1'{')' * MAX_DEPTH}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "name",
        "name =",
        "name = 'Blue",
        "name = 'a' 'b'",
        "name == 'a'",
        "= 'a'",
        "name = 'a' AND",
        "name IN ()",
        "name IN ('a',)",
        "name LIKE id",
        "name LIKE 3",
        "uncertainty_m LIKE '5%'",
        "CASEI(uncertainty_m) = '5'",
        "'a' IS NULL",
        "name IS 'a'",
        "name + 1 = 2",
        "sqrt(uncertainty_m) = 2",
        "__import__('os') = 1",
        "basis = 'trafficking'",
        "note IS NULL",
        "operator = 'x'",
        "names = 'Blue Lantern'",
        "hours IS NULL",
        "name = 5",
        "uncertainty_m = 'five'",
        "uncertainty_m = 1e999",
        "uncertainty_m = TRUE",
        "since > 5",
        "since > 'yesterday'",
        "since > DATE('2026-03-01')",
        "since > TIMESTAMP('2026-03-01')",
        "since > TIMESTAMP('2026-03-01T00:00:00')",
        "since > TIMESTAMP('0026-03-01T00:00:00Z')",
        "T_AFTER(name, since)",
        "T_AFTER(since)",
        "T_AFTER(since, 5)",
        "S_INTERSECTS(name, POINT(1 1))",
        "S_INTERSECTS(geometry, 'POINT(1 1)')",
        "S_INTERSECTS(geometry, POINT(1))",
        "S_INTERSECTS(geometry, POINT(nan nan))",
        "S_INTERSECTS(geometry, POINT EMPTY)",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))",
        "S_INTERSECTS(geometry, POINT(1 1)",
        "S_INTERSECTS(geometry, BBOX(1,2,3))",
        "S_INTERSECTS(geometry, BBOX(1,2,3,name))",
        "S_DWITHIN(geometry, POINT(1 1), 5)",
        f"({DEEPEST})",
        "(" * (MAX_LENGTH - 10),
        "S_INTERSECTS(geometry, " + "GEOMETRYCOLLECTION(" * 80 + "POINT(1 1)" + ")" * 81,
        "name = '" + "a" * MAX_LENGTH + "'",
        "name = 'a'; DROP TABLE step",
        "name = 'a' -- ",
        "name = '\x00\ud800",
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_parameter_s_name(text: str) -> None:
    with pytest.raises(QueryError) as refused:
        found(text)
    (issue,) = refused.value.issues
    assert issue.field == "filter"
    assert issue.reason
    assert issue.remedy


def test_the_deepest_and_the_longest_filter_are_read() -> None:
    assert found(DEEPEST) == "1"
    assert found("NOT " * 400 + "id = '1'") == "1"
    longest = "id IN (" + ",".join(f"'{number}'" for number in range(340)) + ")"
    assert 1900 < len(longest) <= MAX_LENGTH
    assert found(longest) == "12345"


TEXTS = st.text(max_size=60) | st.text("()'\",=<>%_ANDORTINLIKE01. ", max_size=80)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_filter_or_is_refused(text: str) -> None:
    with suppress(QueryError):
        table().holds(condition(text))


@pytest.mark.deep
@given(TEXTS)
@settings(max_examples=5_000)
def test_any_of_thousands_of_texts_is_a_filter_or_is_refused(text: str) -> None:
    with suppress(QueryError):
        table().holds(condition(text))


@pytest.mark.parametrize("count", [2_000, pytest.param(10_000, marks=pytest.mark.deep)])
def test_hostile_patterns_and_long_alternatives_take_no_time(count: int) -> None:
    """Thousands of names of two hundred equal letters, which no register holds, and what backtracks worst on them."""
    many = LAYER.iloc[np.zeros(count, dtype=int)].reset_index(drop=True)
    many["name"] = "a" * 200
    for text in (
        "name LIKE '" + "%a" * 900 + "b'",
        "name LIKE '" + "%a_" * 600 + "b'",
        "name LIKE '" + "_" * 1900 + "'",
        " OR ".join(["name LIKE '%a%a%b'"] * 80),
        "name IN (" + ",".join("'b'" for _ in range(490)) + ")",
        " OR ".join(["S_INTERSECTS(geometry,POINT(7 7))"] * 50),
    ):
        began = time.process_time()
        assert not table(many).holds(condition(text)).any()
        assert time.process_time() - began < 0.5 + count / 2_000, text[:40]


def test_reading_a_filter_imports_nothing_and_leaves_no_trace() -> None:
    before = set(sys.modules)
    with pytest.raises(FilterError):
        condition("__import__('antigravity') = 1")
    assert set(sys.modules) == before


def test_an_empty_layer_answers_nothing() -> None:
    for text in ("name = 'a'", "since > '2026-03-01T00:00:00Z'", "S_INTERSECTS(geometry, POINT(1 1))", "name LIKE '%'"):
        assert table(LAYER.iloc[:0]).holds(condition(text)).tolist() == []

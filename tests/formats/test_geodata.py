"""GeoPackage, zipped shapefile and FlatGeobuf: read in WGS 84, in their encoding, or refused with the reason."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import fiona
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_offlimits.formats import apart
from geo_offlimits.formats.apart import EndedError, NotSealedError
from geo_offlimits.formats.files import ImportFileError, Limits
from geo_offlimits.formats.reader import Table, read_rows
from tests.formats.coming import comes
from tests.formats.hostile.making import shapefile_parts, written, zipped

DRIVERS = {"list.gpkg": "GPKG", "list.zip": "ESRI Shapefile", "list.fgb": "FlatGeobuf"}
UTM = {"type": "Point", "coordinates": (500_000.0, 4_700_000.0)}


def read(file: str, **told: object) -> Table:
    return read_rows((file, written(DRIVERS[file], **told)))  # type: ignore[arg-type]  # what making knows


@pytest.mark.parametrize("name", DRIVERS)
def test_a_list_in_wgs84_is_read(name: str) -> None:
    (row,) = read(name, name="Café Zoé").rows
    assert row.values == {"name": "Café Zoé", "note": "n"}
    assert row.geometry is not None
    assert row.geometry.wkt == "POINT (1 2)"


@pytest.mark.parametrize("name", DRIVERS)
def test_coordinates_of_a_known_system_are_turned_into_wgs84_and_that_is_told(name: str) -> None:
    table = read(name, crs="EPSG:32634", geometry=UTM)
    assert table.rows[0].geometry is not None
    lon, lat = table.rows[0].geometry.centroid.coords[0]
    assert lon == pytest.approx(21.0, abs=1e-7)
    assert lat == pytest.approx(42.4523, abs=5e-4)
    assert "coordinates in EPSG:32634 were turned into WGS 84" in table.notes


@pytest.mark.parametrize("name", DRIVERS)
def test_a_system_that_is_not_on_the_list_is_refused_by_name(name: str) -> None:
    with pytest.raises(ImportFileError, match=r"in a system that is not read \(.*(National|27700)"):
        read(name, crs="EPSG:27700")


def test_a_shapefile_without_its_system_is_refused_with_the_remedy() -> None:
    parts = {name: content for name, content in shapefile_parts().items() if not name.endswith(".prj")}
    with pytest.raises(ImportFileError, match=r"does not say in which system .* a shapefile with its \.prj"):
        read_rows(("list.zip", zipped(parts)))


@pytest.mark.parametrize(("label", "codec"), [(b"1251", "cp1251"), (b"", "cp1251"), (b"UTF-8", "utf-8")])
def test_the_texts_of_a_shapefile_are_read_in_the_encoding_it_names_or_the_one_they_read_like(
    label: bytes, codec: str
) -> None:
    parts = shapefile_parts(name="PLACEHOLDER-OF-A-NAME")
    name = "Кафана Љубичица".encode(codec)
    table = bytearray(parts["list.dbf"].replace(b"PLACEHOLDER-OF-A-NAME".ljust(len(name)), name.ljust(21)))
    table[29] = 0
    told = read_rows(("list.zip", zipped(parts | {"list.dbf": bytes(table), "list.cpg": label})))
    assert told.rows[0].values["name"] == "Кафана Љубичица"
    assert any("texts were read as" in note for note in told.notes)


def test_a_shapefile_in_a_folder_and_in_capitals_is_found() -> None:
    parts = {f"Export/{name.upper()}": content for name, content in shapefile_parts().items()}
    assert len(read_rows(("list.zip", zipped(parts))).rows) == 1


def test_a_polygon_that_crosses_itself_is_an_issue_of_its_row() -> None:
    tie = {"type": "Polygon", "coordinates": [[(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.0, 0.0)]]}
    table = read("list.gpkg", kind="Polygon", geometry=tie)
    assert [(issue.row, issue.field) for issue in table.issues] == [(1, "geometry")]


def test_more_rows_than_the_limit_are_refused() -> None:
    with pytest.raises(ImportFileError, match="has more than 0 features"):
        read_rows(("list.gpkg", written("GPKG")), limit_rows=0)


def test_where_processes_are_not_sealed_the_format_is_off_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_(*_told: object) -> bytes:
        raise NotSealedError

    monkeypatch.setattr(apart, "asked", open_)
    with pytest.raises(ImportFileError, match=r"off here: this system does not seal .*; save it as GeoJSON or CSV"):
        read("list.gpkg")


def test_a_child_that_was_ended_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_told: object) -> bytes:
        raise EndedError

    monkeypatch.setattr(apart, "asked", ended)
    with pytest.raises(ImportFileError, match="could not be read within the time and memory"):
        read("list.fgb")


HEADER = {"layer": "l", "columns": ["name"], "epsg": 4326, "crs": ""}
FEATURE = {"type": "Feature", "properties": {"name": "A"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
MEMBERS = st.sampled_from(
    ["layer", "columns", "epsg", "crs", "cpg", "language", "passed", "end", "fault", "type", "properties", "geometry"]
)
LINES = st.one_of(
    st.just(HEADER), st.just(FEATURE), st.just({"end": True}), ANYTHING,
    st.builds(lambda name, value: {**HEADER, name: value}, MEMBERS, ANYTHING),
    st.builds(lambda name, value: {**FEATURE, name: value}, MEMBERS, ANYTHING),
)  # fmt: skip
CONTENTS = {name: written(driver) for name, driver in DRIVERS.items()}


def answered(name: str, answer: bytes) -> None:
    """Whatever the child says, what comes of it is a table or a refusal."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(apart, "asked", lambda *_told: answer)
        comes(name, CONTENTS[name])


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=6), st.sampled_from(sorted(DRIVERS)), st.booleans())
def test_a_child_under_somebody_elses_command_gets_no_further(lines: list[object], name: str, ends: bool) -> None:
    told = [json.dumps(line) for line in lines] + ['{"end": true}'] * ends
    answered(name, "\n".join(told).encode("utf-8", "replace"))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_of_a_child_are_a_table_or_a_refusal(answer: bytes) -> None:
    answered("list.gpkg", answer)


def test_the_archive_given_to_gdal_holds_nothing_but_the_parts_it_needs() -> None:
    parts = shapefile_parts() | {"list.shp.xml": b"<x/>", "list.qix": b"junk", "readme.vrt": b"<OGRVRTDataSource/>"}
    with zipfile.ZipFile(BytesIO(zipped(parts))) as archive:
        assert "readme.vrt" in archive.namelist()
    assert len(read_rows(("list.zip", zipped(parts))).rows) == 1


def test_memory_and_time_for_reading_it_are_those_that_were_given() -> None:
    packed = ("list.gpkg", written("GPKG"))
    with pytest.raises(ImportFileError, match="within the time and memory"):
        read_rows(packed, limits=Limits(geodata_bytes=64 * 2**20))
    assert read_rows(packed, limits=Limits(geodata_bytes=2**30, geodata_seconds=20)).rows


def test_a_geopackage_of_which_pages_are_missing_is_refused_whole_before_a_process_reads_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def begins(*_told: object) -> bytes:
        raise AssertionError("was read")

    monkeypatch.setattr(apart, "asked", begins)
    whole = written("GPKG")
    for cut in range(1, 51):
        with pytest.raises(ImportFileError, match="cannot be read to its end; was it saved whole"):
            read_rows(("list.gpkg", whole[: max(100, len(whole) * cut // 51)]))
    with pytest.raises(AssertionError, match="was read"):
        read_rows(("list.gpkg", whole))


def test_a_flatgeobuf_of_which_features_are_missing_is_refused_whole(tmp_path: Path) -> None:
    path, schema = tmp_path / "list.fgb", {"geometry": "Point", "properties": {"name": "str"}}
    with fiona.open(path, "w", driver="FlatGeobuf", crs="EPSG:4326", schema=schema) as layer:
        for at in range(20):
            place = {"type": "Point", "coordinates": (1 + at / 10, 2.0)}
            layer.write({"type": "Feature", "geometry": place, "properties": {"name": f"Bar {at}"}})
    whole = path.read_bytes()
    assert len(read_rows(path).rows) == 20
    for rest in (len(whole) // 5, 3):
        with pytest.raises(ImportFileError, match="cannot be read to its end; was it saved whole"):
            read_rows(("list.fgb", whole[:-rest]))

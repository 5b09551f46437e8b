"""Honest files cut at fifty points and spoiled at random: a table or a refusal with a sentence, never a traceback."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_offlimits.formats import apart, geopackage
from geo_offlimits.formats.apart import EndedError
from geo_offlimits.formats.reader import read_rows
from tests.formats.coming import comes
from tests.formats.exported import excerpt
from tests.formats.hostile.making import (
    book_parts,
    csv,
    feature,
    geojson,
    gpx,
    kml,
    placemark,
    waypoint,
    written,
    zipped,
)
from tests.formats.hostile.spoiling import answers, cut, spoiled

QUICK, DEEP, POINTS = 300, 20_000, 50
POLYGON = (
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing>"
    "</outerBoundaryIs></Polygon>"
)
PLAIN = {
    "list.csv": csv('"Blue ""Lantern""",x', "Кафана,y", "A,-12,5"),
    "list.tsv": "name\tlatitude\tlongitude\nКафана\t12,5\t-40\n".encode("cp1251"),
    "list.geojson": geojson(feature({"type": "Point", "coordinates": [1, 2]}, note="é"), feature()),
    "list.geojsonl": b'\x1e{"type":"Feature","properties":{"name":"A"},"geometry":null}\n' * 3,
    "list.kml": kml(f"<Folder><name>F</name>{placemark()}{placemark('B', POLYGON)}</Folder>"),
    "list.kmz": zipped({"doc.kml": kml(placemark())}),
    "list.gpx": gpx(waypoint() * 2),
    "list.xlsx": zipped(book_parts(["A", 12.5], ["B", "x"])),
}
KINDS = {"list.gpkg": "gpkg", "list.zip": "shapefile", "list.fgb": "fgb"}


@pytest.mark.parametrize("name", PLAIN)
def test_a_file_cut_anywhere_is_a_table_or_a_refusal(name: str) -> None:
    assert read_rows((name, PLAIN[name])).rows
    for content in cut(PLAIN[name], POINTS):
        comes(name, content)


def _spoil(name: str, seed: int) -> None:
    comes(name, spoiled(PLAIN[name], seed))


@pytest.mark.parametrize("name", PLAIN)
def test_a_file_spoiled_at_random_is_a_table_or_a_refusal(name: str) -> None:
    @settings(max_examples=QUICK, deadline=None, database=None)
    @given(st.integers(0, 2**32))
    def holds(seed: int) -> None:
        _spoil(name, seed)

    holds()


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", PLAIN)
def test_twenty_thousand_spoiled_files_are_tables_or_refusals(name: str) -> None:
    @settings(max_examples=DEEP, deadline=None, database=None)
    @given(st.integers(0, 2**32))
    def holds(seed: int) -> None:
        _spoil(name, seed)

    holds()


@cache
def honest(name: str) -> bytes:
    drivers = {"list.zip": "ESRI Shapefile", "list.fgb": "FlatGeobuf"}
    return written(drivers[name]) if name in drivers else geopackage.write(excerpt())


def come_apart(name: str, files: list[bytes]) -> int:
    """As `comes` for files that a sealed process reads, all in one; returns how many of them ended it."""
    told = answers(KINDS[name], files)
    for content, answer in zip(files, told, strict=True):

        def asked(*_told: object, answer: bytes | None = answer) -> bytes:
            if answer is None:
                raise EndedError
            return answer

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(apart, "asked", asked)
            comes(name, content)
    return told.count(None)


@pytest.mark.parametrize("name", KINDS)
def test_a_file_of_geodata_cut_anywhere_is_a_table_or_a_refusal(name: str) -> None:
    assert read_rows((name, honest(name))).rows
    come_apart(name, cut(honest(name), POINTS))


@pytest.mark.parametrize("name", KINDS)
def test_a_file_of_geodata_spoiled_at_random_is_a_table_or_a_refusal(name: str) -> None:
    come_apart(name, [spoiled(honest(name), seed) for seed in range(QUICK)])


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", KINDS)
def test_twenty_thousand_spoiled_files_of_geodata_are_tables_or_refusals(name: str) -> None:
    for begin in range(0, DEEP, QUICK):
        come_apart(name, [spoiled(honest(name), seed) for seed in range(begin, begin + QUICK)])

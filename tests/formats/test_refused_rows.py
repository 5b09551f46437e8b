"""Rows that cannot land, as a file to mend: every cell of the original, nothing that a spreadsheet would run."""

import csv
import io
import json

import pytest

from geo_offlimits.formats import refused_rows
from geo_offlimits.formats.reader import read_rows

LIST = "My list\n\nName;Lat;Lon;Own column\nEel;95;1;=cmd|' /C calc'!A0\nCrown;10;1;kept\n@Gate;x;1;\"a;b\"\n"


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_all_cells_of_the_original_come_with_the_reason() -> None:
    source = ("list.csv", LIST.encode())
    table = read_rows(source)
    found = lines(refused_rows.write(source, table, {4: ["too far north"], 6: ["no number", "no town"]}))
    assert found == [
        ["Name", "Lat", "Lon", "Own column", "Why it was refused"],
        ["Eel", "95", "1", "'=cmd|' /C calc'!A0", "too far north"],
        ["'@Gate", "x", "1", "a;b", "no number; no town"],
    ]


def test_what_is_mended_reads_as_it_was_meant() -> None:
    source = ("list.csv", LIST.encode())
    mended = refused_rows.write(source, read_rows(source), {6: ["no number"]}).replace(b",x,", b",10,")
    (row,) = read_rows(("mended.csv", mended)).rows
    assert (row.values["name"], row.values["latitude"], row.values["longitude"]) == ("@Gate", "10", "1")


@pytest.mark.parametrize("name", ["list.geojson", "list.json"])
def test_a_place_stands_in_two_columns(name: str) -> None:
    feature = {
        "type": "Feature",
        "properties": {"name": "Eel", "until": "1999-01-01"},
        "geometry": {"type": "Point", "coordinates": [-29.9, 10.1]},
    }
    source = (name, json.dumps({"type": "FeatureCollection", "features": [feature]}).encode())
    found = lines(refused_rows.write(source, read_rows(source), {1: ["past already"]}))
    assert found[0] == ["name", "until", "latitude", "longitude", "Why it was refused"]
    assert found[1][2:] == ["10.1000000", "'-29.9000000", "past already"]

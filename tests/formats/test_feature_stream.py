"""GeoJSON of any length, a piece at a time: the same features and the same refusals as in one go."""

import json
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.formats import feature_stream
from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.reader import Row, read_rows
from geo_offlimits.formats.streaming import stream_rows


def feature(name: str, lon: float | None, **more: Any) -> dict[str, Any]:
    point = None if lon is None else {"type": "Point", "coordinates": [lon, 12.5]}
    return {"type": "Feature", "properties": {"name": name} | more, "geometry": point}


MANY = [
    feature("Bar é", 1.25),
    feature("Two\nlines, [1] {2}", None, note='"x"'),
    feature("Bar \\u0041", 3, town="Ostrel"),
]
COLLECTION = {"type": "FeatureCollection", "features": MANY}
GOOD = (
    json.dumps(COLLECTION),
    json.dumps(COLLECTION, indent=2, ensure_ascii=False),
    json.dumps({"bbox": [1, 2], "features": [*MANY, "no feature", feature("Far", 999)], "type": "FeatureCollection"}),
    "\n".join(map(json.dumps, MANY)) + "\n{torn\n" + json.dumps(feature("Last", 4)),
    json.dumps(MANY[0]),
)
BAD = (
    '{"type": "FeatureCollection", "features": []}',
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "type": "Feature"}]}',
    '{"features": [' + json.dumps(MANY[0]) + '], "type": "FeatureCollection", "features": []}',
    '{"type": "FeatureCollection", "features": [' + json.dumps(MANY[0]),
    '{"type": "FeatureCollection", "features": [' + json.dumps(MANY[0]) + "]} more",
    '{"type": "FeatureCollection", "features": [' + json.dumps(MANY[0]).replace("1.25", "NaN") + "]}",
    '{"type": "FeatureCollection", "features": [' + json.dumps(feature("\ud800", 1)) + "]}",
    '{"type": "Topology", "features": [' + json.dumps(MANY[0]) + "]}",
    json.dumps(COLLECTION | {"crs": {"type": "name", "properties": {"name": "EPSG:3857"}}}),
    '{"type": "FeatureCollection", "features": [' + "[" * 100_000,
)


@pytest.fixture(params=[1, 9, 1 << 18])
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(feature_stream, "_PIECE", request.param)
    return int(request.param)


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("text", GOOD)
def test_features_and_their_issues_are_those_of_the_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.geojson"
    path.write_text(text, encoding="utf-8-sig")
    whole, stream = read_rows(path), stream_rows(path)
    items = list(stream.items)
    assert [item for item in items if isinstance(item, Row)] == list(whole.rows)
    assert [item for item in items if not isinstance(item, Row)] == list(whole.issues)
    assert (stream.columns, stream.mapping) == (whole.columns, whole.mapping)


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("text", BAD)
def test_what_the_whole_is_refused_for_is_refused_before_a_row_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ImportFileError) as whole:
        read_rows(path)
    with pytest.raises(ImportFileError) as streamed:
        stream_rows(path)
    assert str(streamed.value).split(" (line")[0].rstrip(";.") in str(whole.value) or "is not JSON" in str(
        streamed.value
    )

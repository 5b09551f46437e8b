"""The script that makes the layers: decoding, the antimeridian, the pole, and sealing a manifest."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import build_layers
import pytest
import shapely

MANIFEST = """\
[[layers]]
path = "a.geojson"
what = "path = \\"b.geojson\\""
features = 0
sha256 = ""

[[layers]]
path = "b.pmtiles"
features = 12
sha256 = ""
"""


def decoded(*arcs: list[list[int]]) -> Any:
    return build_layers.decoded_arcs({"transform": {"scale": [0.5, 0.25], "translate": [-180, -90]}, "arcs": arcs})


def test_arcs_are_running_sums_on_the_grid_of_the_source() -> None:
    assert decoded([[360, 360], [2, 0], [0, 4]]) == [[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]]


def test_a_negative_arc_is_walked_backwards_and_joined_once() -> None:
    arcs = decoded([[360, 360], [2, 0], [0, 4]], [[360, 360], [0, 4], [2, 0]])
    assert build_layers.ring(arcs, [0, ~1]).tolist() == [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


def test_an_island_across_the_antimeridian_is_cut_there() -> None:
    arcs = decoded([[718, 360], [-716, 0], [0, 4], [716, 0], [0, -4]])
    cut = build_layers.polygon(arcs, [[0]])
    assert cut.is_valid
    assert cut.area == pytest.approx(2.0)
    assert sorted(part.bounds for part in shapely.get_parts(cut)) == [
        (-180.0, 0.0, -179.0, 1.0),
        (179.0, 0.0, 180.0, 1.0),
    ]


def test_a_land_around_the_pole_reaches_the_pole() -> None:
    arcs = decoded([[0, 40], [240, 0], [240, 0], [240, 0]])
    land = build_layers.polygon(arcs, [[0]])
    assert land.bounds == (-180.0, -90.0, 180.0, -80.0)
    assert land.area == pytest.approx(3600.0)


def test_a_ring_flattened_by_the_grid_is_dropped() -> None:
    assert build_layers.polygon(decoded([[360, 360], [1, 0], [-1, 0]]), [[0]]).is_empty


def test_western_sahara_reaches_up_to_the_parallel_and_crimea_is_drawn_with_ukraine() -> None:
    units = {
        "Morocco": ("MA", shapely.box(-14, 24, -10, 30)),
        "W. Sahara": ("EH", shapely.box(-10, 24, -9, 27)),
        "Russia": ("RU", shapely.MultiPolygon([shapely.box(33, 44.5, 36, 46), shapely.box(40, 50, 60, 60)])),
        "Ukraine": ("UA", shapely.box(30, 46.5, 36, 50)),
    }
    changed = dict(build_layers.derived(units).values())
    assert changed["MA"].bounds == pytest.approx((-14, 27 + 2 / 3, -10, 30))
    assert changed["EH"].bounds == pytest.approx((-14, 24, -9, 27 + 2 / 3))
    assert changed["RU"].bounds == (40.0, 50.0, 60.0, 60.0)
    assert changed["UA"].covers(shapely.Point(34.1, 44.95))


def test_sealing_fills_in_only_counts_and_digests(tmp_path: Path) -> None:
    content = json.dumps({"type": "FeatureCollection", "features": [None, None]}).encode()
    (tmp_path / "a.geojson").write_bytes(content)
    (tmp_path / "b.pmtiles").write_bytes(b"tiles")
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(MANIFEST, encoding="utf-8")
    build_layers.seal(manifest)
    first, second = tomllib.loads(manifest.read_text(encoding="utf-8"))["layers"]
    assert (first["features"], first["sha256"]) == (2, hashlib.sha256(content).hexdigest())
    assert (second["features"], second["sha256"]) == (12, hashlib.sha256(b"tiles").hexdigest())
    assert first["what"] == 'path = "b.geojson"'


def test_sealing_a_table_without_a_digest_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text('{"features": []}', encoding="utf-8")
    manifest = tmp_path / "manifest.toml"
    manifest.write_text('[[layers]]\npath = "a.geojson"\nfeatures = 0\n', encoding="utf-8")
    with pytest.raises(SystemExit, match="has no line `sha256 = …`"):
        build_layers.seal(manifest)

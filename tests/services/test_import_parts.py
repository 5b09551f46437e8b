"""A list of any length, reported a part at a time: of each row what the report of the whole says, and nothing lands."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from geo_offlimits.domain.imports import RowStatus
from geo_offlimits.errors import InputError
from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.formats.streaming import stream_rows
from geo_offlimits.services import gazetteer, import_parts, imports
from geo_offlimits.services.import_parts import LongReport, of_rows
from tests.formats.corpus.told import CORPUS
from tests.services.conftest import MISSION, World
from tests.services.test_imports import everything


@pytest.fixture
def backend() -> str:
    return "sqlite"


HEAD = "name,latitude,longitude,address,locality,category,subject,since,note\n"


def invented(chance: Random, rows: int) -> str:
    """Names of few words on few spots, some without a place, some rules, some that say nothing, some torn."""
    lines = []
    for at in range(rows):
        words = chance.sample(["Blue", "Lantern", "Old", "Anchor", "Golden", "Eel", "Lantren", "Zorvad"], k=2)
        wide = max(40, rows // 10)
        lat, lon = 10 + chance.randrange(1, wide) / 1e4, -29.9 + chance.randrange(wide) / 1e4
        place = f"{lat:.4f},{lon:.4f}" if chance.random() < 0.8 else ","
        place = chance.choice((place, place, place, place, place, "95,1", "10.1,", "10.001,-29.9"))
        street = f"{chance.choice(('Quay', 'Mole'))} Street {chance.randrange(9)}" if chance.random() < 0.5 else ""
        kind, subject = chance.choice((("bar", ""), ("hotel", ""), ("", ""), ("casino", "category rule")))
        name = " ".join(words) if chance.random() < 0.95 else ""
        since = chance.choice(("", "25/03/2026", "04/03/2026"))
        more = ",one,cell,more" if at % 41 == 40 else ""
        lines.append(f"{name},{place},{street},Port Pela,{kind},{subject},{since},call 555-01{at % 90 + 10}{more}")
    return HEAD + "\n".join(lines)


def both(world: World, path: Path, *confirmed: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report of the whole, and that by parts, as data."""
    with world.reading("103") as act:
        near = gazetteer.places_of(act, MISSION)
        asked: dict[str, Any] = {f"confirm_{what}": True for what in confirmed}
        whole = imports.report(act, MISSION, read_rows(path, near=near), **asked).as_json()
        stream = stream_rows(path, near=near)
        facts: dict[str, Any] = {"name": path.name, "source": whole["source"], "sha256": whole["sha256"]}
        found = LongReport(act, MISSION, stream, **facts, confirmed=frozenset(confirmed))
        reports = [one.as_json() for reports in found.parts() for one in reports]
    return whole, found.summary.as_json() | {"row_reports": reports}


@pytest.fixture
def listed(world: World) -> World:
    """The world with entries that the lists have, change, and have not."""
    world.listed("Blue Lantern", lat=10.0010, lon=-29.8990)
    world.listed("Old Anchor", lat=10.0020, lon=-29.8980)
    world.listed("In No List", lat=10.3, lon=-29.8)
    return world


@pytest.mark.parametrize(
    "asked",
    [(7, 60, ()), (50, 300, ("outside", "duplicates")), pytest.param((500, 6_000, ()), marks=pytest.mark.deep)],
)
def test_each_row_stands_as_in_the_report_of_the_whole(
    listed: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[int, int, tuple[str, ...]]
) -> None:
    together, rows, confirmed = asked
    monkeypatch.setattr(import_parts, "_TOGETHER", together)
    path = tmp_path / "list.csv"
    path.write_text(invented(Random(rows), rows))
    before = everything(listed)
    whole, parts = both(listed, path, *confirmed)
    assert {one["status"] for one in whole["row_reports"]} >= set(RowStatus) - {RowStatus.CHANGED}
    assert parts["row_reports"] == whole["row_reports"]
    assert {key: parts[key] for key in ("counts", "missing", "rows", "sha256")} == {
        key: whole[key] for key in ("counts", "missing", "rows", "sha256")
    }
    assert parts["issues"] == [issue for issue in whole["issues"] if "row" not in issue]
    assert everything(listed) == before


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.deep), 4])
def test_lists_of_the_corpus_that_can_be_streamed_are_reported_the_same(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    monkeypatch.setattr(import_parts, "_TOGETHER", 3)
    seen = 0
    for name, content in sorted(CORPUS.items())[::every]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        try:
            whole, parts = both(world, path, "outside")
        except ImportFileError:
            continue
        seen += 1
        assert parts["row_reports"] == whole["row_reports"], name
    assert seen > 40 / every


def test_some_rows_are_a_list_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,note\n" + "".join(f"Bar {at},x\n" for at in range(2, 9)) + "Torn,1,2\n")
    table = of_rows(stream_rows(path), path.name, 4, 6, "hash")
    assert [row.values["name"] for row in table.rows] == ["Bar 4", "Bar 5", "Bar 6"]
    assert [issue.row for issue in of_rows(stream_rows(path), path.name, 8, 99, "").issues if issue.row] == [9]
    with pytest.raises(InputError, match="has no rows from 20 to 30"):
        of_rows(stream_rows(path), path.name, 20, 30, "")

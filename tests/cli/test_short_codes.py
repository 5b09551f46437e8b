"""A position is read by the mission's territory at every command that takes one, as `check` reads it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.cli.conftest import TERMS
from tests.cli.prompt import Prompt

SHORT = "C422+2222"  # 4CW6C422+2222 without its first four, which ISLE makes up for: -31.6, -15.9


def placed(prompt: Prompt, table: str) -> tuple[Any, ...]:
    """Latitude and longitude, to a millionth of a degree, of what came last into `table`."""
    with closing(sqlite3.connect(prompt.store)) as connection:
        ((blob,),) = connection.execute(f"SELECT geometry FROM {table} ORDER BY id DESC LIMIT 1")  # noqa: S608  (our own tables)
    point = shapely.from_wkb(blob)
    return round(point.y, 4), round(point.x, 4)


@pytest.mark.parametrize(("step", "by"), [("propose", "103"), ("add-alone", "101")])
def test_a_short_code_places_a_proposal(prompt: Prompt, step: str, by: str) -> None:
    prompt("premises", step, "--name", "Red Heron", "--position", SHORT, *TERMS, "--confirm-alike", by=by).done()
    assert placed(prompt, "subject") == (-31.6, -15.9)


def test_a_short_code_places_a_facility_and_the_other_order_is_asked_about(prompt: Prompt) -> None:
    words = ("facility", "add", "--name", "Port Canteen", "--kind", "canteen", "--position")
    prompt(*words, SHORT, by="101").done()
    assert placed(prompt, "facility") == (-31.6, -15.9)
    before = prompt.contents()
    turned = prompt(*words, "-15.9000, -31.6000", "--json", by="101")
    assert (turned.code, turned.json["readings"][0]["lat"]) == (1, -31.6)
    assert prompt.contents() == before


def test_a_short_code_places_the_rows_of_a_list(prompt: Prompt, tmp_path: Path) -> None:
    rows = tmp_path / "list.csv"
    rows.write_text(f"name,position\nRed Heron,{SHORT}\n")
    prompt("import", rows, "--commit", "--confirm-duplicates", by="103").done()
    assert placed(prompt, "subject") == (-31.6, -15.9)


def test_an_export_near_a_short_code_holds_what_lies_there(prompt: Prompt, tmp_path: Path) -> None:
    words = ("export", "--within-m", 50, "--json", "--output")
    assert prompt(*words, tmp_path / "a.geojson", "--near", SHORT, by="106").done().json["entries"] == 1
    turned = prompt(*words, tmp_path / "b.geojson", "--near", "-15.9000, -31.6000", by="106")
    assert (turned.code, turned.json["readings"][0]["lat"]) == (1, -31.6)
    assert not (tmp_path / "b.geojson").exists()

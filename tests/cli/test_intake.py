"""What comes in at the prompt: lists, days, files with a mark in front; and that nobody waits while it is read."""

import csv
import io
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.formats import reader, sheet_reading
from geo_offlimits.services import personnel
from tests.cli.conftest import TERMS
from tests.cli.prompt import MISSION, Prompt, geojson, square

ROOT = Path(__file__).resolve().parents[2]
BOM = b"\xef\xbb\xbf"
LIST = "name,lat,lon\nRed Heron,-31.5,-15.8\nGrey Seal,-31.4,-15.9\nSwapped,-15.8,-31.5\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def last(prompt: Prompt, table: str, *columns: str) -> Any:
    with closing(sqlite3.connect(prompt.store)) as connection:
        return connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id DESC LIMIT 1").fetchone()  # noqa: S608  (our own tables)


# ---- lists -----------------------------------------------------------------------------------------------------------


def test_a_list_lands_once_and_what_lies_outside_only_when_it_is_meant(prompt: Prompt, tmp_path: Path) -> None:
    file = written(tmp_path / "list.csv", LIST)
    before = prompt.contents()
    report = prompt("import", file, by="103").done().out
    assert "row 4, position: outside the territory of ISLE" in report
    assert "the other way round it lies inside" in report
    assert prompt.contents() == before
    assert len(prompt("import", file, "--commit", "--json", by="103").done().json["landed"]) == 2
    before = prompt.contents()
    again = prompt("import", file, "--commit", "--confirm-duplicates", by="103")
    assert (again.code, "row 4, position: outside" in again.err, "(and 2 more)" in again.err) == (1, True, True)
    assert prompt.contents() == before
    meant = prompt("import", file, "--commit", "--confirm-outside", "--json", by="103").done().json
    assert (meant["landed"], [one["same"] for one in meant["likely_duplicates"]]) == (["ISLE-0004"], [True, True])


def test_a_proposal_outside_the_territory_is_made_only_when_it_is_meant(prompt: Prompt) -> None:
    before = prompt.contents()
    words = ("premises", "propose", "--name", "Swapped", "--position", "-15.8,-31.5", *TERMS)
    said = prompt(*words, "--json", by="103")
    assert (said.code, said.json["issues"][0]["field"]) == (1, "position")
    assert "--confirm-outside" in said.json["detail"]
    assert prompt.contents() == before
    made = prompt(*words, "--confirm-outside", "--json", by="103").done().json
    assert prompt(*words, "--json", by="103").done().json == made


def test_a_proposal_that_looks_like_another_is_made_only_when_it_is_meant(prompt: Prompt) -> None:
    words = ("premises", "propose", "--position", "-31.5,-15.8", *TERMS, "--name")
    made = prompt(*words, "Tern", "--json", by="103").done().json["id"]
    before = prompt.contents()
    said = prompt(*words, "Heron", "--json", by="103")
    assert (said.code, said.json["error"], "--confirm-alike" in said.json["detail"]) == (1, "AlikeError", True)
    assert [(one["id"], one["distance_m"], one["state"]) for one in said.json["alike"]] == [(made, 0.0, "proposed")]
    assert prompt.contents() == before
    assert prompt(*words, "Heron", "--confirm-alike", "--json", by="103").done().json["id"] != made


def parsing(name: str, module: Any, monkeypatch: pytest.MonkeyPatch, store: Path) -> list[str]:
    """Lets somebody else write in the middle of a reading; the list tells that it was read."""
    real: Callable[..., Any] = getattr(module, name)
    read: list[str] = []

    def parsed(*given: Any, **how: Any) -> Any:
        with closing(sqlite3.connect(store, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        read.append(name)
        return real(*given, **how)

    monkeypatch.setattr(module, name, parsed)
    return read


def test_others_write_while_a_list_is_read(prompt: Prompt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = parsing("read_rows", reader, monkeypatch, prompt.store)
    prompt("import", written(tmp_path / "list.csv", LIST), "--commit", by="103").done()
    assert read == ["read_rows"]
    staff = written(tmp_path / "staff.csv", "number,name,unit,category\n400,Ada Quay,Ports,civilian\n")
    read = parsing("read_rows", personnel, monkeypatch, prompt.store)
    prompt("person", "import", staff, "--mission", MISSION, by="100").done()
    assert read == ["read_rows"]


def test_others_write_while_a_basemap_is_copied(
    prompt: Prompt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streets = tmp_path / "north.pmtiles"
    streets.write_bytes((ROOT / "layers" / "demo" / "streets.pmtiles").read_bytes())
    read = parsing("copyfileobj", shutil, monkeypatch, prompt.store)
    prompt("basemap", "add", streets, by="100").done()
    assert read == ["copyfileobj"]


def signed_sheet(prompt: Prompt, folder: Path, **names: str) -> Path:
    """The sheet of unit S with a date beside 107 and 108, whose names may be others; `_108="…"`."""
    prompt("person", "move", "104", "--unit", "Unit S", by="100").done()  # whose names its manager reads
    prompt("distribute", "--output", folder, by="104").done()
    path = folder / "acknowledgement-unit-s.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    for row in rows:
        if row[0] in {"107", "108"}:
            row[1] = names.get(f"_{row[0]}", row[1])
            row[3] = datetime.now(UTC).date().isoformat()
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def test_others_write_while_a_sheet_is_read_and_a_wrong_name_is_not_credited(
    prompt: Prompt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = signed_sheet(prompt, tmp_path / "sent", _108="Somebody Else")
    read = parsing("read_sheet", sheet_reading, monkeypatch, prompt.store)
    report = prompt("acknowledge", "import", path, "--json", by="104").done().json
    assert read == ["read_sheet"]
    assert (report["recorded"], [issue["reason"] for issue in report["issues"]]) == (
        1,
        ["number 108 is that of another person"],
    )
    status = prompt("campaign", "status", "--json", by="104").done().json
    assert "108" in status["own_unit"]["outstanding"]


# ---- days ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def berlin(prompt: Prompt, tmp_path: Path) -> Prompt:
    """With a second mission, which lies where the clocks are an hour ahead of UTC in winter and two in summer."""
    isle = geojson(tmp_path / "isle.geojson", square(10, 54, 1, name="Isle"))
    prompt(
        "mission", "add", "NORTH", "--name", "N", "--organisation", "EU", "--territory", isle, "--timezone",
        "Europe/Berlin", by="100",
    ).done()  # fmt: skip
    prompt("person", "role", "103", "officer", "NORTH", by="100").done()
    return prompt


def test_a_date_is_the_whole_day_where_the_mission_is(berlin: Prompt) -> None:
    words = (
        "premises",
        "propose",
        "--name",
        "Gull",
        "--position",
        "54.5,10.5",
        "--mission",
        "NORTH",
        *TERMS,
        "--confirm-alike",
    )
    berlin(*words, "--valid-from", "2027-03-01", "--valid-to", "2027-03-31", by="103").done()
    assert last(berlin, "designation", "valid_from", "valid_to") == (
        "2027-02-28T23:00:00.000000Z",
        "2027-03-31T22:00:00.000000Z",
    )
    berlin(*words, "--valid-from", "2027-03-01T12:00:00Z", by="103").done()
    assert last(berlin, "designation", "valid_from", "valid_to") == ("2027-03-01T12:00:00.000000Z", None)
    said = berlin(*words, "--valid-from", "2027-03-02", "--valid-to", "2027-03-01", by="103")
    assert (said.code, "comes before the first" in said.err) == (1, True)


def test_service_and_roles_go_by_the_missions_days_too(berlin: Prompt, tmp_path: Path) -> None:
    newcomer = ("--name", "N", "--unit", "U", "--category", "civilian", "--mission", "NORTH")
    berlin("person", "add", "300", *newcomer, "--from", "2027-01-01", "--to", "2027-06-30", by="100").done()
    assert last(berlin, "person", "service_from", "service_to") == (
        "2026-12-31T23:00:00.000000Z",
        "2027-06-30T22:00:00.000000Z",
    )
    berlin("person", "role", "300", "officer", "NORTH", "--from", "2027-01-01", "--to", "2027-01-01", by="100").done()
    assert last(berlin, "role_grant", "valid_from", "valid_to") == (
        "2026-12-31T23:00:00.000000Z",
        "2027-01-01T23:00:00.000000Z",
    )
    smaller = geojson(tmp_path / "smaller.geojson", square(10, 54, 0.5, name="Smaller"))
    berlin("mission", "territory", "NORTH", smaller, "--from", "2027-07-01", by="100").done()
    assert last(berlin, "boundary", "valid_from") == ("2027-06-30T22:00:00.000000Z",)


def test_before_there_is_a_mission_only_a_moment_says_when(empty: Prompt) -> None:
    empty("init").done()
    admin = ("--name", "A", "--unit", "U", "--category", "civilian", "--mission", "NEW", "--role", "admin")
    said = empty("person", "add", "1", *admin, "--from", "2027-01-01")
    assert (said.code, "no mission NEW" in said.err) == (1, True)
    empty("person", "add", "1", *admin, "--from", "2026-01-01T00:00:00Z").done()


# ---- files -----------------------------------------------------------------------------------------------------------


def test_a_mark_in_front_of_a_file_is_no_part_of_it(prompt: Prompt, tmp_path: Path) -> None:
    contacts, checkpoint = tmp_path / "contacts.json", tmp_path / "checkpoint.json"
    outline, edition = tmp_path / "yard.geojson", tmp_path / "list.geojson"
    contacts.write_bytes(BOM + b'[{"kind": "conduct", "name": "Conduct team"}]')
    assert "has 1 contacts" in prompt("mission", "contacts", MISSION, contacts, by="100").done().out
    geojson(outline, square(-15.9, -31.5, 0.001, name="Yard"))
    outline.write_bytes(BOM + outline.read_bytes())
    prompt("premises", "propose", "--name", "Yard", "--outline", outline, *TERMS, by="103").done()
    assert "yard.geojson: 1 rows" in prompt("import", outline, by="103").done().out
    prompt("mission", "territory", MISSION, outline, "--from", "2090-01-01", by="100").done()
    prompt("export", "--output", edition, by="106").done()
    checkpoint.write_bytes(BOM + edition.read_bytes())
    prompt("audit", "verify", "--against", checkpoint, by="105").done()

"""A list at the command line: reported, mended, landed, listed and taken back."""

import json
from pathlib import Path

import pytest

from geo_offlimits.formats import files
from geo_offlimits.services import import_parts
from tests.cli.prompt import Prompt

LIST = "Establishment,lat,lon,Remarks\nGolden Eel,-31.55,-15.85,seen\nNowhere,95,-15.85,=1+1\n"


def test_a_list_that_landed_is_listed_and_taken_back_as_one_act(prompt: Prompt, tmp_path: Path) -> None:
    listing = tmp_path / "Harbour list 2026-03-01.csv"
    listing.write_text(LIST, encoding="utf-8")
    done = prompt("import", listing, "--map", "Establishment=name", "--commit", "--json", by="103").done().json
    assert done["counts"] == {"refused": 1, "new": 1}
    assert [(one["row"], one["status"]) for one in done["row_reports"]] == [(2, "new"), (3, "refused")]
    (kept,) = prompt("import-list", "--json", by="103").done().json
    assert (kept["id"], kept["source"], kept["sha256"]) == (done["import"], "Harbour list", done["sha256"])
    assert [one["id"] for one in kept["landed"]] == done["landed"]
    assert f"{done['import']} Harbour list" in prompt("import-list", by="103").done().out
    # Its columns are known now, under another date.
    again = tmp_path / "Harbour list 2026-04-01.csv"
    again.write_text(LIST, encoding="utf-8")
    same = prompt("import", again, "--json", by="103").done().json
    assert same["mapping"]["Establishment"] == "name"
    assert (same["counts"], same["landed_before"]) == ({"refused": 1, "same": 1}, done["import"])
    assert "is undone; withdrawn: 1." in prompt("import-undo", done["import"], by="103").done().out
    assert prompt("premises", "due", "--json", by="101").json["to_decide"] == []
    refused = prompt("import-undo", done["import"], by="103")
    assert (refused.code, "undone already" in refused.err) == (1, True)
    assert prompt("import-undo", "ISLE-I0099", by="103").code == 1


def test_the_refused_rows_are_written_to_be_mended_and_imported_again(prompt: Prompt, tmp_path: Path) -> None:
    listing, mended = tmp_path / "list.csv", tmp_path / "refused.csv"
    listing.write_text(LIST, encoding="utf-8")
    before = prompt.contents()
    prompt("import", listing, "--map", "Establishment=name", "--refused", mended, by="103").done()
    assert prompt.contents() == before
    text = mended.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "Establishment,lat,lon,Remarks,Why it was refused"
    assert "Golden Eel" not in text
    assert "'=1+1" in text
    assert "beyond 90" in text
    mended.write_text(text.replace("95", "-31.6"), encoding="utf-8")
    report = prompt("import", mended, "--map", "Establishment=name", "--json", by="103").done().json
    assert [(one["row"], one["name"], one["status"]) for one in report["row_reports"]] == [(2, "Nowhere", "new")]


def test_a_long_list_is_reported_row_by_row_into_a_file_and_lands_a_part_at_a_time(
    prompt: Prompt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_parts, "_TOGETHER", 2)
    listing, told, cells = (tmp_path / name for name in ("list.csv", "told.ndjson", "told.csv"))
    rows = ("Golden Eel,-31.55,-15.85,", "=Nowhere,95,-15.85,", "Golden Eel,-31.55,-15.85,", "Old Mole,-31.5,-15.8,")
    listing.write_text("name,lat,lon,note\n" + "\n".join(rows), encoding="utf-8")
    before = prompt.contents()
    with monkeypatch.context() as patch:
        patch.setattr(files, "taken", None)  # it reads a file whole, and refuses a long one
        done = prompt("import", listing, "--report", told, "--json", by="103").done().json
        part = prompt("import", listing, "--rows", "4-5", "--json", by="103").done().json
    assert (part["counts"], part["committed"]) == ({"new": 2}, False)
    assert (done["counts"], done["committed"], done["rows"]) == ({"refused": 1, "new": 2, "same": 1}, False, 4)
    reports = [json.loads(line) for line in told.read_text().splitlines()]
    whole = prompt("import", listing, "--json", by="103").done().json
    assert reports == whole["row_reports"]
    assert told.stat().st_mode & 0o077 == 0
    shown = prompt("import", listing, "--report", cells, by="103").done()
    assert "4 rows: 1 refused, 2 new, 1 same" in shown.out
    assert "\r\n3,refused,'=Nowhere," in cells.read_text(encoding="utf-8-sig").replace("\n", "\r\n")
    assert prompt.contents() == before
    landed = prompt("import", listing, "--rows", "4-5", "--commit", "--json", by="103").done().json
    assert landed["counts"] == {"new": 2}
    assert prompt("import", listing, "--rows", "2-3", "--json", by="103").done().json["counts"] == {
        "refused": 1,
        "same": 1,
    }


def test_a_report_that_does_not_come_to_its_end_leaves_no_file(prompt: Prompt, tmp_path: Path) -> None:
    listing, told = tmp_path / "list.geojson", tmp_path / "told.ndjson"
    feature = '{"type": "Feature", "properties": {"name": "Eel"}, "geometry": null}'
    listing.write_text(f'{{"type": "FeatureCollection", "features": [{feature}, {feature}')
    refused = prompt("import", listing, "--report", told, by="103")
    assert (refused.code, "is not JSON" in refused.err) == (1, True)
    assert prompt("import", listing, "--report", tmp_path / "told.pdf", by="103").code == 1
    assert prompt("import", listing, "--report", told, "--commit", by="103").code == 2
    assert prompt("import", listing, "--rows", "5-4", by="103").code == 2
    assert [one.name for one in tmp_path.glob("told*")] == []

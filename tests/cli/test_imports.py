"""A list at the command line: reported, mended, landed, listed and taken back."""

from pathlib import Path

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

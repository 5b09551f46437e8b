"""Rows at fault go out as a file, are mended in a spreadsheet, and come back as that spreadsheet writes them."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.formats.corpus.island import xlsx
from tests.web.import_steps import PAGE, begun, data, landed, names
from tests.web.isle import signed_in

# Behind a title, in the words of its author, with a remark that a program would cut and a name that it would run.
LISTED = """OFF LIMITS, as of March

Nom de l etablissement;Lat;Long;Ville;Heures;Vu par
Harbour Cellar;10,2;-30,2;Port Sorrel;17h00-1h00;R. N.
Old Mill;95;-30,25;Port Sorrel;Fri-Sat 20:00-02:00;"gate; ""left"" door"
=Sum Bar;10,3;-30,21;Port Sorrel;8-2;
Far Away;20,0;-30,2;Elsewhere;;
"""
MENDED = {"Old Mill": {"Lat": "10,25"}, "'=Sum Bar": {"Heures": "20:00-02:00"}}


def _spreadsheet(content: bytes) -> list[list[str]]:
    """What stands in the cells once a person has mended them."""
    heading, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    for row in rows:
        for column, text in MENDED.get(row[0], {}).items():
            row[heading.index(column)] = text
    return [heading, *rows]


def _semicolons(rows: list[list[str]], codec: str) -> bytes:
    """As LibreOffice writes a CSV where a comma is the decimal mark: every text in quotation marks."""
    told = io.StringIO()
    csv.writer(told, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return told.getvalue().encode(codec)


SAVED: dict[str, tuple[str, Callable[[list[list[str]]], bytes]]] = {
    "semicolons": ("refused-rows.csv", lambda rows: _semicolons(rows, "utf-8")),
    "a byte order mark": ("refused-rows.csv", lambda rows: _semicolons(rows, "utf-8-sig")),
    "an old code page": ("refused-rows.csv", lambda rows: _semicolons(rows, "cp1252")),
    "tabs in UTF-16": ("refused-rows.txt", lambda rows: _semicolons(rows, "utf-16").replace(b";", b"\t")),
    "a workbook": ("refused-rows.xlsx", lambda rows: xlsx(("Sheet1", rows))),
}


@pytest.mark.parametrize("saved", SAVED)
def test_what_is_mended_lands_however_the_spreadsheet_saved_it(app: Flask, wiring: Wiring, saved: str) -> None:
    officer = signed_in(app, "officer")
    before, file = names(wiring), begun(officer, LISTED)
    refused = officer.get(f"{PAGE}/refused.csv?file={file}").get_data()
    landed(officer, file)
    assert names(wiring) - before == {"Harbour Cellar"}
    name, write = SAVED[saved]
    again = begun(officer, write(_spreadsheet(refused)), name)
    told = {row["name"]: row for row in data(officer, again)["table"]}
    assert {name: row["status"] for name, row in told.items()} == {
        "Old Mill": "new",
        "=Sum Bar": "new",
        "Far Away": "refused",
    }
    assert told["Old Mill"]["position"] == {"lon": -30.25, "lat": 10.25}
    assert "Why it was refused" not in data(officer, again)["mapping"]
    landed(officer, again)
    assert names(wiring) - before == {"Harbour Cellar", "Old Mill", "=Sum Bar"}

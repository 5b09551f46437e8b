"""From a file that nobody prepared to proposals, on one page: found, set right, confirmed and landed."""

import io
import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import State
from geo_offlimits.domain.mission import BoundaryKind
from geo_offlimits.formats.files import LIMITS
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.lookup.gazetteer import Gazetteer
from geo_offlimits.settings import Settings
from tests.web.import_steps import (
    GONE,
    LIST,
    PAGE,
    REPORT,
    begun,
    data,
    kept,
    landed,
    names,
    row_of,
    sent,
    shown,
    statuses,
    step,
)
from tests.web.isle import HOSTILE, Browser, signed_in
from tests.web.test_register_pages import decide


@pytest.fixture
def officer(app: Flask) -> Browser:
    return signed_in(app, "officer")


def test_a_file_is_read_shown_and_landed_and_nothing_lands_before(
    officer: Browser, wiring: Wiring, settings: Settings
) -> None:
    before = names(wiring)
    file = begun(officer)
    page = shown(officer, file)
    for number, word, why in (
        (2, "New", ""),
        (3, "At fault", "beyond 90"),
        (4, "Looks like another", "ISLE-0001"),
        (5, "At fault", "outside the territory of ISLE"),
    ):
        assert f"</svg>{word}" in row_of(page, number)
        assert why in row_of(page, number)
    assert "Land 1 proposal" in page
    assert names(wiring) == before
    answer = landed(officer, file, page)
    assert answer.status_code == 303, answer.text
    assert names(wiring) - before == {"Harbour Cellar"}
    assert names(wiring, State.IN_FORCE) == names(wiring, State.IN_FORCE) - {"Harbour Cellar"}
    with wiring.store.reading() as tx:
        assert sum(AuditTag.IMPORT_COMMITTED.encode() in leaf for leaf in tx.audit.leaves()) == 1
    assert kept(settings) == []
    assert GONE in officer.get(f"{REPORT}?file={file}").text


def test_the_page_says_what_each_column_is_read_as_and_three_values_of_it(officer: Browser) -> None:
    page = shown(officer, begun(officer))
    table = page[page.index('class="cards columns"') : page.index("</table>")]
    for heading, field in (("Lat", "Latitude"), ("Long", "Longitude"), ("Ville", "Town"), ("Vu par", "not read")):
        row = table[table.index(f"<bdi>{heading}</bdi>") :]
        row = row[: row.index("</tr>")]
        chosen = re.search(r"<option[^>]* selected>([^<]+)", row)
        assert (chosen.group(1) if chosen else "not read") == field, heading
    samples = table[table.index("<bdi>Lat</bdi>") : table.index("<bdi>Long</bdi>")]
    assert re.findall(r"<bdi>([^<]+)</bdi>", samples)[1:] == ["10.2", "95", "10.0001"]
    assert "R. N." in table


def test_a_column_that_was_read_as_the_wrong_thing_is_set_right(officer: Browser) -> None:
    swapped = LIST.replace("Lat;Long", "Breite;Länge")
    file = begun(officer, swapped)
    columns = data(officer, file)["columns"]
    fields = dict(zip(columns, ("name", "latitude", "longitude", "locality", "note"), strict=True))
    told = {f"column-{at}": fields[name] for at, name in enumerate(columns)}
    assert step(officer, "columns", file, **told).status_code == 303
    assert data(officer, file)["mapping"] == fields
    assert statuses(officer, file)[2] == "new"


def test_one_field_for_two_columns_is_refused_and_what_was_chosen_stays_on_the_page(officer: Browser) -> None:
    file = begun(officer)
    before = data(officer, file)["mapping"]
    told = {"column-0": "name", "column-1": "latitude", "column-2": "latitude"}
    answer = step(officer, "columns", file, **told)
    assert answer.status_code == 422
    assert "was given two columns" in answer.text
    assert answer.text.count('<option value="latitude" selected>') == 2
    assert data(officer, file)["mapping"] == before


def test_a_cell_is_set_right_in_place_and_the_report_is_made_anew(officer: Browser, wiring: Wiring) -> None:
    file = begun(officer)
    form = shown(officer, file, row=3)
    assert 'name="cell-latitude"' in form
    assert 'aria-invalid="true"' in form
    answer = step(officer, "row", file, row=3, **{"cell-latitude": "10.3"})
    assert answer.status_code == 303, answer.text
    assert answer.location.endswith("#row-3")
    told = {row["row"]: row for row in data(officer, file)["table"]}
    assert (told[3]["status"], told[3]["corrected"], told[2]["corrected"]) == ("new", True, False)
    assert told[3]["position"] == {"lon": -30.2, "lat": 10.3}
    landed(officer, file)
    assert {"Old Mill", "Harbour Cellar"} <= names(wiring)


def test_a_row_is_left_out_and_taken_in_again(officer: Browser, wiring: Wiring) -> None:
    file = begun(officer)
    step(officer, "row", file, row=2, leave_out="yes")
    assert statuses(officer, file)[2] == "left_out"
    assert "No row can land as it is." in shown(officer, file)
    step(officer, "row", file, row=2)
    assert statuses(officer, file)[2] == "new"
    landed(officer, file)
    assert "Harbour Cellar" in names(wiring)


def test_a_row_that_is_none_and_a_cell_that_is_no_text_are_refused(officer: Browser) -> None:
    file = begun(officer)
    before = data(officer, file)
    assert step(officer, "row", file, row=99).status_code == 422
    assert step(officer, "row", file, row="x").status_code == 422
    assert step(officer, "row", file, row=2, **{"cell-name": "a\x00b"}).status_code == 422
    assert data(officer, file) == before


def test_rows_at_fault_come_as_a_file_and_land_once_they_are_mended(officer: Browser, wiring: Wiring) -> None:
    file = begun(officer, LIST.replace("Old Mill", "=Old Mill"))
    answer = officer.get(f"{PAGE}/refused.csv?file={file}")
    assert answer.headers["Content-Disposition"] == "attachment; filename=refused-rows.csv"
    heading, *rows = answer.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert heading.startswith("Nom de l etablissement,Lat,Long,Ville,Vu par,")
    assert [row.split(",")[0] for row in rows] == ["'=Old Mill", "Far Away"]
    assert "beyond 90" in rows[0]
    mended = "\n".join([heading, rows[0].replace("95", "10.3")])
    landed(officer, begun(officer, mended, "mended.csv"))
    assert "=Old Mill" in names(wiring)


def test_rows_outside_and_rows_like_others_wait_for_a_yes_that_tells_which(officer: Browser, wiring: Wiring) -> None:
    file = begun(officer)
    page = shown(officer, file)
    for name, number in (("confirm_outside", 5), ("confirm_duplicates", 4)):
        asked = page[page.index(f'name="{name}"') :]
        assert f"Rows {number}<" in asked[: asked.index("</form>")]
    assert step(officer, "confirm", file, confirm_outside="yes", confirm_duplicates="yes").status_code == 303
    assert "Land 3 proposals" in shown(officer, file)
    landed(officer, file)
    assert {"Harbour Cellar", "Blue Lantern Bar", "Far Away"} <= names(wiring)
    assert "Old Mill" not in names(wiring)


def test_only_what_was_read_lands(app: Flask, officer: Browser, wiring: Wiring) -> None:
    """Another officer lands the same list in between: what this page showed is not what would land."""
    file = begun(officer)
    page = shown(officer, file)
    head = signed_in(app, "head")
    assert landed(head, begun(head)).status_code == 303
    before = names(wiring)
    answer = landed(officer, file, page)
    assert answer.status_code == 409
    assert "The report has changed since this page was made" in answer.text
    assert "</svg>New" not in answer.text.partition("<tbody>")[2]
    assert names(wiring) == before
    assert step(officer, "land", file).status_code == 409
    assert step(officer, "land", file, seen="0" * 32).status_code == 409


def test_a_correction_after_the_page_was_made_is_a_stale_page_too(officer: Browser, wiring: Wiring) -> None:
    file, before = begun(officer), names(wiring)
    page = shown(officer, file)
    step(officer, "row", file, row=3, **{"cell-latitude": "10.3"})
    assert landed(officer, file, page).status_code == 409
    assert names(wiring) == before


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        ("", "empty.csv", "is empty"),
        ("%PDF-1.7\n", "list.pdf", "list.pdf"),
        ("MZ\x90\x00", "list.exe", "list.exe"),
        ('{"type": "Feature', "list.geojson", "list.geojson"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence_and_kept_nowhere(
    officer: Browser, settings: Settings, content: str, name: str, told: str
) -> None:
    answer = sent(officer, content, name)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'id="file-issue"' in answer.text
    assert kept(settings) == []


def test_no_file_and_one_that_is_too_large_are_told_and_kept_nowhere(officer: Browser, settings: Settings) -> None:
    assert "No list was sent." in officer.post(PAGE, {}, page=PAGE).text
    most = settings.max_upload_mb
    assert f"Up to {most} MB and {LIMITS.rows:,} rows." in officer.get(PAGE).text
    said = {"CONTENT_LENGTH": str(most * 2**20 + 1), "HTTP_X_CSRF_TOKEN": officer.token(PAGE)}
    how = {"content_type": "multipart/form-data; boundary=x", "base_url": officer.base_url}
    answer = officer.client.post(PAGE, input_stream=io.BytesIO(b"--x"), environ_overrides=said, **how)
    assert answer.status_code == 413
    assert kept(settings) == []


def test_hostile_cells_are_text_on_the_page_and_nothing_of_them_is_in_the_map_s_script(officer: Browser) -> None:
    cells = [*HOSTILE, "=HYPERLINK(1)", "{% for x in y %}"]
    rows = "\n".join(f'"{cell.replace(chr(34), chr(34) * 2)}",10.{at + 30},-30.4' for at, cell in enumerate(cells))
    file = begun(officer, f"name,lat,lon\n{rows}\n", "{{7*7}}<b>.csv")
    page = shown(officer, file)
    for hostile in ("<script>alert", "<img src=x", 'onmouseover=alert(1) x="', "<b>.csv"):
        assert hostile not in page
    assert "{{7*7}}&lt;b&gt;.csv" in page
    assert "cycler.__init__" in page
    script = officer.get(f"{PAGE}/map.js?file={file}").text
    assert "new Offlimits.Rows(" in script
    for told in ("cycler", "HYPERLINK", "alert", "10.3"):
        assert told not in script
    answer = officer.get(f"{PAGE}/rows.json?file={file}")
    assert answer.mimetype == "application/json"
    assert {one["properties"]["name"] for one in answer.get_json()["features"]} == set(cells)


def many(count: int) -> str:
    return "name,lat,lon\n" + "".join(f"Bar {at},{9.6 + at / 500:.4f},-30.{at % 4 + 1}\n" for at in range(count))


def test_a_long_list_comes_in_pages_and_the_map_holds_the_rows_of_all(officer: Browser) -> None:
    file = begun(officer, many(230) + "Broken,95,-30.2\n")
    first, third = shown(officer, file), shown(officer, file, page=3)
    assert "Page 1 of 3" in first
    assert (first.count('id="row-'), third.count('id="row-')) == (100, 31)
    assert 'id="row-232"' in third
    features = officer.get(f"{PAGE}/rows.json?file={file}").get_json()["features"]
    assert [one["id"] for one in features] == list(range(2, 233))
    refused = shown(officer, file, status="refused")
    assert re.findall(r'id="row-(\d+)"', refused) == ["232"]
    (only,) = officer.get(f"{PAGE}/rows.json?file={file}&status=refused").get_json()["features"]
    assert (only["id"], only["properties"]["status"], only["geometry"]) == (232, "refused", None)
    assert re.findall(r'id="row-', shown(officer, file, status="nonsense")) == ['id="row-'] * 100


def test_every_status_is_counted_once_and_the_counts_are_those_of_the_table(officer: Browser) -> None:
    file = begun(officer)
    told = statuses(officer, file)
    page = shown(officer, file)
    for status in set(told.values()):
        count = sum(one == status for one in told.values())
        link = page[page.index(f"status={status}", page.index('class="standings"')) :]
        assert f"<b>{count}</b>" in link[: link.index("</a>")]


def test_a_process_that_has_made_no_report_yet_makes_its_own(officer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several processes serve one page: what one of them remembers is nothing that another needs."""
    file = begun(officer)
    page = shown(officer, file)
    monkeypatch.setattr("web.import_reading._reports", {})
    assert row_of(shown(officer, file), 3) == row_of(page, 3)
    assert landed(officer, file, page).status_code == 303


def test_staff_find_no_such_page_and_no_link_to_it(app: Flask) -> None:
    staff = signed_in(app, "staff")
    assert staff.get(PAGE).status_code == 404
    assert PAGE not in signed_in(app, "auditor").get("/register/ISLE/").text
    assert PAGE in signed_in(app, "officer").get("/register/ISLE/").text


def test_nothing_of_a_list_is_logged(officer: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    file = begun(officer)
    shown(officer, file)
    landed(officer, file)
    for told in ("Harbour", "10.2", "list.csv", file):
        assert told not in caplog.text


def landed_id(answer: TestResponse) -> str:
    found = re.search(r"id=(ISLE-I\d+)", answer.location or "")
    assert found, answer.text
    return found.group(1)


def test_what_landed_is_told_with_links_and_undone_as_one_act(app: Flask, officer: Browser, wiring: Wiring) -> None:
    before = names(wiring)
    made = landed_id(landed(officer, begun(officer, many(3))))
    page = officer.get(f"{PAGE}/landed?id={made}").text
    for name in ("Bar 0", "Bar 1", "Bar 2"):
        assert f"<bdi>{name}</bdi></a>" in page
    assert "Undo this import" in page
    assert f"id={made}" in officer.get(PAGE).text
    head = signed_in(app, "head")
    assert "Undo this import" not in head.get(f"{PAGE}/landed?id={made}").text
    assert head.post(f"{PAGE}/undo", {"id": made}, page=PAGE).status_code == 409
    assert names(wiring) - before == {"Bar 0", "Bar 1", "Bar 2"}
    assert officer.post(f"{PAGE}/undo", {"id": made}, page=PAGE).status_code == 303
    assert names(wiring) == before
    page = officer.get(f"{PAGE}/landed?id={made}").text
    assert "This import was undone on" in page
    assert "Undo this import" not in page
    assert officer.post(f"{PAGE}/undo", {"id": made}, page=PAGE).status_code == 409


def test_once_the_first_is_decided_nothing_is_undone(app: Flask, officer: Browser, wiring: Wiring) -> None:
    made = landed_id(landed(officer, begun(officer, many(2))))
    page = officer.get(f"{PAGE}/landed?id={made}").text
    first = re.findall(r'href="/register/ISLE/(ISLE-\d+)"', page)[0]
    assert decide(signed_in(app, "head"), first, "designate") == 303
    before = names(wiring)
    answer = officer.post(f"{PAGE}/undo", {"id": made}, page=PAGE)
    assert answer.status_code == 409
    assert "somebody has decided on" in answer.text
    assert names(wiring) == before


@pytest.mark.parametrize("asked", ["", "ISLE-I9999", "ROCK-I0001", "../x", "{{7*7}}"])
def test_an_import_that_there_is_not_leads_to_those_there_are(officer: Browser, asked: str) -> None:
    for answer in (
        officer.get(f"{PAGE}/landed", query_string={"id": asked}),
        officer.post(f"{PAGE}/undo", {"id": asked}, page=PAGE),
    ):
        assert answer.status_code == 409
        assert "No import of this name has landed here." in answer.text


def test_the_same_file_again_lands_nothing_and_says_when_it_landed(officer: Browser) -> None:
    made = landed_id(landed(officer, begun(officer, many(3))))
    file = begun(officer, many(3))
    assert set(statuses(officer, file).values()) == {"same"}
    page = shown(officer, file)
    assert "This very file has landed before." in page
    assert f"id={made}" in page
    assert "No row can land as it is." in page


def test_columns_are_read_as_in_the_last_list_of_the_same_source(officer: Browser) -> None:
    listed = "Name;Lat;Long;Seen by\nBar One;10.21;-30.21;R. N.\n"
    file = begun(officer, listed, "Partner list 2026-01-01.csv")
    told = dict(zip(("column-0", "column-1", "column-2", "column-3"), FIELDS_TOLD, strict=True))
    assert "note" not in data(officer, file)["mapping"].values()
    step(officer, "columns", file, **told)
    landed(officer, file)
    again = begun(officer, listed.replace("One", "Two").replace("21", "31"), "Partner list 2026-02-01.csv")
    assert data(officer, again)["mapping"]["Seen by"] == "note"
    page = shown(officer, again)
    assert "Columns are read as in the last list of Partner list." in page
    step(officer, "columns", again, **(told | {"column-3": ""}))
    assert "Seen by" not in data(officer, again)["mapping"]
    assert "Columns are read as in the last list" not in shown(officer, again)


FIELDS_TOLD = ("name", "latitude", "longitude", "note")


def test_entries_that_the_list_lacks_are_told_and_left_alone(officer: Browser, wiring: Wiring) -> None:
    before = names(wiring, State.IN_FORCE)
    file = begun(officer, many(1))
    page = shown(officer, file)
    lacking = page[page.index("In the register and not in this list") :]
    assert "Blue Lantern" in lacking[: lacking.index("</details>")]
    landed(officer, file)
    assert names(wiring, State.IN_FORCE) == before


def test_a_list_without_a_header_is_read_as_the_command_line_reads_it(officer: Browser, wiring: Wiring) -> None:
    """By the mission's own territory, which the page knows as well: the longitude stands first here."""
    content = "Harbour Cellar,-30.2105,10.2117\nTall Mast,-30.2544,10.2516\n"
    file = begun(officer, content, "bare.csv")
    with wiring.store.reading() as tx:
        territory = next(one.geometry for one in tx.missions.boundaries("ISLE") if one.kind is BoundaryKind.TERRITORY)
    table = read_rows(("bare.csv", content.encode()), near=Gazetteer([], territory))
    assert data(officer, file)["mapping"] == table.mapping
    assert table.mapping == {"column 1": "name", "column 2": "longitude", "column 3": "latitude"}

"""A unit's sheet goes out, through somebody's spreadsheet, and comes back."""

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_offlimits.domain.acknowledgement import STATEMENT
from geo_offlimits.domain.campaign import Campaign, Recipient
from geo_offlimits.domain.edition import Edition
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.errors import InputError
from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.sheet import UnitSheet, check, write_sheet
from geo_offlimits.formats.sheet_reading import SheetReading, is_named, read_sheet, within

BOM = b"\xef\xbb\xbf"
ACKNOWLEDGED = 3
Grid = list[list[str]]


@pytest.fixture
def sheet(campaign: Campaign, edition: Edition) -> bytes:
    return write_sheet(of(campaign, edition))


def of(campaign: Campaign, edition: Edition, **facts: object) -> UnitSheet:
    usual: dict[str, object] = {
        "campaign": campaign,
        "unit": "Патрола 1",
        "recipients": campaign.recipients,
        "edition": edition,
        "statement": STATEMENT["en"],
    }
    return UnitSheet(**usual | facts)  # type: ignore[arg-type]  # facts by name


def cells(content: bytes, delimiter: str = ",") -> Grid:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def saved(rows: Grid, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding, errors="replace")


def filled(sheet: bytes, dates: dict[str, str]) -> Grid:
    """The sheet with a date beside the persons of these numbers, as shown in the sheet."""
    rows = cells(sheet)
    for row in rows:
        if row[0].removeprefix("'") in dates:
            row[ACKNOWLEDGED] = dates[row[0].removeprefix("'")]
    return rows


def signed(reading: SheetReading) -> dict[str, date]:
    return {row.number: row.acknowledged_on for row in reading.rows}


def test_an_empty_sheet_reads_back_what_it_is_about(sheet: bytes, campaign: Campaign) -> None:
    reading = read_sheet(sheet)
    assert (reading.campaign_id, reading.mission, reading.edition_number, reading.edition_sha256, reading.unit) == (
        campaign.campaign_id,
        "DEMO",
        4,
        campaign.edition_sha256,
        "Патрола 1",
    )
    assert (reading.rows, reading.unsigned, reading.issues) == ((), 4, ())


def test_the_sheet_opens_in_a_spreadsheet_as_utf_8_and_runs_nothing(sheet: bytes) -> None:
    assert sheet.startswith(BOM)
    assert [cell for row in cells(sheet) for cell in row if cell.startswith(tuple("=+-@\t\r"))] == []


def test_the_sheet_says_what_is_acknowledged_and_how_to_fill_it_in(sheet: bytes) -> None:
    text = sheet.decode("utf-8-sig")
    assert STATEMENT["en"] in text
    assert "1 March 2026, 10:00 (Europe/Paris)" in text
    assert "31 March 2026" in text
    assert "DEMONSTRATION – invented island state" in text
    assert "Leave the date empty for whoever has not." in text


def test_numbers_and_names_come_back_exactly(sheet: bytes, campaign: Campaign) -> None:
    dates = dict.fromkeys((person.number for person in campaign.recipients), "2026-03-04")
    reading = read_sheet(saved(filled(sheet, dates)))
    assert {(row.number, row.name) for row in reading.rows} == {(p.number, p.name) for p in campaign.recipients}
    assert reading.unsigned == 0


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_whatever_a_spreadsheet_saves_as_csv_is_read(sheet: bytes, delimiter: str, encoding: str) -> None:
    content = saved(filled(sheet, {"0017": "31/03/2026", "A-3": "4-Mar-26"}), delimiter, encoding)
    reading = read_sheet(content)
    assert signed(reading) == {"0017": date(2026, 3, 31), "A-3": date(2026, 3, 4)}
    assert reading.issues == ()


def test_an_old_encoding_spoils_letters_but_not_who_acknowledged(sheet: bytes) -> None:
    reading = read_sheet(saved(filled(sheet, {"0017": "2026-03-04"}), ";", "cp1252"))
    assert signed(reading) == {"0017": date(2026, 3, 4)}
    assert [issue.field for issue in reading.issues] == ["encoding"]


def test_a_sheet_saved_as_a_workbook_is_read(sheet: bytes) -> None:
    book = openpyxl.Workbook()
    for row in filled(sheet, {"0017": "today", "A-3": "31.3.2026"}):
        book.worksheets[0].append([datetime(2026, 3, 4) if cell == "today" else cell for cell in row])  # noqa: DTZ001  (spreadsheets know no zones)
    file = io.BytesIO()
    book.save(file)
    assert signed(read_sheet(file.getvalue())) == {"0017": date(2026, 3, 4), "A-3": date(2026, 3, 31)}


def test_blank_rows_and_moved_columns_do_no_harm(sheet: bytes) -> None:
    rows = [row[::-1] if place > 15 else row for place, row in enumerate(filled(sheet, {"0017": "2026-03-04"}))]
    start = next(place for place, row in enumerate(rows) if "Number" in row)
    moved = [*rows[:start], [], *rows[start:], ["", " ", ""]]
    assert signed(read_sheet(saved(moved))) == {"0017": date(2026, 3, 4)}


def test_a_day_that_could_be_two_is_an_issue_with_both_and_the_others_count(sheet: bytes) -> None:
    reading = read_sheet(saved(filled(sheet, {"0017": "03/04/2026", "A-3": "2026-03-04"})))
    assert signed(reading) == {"A-3": date(2026, 3, 4)}
    (issue,) = reading.issues
    assert (issue.field, issue.value) == ("acknowledged", "03/04/2026")
    assert "2026-04-03 or 2026-03-04" in issue.remedy


def test_a_cross_instead_of_a_date_is_an_issue(sheet: bytes) -> None:
    (issue,) = read_sheet(saved(filled(sheet, {"0017": "x"}))).issues
    assert issue.remedy == "write it as 2026-03-31"


def test_a_person_twice_or_without_a_number_is_an_issue(sheet: bytes) -> None:
    rows = filled(sheet, {"0017": "2026-03-04"})
    rows += [["'0017", "Zoë Ivanović", "", "2026-03-05", ""], ["", "Somebody", "", "2026-03-05", ""]]
    reading = read_sheet(saved(rows))
    assert signed(reading) == {"0017": date(2026, 3, 4)}
    assert [issue.reason.split(" in ")[0] for issue in reading.issues] == ["already", "no number beside the date"]


def test_a_day_before_the_edition_or_in_the_future_is_an_issue(sheet: bytes) -> None:
    reading = read_sheet(saved(filled(sheet, {"0017": "2026-02-27", "A-3": "2026-03-04", "3-4": "2027-01-01"})))
    judged = within(reading, earliest=date(2026, 3, 1), latest=date(2026, 3, 20))
    assert signed(judged) == {"A-3": date(2026, 3, 4)}
    assert sorted(issue.reason for issue in judged.issues) == [
        "before the edition was issued on 2026-03-01",
        "in the future, after 2026-03-20",
    ]


def altered(line: str, value: str | None) -> Callable[[Grid], Grid]:
    def change(rows: Grid) -> Grid:
        kept = [row for row in rows if row[0] != line or value is not None]
        return [[row[0], value or "", *row[2:]] if row[0] == line else row for row in kept]

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (altered("SHA-256 of the edition", "a" * 64), "altered heading"),
        (altered("SHA-256 of the edition", "none"), "altered heading"),
        (altered("SHA-256 of the edition", None), "lost the line 'SHA-256 of the edition'"),
        (altered("Edition", "5"), "altered heading"),
        (altered("Campaign", None), "lost the line 'Campaign'"),
        (altered("Language", "fr"), "altered heading"),
        (altered("Language", None), "lost the line 'Language'"),
        (altered("People", "3"), "altered heading"),
        (altered("People", "9" * 5000), "altered heading"),
        (altered("A-3", None), "has 3 of its 4 people: it was cut off"),
        (altered("Check", "000000000000"), "altered heading"),
        (altered("Form", "geo-offlimits/acknowledgements/3"), "update this program"),
        (altered("Form", "something/1"), "take the sheet that the campaign gave out"),
        (altered("Form", None), "lost the line 'Form'"),
        (altered("Number", None), "is no acknowledgement sheet"),
    ],
)
def test_a_heading_that_was_altered_or_is_incomplete_refuses_the_sheet(
    sheet: bytes, change: Callable[[Grid], Grid], sentence: str
) -> None:
    with pytest.raises(ImportFileError, match=sentence):
        read_sheet(saved(change(cells(sheet))))


@pytest.mark.parametrize("content", [b"name,lat\nx,1\n", b"", b"%PDF-1.7", b"PK\x03\x04", b"\x00\x01"])
def test_what_is_no_sheet_is_refused_by_its_name(content: bytes) -> None:
    with pytest.raises(ImportFileError, match=r"^the sheet \w+ "):
        read_sheet(content)


def test_a_sheet_of_before_it_said_its_language_is_read(sheet: bytes) -> None:
    rows = [row for row in cells(sheet) if row[0] not in {"Language", "People", "A-3"}]
    facts = {"form": "geo-offlimits/acknowledgements/1", "mission": "DEMO", "edition": "4", "campaign": "DEMO-C-0001"}
    facts |= {"sha256": "3f1c" * 16}
    older = altered("Check", check(facts))(altered("Form", facts["form"])(rows))
    reading = read_sheet(saved(older))
    assert (reading.language, reading.unsigned, reading.issues) == (None, 3, ())


def test_who_explained_it_and_in_which_language_stands_beside_the_date(sheet: bytes) -> None:
    rows = filled(sheet, {"0017": "2026-03-04", "A-3": "2026-03-04"})
    for row in rows:
        if row[0] == "A-3":
            row[4:6] = ["M-7", "sr-Cyrl"]
    reading = read_sheet(saved(rows))
    told = {row.number: (row.explained_by, row.explained_in) for row in reading.rows}
    assert told == {"0017": ("", ""), "A-3": ("M-7", "sr-Cyrl")}


def test_a_reading_knows_the_hash_of_the_file_that_was_read(sheet: bytes) -> None:
    assert read_sheet(sheet).sha256 == hashlib.sha256(sheet).hexdigest()


def test_a_sheet_in_another_language_is_cut_its_way_and_read_back(campaign: Campaign, edition: Edition) -> None:
    french = {"Edition": "Édition", "Number": "Matricule", "Acknowledged on": "Pris connaissance le", "Unit": "Unité"}
    told = of(campaign, edition, unit="Unité 1", statement=STATEMENT["fr"], source=STATEMENT["en"], language="fr")
    content = write_sheet(told, lambda text: french.get(text, text))
    rows = cells(content, ";")
    assert ["Edition (Édition)", "4"] in [row[:2] for row in rows]
    assert "1 mars 2026, 10:00 (Europe/Paris)" in content.decode("utf-8-sig")
    for row in rows:
        row[ACKNOWLEDGED] = "4 mars 2026" if row[0] == "A-3" else row[ACKNOWLEDGED]
    reading = read_sheet(saved(rows, ";"))
    assert (signed(reading), reading.unit, reading.language) == ({"A-3": date(2026, 3, 4)}, "Unité 1", "fr")
    assert [row[1] for row in rows if row[0] in {"Statement", "In English"}] == [STATEMENT["fr"], STATEMENT["en"]]


def test_a_sheet_is_only_written_for_the_edition_of_its_campaign(campaign: Campaign, edition: Edition) -> None:
    with pytest.raises(InputError, match="about edition 4 of DEMO, not edition 5"):
        of(campaign, replace(edition, number=5))


PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\r\n"), min_size=1, max_size=20)
NUMBER = st.from_regex(r"[A-Z0-9=+@'.:/-]{1,12}", fullmatch=True)


@given(st.lists(st.tuples(NUMBER, PLAIN), min_size=1, max_size=5, unique_by=lambda told: told[0].casefold()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_number_and_name_survive_the_sheet(
    campaign: Campaign, edition: Edition, people: list[tuple[str, str]]
) -> None:
    category = PersonnelCategory.CIVILIAN
    recipients = tuple(
        Recipient(person_id=n, number=n, name=name, unit="U", category=category, email=None, language="en")
        for n, name in people
    )
    rows = cells(write_sheet(of(campaign, edition, recipients=recipients)))
    start = next(place for place, row in enumerate(rows) if row[0] == "Number")
    for row in rows[start + 1 :]:
        row[ACKNOWLEDGED] = "2026-03-04"
    reading = read_sheet(b"\xef\xbb\xbf" + saved(rows))
    assert {(row.number, row.name) for row in reading.rows} == {(n, name.strip()) for n, name in people}
    assert all(is_named(row.name, dict(people)[row.number]) for row in reading.rows if row.name)


@pytest.mark.parametrize(
    ("written", "known", "same"),
    [
        ("Kon Tract", "Kon Tract", True),
        ("  KON  tract ", "Kon Tract", True),
        ("?or?e ?", "Ђorђe Ж", True),
        ("?rem", "İrem", True),
        ("Zoe\u0308", "Zo\u00eb", True),
        ("Nul \ufffd", "Nul \x00", True),
        ("Kon Trac", "Kon Tract", False),
        ("Ilsa Brand", "Kon Tract", False),
        ("???????", "Kon Tract", False),
        ("Kön Tract", "Kon Tract", False),
    ],
)
def test_a_name_in_a_row_is_known_again_whatever_a_spreadsheet_did_to_its_letters(
    written: str, known: str, *, same: bool
) -> None:
    assert is_named(written, known) is same


def test_a_name_with_control_characters_leaves_the_sheet_readable(campaign: Campaign, edition: Edition) -> None:
    recipient = replace(campaign.recipients[0], name="Zo\x00ë\x1b[2J")
    content = write_sheet(of(campaign, edition, recipients=(recipient,)))
    assert "Zo\ufffdë\ufffd[2J" in content.decode("utf-8-sig")
    assert read_sheet(content).unsigned == 1

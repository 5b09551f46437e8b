import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_offlimits.formats.cells import neutralised, restored

RUN = tuple("=+-@")
HOSTILE = st.text(alphabet="'=+-@\t\r\n ;,|\"aE019/.:\u00a0＝", max_size=14)


@given(st.one_of(HOSTILE, st.text()))
def test_every_text_comes_back_exactly(text: str) -> None:
    assert restored(neutralised(text)) == text


@given(st.lists(st.lists(HOSTILE, min_size=1, max_size=3), max_size=3), st.permutations(",;\t"))
def test_no_program_finds_a_cell_that_it_would_run(rows: list[list[str]], delimiters: list[str]) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiters[0], quoting=csv.QUOTE_ALL)
    writer.writerows([[neutralised(text) for text in row] for row in rows])
    for delimiter in delimiters:
        found = csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=delimiter)
        assert [cell for row in found for cell in row if cell.strip().startswith(RUN)] == []


def test_a_separator_in_a_name_would_have_opened_a_cell_that_runs() -> None:
    (row,) = csv.reader(['"1","Bar;=1+1"'], delimiter=";")
    assert row[1].startswith("=")
    (row,) = csv.reader([f'"1","{neutralised("Bar;=1+1")}"'], delimiter=";")
    assert row[1].startswith("'=")


@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_texts_come_back_through_a_file(texts: list[str]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow([neutralised(text) for text in texts])
    (row,) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert [restored(cell) for cell in row] == texts


@pytest.mark.parametrize("text", ["0017", "12E3", "3-4", "3/4", "123456789012", "1:30", "TRUE"])
def test_a_number_that_a_spreadsheet_would_rewrite_is_kept_as_text(text: str) -> None:
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Zoë Ivanović", "A-0017", "17", "O'Neil", "Bar 24/7"])
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert neutralised(text) == text


def test_a_cell_that_a_spreadsheet_freed_of_its_apostrophe_reads_the_same() -> None:
    assert restored("0017") == restored("'0017") == "0017"

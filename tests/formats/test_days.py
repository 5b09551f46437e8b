from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_offlimits.formats.days import DayError, read_day

THE_FOURTH_OF_MARCH = date(2026, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04",
        " 2026/3/4 ",
        "2026.03.04.",
        "2026-03-04 00:00:00",
        "2026-03-04T13:20:00Z",
        "4.3.2026",
        "04. 03. 2026.",
        "4 March 2026",
        "March 4, 2026",
        "Wednesday, 4 March 2026",
        "04-Mar-26",
        "4th of March 2026",
        "4 mars 2026",
        "mercredi 4 mars 2026",
    ],
)
def test_a_day_is_read_in_every_form_that_can_only_be_that_day(text: str) -> None:
    assert read_day(text) == THE_FOURTH_OF_MARCH


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/12/2026", date(2026, 12, 31)),
        ("12/31/2026", date(2026, 12, 31)),
        ("03-03-2026", date(2026, 3, 3)),
        ("1er août 2026", date(2026, 8, 1)),
        ("12 déc. 2026", date(2026, 12, 12)),
        ("12/31/26", date(2026, 12, 31)),
    ],
)
def test_an_order_that_only_one_day_allows_is_understood(text: str, day: date) -> None:
    assert read_day(text) == day


def test_a_day_that_could_be_two_is_refused_with_both() -> None:
    with pytest.raises(DayError, match="3 April 2026 or 4 March 2026") as refusal:
        read_day("03/04/2026")
    assert refusal.value.readings == (date(2026, 4, 3), date(2026, 3, 4))
    assert refusal.value.issues[0].remedy == "write 2026-04-03 or 2026-03-04"


def test_two_digit_years_are_only_read_when_no_other_order_is_possible() -> None:
    with pytest.raises(DayError) as refusal:
        read_day("26/03/04")
    assert set(refusal.value.readings) == {date(2004, 3, 26), date(2026, 3, 4)}


@pytest.mark.parametrize("text", ["yes", "x", "2026-02-30", "1/1/1066", "46082", "4 2026", "03/04", "²/3/2026", "mars"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(DayError):
        read_day(text)


def test_a_serial_number_says_what_to_do_in_the_spreadsheet() -> None:
    with pytest.raises(DayError, match="format of a date"):
        read_day("46082")


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31)))
def test_every_day_is_read_back_from_its_iso_form(day: date) -> None:
    assert read_day(day.isoformat()) == day


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_a_refusal_and_nothing_else(text: str) -> None:
    with suppress(DayError):
        assert isinstance(read_day(text), date)

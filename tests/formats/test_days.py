from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_offlimits.formats.days import DayError, DayOrder, order_of, read_day

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


@pytest.mark.parametrize(
    "text",
    ["4. mart 2026.", "4. марта 2026. године", "4 mars 2026", "4 mar 2026", "٤ مارس ٢٠٢٦", "٤.٣.٢٠٢٦"],
)
def test_months_are_read_in_every_language_of_the_product(text: str) -> None:
    assert read_day(text) == THE_FOURTH_OF_MARCH


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["04/03/2026", "25/03/2026"], DayOrder.DAY_FIRST),
        (["04/03/2026", "03/25/2026"], DayOrder.MONTH_FIRST),
        (["04/03/26", "31/12/99"], DayOrder.DAY_FIRST),
        (["04/03/2026", "05/06/2026"], None),
        (["25/03/2026", "03/25/2026"], None),
        (["04/03/2026", "2026-03-25", "25.3.2026", "25 March 2026", "soon", ""], None),
        ([], None),
    ],
)
def test_the_other_days_of_a_list_show_the_order_only_where_they_all_agree(
    texts: list[str], order: DayOrder | None
) -> None:
    assert order_of(texts).order is order


def test_the_order_that_a_list_shows_decides_between_two_readings_and_nothing_else() -> None:
    assert read_day("04/03/2026", DayOrder.DAY_FIRST) == THE_FOURTH_OF_MARCH
    assert read_day("03/04/2026", DayOrder.MONTH_FIRST) == THE_FOURTH_OF_MARCH
    # One that can only be the other way is what it is.
    assert read_day("12/31/2026", DayOrder.DAY_FIRST) == date(2026, 12, 31)
    with pytest.raises(DayError, match="not a date"):
        read_day("soon", DayOrder.DAY_FIRST)


SEPARATED = st.sampled_from(
    ["{0:02}/{1:02}/{2}", "{1:02}/{0:02}/{2}", "{0}-{1}-{2}", "{2}-{1:02}-{0:02}", "{0}.{1}.{2}"]
)


def a_written_day_is_among_its_readings(day: date, form: str) -> None:
    text = form.format(day.day, day.month, day.year)
    try:
        assert read_day(text) == day
    except DayError as refusal:
        assert day in refusal.readings  # noqa: PT017 (either way the day is there)
        found = [read_day(text, order) for order in (DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST)]
        assert day in found


@settings(max_examples=300, deadline=None)
@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), SEPARATED)
def test_a_day_that_was_written_is_read_or_is_one_of_those_to_choose_from(day: date, form: str) -> None:
    a_written_day_is_among_its_readings(day, form)


@pytest.mark.deep
@settings(max_examples=20_000, deadline=None)
@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), SEPARATED)
def test_a_day_that_was_written_is_read_deep(day: date, form: str) -> None:
    a_written_day_is_among_its_readings(day, form)

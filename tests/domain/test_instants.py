"""Days are those of a mission's time zone, the last one included, also when the clocks change."""

from datetime import UTC, date, datetime

import pytest

from geo_offlimits.domain.instants import days, time_zone
from geo_offlimits.errors import InputError

BERLIN = time_zone("Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 20), 24)]
)
def test_one_day_lasts_from_its_midnight_to_the_next_whatever_the_clocks_do(day: date, hours: int) -> None:
    whole = days(day, day, BERLIN)
    assert whole.start
    assert whole.end
    assert (whole.end - whole.start).total_seconds() == hours * 3600


def test_the_last_day_is_included_in_the_missions_time() -> None:
    winter_to_summer = days(date(2026, 3, 1), date(2026, 3, 31), BERLIN)
    assert winter_to_summer.start == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert winter_to_summer.end == datetime(2026, 3, 31, 22, tzinfo=UTC)


def test_a_moment_in_place_of_a_day_is_that_moment() -> None:
    moment = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    assert days(moment, date(2026, 3, 2), BERLIN).start == moment
    assert days(date(2026, 3, 1), moment, BERLIN).end == moment
    with pytest.raises(InputError, match="not after its start"):
        days(date(2026, 3, 2), moment, BERLIN)


def test_a_day_that_is_not_given_leaves_that_side_open() -> None:
    assert days(None, None, BERLIN).holds(datetime(2026, 1, 1, tzinfo=UTC))
    assert days(date(2026, 1, 1), None, BERLIN).end is None


@pytest.mark.parametrize(("first", "last"), [(date(2026, 2, 2), date(2026, 2, 1)), (None, date.max), (date.min, None)])
def test_days_that_cannot_be_are_refused(first: date | None, last: date | None) -> None:
    with pytest.raises(InputError, match="leave"):
        days(first, last, BERLIN)

"""One slip of the pen never reaches an edition: what cannot be is refused where it is written."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from shapely.geometry import Point

from geo_offlimits.domain.hours import WeeklySpan
from geo_offlimits.domain.instants import Period, format_instant, parse_instant
from geo_offlimits.domain.premises import Name, Subject, SubjectKind
from geo_offlimits.errors import InputError


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "2200-12-31T23:59:59-12:00",  # in UTC, of the year after
        "1900-01-01T00:00:00+14:00",
    ],
)
def test_a_time_beyond_the_calendar_is_refused_with_its_remedy(text: str) -> None:
    with pytest.raises(InputError, match="between 1900 and 2200; correct it, or leave the time open"):
        parse_instant(text)


def test_a_period_with_such_a_time_cannot_be_made() -> None:
    with pytest.raises(InputError, match="9999"):
        Period(end=datetime(9999, 12, 31, tzinfo=UTC))
    assert Period(end=datetime(2200, 12, 31, tzinfo=UTC)).holds(datetime(2026, 1, 1, tzinfo=UTC))
    assert format_instant(datetime(1900, 1, 1, 2, tzinfo=timezone(timedelta(hours=1)))) == "1900-01-01T01:00:00Z"


@pytest.mark.parametrize("uncertainty_m", [-5.0, float("nan"), 100_001.0])
def test_an_uncertainty_that_cannot_be_is_refused_at_the_proposal(uncertainty_m: float) -> None:
    with pytest.raises(InputError, match="uncertainty_m"):
        Subject(
            kind=SubjectKind.PREMISES,
            names=(Name(text="Blue Lantern"),),
            geometry=Point(-15.9, -31.6),
            uncertainty_m=uncertainty_m,
        )


def test_hours_name_each_day_once_and_no_offset() -> None:
    with pytest.raises(InputError, match="each once"):
        WeeklySpan(days=(1, 1), start=time(20), end=time(4))
    with pytest.raises(InputError, match="wall clock"):
        WeeklySpan(days=(1,), start=time(20, tzinfo=UTC), end=time(4))
    assert WeeklySpan(days=(1, 7), start=time(20), end=time(4)).days == (1, 7)

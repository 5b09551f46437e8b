"""Hours as people write them become the weekly schedule they mean, or are refused with what to write."""

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.languages import TAGS
from geo_offlimits.formats.hour_words import DAYS
from geo_offlimits.formats.hours import HoursError, read_hours
from geo_offlimits.formats.words import hours_of

ZONE = "Europe/Belgrade"
WEEK = (1, 2, 3, 4, 5, 6, 7)
Spans = list[tuple[tuple[int, ...], str, str]]


def spans(text: str) -> Spans:
    return [(one.days, f"{one.start:%H:%M}", f"{one.end:%H:%M}") for one in read(text).weekly]


def read(text: str) -> Hours:
    return read_hours(text, timezone=ZONE).hours


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1700-0100", [(WEEK, "17:00", "01:00")]),
        ("Fri-Sat 20:00-02:00", [((5, 6), "20:00", "02:00")]),
        ("17h00-1h00", [(WEEK, "17:00", "01:00")]),
        ("Mo-Th 18:00-24:00; closed Sunday", [((1, 2, 3, 4), "18:00", "00:00")]),
        ("daily 18-24, closed Sunday", [((1, 2, 3, 4, 5, 6), "18:00", "00:00")]),
        ("Sun closed, Mon-Sun 18-24", [((1, 2, 3, 4, 5, 6), "18:00", "00:00")]),
        ("20:00-02:00 Fri-Sat", [((5, 6), "20:00", "02:00")]),
        ("Sat-Mon 20.00 to 2.00 hrs", [((1, 6, 7), "20:00", "02:00")]),
        ("8-11 pm", [(WEEK, "20:00", "23:00")]),
        ("8 p.m. – 2:30 a.m.", [(WEEK, "20:00", "02:30")]),
        ("open from noon to midnight", [(WEEK, "12:00", "00:00")]),
        ("lun-jeu 18h-1h, ven.-sam. 20h-4h", [((1, 2, 3, 4), "18:00", "01:00"), ((5, 6), "20:00", "04:00")]),
        ("du lundi au jeudi de 18h à 1h, fermé le dimanche", [((1, 2, 3, 4), "18:00", "01:00")]),
        ("tous les jours de 16 h 30 à minuit", [(WEEK, "16:30", "00:00")]),
        ("week-end 20h-4h", [((6, 7), "20:00", "04:00")]),
        ("Mon, Wed and Fri 18:00-22:00\nSat 20:00-02:00", [((1, 3, 5), "18:00", "22:00"), ((6,), "20:00", "02:00")]),
        ("пет–суб 20:00–04:00", [((5, 6), "20:00", "04:00")]),
        ("ponedeljak-četvrtak 18h do 02h", [((1, 2, 3, 4), "18:00", "02:00")]),
        ("e premte 20:00 deri 02:00", [((5,), "20:00", "02:00")]),
        ("كل يوم ٢٠:٠٠–٠٢:٠٠", [(WEEK, "20:00", "02:00")]),
        ("24/7", [(WEEK, "00:00", "00:00")]),
        ("24h/24", [(WEEK, "00:00", "00:00")]),
        ("Fri all day", [((5,), "00:00", "00:00")]),
    ],
)
def test_hours_are_read_in_the_forms_and_languages_in_which_they_are_written(text: str, meant: Spans) -> None:
    assert spans(text) == meant
    assert not read_hours(text, timezone=ZONE).is_open


@pytest.mark.parametrize("text", ["daily after 22h", "22:00 till late", "22:00+", "à partir de 22h", "from 22:00"])
def test_an_end_that_is_not_told_is_the_early_morning_and_that_is_said(text: str) -> None:
    told = read_hours(text, timezone=ZONE)
    assert told.is_open
    assert told.hours.weekly == (WeeklySpan(days=WEEK, start=time(22), end=time(6)),)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("20:00-02:00", ZONE),
        ("20:00-02:00 (local time)", ZONE),
        ("20:00-02:00 UTC", "UTC"),
        ("20:00-02:00 (Africa/Juba)", "Africa/Juba"),
        ("Africa/Juba 20:00-02:00", "Africa/Juba"),
        ("Fri 20:00-02:00 UTC+2", "Etc/GMT-2"),
        ("Fri 20:00-02:00 GMT-3", "Etc/GMT+3"),
    ],
)
def test_times_are_those_of_the_mission_unless_a_zone_is_named(text: str, zone: str) -> None:
    assert read(text).tz == zone


@pytest.mark.parametrize(
    ("text", "reason", "remedy"),
    [
        ("8-2", "the morning or the evening", "20:00-02:00"),
        ("11-2 pm", "the morning or the evening", "write 11:00-14:00 or 23:00-14:00"),
        ("after 10", "the morning or the evening", "write 10:00 or 22:00"),
        ("18:00", "stands alone", "Fri-Sat 20:00-02:00"),
        ("until 02:00", "from when to when", ""),
        ("Fri-Sat", "days without times", ""),
        ("closed", "when it is closed", ""),
        ("25:00-02:00", "25 is no hour of a day", ""),
        ("24:30-02:00", "24 is no hour of a day", ""),
        ("13pm-2am", "13 is no hour of a day", ""),
        ("20:00-20:00", "begins and ends at the same time", "00:00-24:00"),
        ("Sun 18-24; closed Sunday", "open and closed", ""),
        ("Mo-Th 18:00-24:00; 20:00-02:00", "on which days", "days before their times"),
        ("20:00-02:00 CET", "CET names no time zone", "Europe/Belgrade"),
        ("20:00-02:00 UTC+5:30", "no time zone of whole hours", "Asia/Kabul"),
        ("when the band plays", "'when' is not understood", ""),
        ("weekend-Fri 20-02", "from which day to which", ""),
        ("", "no times", ""),
        ("x" * 301, "more than 300 characters", ""),
    ],
)
def test_what_could_be_two_schedules_or_none_is_refused_with_what_to_write(text: str, reason: str, remedy: str) -> None:
    with pytest.raises(HoursError) as refusal:
        read_hours(text, timezone=ZONE)
    assert reason in refusal.value.reason
    assert remedy in refusal.value.remedy
    assert refusal.value.issues[0].field == "hours"


CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def schedules() -> st.SearchStrategy[Hours]:
    spans = st.builds(
        WeeklySpan,
        days=st.sets(st.sampled_from(WEEK), min_size=1).map(lambda days: tuple(sorted(days))),
        start=CLOCKS,
        end=CLOCKS,
    )
    weekly = st.lists(spans, min_size=1, max_size=4).map(tuple)
    return st.builds(Hours, tz=st.sampled_from([ZONE, "Africa/Juba", "UTC"]), weekly=weekly)


def as_written(hours: Hours) -> Hours:
    """All day is told without a time, and what is said twice is said."""
    whole = [
        WeeklySpan(days=one.days, start=time(), end=time()) if one.start == one.end else one for one in hours.weekly
    ]
    return Hours(tz=hours.tz, weekly=tuple(dict.fromkeys(whole)))


def reads_back(hours: Hours, language: str) -> None:
    written = hours_of(hours, ZONE, language, catalogue(language).gettext)
    assert read_hours(written, timezone=ZONE).hours == as_written(hours), written


def reads_or_refuses(text: str) -> None:
    with suppress(HoursError):
        assert read_hours(text, timezone=ZONE).hours.weekly


PIECES = st.sampled_from(
    [*DAYS, "20:00", "2", "0200", "8pm", "24h", "-", ";", ",", "closed", "after", "late", "to", "+", "x"]
)
TEXTS = st.text(max_size=40) | st.lists(PIECES, max_size=9).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(schedules(), st.sampled_from(TAGS))
def test_every_schedule_that_we_print_reads_back_in_every_language(hours: Hours, language: str) -> None:
    reads_back(hours, language)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_any_text_is_a_schedule_or_a_refusal_that_says_what_to_write(text: str) -> None:
    reads_or_refuses(text)


@pytest.mark.deep
@settings(max_examples=20_000, deadline=None)
@given(schedules(), st.sampled_from(TAGS))
def test_every_schedule_that_we_print_reads_back_deep(hours: Hours, language: str) -> None:
    reads_back(hours, language)


@pytest.mark.deep
@settings(max_examples=20_000, deadline=None)
@given(TEXTS)
def test_any_text_is_a_schedule_or_a_refusal_deep(text: str) -> None:
    reads_or_refuses(text)

"""What a row without coordinates, a column of days and a whole file tell, and what is only said of them."""

from datetime import UTC, datetime, time

from shapely.geometry import Point

from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.formats.described import Described, described
from geo_offlimits.formats.reader import Row, read_rows
from geo_offlimits.formats.understood import Understood, understood
from tests.formats.corpus.island import NEAR, TERRITORY, TIMEZONE


def row(**values: str) -> Described:
    return described(Row(number=7, values=values), timezone=TIMEZONE, territory=TERRITORY, near=NEAR)


def whole(text: str) -> Understood:
    return understood(read_rows(("list.csv", text.encode())), timezone=TIMEZONE, territory=TERRITORY, near=NEAR)


def test_premises_without_coordinates_are_placed_by_their_town_as_large_as_it_is_and_it_is_said() -> None:
    told = row(name="Blue Lantern", locality="Острел", note="seen twice")
    assert told.subject is not None
    assert told.subject.geometry == Point(-15.9529, -31.4877)
    assert told.subject.uncertainty_m == 1500
    assert told.placed_by is not None
    assert told.facts.note == "seen twice\nPlaced by the name of its town, Ostrel, within 1500 m."
    (remark,) = told.remarks
    assert (remark.row, remark.field) == (7, "locality")
    assert "placed by the name of its town" in remark.reason


def test_what_is_in_a_sector_in_one_of_two_towns_or_in_none_is_kept_without_a_place_and_why_is_said() -> None:
    for values, why in (
        ({"sector": "North"}, "too large"),
        ({"locality": "Sector South"}, "too large"),
        ({"locality": "Lumbra"}, "several towns"),
        ({"locality": "Atlantis"}, "no town or sector of this name"),
    ):
        told = row(name="Blue Lantern", **values)
        assert told.subject is not None
        assert (told.subject.geometry, told.subject.uncertainty_m, told.placed_by) == (None, None, None)
        assert why in told.remarks[0].reason
        assert told.facts.note is None


def test_coordinates_win_over_the_name_of_a_town_even_where_they_cannot_be_read() -> None:
    placed = row(name="x", locality="Ostrel", latitude="-31.5", longitude="-15.9")
    assert placed.subject is not None
    assert placed.subject.geometry == Point(-15.9, -31.5)
    assert (placed.remarks, placed.placed_by) == ((), None)
    wrong = row(name="x", locality="Ostrel", latitude="95", longitude="-15.9")
    assert (wrong.subject, wrong.placed_by) == (None, None)


def test_nothing_is_placed_by_name_where_nobody_asked_for_it() -> None:
    told = described(Row(number=1, values={"name": "x", "locality": "Ostrel"}), near=NEAR, by_name=False)
    assert told.subject is not None
    assert told.subject.geometry is None
    assert described(Row(number=1, values={"name": "x", "locality": "Ostrel"})).remarks == ()


def test_a_kind_instead_of_a_place_is_a_rule_where_it_is_meant_and_keeps_its_words() -> None:
    told = row(name="All massage parlours in Sector North")
    assert told.subject is not None
    assert (told.subject.kind, told.subject.category) == (SubjectKind.CATEGORY_RULE, VenueKind.MASSAGE_PARLOUR)
    assert told.subject.geometry == NEAR.find("North")[0].geometry
    assert told.subject.label == "All massage parlours in Sector North"
    assert "every place of this kind" in told.remarks[0].reason
    around = row(name="All bars in Ostrel")
    assert around.subject is not None
    assert around.subject.geometry is not None
    assert around.subject.geometry.contains(Point(-15.9529, -31.4877))
    assert "circle of 1500 m around Ostrel" in around.remarks[1].reason
    everywhere = row(name="Any casino")
    assert everywhere.subject is not None
    assert everywhere.subject.geometry is None


def test_a_rule_for_a_place_that_is_not_known_is_refused_as_it_would_hold_everywhere() -> None:
    for name in ("All hotels in Atlantis", "All hotels in Lumbra"):
        told = row(name=name)
        assert told.subject is None
        assert "would hold everywhere" in told.issues[0].reason


def test_premises_that_say_so_or_say_where_they_are_are_no_rule() -> None:
    for values in ({"subject": "premises"}, {"position": "-31.5, -15.9"}):
        told = row(name="All bars", **values)
        assert told.subject is not None
        assert told.subject.kind is SubjectKind.PREMISES


def test_the_hours_of_a_row_are_those_of_its_terms() -> None:
    hours = row(name="x", hours="Fri-Sat 20:00-02:00").facts.hours
    assert hours == Hours(tz=TIMEZONE, weekly=(WeeklySpan(days=(5, 6), start=time(20), end=time(2)),))
    told = row(name="x", hours="8-2")
    assert (told.subject, told.issues[0].field, told.issues[0].row) == (None, "hours", 7)
    assert "until 06:00" in row(name="x", hours="daily after 22h").remarks[0].reason


def test_a_decimal_mark_that_a_program_lost_is_named_with_the_place_it_may_have_been() -> None:
    (issue,) = row(name="x", latitude="-314901", longitude="-159512").issues
    assert "its decimal mark is lost" in issue.reason
    assert "-31.4901, -15.9512" in issue.remedy


def test_the_other_days_of_a_column_decide_and_that_is_told_with_one_of_them() -> None:
    told = whole("name,since\nA,04/03/2026\nB,25/03/2026\nC,\n")
    assert told.rows[0].facts.valid.start == datetime(2026, 3, 4, 1, tzinfo=UTC)
    (issue,) = told.issues
    assert (issue.row, issue.field, issue.value) == (None, "since", "25/03/2026")
    assert "with the day first" in issue.reason


def test_days_stay_in_doubt_without_evidence_and_with_evidence_for_both_orders() -> None:
    silent = whole("name,since\nA,04/03/2026\nB,05/06/2026\n")
    assert silent.issues == ()
    assert [one.subject for one in silent.rows] == [None, None]
    both = whole("name,since\nA,04/03/2026\nB,25/03/2026\nC,03/25/2026\n")
    assert [one.subject is None for one in both.rows] == [True, False, False]
    assert "25/03/2026 · 03/25/2026" in both.issues[0].reason


def test_columns_that_are_swapped_are_told_for_the_file_and_nothing_is_swapped() -> None:
    rows = "".join(f"{name},-15.9{at},-31.5{at}\n" for at, name in enumerate("ABCD", start=1))
    told = whole(f"name,lat,lon\n{rows}")
    (issue,) = told.issues
    assert "4 of 4 rows" in issue.reason
    assert issue.remedy == "map lat=longitude and lon=latitude"
    assert told.rows[0].subject is not None
    assert told.rows[0].subject.geometry == Point(-31.51, -15.91)
    once = whole(f"name,lat,lon\n{rows.splitlines()[0]}\nE,-31.5,-15.9\nF,-31.6,-15.9\n")
    assert once.issues == ()


def test_hours_at_which_a_place_is_open_are_told_as_a_listing_would_not_bind_outside_of_them() -> None:
    for heading in ("Opening hours", "Radno vreme", "Horaires d’ouverture"):
        (issue,) = whole(f"name,{heading}\nA,1700-0100\n").issues
        assert (issue.row, issue.field, issue.value) == (None, "hours", heading)
        assert f"map {heading}=note" in issue.remedy
    for heading in ("Hours", "Horaires", "Off-limits hours", "Часови важења"):
        assert whole(f"name,{heading}\nA,1700-0100\n").issues == ()
    assert whole("name,Opening hours\nA,\n").issues == ()


def test_an_o_is_west_where_that_alone_lies_in_the_territory_and_elsewhere_it_is_asked_about() -> None:
    for values in (
        {"position": "31° 37' 02,9'' S  16° 17' 02,4'' O"},
        {"latitude": "31°37'02,9\"S", "longitude": "16°17'02,4\"O"},
    ):
        told = row(name="Casa Mirta", **values)
        assert told.subject is not None
        assert isinstance(told.subject.geometry, Point)
        assert told.subject.geometry.distance(Point(-16.284, -31.61747)) < 1e-4
        assert ["alone lies in the territory" in one.reason for one in told.remarks] == [True]
    for elsewhere in ("31°37'02\"S 46°17'02\"O", "31°37'02\"S 0°00'00\"O 5"):
        told = row(name="Casa Mirta", position=elsewhere)
        assert (told.subject, told.remarks) == (None, ())

"""One row of a list as premises with rough terms, or everything that stands against it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.designation import Basis, Restriction
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import NameKind, Part, SubjectKind, VenueKind
from geo_offlimits.errors import Issue
from geo_offlimits.formats.columns import FIELDS
from geo_offlimits.formats.described import Described, described
from geo_offlimits.formats.reader import Row


def understood(geometry: BaseGeometry | None = None, /, **values: str) -> Described:
    return described(Row(number=7, values=values, geometry=geometry), timezone="Europe/Belgrade")


def only_issue(told: Described) -> Issue:
    assert told.subject is None
    (issue,) = told.issues
    assert issue.row == 7
    return issue


WHOLE_ROW = {
    "name": "Blue Lantern",
    "sign": "Плава лампа",
    "other_names": "The Lamp; Lampa",
    "former_names": "Old Mill | The Mill",
    "latitude": "12,5",
    "longitude": "-40.25",
    "uncertainty_m": "25 m",
    "address": "1 Quay",
    "locality": "Port",
    "floor": "3",
    "category": "Boîte de nuit",
    "restriction": "déconseillé",
    "basis": "Trafficking",
    "authority": "Head of mission",
    "directive": "DIR/1",
    "applies_to": "police / military",
    "exceptions": "Official duty; Medical",
    "since": "4 March 2026",
    "until": "31.3.2026",
    "review_by": "2027-03-04",
    "note": "seen twice",
}


def test_a_whole_row_becomes_premises_with_terms() -> None:
    told = understood(**WHOLE_ROW)
    assert told.issues == ()
    subject = told.subject
    assert subject is not None
    assert [(name.text, name.kind) for name in subject.names] == [
        ("Плава лампа", NameKind.SIGN),
        ("Blue Lantern", NameKind.CURRENT),
        ("The Lamp", NameKind.ALIAS),
        ("Lampa", NameKind.ALIAS),
        ("Old Mill", NameKind.FORMER),
        ("The Mill", NameKind.FORMER),
    ]
    assert subject.geometry == Point(-40.25, 12.5)
    assert (subject.uncertainty_m, subject.part, subject.category) == (25.0, Part(floor="3"), VenueKind.NIGHT_CLUB)
    terms = told.facts.terms(authority="nobody", directive="none", basis=Basis.OTHER)
    assert (terms.restriction, terms.basis, terms.directive) == (Restriction.CAUTION, Basis.TRAFFICKING, "DIR/1")
    assert terms.applies_to == (PersonnelCategory.POLICE, PersonnelCategory.MILITARY)
    assert terms.exceptions == ("Official duty", "Medical")
    assert (terms.review_by, terms.note) == (date(2027, 3, 4), "seen twice")


def test_days_are_meant_in_the_missions_time_zone_and_the_last_day_counts() -> None:
    valid = understood(name="x", since="2026-03-04", until="2026-03-31").facts.valid
    assert valid.start == datetime(2026, 3, 3, 23, tzinfo=UTC)
    assert valid.end == datetime(2026, 3, 31, 22, tzinfo=UTC)


def test_a_silent_row_takes_the_terms_it_is_given_and_is_off_limits() -> None:
    terms = understood(name="x", applies_to="all").facts.terms(authority="A", directive="D", basis=Basis.OTHER)
    assert (terms.restriction, terms.authority, terms.directive) == (Restriction.OFF_LIMITS, "A", "D")
    assert terms.applies_to == ()


def test_premises_without_a_place_are_understood() -> None:
    told = understood(name="The Wandering Star")
    assert told.subject is not None
    assert (told.subject.geometry, told.subject.uncertainty_m) == (None, None)


@pytest.mark.parametrize(
    "values",
    [
        {"latitude": "12°30′00″N", "longitude": "40°15′00″W"},
        {"position": "12.5, -40.25"},
        {"position": "geo:12.5,-40.25"},
        {"latitude": "12.5", "longitude": "-40.25", "position": "12.5001, -40.25"},
    ],
)
def test_a_place_is_read_in_any_notation(values: dict[str, str]) -> None:
    told = understood(name="x", **values)
    assert told.subject is not None
    assert told.subject.geometry is not None
    assert told.subject.geometry.equals_exact(Point(-40.25, 12.5), 1e-9)


def test_a_coarse_grid_says_how_coarse_it_is_and_plain_decimals_say_nothing() -> None:
    coarse = understood(name="x", position="24P XV 81 82")
    assert coarse.subject is not None
    assert coarse.subject.uncertainty_m is not None
    assert coarse.subject.uncertainty_m > 100
    plain = understood(name="x", latitude="12.5", longitude="-40.25")
    assert plain.subject is not None
    assert plain.subject.uncertainty_m is None


def test_the_files_own_geometry_is_the_place() -> None:
    told = understood(box(0, 0, 1, 1), name="Docks", subject="area", latitude="5", longitude="5")
    assert told.subject is not None
    assert (told.subject.kind, told.subject.geometry) == (SubjectKind.AREA, box(0, 0, 1, 1))


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"latitude": "95", "longitude": "21"}, "latitude", "check whether latitude and longitude are swapped"),
        ({"latitude": "21", "longitude": "181"}, "longitude", "beyond 180"),
        ({"latitude": "NaN", "longitude": "21"}, "latitude", "not a number"),
        ({"latitude": "inf", "longitude": "21"}, "latitude", "not a number"),
        ({"latitude": "21"}, "longitude", "longitude is missing"),
        ({"longitude": "21"}, "latitude", "latitude is missing"),
        ({"latitude": "0", "longitude": "0.0"}, "latitude", "open sea"),
        ({"latitude": "12.5", "longitude": "21", "position": "12.5, 22"}, "position", "m from the row's latitude"),
        ({"position": "behind the church"}, "position", ""),
        ({"category": "resturant"}, "category", "did you mean restaurant"),
        ({"category": "zzzz"}, "category", "write one of bar, night_club"),
        ({"restriction": "maybe"}, "restriction", "not a known restriction"),
        ({"basis": "gossip"}, "basis", "not a known basis"),
        ({"applies_to": "police, martians"}, "applies_to", "not a known applies_to"),
        ({"subject": "planet"}, "subject", "not a known subject"),
        ({"subject": "area"}, "geometry", "an area needs a polygon"),
        ({"subject": "category rule"}, "category", "names a kind of venue"),
        ({"since": "03/04/2026"}, "since", "3 April 2026 or 4 March 2026"),
        ({"review_by": "soon"}, "review_by", "not a date"),
        ({"since": "2026-03-04", "until": "2026-03-01"}, "until", "before its start"),
        ({"uncertainty_m": "roughly"}, "uncertainty_m", "not a number of metres"),
        ({"uncertainty_m": "-5"}, "uncertainty_m", "not between 0 and"),
        ({"other_names": "y" * 201}, "other_names", "too long"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_field_and_number(
    values: dict[str, str], field: str, words: str
) -> None:
    issue = only_issue(understood(name="x", **values))
    assert issue.field == field
    assert words in str(issue)


def test_a_row_without_a_name_is_refused() -> None:
    assert only_issue(understood(address="1 Quay")).reason == "no name"


def test_everything_wrong_with_a_row_is_said_at_once() -> None:
    told = understood(latitude="95", longitude="21", category="zzzz", since="soon")
    assert told.subject is None
    assert {issue.field for issue in told.issues} == {"latitude", "category", "since"}


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(min_size=1, max_size=30)))
def test_any_row_is_a_subject_or_issues_and_never_both(values: dict[str, str]) -> None:
    told = described(Row(number=2, values=values))
    assert (told.subject is None) == bool(told.issues)
    assert all(issue.row == 2 for issue in told.issues)

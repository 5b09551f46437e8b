"""What asks for a new acknowledgement, change by change."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from shapely import Point

from geo_offlimits.domain.asking import asks
from geo_offlimits.domain.campaign import owes
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Changed, Delta, Entry, Tombstone
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Name, Part, SubjectKind, VenueKind

AT = datetime(2026, 3, 1, tzinfo=UTC)
POLICE, MILITARY = PersonnelCategory.POLICE, PersonnelCategory.MILITARY
LANTERN = Entry(
    entry_id="PELA-0001",
    name="Blue Lantern",
    names=(Name(text="Blue Lantern"), Name(text="Lantern")),
    subject=SubjectKind.PREMISES,
    category=VenueKind.BAR,
    restriction=Restriction.OFF_LIMITS,
    applies_to=(POLICE, MILITARY),
    exceptions=("on duty",),
    since=AT,
    until=AT + timedelta(days=90),
    part=Part(floor="3"),
    address="Quay 1",
    uncertainty_m=5.0,
    issuer="PELA",
    directive="PELA/7",
    geometry=Point(-29.9, 10.1),
)
NIGHT = Hours(tz="UTC", weekly=(WeeklySpan(days=(5,), start=time(20), end=time(23)),))


def changed(before: Entry, **facts: Any) -> Delta:
    after = replace(before, **facts)
    return Delta(from_number=1, to_number=2, changed=(Changed(before=before, after=after, fields=tuple(facts)),))


@pytest.mark.parametrize(
    "delta",
    [
        Delta(from_number=1, to_number=2, added=(LANTERN,), removed=(Tombstone(entry_id="PELA-0002", name="Gone"),)),
        changed(LANTERN, geometry=Point(-29.8, 10.1)),
        changed(LANTERN, name="Red Door"),
        changed(LANTERN, names=(*LANTERN.names, Name(text="Red Door"))),
        changed(LANTERN, applies_to=()),
        changed(LANTERN, applies_to=(POLICE, PersonnelCategory.CIVILIAN)),
        changed(LANTERN, exceptions=()),
        changed(LANTERN, until=None),
        changed(LANTERN, until=AT + timedelta(days=91)),
        changed(LANTERN, since=AT - timedelta(days=1)),
        changed(LANTERN, part=None),
        changed(LANTERN, part=Part(floor="4")),
        changed(LANTERN, address="Quay 2"),
        changed(LANTERN, category=VenueKind.HOTEL),
        changed(replace(LANTERN, restriction=Restriction.CAUTION), restriction=Restriction.OFF_LIMITS),
        changed(replace(LANTERN, hours=NIGHT), hours=None),
        changed(LANTERN, uncertainty_m=9.0, address="Quay 2"),
    ],
)
def test_what_is_new_stricter_or_different_asks(delta: Delta) -> None:
    assert asks(delta)


@pytest.mark.parametrize(
    "delta",
    [
        Delta(from_number=1, to_number=2),
        Delta(from_number=1, to_number=2, removed=(Tombstone(entry_id="PELA-0002", name="Gone"),)),
        changed(LANTERN, restriction=Restriction.CAUTION),
        changed(LANTERN, applies_to=(POLICE,)),
        changed(replace(LANTERN, applies_to=()), applies_to=(POLICE,)),
        changed(LANTERN, exceptions=("on duty", "with a guest")),
        changed(LANTERN, until=AT + timedelta(days=89)),
        changed(replace(LANTERN, until=None), until=AT + timedelta(days=900)),
        changed(LANTERN, since=AT + timedelta(days=1)),
        changed(replace(LANTERN, part=None), part=Part(floor="3")),
        changed(LANTERN, names=(Name(text="Lantern"),)),
        changed(LANTERN, hours=NIGHT),
        changed(LANTERN, uncertainty_m=9.0, mgrs="34TEN1311323071", directive="PELA/8", issuer="PELA"),
    ],
)
def test_what_is_lifted_looser_or_only_more_exact_informs(delta: Delta) -> None:
    assert not asks(delta)


def test_who_was_only_informed_and_withdraws_what_they_had_acknowledged_owes_it_again() -> None:
    assert not owes(2, asked=False, read_then=1, read=1)
    assert owes(2, asked=False, read_then=1, read=0)
    assert not owes(2, asked=False, read_then=1, read=2)
    assert owes(2, asked=True, read_then=1, read=1)

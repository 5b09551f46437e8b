"""What the bytes of an edition tell without its entries being made."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from shapely.geometry import Point, box

from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Contact, ContactKind, Facility
from geo_offlimits.formats.edition import EditionFileError, encode
from geo_offlimits.formats.edition_bytes import about, entry_ids, said

MakeEntry = Callable[..., Entry]
MakeEdition = Callable[..., Edition]


@pytest.fixture
def listed(make_entry: MakeEntry, make_edition: MakeEdition) -> Edition:
    return make_edition(
        make_entry(1),
        make_entry(6, geometry=None),
        contacts=(Contact(kind=ContactKind.CONDUCT, name="Conduct team", phone="+000"),),
        facilities=(Facility(facility_id="F-1", name="Canteen", kind="canteen", geometry=Point(-41.4, 38.1)),),
        boundaries=(Boundary(kind=BoundaryKind.TERRITORY, name="Isle", geometry=box(-42, 37, -41, 39)),),
    )


def test_the_ids_of_entries_are_told_from_the_bytes_alone(listed: Edition, make_entry: MakeEntry) -> None:
    odd = (make_entry(8, entry_id='D"\\-1,"id":"D-2'), make_entry(9, name='","id":"D-3","properties":{'))
    edition = replace(listed, entries=(*listed.entries, *odd), statement={"en": "Yes.", "id": "Ya."})
    told = {json.loads(b'"' + entry_id + b'"') for entry_id in entry_ids(encode(edition))}
    assert told == {entry.entry_id for entry in edition.entries}
    assert entry_ids(encode(replace(listed, entries=()))) == frozenset()


def test_two_editions_say_the_same_where_only_their_number_and_times_differ(
    listed: Edition, make_entry: MakeEntry
) -> None:
    later = listed.issued_at + timedelta(days=9)
    again = replace(listed, number=8, previous_sha256="cd" * 32, issued_at=later, expires_at=later + timedelta(days=1))
    others = (
        replace(listed, entries=listed.entries[1:]),
        replace(listed, entries=(*listed.entries[:-1], make_entry(6, geometry=None, name="Renamed"))),
        replace(listed, entries=(*listed.entries[1:], replace(listed.entries[0], geometry=Point(1, 2)))),
        replace(listed, mission_name="Other"),
        replace(listed, facilities=()),
        replace(listed, boundaries=()),
        replace(listed, contacts=()),
        replace(listed, demonstration=not listed.demonstration),
    )
    assert said(encode(again)) == said(encode(listed))
    assert len({said(encode(one)) for one in (listed, *others)}) == 1 + len(others)


def test_bytes_that_are_no_edition_say_nothing() -> None:
    for ask in (said, entry_ids, about):
        with pytest.raises(EditionFileError, match="offlimits is missing"):
            ask(b'{"type":"FeatureCollection"}')

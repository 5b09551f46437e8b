"""One digit otherwise in a list is found whatever the decimals behind it, and a pause of the collector ends."""

import gc
from random import Random

import pytest
from shapely.geometry import Point

from geo_offlimits.domain.premises import Name, Subject, SubjectKind
from geo_offlimits.services.import_suspicions import Looked, suspicions
from geo_offlimits.uncollected import uncollected


def _bar(name: str, lat: float, lon: float) -> Looked:
    subject = Subject(kind=SubjectKind.PREMISES, names=(Name(text=name),), geometry=Point(lon, lat))
    return Looked(reference=name, subject=subject)


def test_one_digit_otherwise_is_found_in_every_row_also_where_the_last_decimal_is_a_five() -> None:
    chance = Random(3)
    listed = []
    for at in range(400):
        latitude = f"{chance.uniform(37, 39):.5f}5"
        other = f"{latitude[:4]}{(int(latitude[4]) + 1) % 10}{latitude[5:]}"
        listed += [_bar(f"Bar {at}", float(latitude), -41.5), _bar(f"Bar {at}", float(other), -41.5)]
    found = suspicions(listed, 0)
    assert sorted(found) == list(range(1, 800, 2))
    assert all(one.other == at - 1 and one.waits for at, them in found.items() for one in them)


def test_two_digits_otherwise_is_another_place() -> None:
    assert not suspicions([_bar("Bar", 37.12345, -41.5), _bar("Bar", 37.23345, -41.5)], 0)


def test_the_collector_is_at_work_again_when_the_last_pause_ends_however_it_ends() -> None:
    assert gc.isenabled()
    with uncollected():
        with pytest.raises(ValueError, match="torn"), uncollected():
            raise ValueError("torn")
        assert not gc.isenabled()
    assert gc.isenabled()

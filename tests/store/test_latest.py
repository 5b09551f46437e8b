"""The newest revision's database holds the steps of the domain, and the columns that an erasure leaves."""

import re

import pytest

from geo_offlimits.domain.acknowledgement import FOLLOWING
from geo_offlimits.domain.designation import KEEPING, OTHER_PERSON, SIGNATURES, TRANSITIONS
from geo_offlimits.store import tables
from geo_offlimits.store.migrations import latest


def test_the_database_holds_the_same_steps_as_the_domain() -> None:
    frozen = {(before or None, kind): after for before, kind, after in latest.TRANSITIONS}
    assert frozen == dict(TRANSITIONS)
    assert len(latest.TRANSITIONS) == len(TRANSITIONS)
    assert {kind: frozenset(earlier) for kind, earlier in latest.OTHER_PERSON.items()} == dict(OTHER_PERSON)
    assert set(latest.SIGNATURES) == SIGNATURES
    assert set(latest.KEEPING) == KEEPING
    assert set(latest.FOLLOWING) == {(one or "", after) for one, them in FOLLOWING.items() for after in them}


@pytest.mark.parametrize("table", latest.IDENTIFYING)
def test_an_erasure_keeps_every_column_that_it_does_not_empty(table: str) -> None:
    (guard,) = [one for one in latest.REFUSALS if (one.table, one.name) == (table, "changed")]
    kept = {column.name for column in tables.metadata.tables[table].columns} - set(latest.IDENTIFYING[table])
    assert set(re.findall(r"coalesce\(NEW\.(\w+) = OLD\.\1,", guard.condition or "")) == kept

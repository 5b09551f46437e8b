"""A part of an edition, cut from its bytes: what would be written of its entries, to the byte."""

import json
from dataclasses import replace

import pytest

from geo_offlimits.formats.edition import encode, written
from geo_offlimits.services.forms import FORMS
from tests.formats.conftest import edition_of, listed
from tests.formats.exported import ENTRIES, excerpt

TRAP = '","properties":{},{"geometry":null,"id":"X"},"geometry":'


@pytest.mark.parametrize(
    "kept",
    [
        (),
        ("DEMO-0001",),
        ("DEMO-0002", "DEMO-0102"),
        ("DEMO-0104", "DEMO-0105"),
        ("DEMO-0106",),
        tuple(one.entry_id for one in ENTRIES[1:]),
        tuple(one.entry_id for one in ENTRIES),
    ],
)
def test_a_part_is_what_would_be_written_of_its_entries(kept: tuple[str, ...]) -> None:
    part = excerpt(*kept, filtered=True)
    made = FORMS["geojson"].written(part)
    told = json.loads(made)["offlimits"]
    assert made == b"".join(written(part.entries, told))
    assert [one["id"] for one in json.loads(made)["features"]] == list(kept)
    assert (told["format"], told["entries"], told["entries_of_edition"]) == ("geo-offlimits/export/1", len(kept), 27)


def test_no_text_of_an_entry_passes_for_the_beginning_of_the_next() -> None:
    entries = tuple(listed(at, f"{TRAP}{at}", address=TRAP, exceptions=(TRAP,)) for at in (1, 2, 3))
    edition = edition_of(*entries)
    part = excerpt("DEMO-0002", filtered=True)
    part = replace(part, edition=edition, entries=entries[1:2], content=encode(edition))
    made = FORMS["geojson"].written(part)
    assert [one["properties"]["name"] for one in json.loads(made)["features"]] == [f"{TRAP}2"]
    assert made == b"".join(written(entries[1:2], json.loads(made)["offlimits"]))


def test_of_an_edition_without_entries_nothing_is_left() -> None:
    edition = edition_of()
    part = excerpt(filtered=True)
    part = replace(part, edition=edition, entries=(), content=encode(edition))
    assert json.loads(FORMS["geojson"].written(part))["features"] == []

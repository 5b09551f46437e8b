"""What was exported comes back as "same" in every row, and half a file changes nothing."""

import pytest
from shapely import box

from geo_offlimits.domain.premises import Name, NameKind, SubjectKind, VenueKind
from geo_offlimits.errors import OfflimitsError
from geo_offlimits.services import exports
from geo_offlimits.services.filters import Filter
from geo_offlimits.services.shelf import Shelf
from tests.services.conftest import MISSION, World
from tests.services.listing import dump, reported

# Those that carry every field of an entry; GPX and the forms for look-up devices leave some out.
WHOLE = ("geojson", "csv", "xlsx")
CUTS = 50


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def island(world: World) -> World:
    named = (
        Name(text="Blue Lantern", kind=NameKind.SIGN, lang="en"),
        Name(text="Plava lampa", kind=NameKind.ALIAS, lang="sr-Latn"),
        Name(text="Lampa", kind=NameKind.FORMER),
    )
    world.listed(names=named, address="Rruga B 12", locality="Port Pela")
    world.listed("Old Anchor", lon=-29.8, terms={"exceptions": ("the kitchen", "deliveries")})
    world.listed("Whole Quay", kind=SubjectKind.AREA, geometry=box(-29.71, 10.2, -29.7, 10.21), category=None)
    world.listed("Somewhere", placeless=True, locality="Port Pela")
    world.listed("Parlours", kind=SubjectKind.CATEGORY_RULE, category=VenueKind.MASSAGE_PARLOUR, placeless=True)
    world.listed("=Formula", lon=-29.6)
    world.published()
    return world


def exported(world: World, form: str) -> tuple[str, bytes]:
    with world.reading("101") as act:
        made = exports.export(act, Shelf(), world.keyring, MISSION, "current", form=form, chosen=Filter())
    return f"pela.{form}", made.content


@pytest.mark.parametrize("form", WHOLE)
def test_what_is_exported_comes_back_as_the_same_in_every_row(island: World, form: str) -> None:
    name, content = exported(island, form)
    before = dump(island)
    found = reported(island, content, name)
    assert [(one.status.value, one.changes, one.issues) for one in found.reports] == [("same", (), ())] * 6
    assert sorted(one.other for one in found.reports) == [f"PELA-{number:04d}" for number in range(1, 7)]
    assert (found.missing, found.proposals, found.corrections) == ((), (), ())
    assert dump(island) == before


@pytest.mark.parametrize("form", WHOLE)
def test_a_change_in_what_was_exported_is_told(island: World, form: str) -> None:
    """The control: the comparison is not blind."""
    island.listed("One More", lon=-29.55)
    name, content = exported(island, form)
    found = reported(island, content, name)
    assert [one.name for one in found.missing] == ["One More"]


@pytest.mark.parametrize("form", WHOLE)
def test_a_file_cut_anywhere_lands_nothing_by_itself_and_leaves_every_table(island: World, form: str) -> None:
    name, content = exported(island, form)
    before = dump(island)
    refused, short = 0, []
    for cut in range(1, CUTS + 1):
        part = content[: len(content) * cut // (CUTS + 1)]
        try:
            found = reported(island, part, name)
        except OfflimitsError as fault:
            assert len(str(fault)) > 20
            refused += 1
        else:
            short.append(found)
            assert found.missing or len(found.reports) == 6
    assert dump(island) == before
    assert refused + len(short) == CUTS
    if form != "csv":  # a cut text of rows is a shorter one: its missing entries are told
        assert refused == CUTS

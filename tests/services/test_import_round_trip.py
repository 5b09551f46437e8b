"""What was exported comes back as "same" in every row, and half a file changes nothing."""

import pytest
from shapely import box

from geo_offlimits.domain.imports import RowStatus
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
    told = [_cut(island, name, content[: len(content) * cut // (CUTS + 1)]) for cut in range(1, CUTS + 1)]
    assert dump(island) == before
    assert len([words for words in told if len(words) > len(name)]) == CUTS
    if form != "csv":  # a cut text of rows is a shorter list, and says which entries it lacks
        assert "refused rows or missing entries" not in told


def _cut(island: World, name: str, content: bytes) -> str:
    """What is said of the part of a file."""
    try:
        found = reported(island, content, name)
    except OfflimitsError as fault:
        return str(fault)
    assert found.missing or found.counts.keys() != {RowStatus.SAME} or len(found.reports) == 6
    return "refused rows or missing entries"

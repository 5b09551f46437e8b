"""What was exported comes back as "same" in every row, and half a file changes nothing."""

from contextlib import suppress
from datetime import time, timedelta
from pathlib import PurePath
from typing import Any

import pytest
from shapely import box

from geo_offlimits.delivery.catalogue import catalogue, languages
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.imports import RowStatus
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Name, NameKind, Part, SubjectKind, VenueKind
from geo_offlimits.errors import OfflimitsError
from geo_offlimits.services import exports
from geo_offlimits.services.filters import EVERYTHING, Filter
from geo_offlimits.services.forms import FORMS
from geo_offlimits.services.shelf import Shelf
from tests.formats.corpus.told import CORPUS
from tests.services.conftest import MISSION, START, World
from tests.services.listing import dump, reported

# Those that carry every field of an entry; the others leave some out, and what has no place.
WHOLE = ("geojson", "csv", "xlsx", "gpkg", "qfield")
IN_PART = ("kml", "kmz", "gpx")
EVERYWHERE = Filter(bbox=(-30.5, 9.5, -29.5, 10.5))
NIGHTS = Hours(
    tz="Atlantic/Azores",
    weekly=(
        WeeklySpan(days=(1, 2, 3, 4, 7), start=time(20), end=time(2, 30)),
        WeeklySpan(days=(5, 6), start=time(0), end=time(0)),
    ),
)
BOUND = (PersonnelCategory.MILITARY, PersonnelCategory.CONTRACTOR, PersonnelCategory.DEPENDANT)
# A process is begun for each file of geodata.
OF_ROWS = ("geojson", "csv", "xlsx")
SPOKEN = (
    *((form, languages()) for form in OF_ROWS),
    *(("gpkg", ("fr",)), ("qfield", ("ar",))),
    *(pytest.param(form, languages(), marks=pytest.mark.deep) for form in ("gpkg", "qfield")),
)
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
    return world


@pytest.fixture
def full(island: World) -> World:
    """With an entry that fills every field."""
    ends = Period(start=None, end=START + timedelta(days=200, hours=3))
    terms = {"hours": NIGHTS, "applies_to": BOUND, "valid": ends, "exceptions": ("on duty",)}
    part = Part(floor="3", entrance="courtyard", text="the club only")
    kind = VenueKind.NIGHT_CLUB
    island.listed("Кафана 蓝灯", lon=-29.55, category=kind, part=part, terms=terms, address="Quay 9", locality="Ostrel")
    return island


def exported(world: World, form: str, language: str = "en", chosen: Filter = EVERYTHING) -> tuple[str, bytes]:
    words: dict[str, Any] = {"translate": catalogue(language).gettext, "language": language}
    with world.reading("101") as act:
        made = exports.export(act, Shelf(), world.keyring, MISSION, "current", form=form, chosen=chosen, **words)
    return f"pela.{FORMS[form].ending}", made.content


@pytest.mark.parametrize(("form", "spoken"), SPOKEN)
def test_what_is_exported_in_any_language_comes_back_as_the_same_in_every_row(
    full: World, form: str, spoken: tuple[str, ...]
) -> None:
    full.published()
    before = dump(full)
    for language in spoken:
        name, content = exported(full, form, language, EVERYWHERE)
        found = reported(full, content, name)
        told = [(one.status.value, one.changes, one.issues) for one in found.reports]
        assert told == [("same", (), ())] * 7, language
        assert sorted(one.other for one in found.reports) == [f"PELA-{number:04d}" for number in range(1, 8)]
        assert (found.missing, found.proposals, found.corrections) == ((), (), ())
    assert dump(full) == before


def test_a_format_for_maps_comes_back_as_the_same_in_any_language_and_names_what_it_cannot_hold(full: World) -> None:
    full.published()
    for form in IN_PART:
        for language in languages():
            name, content = exported(full, form, language)
            found = reported(full, content, name)
            told = [(one.status.value, one.changes, one.issues) for one in found.reports]
            assert told == [("same", (), ())] * 5, (form, language)
            assert {one.name for one in found.missing} == {"Somewhere", "Parlours"}


@pytest.mark.parametrize("form", OF_ROWS)
def test_a_change_in_what_was_exported_is_told(island: World, form: str) -> None:
    """The control: the comparison is not blind."""
    island.published()
    island.listed("One More", lon=-29.55)
    name, content = exported(island, form)
    found = reported(island, content, name)
    assert [one.name for one in found.missing] == ["One More"]


@pytest.mark.parametrize("form", WHOLE)
def test_a_file_cut_anywhere_lands_nothing_by_itself_and_leaves_every_table(island: World, form: str) -> None:
    island.published()
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


# What ends where it ends, and so shows that it was cut; a text of rows or features that was cut is a shorter one.
_ENDING = frozenset({".xlsx", ".geojson", ".json", ".kml", ".kmz", ".gpx", ".zip", ".gpkg", ".fgb"})


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_every_list_of_the_corpus_cut_anywhere_is_refused_whole_where_it_can_be_and_leaves_every_table(
    world: World,
) -> None:
    before, whole = dump(world), []
    for name, content in CORPUS.items():
        bare = content.rstrip(b"\r\n\t ;,\0")
        for cut in range(1, CUTS + 1):
            with suppress(OfflimitsError):
                reported(world, bare[: len(bare) * cut // (CUTS + 1)], name)
                whole.append((name, cut))
    assert dump(world) == before
    assert [(name, cut) for name, cut in whole if PurePath(name).suffix in _ENDING] == []

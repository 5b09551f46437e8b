"""Files that are made once, for who takes one and then its signature; and those that are not kept."""

import numpy as np
import pytest

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.position import Position
from geo_offlimits.formats import csv_list
from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.formats.route import Route
from geo_offlimits.lookup.wording import Translate
from geo_offlimits.services import exports
from geo_offlimits.services.exports import Export
from geo_offlimits.services.filters import EVERYTHING, Filter
from geo_offlimits.services.made import Made
from geo_offlimits.services.shelf import Shelf
from tests.services.conftest import MISSION, World
from tests.services.test_signing_keys import rotated

HERE = Position(lat=10.1, lon=-29.9)


@pytest.fixture
def backend() -> str:
    """These are about files; what the store does is shown elsewhere."""
    return "sqlite"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Excerpt]:
    """The excerpts of which a CSV was made."""
    of: list[Excerpt] = []
    write = csv_list.write

    def writing(excerpt: Excerpt, translate: Translate = str) -> bytes:
        of.append(excerpt)
        return write(excerpt, translate)

    monkeypatch.setattr(csv_list, "write", writing)
    return of


@pytest.fixture
def shelf(world: World) -> Shelf:
    world.listed()
    world.published()
    return Shelf()


def taken(world: World, shelf: Shelf, chosen: Filter = EVERYTHING, language: str = "en") -> Export:
    words = catalogue(language).gettext
    with world.reading("109") as act:
        return exports.export(
            act, shelf, world.keyring, MISSION, form="csv", chosen=chosen, translate=words, language=language
        )


def test_a_file_is_made_once_for_itself_and_its_signature(world: World, shelf: Shelf, made: list[Excerpt]) -> None:
    first, again = taken(world, shelf), taken(world, shelf)
    assert len(made) == 1
    assert (first.content, first.envelope) == (again.content, again.envelope)
    assert taken(world, Shelf()).content == first.content, "and another process makes the same"


def test_another_language_part_edition_or_key_is_another_file(world: World, shelf: Shelf, made: list[Excerpt]) -> None:
    part, other = Filter(bbox=(-31.0, 9.0, -29.0, 11.0)), Filter(bbox=(-31.0, 9.0, -29.0, 12.0))
    files = [taken(world, shelf), taken(world, shelf, language="fr"), taken(world, shelf, part)]
    files.append(taken(world, shelf, other))
    world.published(renew=True)
    files.append(taken(world, shelf))
    world.clock.later(hours=1)
    rotated(world)
    files.append(taken(world, shelf))
    assert len(made) == len(files)
    assert len({one.sha256 for one in files}) == len(files) - 1, "the two parts hold the same entries"


@pytest.mark.parametrize(
    "chosen",
    [Filter(near=HERE, within_m=50.0), Filter(route=Route((np.array([[-29.9, 10.1]]),), "ab" * 32), within_m=50.0)],
    ids=["near", "route"],
)
def test_what_lies_where_a_patrol_will_be_is_not_kept(
    world: World, shelf: Shelf, made: list[Excerpt], chosen: Filter
) -> None:
    assert taken(world, shelf, chosen).sha256 == taken(world, shelf, chosen).sha256
    assert len(made) == 2


def test_what_was_asked_for_last_stays_as_far_as_there_is_room() -> None:
    kept, asked = Made(most_bytes=25), []

    def take(name: str, size: int = 10) -> bytes:
        def make() -> bytes:
            asked.append(name)
            return name.encode() * size

        return kept.take(name, make)

    for name in "abacab":
        assert take(name) == name.encode() * 10
    assert asked == ["a", "b", "c", "b"]
    assert len(take("x", 26)) == 26, "one that is too large is given all the same"
    assert take("x", 26) == b"x" * 26
    assert take("b") == b"b" * 10
    assert asked[4:] == ["x", "x"], "and takes nobody's place"


def test_a_file_that_cannot_be_made_is_tried_again() -> None:
    kept = Made()
    with pytest.raises(ZeroDivisionError):
        kept.take("a", lambda: bytes([1 // 0]))
    assert kept.take("a", lambda: b"made") == b"made"

"""Who may read which edition, and what a device is told between two of them."""

import pytest

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.premises import Name, NameKind
from geo_offlimits.errors import AbsentError, InputError
from geo_offlimits.formats.edition import decode
from geo_offlimits.services import campaigns, changes, deltas, editions
from geo_offlimits.services.editions import UnknownEditionError
from tests.services.conftest import MISSION, World


def content(world: World, number: int | str = "current", by: str = "107") -> bytes:
    with world.reading(by) as act:
        return editions.content(act, MISSION, number)


def test_a_retired_edition_is_for_conduct_and_audit_only(world: World) -> None:
    gone = world.listed("Cleared Owner").designation_id
    world.listed("Stays", lon=-29.8)
    world.published()
    world.lifted(gone)
    world.published(confirm_removals=True)
    for number in ("106", "107"):
        assert b"Cleared Owner" in content(world, 1, by=number)
    for number in ("101", "103", "105", "108", "109", "110"):
        for asked in (editions.content, editions.envelope):
            with pytest.raises(UnknownEditionError, match="current one is 2"), world.reading(number) as act:
                asked(act, MISSION, 1)
        assert b"Cleared Owner" not in content(world, "current", by=number)
        assert content(world, 2, by=number) == content(world, by=number)


def test_who_has_not_acknowledged_a_retired_edition_may_not_read_it_either(world: World) -> None:
    world.listed("First")
    world.published()
    with world.acting("105") as act:
        campaigns.distribute(act, MISSION)
    world.listed("Second", lon=-29.8)
    world.published()
    with pytest.raises(UnknownEditionError):
        content(world, 1, by="108")
    assert decode(content(world, by="108")).number == 2


def test_an_edition_that_does_not_exist_is_absent(world: World) -> None:
    world.listed()
    world.published()
    for number in (-1, 0, 2, 10**30, "newest"):
        with pytest.raises(UnknownEditionError):
            content(world, number)
    with pytest.raises(AbsentError), world.reading("201") as act:
        editions.content(act, MISSION)


def test_the_delta_names_what_came_changed_and_went(world: World) -> None:
    made = [
        world.listed(name, lon=-29.9 + n / 50).designation_id for n, name in enumerate(("Goes", "Changes", "Stays"))
    ]
    world.published()
    world.lifted(made[0])
    with world.acting("103") as act:
        changes.rename(act, made[1], Name(text="Changed", kind=NameKind.SIGN))
    world.listed("Comes", terms={"restriction": Restriction.CAUTION})
    header = world.published(confirm_removals=True)
    with world.reading("108") as act:
        document = deltas.document(act, MISSION, 1, 2)
    assert (document["from"], document["to"], document["sha256"]) == (1, 2, header.sha256)
    assert [one["properties"]["name"] for one in document["added"]] == ["Comes"]
    assert [one["properties"]["name"] for one in document["changed"]] == ["Changed"]
    assert document["removed"] == [{"id": made[0], "name": "Goes"}]
    with world.reading("108") as act:
        assert deltas.between(act, MISSION, 2, "current").empty
        with pytest.raises(InputError, match="swap"):
            deltas.between(act, MISSION, 2, 1)


def test_between_two_retired_editions_a_delta_is_for_those_who_may_read_both(world: World) -> None:
    for n in range(3):
        world.listed(f"Lamp {n}", lon=-29.9 + n / 50)
        world.published()
    with world.reading("106") as act:
        assert len(deltas.between(act, MISSION, 1, 2).added) == 1
    with pytest.raises(UnknownEditionError), world.reading("108") as act:
        deltas.between(act, MISSION, 1, 2)
    with world.reading("108") as act:
        assert len(deltas.between(act, MISSION, 1, 3).added) == 2

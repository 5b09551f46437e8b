"""An edition that was changed where it is kept: no use case relies on it, each says so, and nothing is written."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from geo_offlimits.errors import UnverifiedError
from geo_offlimits.formats.edition import sha256
from geo_offlimits.services import acknowledging, campaigns, deltas, editions, exports, statements
from geo_offlimits.services.act import Act
from geo_offlimits.services.filters import Filter
from geo_offlimits.services.shelf import Shelf
from tests.services.conftest import MISSION, World
from tests.tampering import Row, another_signature

CHANGED: dict[str, Callable[[Row], Row]] = {
    "a name in its bytes": lambda row: row | {"content": _renamed(row["content"])},
    "its bytes and their hash": lambda row: (
        row | {"content": _renamed(row["content"]), "sha256": sha256(_renamed(row["content"]))}
    ),
    "its signature": another_signature,
    "all of it, for what is no edition": lambda row: row | {"content": b"{", "envelope": b"{", "sha256": sha256(b"{")},
    "its expiry, beside its bytes": lambda row: row | {"expires_at": "2999-01-01 00:00:00.000000"},
}
Door = Callable[[Act, World], object]


def _renamed(content: bytes) -> bytes:
    return content.replace(b"Blue Lantern", b"Blue Lanterm")


DOORS: dict[str, Door] = {
    "read": lambda act, _: editions.content(act, MISSION),
    "read its signature": lambda act, _: editions.envelope(act, MISSION),
    "export": lambda act, world: exports.export(act, Shelf(), world.keyring, MISSION),
    "export a part": lambda act, world: exports.export(
        act, Shelf(), world.keyring, MISSION, chosen=Filter(bbox=(-31.0, 9.0, -29.0, 11.0))
    ),
    "ask what changed": lambda act, _: deltas.between(act, MISSION, 1, 2),
    "preview": lambda act, _: editions.preview(act, MISSION),
    "publish": lambda act, world: editions.publish(act, world.keyring, MISSION, expires_in=timedelta(days=30)),
    "renew": lambda act, world: editions.publish(
        act, world.keyring, MISSION, expires_in=timedelta(days=30), renew=True, confirm_removals=True
    ),
    "distribute": lambda act, _: campaigns.distribute(act, MISSION),
    "read its statement": lambda act, _: statements.statement(act, editions.header(act, MISSION), "en"),
    "acknowledge": lambda act, _: acknowledging.acknowledge(
        act, MISSION, 2, editions.header(act, MISSION).sha256, "en"
    ),
}
WHO = {"preview": "101", "publish": "101", "renew": "101", "distribute": "105"}


@pytest.fixture
def two_editions(world: World) -> World:
    world.listed("Blue Lantern")
    world.published()
    world.listed("Red Anchor", lon=-29.8)
    world.published()
    statements._texts.clear()
    return world


def told(world: World, door: str) -> str:
    """The refusal of who goes through this door; empty when there was none."""
    try:
        with world.acting(WHO.get(door, "109")) as act:
            DOORS[door](act, world)
    except UnverifiedError as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_whoever_would_use_a_changed_edition_is_told_and_nothing_is_written(
    two_editions: World, change: Callable[[Row], Row]
) -> None:
    two_editions.tamper(change, number=2)
    before = two_editions.tags()
    for door in DOORS:
        assert "Edition 2 of PELA does not verify" in told(two_editions, door), door
        assert two_editions.tags() == before, door


@pytest.mark.parametrize("door", DOORS)
def test_a_whole_edition_passes_every_door(two_editions: World, door: str) -> None:
    if door == "publish":
        two_editions.listed("Third Lamp", lon=-29.7)
    with two_editions.acting(WHO.get(door, "109")) as act:
        DOORS[door](act, two_editions)


def test_an_old_edition_put_in_the_place_of_the_current_one_is_found(two_editions: World) -> None:
    """Its hash and signature fit: only what it says of itself tells that it is another."""
    with two_editions.reading("107") as act:
        first, envelope = editions.content(act, MISSION, 1), editions.envelope(act, MISSION, 1)
    two_editions.tamper(lambda row: row | {"sha256": "0" * 64}, number=1)
    two_editions.tamper(lambda row: row | {"content": first, "envelope": envelope, "sha256": sha256(first)}, number=2)
    with pytest.raises(UnverifiedError, match="Edition 2"), two_editions.reading("109") as act:
        editions.content(act, MISSION)


def test_a_changed_predecessor_of_another_mission_hinders_nobody(two_editions: World) -> None:
    two_editions.tamper(CHANGED["its signature"], number=2)
    with two_editions.acting("201") as act:
        assert editions.preview(act, "MORO").number == 1

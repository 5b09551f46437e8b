"""What a wicked or careless partner may try with a list: to look like another, and to write what nobody sees."""

from datetime import timedelta
from pathlib import Path

import pytest

from geo_offlimits.delivery.envelopes import EDITION_TYPE
from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.errors import InputError, UnverifiedError
from geo_offlimits.services import partner_keys
from geo_offlimits.services.partner_signed import signed_file
from geo_offlimits.services.transcribing import Received
from tests.services.conftest import World
from tests.services.listing import dump
from tests.services.test_partners import KFOR, entered, held, moros, recognised
from tests.services.test_recognised_lists import moro_publishes

ALIKE = ("KF\u041eR", "K\u200bFOR", "KFOR\u2010N", "ＫＦＯＲ", "-KFOR", "K")


@pytest.fixture
def kfor(world: World, tmp_path: Path) -> Keyring:
    """The keys of a partner elsewhere, entered by an administrator."""
    ring = Keyring.create(tmp_path, world.clock.now - timedelta(days=1))
    with world.acting("100") as act:
        partner_keys.enter(act, "KFOR", ring.signing.pem.encode())
    return ring


def test_no_two_partners_look_alike(world: World, kfor: Keyring) -> None:
    before = dump(world)
    for code in ALIKE:
        with pytest.raises(InputError, match="no code of a mission"):
            entered(world, said=Received(partner=code, reference="HQ 12/26", received=KFOR.received))
        with pytest.raises(InputError, match="no code of a mission"), world.acting("100") as act:
            partner_keys.enter(act, code, kfor.signing.pem.encode())
    assert dump(world) == before


def test_what_a_partner_signed_and_nobody_can_be_shown_is_refused(world: World, kfor: Keyring) -> None:
    moro_publishes(world)
    plain = moros(world).content.replace(b'"mission":"MORO"', b'"mission":"KFOR"')
    before = dump(world)
    for written, instead in (
        ("Moro Bar", "Moro \u202eraB"),
        ("Moro Bar", r"Moro Bar\nKFOR-0002 Old Anchor"),
        ("Moro Bar", r"Moro \u001b[2JBar"),
        ('"number":1,', '"number":4294967296,'),
    ):
        content = plain.replace(written.encode(), instead.encode())
        assert content != plain
        with pytest.raises(UnverifiedError, match="cannot be shown as it is"):
            recognised(world, signed_file("kfor.geojson", content, kfor.sign(content, EDITION_TYPE)))
    assert {name for name, rows in dump(world).items() if rows != before[name]} <= {"audit_leaf"}
    assert held(world) == []
    made = recognised(world, signed_file("kfor.geojson", plain, kfor.sign(plain, EDITION_TYPE)))
    assert held(world) == [made.edition_id]


def test_a_retired_edition_of_a_mission_of_this_store_comes_in_by_no_file(world: World) -> None:
    moro_publishes(world)
    retired = moros(world)
    world.clock.later(minutes=1)
    moro_publishes(world, "Second Bar", lon=-29.5)
    with pytest.raises(UnverifiedError, match="Edition 1 of MORO is older than edition 2"):
        recognised(world, retired)
    assert held(world) == []
    recognised(world, moros(world))

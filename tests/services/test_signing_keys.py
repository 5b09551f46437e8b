"""Keys follow one another and are revoked; what they signed stays, or is not believed any more."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from geo_offlimits.delivery import public_keys
from geo_offlimits.delivery.signing import KeyringError, Succession, UnknownKeyError
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import InputError, RefusedError, UnverifiedError
from geo_offlimits.lookup.answers import Verdict
from geo_offlimits.services import editions, exports, signing_keys, verification
from geo_offlimits.services.filters import Filter
from geo_offlimits.services.lookup import CheckRequest, check
from geo_offlimits.services.shelf import DamagedEditionError, Shelf
from tests.services.conftest import MISSION, World

ADMIN = "100"
HERE = CheckRequest.from_texts(MISSION, ("10.2, -29.8",), radius_m=50.0)


def rotated(world: World) -> Succession:
    with world.acting(ADMIN) as act:
        made = signing_keys.rotate(act)
    world.keyring.take_up(made)
    return made


def revoked(world: World, key_id: str, **how: object) -> Succession:
    with world.acting(ADMIN) as act:
        made = signing_keys.revoke(act, key_id, **how)  # type: ignore[arg-type]
    world.keyring.take_up(made)
    return made


def handed_out(world: World, number: int | str = "current") -> tuple[bytes, bytes]:
    with world.reading("101") as act:
        return editions.content(act, MISSION, number), editions.envelope(act, MISSION, number)


def test_the_new_key_signs_and_what_the_old_one_signed_stays_valid(world: World) -> None:
    world.listed()
    world.published()
    first, before = world.keyring.signing, handed_out(world)
    world.clock.later(hours=1)
    made = rotated(world)
    assert (made.keys[:-1], made.new) == ((made.keys[0],), world.keyring.signing)
    assert verification.verify_content(*before, world.keyring.public_keys()).fingerprint == first.fingerprint
    world.clock.later(hours=1)
    world.published(renew=True)
    found = verification.verify_content(*handed_out(world), world.keyring.public_keys())
    assert found.fingerprint == world.keyring.signing.fingerprint != first.fingerprint
    assert handed_out_by_conduct(world, 1) == before
    assert world.tags().count(AuditTag.KEY_FOLLOWED) == 1
    assert world.whole()


def handed_out_by_conduct(world: World, number: int) -> tuple[bytes, bytes]:
    with world.reading("106") as act:
        return editions.content(act, MISSION, number), editions.envelope(act, MISSION, number)


def test_a_part_of_an_edition_is_signed_by_the_key_of_the_day_on_which_it_is_cut(world: World) -> None:
    world.listed()
    world.published()
    world.clock.later(hours=1)
    rotated(world)
    with world.reading("109") as act:
        made = exports.export(act, Shelf(), world.keyring, MISSION, chosen=Filter(bbox=(-30.0, 10.0, -29.0, 11.0)))
    found = verification.verify_content(made.content, made.envelope, world.keyring.public_keys())
    assert (found.filtered, found.fingerprint) == (True, world.keyring.signing.fingerprint)


def test_a_key_that_had_ended_signs_nothing_that_was_issued_later(world: World) -> None:
    world.listed()
    world.published()
    world.clock.later(hours=1)
    made = rotated(world)
    ended = public_keys.listed(public_keys.written(made.keys))[0]
    assert ended.valid.end is not None
    assert ended.signs_at(ended.valid.end - timedelta(seconds=1))
    assert not ended.signs_at(ended.valid.end)
    content, envelope = handed_out(world)
    early = public_keys.PublicKey.from_pem(ended.pem, valid=Period(end=world.clock.now - timedelta(days=9)))
    with pytest.raises(UnverifiedError, match="did not sign when this edition was issued"):
        verification.verify_content(content, envelope, (early,))


def test_what_a_revoked_key_signed_is_not_believed_outside_and_published_again(world: World) -> None:
    world.listed()
    world.published()
    lost, old = world.keyring.signing, handed_out(world)
    world.clock.later(hours=1)
    with world.reading(ADMIN) as act:
        assert signing_keys.to_publish_again(act, lost.key_id) == (MISSION,)
    made = revoked(world, lost.key_id)
    assert made.new == world.keyring.signing != lost
    with pytest.raises(UnverifiedError, match=f"{lost.key_id}, which was revoked"):
        verification.verify_content(*old, world.keyring.public_keys())
    # The store held it before: who asks here is still answered.
    with world.reading("108") as act:
        assert check(act, Shelf(), HERE).answers[0].verdict is not Verdict.CANNOT_TELL
    world.published(renew=True)
    assert verification.verify_content(*handed_out(world), world.keyring.public_keys()).number == 2
    assert world.tags().count(AuditTag.KEY_REVOKED) == 1
    with world.reading(ADMIN) as act:
        assert signing_keys.to_publish_again(act, lost.key_id) == ()


def test_what_was_issued_after_the_key_may_have_been_lost_is_unverified_in_an_open_server_too(world: World) -> None:
    world.listed()
    lost_at = world.clock.now
    world.clock.later(hours=1)
    world.published()
    shelf = Shelf()
    with world.reading("108") as act:
        before = check(act, shelf, HERE).answers[0]
    world.clock.later(hours=1)
    revoked(world, world.keyring.signing.key_id, since=lost_at)
    with world.reading("108") as act:
        after = check(act, shelf, HERE).answers[0]
        with pytest.raises(DamagedEditionError):
            editions.content(act, MISSION)
    assert "unverified" not in {reason.code for reason in before.reasons}
    assert "unverified" in {reason.code for reason in after.reasons}


def test_a_key_that_was_lost_before_the_current_edition_leaves_the_mission_able_to_publish(world: World) -> None:
    gone = world.listed("Goes")
    world.listed("Stays", lon=-29.7)
    lost, lost_at = world.keyring.signing, world.clock.now
    world.clock.later(hours=1)
    world.published()
    world.clock.later(hours=1)
    revoked(world, lost.key_id, since=lost_at)
    with pytest.raises(DamagedEditionError):
        handed_out(world)
    world.lifted(gone.designation_id)
    assert world.published(confirm_removals=True).number == 2
    assert verification.verify_content(*handed_out(world), world.keyring.public_keys()).number == 2
    with world.reading("109") as act:
        package = exports.export(act, Shelf(), world.keyring, MISSION, form="tak").content
    assert b"Goes" not in package
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        events = "".join(archive.read(name).decode() for name in archive.namelist())
    assert events.count('type="t-x-d-d"') == 2, "what the edition that is not believed any more drew is taken away"
    assert world.whole()


def test_an_edition_that_is_damaged_keeps_nobody_from_revoking_a_key(world: World) -> None:
    world.listed()
    world.published()
    world.tamper(lambda row: row | {"content": row["content"] + b" "}, number=1)
    lost = world.keyring.signing
    assert revoked(world, lost.key_id).new == world.keyring.signing
    with world.reading(ADMIN) as act:
        assert signing_keys.to_publish_again(act, lost.key_id) == ()
    with pytest.raises(DamagedEditionError):
        world.published(renew=True)


def test_an_older_key_is_revoked_without_a_new_one(world: World) -> None:
    first = world.keyring.signing
    world.clock.later(hours=1)
    rotated(world)
    signing = world.keyring.signing
    assert revoked(world, first.key_id).new is None
    assert world.keyring.signing == signing
    with world.acting(ADMIN) as act:
        with pytest.raises(RefusedError, match="revoked already"):
            signing_keys.revoke(act, first.key_id)
        with pytest.raises(UnknownKeyError, match="key list"):
            signing_keys.revoke(act, "0" * 16)
        with pytest.raises(InputError, match="still to come"):
            signing_keys.revoke(act, signing.key_id, act.now + timedelta(hours=1))


@pytest.mark.parametrize("who", ["101", "105", "106", "107", "108"])
def test_only_an_administrator_changes_keys(world: World, who: str) -> None:
    before = world.keyring.contents()
    with pytest.raises(NotPermittedError), world.acting(who) as act:
        signing_keys.rotate(act)
    with pytest.raises(NotPermittedError), world.acting(who) as act:
        signing_keys.revoke(act, world.keyring.signing.key_id)
    assert world.keyring.contents() == before


def test_two_changes_at_once_do_not_lose_a_key(world: World) -> None:
    with world.reading(ADMIN) as act:
        other = act.keyring.succession(act.now)
    rotated(world)
    kept = world.keyring.contents()
    with pytest.raises(KeyringError, match="meanwhile"):
        world.keyring.take_up(other)
    assert world.keyring.contents() == kept


def test_a_key_that_is_on_record_and_was_not_taken_up_signs_nothing(world: World) -> None:
    before = world.keyring.public_keys()
    with world.acting(ADMIN) as act:
        signing_keys.rotate(act)
    assert world.keyring.public_keys() == before
    rotated(world)
    assert len(world.keyring.public_keys()) == len(before) + 1


def test_what_is_expected_of_a_list_is_asked_of_it(world: World, tmp_path: Path) -> None:
    world.listed()
    world.published()
    content, envelope = handed_out(world)
    file, beside = tmp_path / "list.geojson", tmp_path / "list.geojson.dsse"
    file.write_bytes(content)
    beside.write_bytes(envelope)

    def asked(**known: object) -> int:
        expected = verification.Expected(**known)  # type: ignore[arg-type]
        return verification.verify_file(file, beside, world.keyring.public_keys(), expected).number

    found = verification.verify_content(content, envelope, world.keyring.public_keys())
    assert asked(mission=MISSION, holds=1, at=found.expires_at - timedelta(seconds=1)) == 1
    with pytest.raises(UnverifiedError, match="Edition 1 is older than edition 42"):
        asked(holds=42)
    with pytest.raises(UnverifiedError, match=f"list of {MISSION}, not of MORO"):
        asked(mission="MORO")
    with pytest.raises(UnverifiedError, match="may still be off limits"):
        asked(at=found.expires_at)


def test_a_file_of_one_edition_with_the_signature_of_another_is_told_so(world: World) -> None:
    world.listed()
    world.published()
    first = handed_out(world)
    world.clock.later(hours=1)
    world.published(renew=True)
    second = handed_out(world)
    with pytest.raises(UnverifiedError, match="is of edition 1, the signature of 2"):
        verification.verify_content(first[0], second[1], world.keyring.public_keys())
    with pytest.raises(UnverifiedError, match="was changed after it was signed"):
        verification.verify_content(second[0] + b" ", second[1], world.keyring.public_keys())


def test_nothing_is_published_with_a_key_that_does_not_sign_at_that_time(world: World) -> None:
    world.listed()
    world.clock.now -= timedelta(days=4000)
    with pytest.raises(UnverifiedError, match="nothing is published"):
        world.published()
    world.clock.now += timedelta(days=4000)
    assert world.published().number == 1

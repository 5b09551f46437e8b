"""A receipt: the answer somebody got, signed, in three forms that prove the same and cannot be changed."""

import base64
import json
from typing import Any

import pytest

from geo_offlimits.delivery.envelopes import RECEIPT_TYPE, verify
from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.errors import InputError, UnverifiedError
from geo_offlimits.formats.qr import qr_svg
from geo_offlimits.formats.receipt import envelope_in
from geo_offlimits.lookup.answers import Verdict
from geo_offlimits.services import lookup, receipts
from geo_offlimits.services.lookup import CheckRequest
from geo_offlimits.services.receipts import SignedReceipt, verify_receipt
from tests.services.asking import CONDUCT, ELSEWHERE, HERE, listed
from tests.services.conftest import MISSION, World


def received(world: World, *positions: Any, by: str = "108", **how: Any) -> tuple[SignedReceipt, ...]:
    request = CheckRequest(**{"mission": MISSION, "positions": positions or (HERE,), "radius_m": 100.0, **how})
    with world.reading(by) as act:
        return receipts.of_check(act, request, lookup.check(act, world.wiring.shelf, request))


def searched(world: World, name: str, **how: Any) -> SignedReceipt:
    with world.reading("108") as act:
        result = lookup.find(act, world.wiring.shelf, MISSION, name, **how)
        return receipts.of_find(act, result, name, **how)


def payload(world: World, envelope: bytes) -> bytes:
    return verify(envelope, world.keyring.public_keys(), RECEIPT_TYPE)


def read(world: World, content: bytes) -> receipts.VerifiedReceipt:
    return verify_receipt(content, world.keyring.public_keys())


def test_a_receipt_says_the_question_the_answer_the_edition_and_the_time(world: World) -> None:
    made = listed(world)
    (kept,) = received(world, personnel=PersonnelCategory.POLICE)
    told = read(world, kept.envelope)
    assert told.receipt == kept.receipt
    assert told.fingerprint == world.keyring.public_keys()[-1].fingerprint
    document = told.as_json()
    assert (document["verdict"], document["mission"], document["stale"]) == ("listed", MISSION, False)
    assert document["words"][0] == "Off limits: suspected, precautionary"
    assert document["entries"] == [{"id": made, "name": "Blue Lantern", "issuer": MISSION}]
    assert document["asked"]["position"] == HERE.as_json()
    assert document["asked"]["personnel"] == "police"
    with world.reading("108") as act:
        header = act.tx.editions.header(MISSION)
        assert header
    assert document["editions"] == [{"mission": MISSION, "number": 1, "sha256": header.sha256}]
    assert document["answered_at"] == document["asked"]["at"]


def test_the_three_forms_carry_one_signature(world: World) -> None:
    listed(world)
    (kept,) = received(world, HERE)
    forms = (kept.envelope, kept.text().encode(), kept.code.encode())
    assert {read(world, form).receipt for form in forms} == {kept.receipt}
    assert len({payload(world, envelope_in(form, RECEIPT_TYPE)) for form in forms}) == 1


def test_the_text_is_for_people_and_ends_with_what_proves_it(world: World) -> None:
    made = listed(world)
    (kept,) = received(world, HERE)
    lines = kept.text().splitlines()
    assert lines[0] == f"Receipt of a look-up on the list of {MISSION}"
    assert lines[1] == "Off limits: suspected, precautionary"
    assert any(line.startswith(f"{made}  Blue Lantern") for line in lines)
    assert any("10.1" in line and "-29.9" in line for line in lines)
    assert lines[-1] == kept.code


def test_a_text_that_a_mail_program_broke_and_quoted_is_still_a_receipt(world: World) -> None:
    listed(world)
    (kept,) = received(world, HERE)
    code = kept.code
    for width in (35, 76, 500):
        pieces = [code[at : at + width] for at in range(0, len(code), width)]
        quoted = "> Look:\r\n> \r\n> " + "\r\n> ".join(pieces) + "\r\n-- \r\nStan Field\r\n"
        printable = "=\n".join(pieces) + "\n\nregards"
        for mail in (quoted, printable):
            assert read(world, mail.encode()).receipt == kept.receipt
    assert read(world, b"\xef\xbb\xbf" + kept.envelope).receipt == kept.receipt


@pytest.mark.parametrize("name", ["zz\nPELA-0001  Blue Lantern", "zz\u202eretnal", "zz\x1b[2A", "zz\u2028x"])
def test_a_name_that_would_read_as_something_else_gets_no_receipt(world: World, name: str) -> None:
    listed(world)
    with pytest.raises(InputError):
        searched(world, name)


def test_a_changed_line_for_people_changes_nothing_that_is_read(world: World) -> None:
    listed(world)
    (kept,) = received(world, HERE)
    forged = kept.text().replace("Off limits: suspected, precautionary", "Not on this list").encode()
    assert read(world, forged).receipt.verdict is Verdict.LISTED


@pytest.mark.parametrize("part", ["payload", "sig"])
def test_no_byte_of_what_was_signed_can_be_changed(world: World, part: str) -> None:
    listed(world)
    (kept,) = received(world, HERE)
    document = json.loads(kept.envelope)
    holder = document if part == "payload" else document["signatures"][0]
    content = bytearray(base64.b64decode(holder[part]))
    for at in range(0, len(content), 7):
        changed = bytearray(content)
        changed[at] ^= 1
        holder[part] = base64.b64encode(changed).decode()
        with pytest.raises(UnverifiedError):
            read(world, json.dumps(document).encode())


def test_another_installations_receipt_and_another_kind_of_envelope_are_no_receipts_of_ours(
    world: World, tmp_path: Any
) -> None:
    listed(world)
    (kept,) = received(world, HERE)
    other = Keyring.create(tmp_path / "other", world.clock.now)
    with pytest.raises(UnverifiedError, match="does not fit"):
        verify_receipt(kept.envelope, other.public_keys())
    with world.reading("108") as act:
        stored = act.tx.editions.get(MISSION, 1)
        assert stored
    with pytest.raises(UnverifiedError, match="signs"):
        read(world, stored.envelope)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"no receipt",
        b"offlimits-receipt:1:short",
        b"offlimits-receipt:1:0123456789abcdef:A:" + b"A" * 86,
        b"\xff\xfe",
        b"[]",
        b"{}",
    ],
)
def test_what_is_no_receipt_is_refused_with_a_sentence(world: World, content: bytes) -> None:
    with pytest.raises(UnverifiedError):
        read(world, content)


def test_two_receipts_in_one_text_are_not_mixed_up(world: World) -> None:
    listed(world)
    both = received(world, HERE, ELSEWHERE)
    with pytest.raises(UnverifiedError, match="more than one"):
        read(world, "\n".join(one.text() for one in both).encode())


def test_a_search_by_name_gets_a_receipt_too(world: World) -> None:
    made = listed(world)
    kept = searched(world, " blue lantern ")
    assert kept.receipt.asked.name == "blue lantern"
    assert [one.entry_id for one in kept.receipt.entries] == [made]
    none = searched(world, "Nothing Like It").receipt
    assert (none.verdict, none.entries) == (Verdict.NOT_LISTED, ())
    assert read(world, searched(world, "Nothing Like It").text().encode()).receipt == none


def test_without_an_edition_the_receipt_says_that_nobody_could_tell(world: World) -> None:
    (kept,) = received(world, HERE)
    assert (kept.receipt.verdict, kept.receipt.editions) == (Verdict.CANNOT_TELL, ())
    assert "No edition was there to ask." in kept.text()


def test_a_receipt_of_what_was_known_then_says_so(world: World) -> None:
    listed(world)
    then = world.clock.now
    world.clock.later(days=2)
    (kept,) = received(world, HERE, known_at=then, by=CONDUCT)
    assert (kept.receipt.known_at, kept.receipt.answered_at) == tuple(
        time.replace(microsecond=0) for time in (then, world.clock.now)
    )
    assert "As it was known at" in kept.text()


def test_a_receipt_leaves_no_trace_in_the_store(world: World) -> None:
    listed(world)
    before = world.leaves()
    received(world, HERE, ELSEWHERE)
    searched(world, "Blue Lantern")
    assert world.leaves() == before


def test_long_names_in_any_script_still_fit_a_qr_code_and_a_longer_text_gets_none(world: World) -> None:
    for at in range(6):
        world.listed("مقهى النجوم الزرقاء " * 9 + str(at), uncertainty_m=0.0, confirm_outside=False)
    world.published()
    (kept,) = received(world, HERE)
    assert len(kept.receipt.entries) == 5
    drawn = qr_svg(kept.code)
    assert drawn
    assert drawn.startswith(b"<svg")
    assert qr_svg("x" * 3000) is None

"""Whoever owns the store and forges by SQL what people said is refused by it, or found by the stand-alone verifier.

Each forgery is tried with the guards of the store standing, then past them; then by a forger who makes the audit tree
fit as well, who is found by whoever holds a later edition.
"""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import verify_evidence
import verify_list

from geo_offlimits.errors import AbsentError, StoreError
from geo_offlimits.services import acknowledged, acknowledging, evidence, proofs
from geo_offlimits.services.act import Act
from geo_offlimits.services.evidence import Inquiry
from geo_offlimits.store.acknowledgements import ToldRow
from tests.services.conftest import MISSION, START, World
from tests.services.forging import Forger, Forgery, forging, lands, reading
from tests.services.saying import receipt, sha_of


@pytest.fixture
def island(world: World) -> World:
    """Edition 1, acknowledged by 108 and 103; edition 2, by 108; edition 3. 110 has said nothing of any."""
    for number, readers in enumerate((("108", "103"), ("108",), ()), start=1):
        world.listed(f"Bar {number}", -29.9 + number / 10)
        world.published()
        for who in readers:
            with world.acting(who) as act:
                acknowledging.acknowledge(act, MISSION, number, sha_of(act, number), "en")
            world.clock.later(minutes=30)
    return world


EARLY = START + timedelta(minutes=2)  # edition 1 was out by then


def swapped(forger: Forger) -> None:
    one, other = forger.word("p_108"), forger.word("p_103")
    forger.rewrite("p_108", person_id="p_x", entered_by="p_x")
    forger.rewrite("p_103", person_id=one["person_id"], entered_by=one["entered_by"])
    forger.rewrite("p_x", person_id=other["person_id"], entered_by=other["entered_by"])


def of_edition_2(forger: Forger) -> dict[str, Any]:
    return {"edition_number": 2, "edition_sha256": forger.word("p_108", 2)["edition_sha256"]}


OF_110: dict[str, Any] = {"person_id": "p_110", "entered_by": "p_110"}
OF_103: dict[str, Any] = {"person_id": "p_103", "entered_by": "p_103"}
BY_CLERK = {"person_id": "p_110", "entered_by": "p_105", "channel": "paper", "strength": "paper"}
# Evidence of it tells of no word at all; that there was one is told by the receipt that its owner has.
HIDDEN = "refused instead"
# Of whom and about which edition something is forged, and how.
CHANGED: dict[str, tuple[str, int, Forgery]] = {
    "another person": ("p_110", 1, lambda to: to.rewrite("p_108", **OF_110)),
    "two persons swapped": ("p_103", 1, swapped),
    "back-dated": ("p_108", 2, lambda to: to.rewrite("p_108", 2, acknowledged_at=EARLY, recorded_at=EARLY)),
    "said earlier than recorded": ("p_108", 2, lambda to: to.rewrite("p_108", 2, acknowledged_at=EARLY)),
    "another edition": ("p_103", 2, lambda to: to.rewrite("p_103", **of_edition_2(to))),
    "another edition's number": ("p_103", 2, lambda to: to.rewrite("p_103", edition_number=2)),
    "stronger": ("p_108", 1, lambda to: to.rewrite("p_108", strength="passphrase_totp")),
    HIDDEN: ("p_108", 1, lambda to: to.rewrite("p_108", state="refused")),
}
ADDED: dict[str, tuple[str, int, Forgery]] = {
    "in another's name": ("p_110", 1, lambda to: to.add(**OF_110)),
    "in another's name, as entered by 108": ("p_110", 1, lambda to: to.add(person_id="p_110")),
    "as paper entered by a clerk": ("p_110", 1, lambda to: to.add(**BY_CLERK)),
    "as paper entered by nobody else": ("p_110", 1, lambda to: to.add(**BY_CLERK | {"entered_by": "p_110"})),
    "back-dated in another's name": ("p_110", 1, lambda to: to.add(**OF_110, acknowledged_at=EARLY)),
    "before its edition came out": (
        "p_110",
        1,
        lambda to: to.add(**OF_110, acknowledged_at=START - timedelta(days=9), recorded_at=START - timedelta(days=9)),
    ),
    "about an edition that was not read": ("p_103", 2, lambda to: to.add(**to.word("p_108", 2) | OF_103)),
    "about another hash": ("p_110", 1, lambda to: to.add(**OF_110, edition_sha256="0" * 64)),
    "replayed": ("p_108", 1, lambda to: to.add()),
    "replayed as what came after": ("p_108", 1, lambda to: to.add(supersedes_id=to.word("p_108")["id"])),
    "with a key's strength and no key": ("p_110", 1, lambda to: to.add(**OF_110, strength="webauthn")),
}
# What nothing in the database alone can tell from what the program writes; with the guards standing, it lands.
TAKEN = {"in another's name", "as paper entered by a clerk", "about an edition that was not read"}
# What the keys of the tables refuse, guards or none.
HELD = {"replayed", "replayed as what came after"}
SQL = CHANGED | ADDED


def signed_all_the_same(act: Act, person: str, number: int, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The receipt that somebody makes who has the signing key too, with the leaf that the row names."""
    with monkeypatch.context() as patched:
        patched.setattr(proofs, "speaking_of", named_leaf)
        return acknowledged.receipt_of(act, person, MISSION, number).envelope


def named_leaf(act: Act, told: ToldRow) -> tuple[int, dict[str, Any]]:
    """As it stands, but for that it seems to tell of the row whatever it is asked for."""
    position = told.said.leaf or 0
    leaf = dict(json.loads(act.tx.audit.leaf(position) or b""))
    return position, leaf | {"rows": Agreeing(told.sha256, leaf["rows"])}


class Agreeing(dict[str, str]):
    def __init__(self, digest: str, rows: dict[str, str]) -> None:
        super().__init__(rows)
        self._digest = digest

    def __getitem__(self, _name: str) -> str:
        return self._digest


def proven(world: World, content: bytes) -> bool:
    try:
        verify_list.proven(content, keys(world))
    except verify_list.RefusedError:
        return False
    return True


def keys(world: World) -> list[Any]:
    return [verify_list.TrustedKey(world.keyring.signing.pem, {})]


def test_each_forgery_by_sql_is_refused_by_the_store_or_found(island: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with forging(island) as forger:  # the control: untouched, it all fits
        act = reading(island, forger, None)
        assert act.tx.audit.verify() == ()
        assert proven(island, signed_all_the_same(act, "p_108", 1, monkeypatch))
    for name, (person, number, forgery) in SQL.items():
        with forging(island) as forger:
            assert lands(forger, forgery) == (name in TAKEN), name
            forger.take_guards_down()
            if name not in TAKEN and not lands(forger, forgery):
                assert name in HELD, name
                continue
            act = reading(island, forger, None)
            with pytest.raises((StoreError, AbsentError)):
                acknowledged.receipt_of(act, person, MISSION, number)
            assert not proven(island, signed_all_the_same(act, person, number, monkeypatch)), name
            forger.tell_leaves()
            assert not proven(island, signed_all_the_same(act, person, number, monkeypatch)), name


def test_what_was_deleted_is_missed_and_the_receipt_that_its_owner_has_still_holds(island: World) -> None:
    kept = receipt(island)
    with forging(island) as forger:
        assert not lands(forger, lambda to: to.remove("p_108"))
        forger.take_guards_down()
        assert lands(forger, lambda to: to.remove("p_108"))
        told = reading(island, forger, None).tx.audit.verify()
        assert any("is gone: its leaf is there, the row is not" in one for one in told)
    assert proven(island, kept)


def given(world: World, forger: Forger, person: str, at: datetime) -> bytes:
    inquiry = Inquiry(person=person, at=at, case="PELA/26/17")
    return evidence.give(reading(world, forger, "106"), world.wiring.shelf, inquiry).envelope


def evidence_holds(world: World, forger: Forger, person: str, at: datetime) -> bool:
    """Whether the program gives it and the stand-alone verifier takes it."""
    try:
        verify_evidence.proven(given(world, forger, person, at), keys(world))
    except (StoreError, verify_list.RefusedError):
        return False
    return True


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgresql", marks=pytest.mark.deep)])
def test_who_makes_the_whole_tree_fit_is_found_by_whoever_holds_a_later_edition(island: World) -> None:
    kept = receipt(island)
    with island.reading(None) as act:
        issued = {one.number: one.issued_at for one in act.tx.editions.headers(MISSION)}
        last = act.tx.acknowledgements.one("p_108", MISSION, 2)
        assert last
        held = act.tx.editions.witness(MISSION, last.leaf or 0)
        assert held
    for name, (person, number, forgery) in CHANGED.items():
        with forging(island) as forger:
            assert evidence_holds(island, forger, person, issued[number + 1]), name  # the control
            forger.take_guards_down()
            forgery(forger)
            forger.tell_leaves()
            forger.compute_tree()
            act = reading(island, forger, None)
            assert act.tx.audit.verify(held.checkpoint), name
            assert evidence_holds(island, forger, person, issued[number + 1]) == (name == HIDDEN), name
    assert proven(island, kept)


def test_who_writes_as_the_program_does_writes_of_now_and_not_of_yesterday(
    island: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row and a leaf at the end of the tree, every hash right: that edition 1 was acknowledged in time."""
    early, now = EARLY, island.clock.now
    for said_at, asked_at in ((early, early + timedelta(minutes=1)), (early, now), (now, now)):
        with forging(island) as forger:
            forger.take_guards_down()
            forger.append_leaf(**OF_110, acknowledged_at=said_at, recorded_at=said_at)
            if said_at != now:
                with pytest.raises(StoreError, match="was written after edition 3 and says that it is older"):
                    given(island, forger, "p_110", asked_at)
            # Whoever has the program, too, leaves out that it refuses. The control: of now it holds, for a passphrase
            # leaves nothing that could be verified.
            with monkeypatch.context() as patched:
                patched.setattr(proofs, "refuse_back_dated", lambda *_: None)
                assert evidence_holds(island, forger, "p_110", asked_at) == (said_at == now)

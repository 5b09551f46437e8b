"""The receipt of an acknowledgement: checked by this program and by the stand-alone verifier."""

# ruff: noqa: S608  (statements are made of the names of our own columns)

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, inspect, text

from geo_offlimits.delivery.envelopes import ACKNOWLEDGEMENT_TYPE
from geo_offlimits.domain.audit import leaf_hash, root_hash, root_of_path
from geo_offlimits.errors import StoreError, UnverifiedError
from geo_offlimits.formats.acknowledgement import Record
from geo_offlimits.services import (
    acknowledged,
    acknowledging,
    audit,
    people,
    recording,
)
from geo_offlimits.services.act import Act
from geo_offlimits.store.plain import canonical
from tests.services.conftest import MISSION, World
from tests.services.saying import acknowledge, alone, here, receipt, sha_of


@pytest.fixture
def island(world: World) -> World:
    """With one edition."""
    world.listed()
    world.published()
    return world


# ---- receipts --------------------------------------------------------------------------------------------------------


def test_a_receipt_is_checked_by_both_verifiers_and_after_departure(island: World, tmp_path: Path) -> None:
    acknowledge(island, language="fr")
    content = receipt(island)
    for number in range(9):  # the tree grows on
        acknowledge(island, str(101 + number) if number != 7 else "110")
    later = receipt(island)
    assert later != content
    with island.acting("100") as act:
        people.depart(act, "108")
    assert island.whole()
    for one in (content, later):
        assert "edition 1 of the list of PELA is acknowledged" in here(island, one).lines()[0]
        code, told = alone(island, one, tmp_path)
        assert code == 0, told
        facts = (told["person_id"], told["mission"], told["edition_number"], told["unit"], told["language"])
        assert facts == ("p_108", MISSION, 1, "Engineers", "fr")
        assert "salt" not in told


def given_and_kept(island: World, who: str, say: Callable[[Act], object]) -> Record:
    """What the receipt tells in the act that writes it, which must be what it tells of what is kept."""
    with island.acting(who) as act:
        say(act)
        given = acknowledged.receipt(act, MISSION, 1)
    with island.reading(who) as act:
        kept = acknowledged.receipt(act, MISSION, 1)
    assert (given.said, given.record, given.envelope) == (kept.said, kept.record, kept.envelope)
    return given.record


def test_the_receipt_given_while_it_is_written_is_what_is_read_once_it_is_kept(island: World) -> None:
    """Whatever the size of the tree: the newest leaf is proven from memory, a kept one from the rows of the tree."""
    positions = []
    for who in (str(101 + number) for number in range(10)):
        said = given_and_kept(island, who, lambda act: acknowledging.acknowledge(act, MISSION, 1, sha_of(act), "en"))
        back = given_and_kept(island, who, lambda act: acknowledging.withdraw(act, MISSION, 1, "Wrong edition."))
        assert ("state" in said.row, back.row["state"]) == (False, "withdrawn")
        positions += [said.position, back.position]
    assert positions == list(range(positions[0], positions[0] + 20))
    assert island.whole()


def test_a_receipt_of_a_row_from_before_the_place_of_its_leaf_was_kept(
    island: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(recording, "replace", lambda made, **_: made)
    made = acknowledge(island)
    assert made.leaf is None
    assert alone(island, receipt(island), tmp_path)[0] == 0


Forge = Callable[[dict[str, Any]], dict[str, Any]]


def _in_row(**changed: Any) -> Forge:
    return lambda told: told | {"row": told["row"] | changed}


def _with_leaf_to_match(**changed: Any) -> Forge:
    """Another record, and a leaf that speaks of it; only the tree does not know that leaf."""

    def forged(told: dict[str, Any]) -> dict[str, Any]:
        row = told["row"] | changed
        digest = hashlib.sha256(_canonical({"row": row, "table": "acknowledgement"})).hexdigest()
        facts = told["leaf"]["facts"] | {"edition": row["edition_number"], "sha256": row["edition_sha256"]}
        leaf = told["leaf"] | {"rows": {told["row_name"]: digest}, "subject": row["person_id"], "facts": facts}
        return told | {"row": row, "leaf": leaf}

    return forged


def _canonical(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


ALTERED: dict[str, Forge] = {
    "another person": _in_row(person_id="p_110"),
    "another edition": _in_row(edition_number=2),
    "another hash": _in_row(edition_sha256="0" * 64),
    "another time": _in_row(acknowledged_at="2020-01-01T00:00:00.000000+00:00"),
    "stronger": _in_row(strength="passphrase_totp"),
    "another person, with a leaf": _with_leaf_to_match(person_id="p_110"),
    "back-dated, with a leaf": _with_leaf_to_match(acknowledged_at="2020-01-01T00:00:00.000000+00:00"),
    "another edition, with a leaf": _with_leaf_to_match(edition_number=2, edition_sha256="0" * 64),
    "another statement": lambda told: told | {"statement": "I agree to everything."},
    "another place": lambda told: told | {"position": told["position"] - 1},
    "no path": lambda told: told | {"path": []},
    "half a path": lambda told: told | {"path": told["path"][:-1]},
    "another head": lambda told: told | {"checkpoint": told["checkpoint"].replace("\n", "\n9", 1)},
    "a leaf about others": lambda told: told | {"leaf": told["leaf"] | {"rows": {}}},
    "another leaf's subject": lambda told: told | {"leaf": told["leaf"] | {"subject": "p_110"}},
    "another form": lambda told: told | {"format": "geo-offlimits/acknowledgement/9"},
    "a member missing": lambda told: {name: value for name, value in told.items() if name != "leaf"},
}


@pytest.mark.parametrize("attack", ALTERED)
def test_whoever_holds_the_signing_key_still_cannot_forge_what_is_in_the_tree(
    island: World, tmp_path: Path, attack: str
) -> None:
    acknowledge(island)
    content = receipt(island)
    with island.reading("108") as act:
        told = acknowledged.receipt(act, MISSION, 1).record.as_json()
    signed = island.keyring.sign(_canonical(ALTERED[attack](told)), ACKNOWLEDGEMENT_TYPE)
    with pytest.raises(UnverifiedError):
        here(island, signed)
    code, answer = alone(island, signed, tmp_path)
    assert code == 1, answer
    assert (
        island.keyring.sign(_canonical(told), ACKNOWLEDGEMENT_TYPE) == content
    )  # the control: unaltered it is genuine
    assert alone(island, content, tmp_path)[0] == 0


def test_a_receipt_with_another_signature_or_of_another_type_is_refused(island: World, tmp_path: Path) -> None:
    acknowledge(island)
    content = receipt(island)
    with island.reading("108") as act:
        payload = acknowledged.receipt(act, MISSION, 1).record.encode()
    spoilt = content.replace(b'"sig":"', b'"sig":"AAAA')
    other = island.keyring.sign(payload, "application/vnd.geo-offlimits.export+json;v=1")
    for wrong in (spoilt, other, content + b" ", content[:-1]):
        with pytest.raises(UnverifiedError):
            here(island, wrong)
        assert alone(island, wrong, tmp_path)[0] == 1


# ---- by direct SQL ---------------------------------------------------------------------------------------------------


def _owner(world: World) -> str:
    return world.wiring.settings.owner_store or world.wiring.settings.store


def _smuggled(world: World, *, person: str, leaf: int | None) -> None:
    """A row past the program, by who owns the store; nothing in the database can tell that it is not the program's."""
    with create_engine(_owner(world), poolclass=NullPool).begin() as connection:
        columns = [
            column["name"]
            for column in inspect(connection).get_columns("acknowledgement")
            if column["name"] not in {"id", "person_id", "entered_by", "leaf"}
        ]
        names = ", ".join(columns)
        insert = (
            f"INSERT INTO acknowledgement ({names}, person_id, entered_by, leaf)"
            f" SELECT {names}, :person, :person, :leaf FROM acknowledgement ORDER BY id LIMIT 1"
        )
        connection.execute(text(insert), {"person": person, "leaf": leaf})


def test_a_row_that_no_leaf_speaks_of_is_found_by_the_log_and_by_the_stand_alone_verifier(
    island: World, tmp_path: Path
) -> None:
    made = acknowledge(island)
    assert island.whole()  # the control
    _smuggled(island, person="p_110", leaf=made.leaf)
    with island.reading("106") as act:
        assert any("has no leaf" in fault for fault in audit.verify(act))
    with pytest.raises(StoreError, match="does not fit the audit tree"):
        receipt(island, "110")
    # Whoever runs the server may sign a receipt of it all the same.
    with island.reading("110") as act:
        genuine = acknowledged.receipt_of(act, "p_108", MISSION, 1).record
        found = act.tx.acknowledgements.row_told("p_110", MISSION, 1)
    assert found
    forged = Record(**vars(genuine) | {"row_name": found.name, "row": json.loads(canonical(found.facts))})
    signed = island.keyring.sign(forged.encode(), ACKNOWLEDGEMENT_TYPE)
    code, told = alone(island, signed, tmp_path)
    assert code == 1
    assert "the audit leaf does not speak of this record" in told["refused"]


def test_the_path_leads_to_the_root_for_every_leaf_of_every_tree(island: World) -> None:
    with island.reading("106") as act:
        leaves = [leaf_hash(leaf) for leaf in act.tx.audit.leaves()]
        assert len(leaves) > 40

        for size in (1, 2, 3, 7, 8, 31, len(leaves)):
            for position in range(size):
                path = act.tx.audit.path(position, size)
                assert root_of_path(leaves[position], position, size, path) == root_hash(leaves[:size])
            assert root_of_path(leaves[0], size - 1, size, act.tx.audit.path(0, size)) != root_hash(leaves[:size]) or (
                size == 1
            )

"""Tokens are issued once and revoked once; of their text a hash is kept, of their use a day and a number."""

from dataclasses import replace
from typing import Any

import pytest

from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.errors import AbsentError, OfflimitsError, RefusedError, StoreError
from tests.store.island import DAY

Island = Any


@pytest.fixture
def issued(either_island: Island) -> Island:
    island = either_island.peopled()
    other = island.token(island.at(1), token_id="DEMO-T0002", person_id="head", sha256="e" * 64, purpose=Purpose.API)
    island.act(1, lambda tx, at: (tx.tokens.add(island.token(at)), tx.tokens.add(other)))
    return island


def test_a_token_is_found_by_the_hash_of_its_text_by_its_holder_and_by_its_mission(issued: Island) -> None:
    first = issued.token(issued.at(1))
    with issued.store.reading() as tx:
        assert tx.tokens.by_hash("f" * 64) == tx.tokens.get("DEMO-T0001") == first
        assert tx.tokens.by_hash("0" * 64) is tx.tokens.get("DEMO-T0009") is None
        assert tx.tokens.of_person("officer") == (first,)
        assert [one.token_id for one in tx.tokens.of_mission("DEMO")] == ["DEMO-T0001", "DEMO-T0002"]
        assert tx.tokens.of_mission("ELSE") == ()
        assert (tx.tokens.next_id("DEMO"), tx.tokens.next_id("ELSE")) == ("DEMO-T0003", "ELSE-T0001")


def test_what_is_revoked_stays_in_history_and_no_other_is_touched(issued: Island) -> None:
    issued.act(2, lambda tx, at: tx.tokens.revoke("DEMO-T0001", "head", at))
    with issued.store.reading() as tx:
        assert tx.tokens.by_hash("f" * 64) == issued.token(issued.at(1), revoked_at=issued.at(2))
        assert tx.tokens.get("DEMO-T0002").holds(issued.at(3))
        assert tx.tokens.next_id("DEMO") == "DEMO-T0003"
        assert tx.audit.verify() == ()


def test_a_revoked_token_is_neither_revoked_again_nor_made_to_live(issued: Island) -> None:
    issued.act(2, lambda tx, at: tx.tokens.revoke("DEMO-T0001", "head", at))
    with pytest.raises(RefusedError, match="issued once and revoked once"):
        issued.act(3, lambda tx, at: tx.tokens.revoke("DEMO-T0001", "head", at))
    with pytest.raises(AbsentError, match="no token DEMO-T0009"):
        issued.act(3, lambda tx, at: tx.tokens.revoke("DEMO-T0009", "head", at))
    with pytest.raises(OfflimitsError):
        issued.act(3, lambda tx, _at: tx.tokens.add(issued.token(issued.at(1))))
    with issued.store.reading() as tx:
        assert tx.tokens.get("DEMO-T0001").revoked_at == issued.at(2)


@pytest.mark.parametrize("changed", [{"person_id": "nobody"}, {"mission": "ELSE"}, {"token_id": "DEMO-T0001"}])
def test_a_token_of_nobody_of_no_mission_or_of_a_taken_identity_is_refused(
    issued: Island, changed: dict[str, str]
) -> None:
    new = replace(issued.token(issued.at(2), token_id="DEMO-T0003", sha256="d" * 64), **changed)
    with pytest.raises(RefusedError):
        issued.act(2, lambda tx, _at: tx.tokens.add(new))
    with issued.store.reading() as tx:
        assert tx.tokens.by_hash("d" * 64) is None


def test_a_token_lands_with_a_leaf_or_not_at_all(issued: Island) -> None:
    with pytest.raises(StoreError, match=r"token/\d+ would stand without a leaf"), issued.store.writing() as tx:
        tx.tokens.revoke("DEMO-T0001", "head", issued.at(2))
    with issued.store.reading() as tx:
        assert tx.tokens.get("DEMO-T0001").revoked_at is None


def test_the_last_use_is_overwritten_needs_no_leaf_and_keeps_the_edition_where_none_was_fetched(issued: Island) -> None:
    for day, edition in ((0, None), (1, 3), (2, None)):
        with issued.store.writing() as tx:
            tx.tokens.note_use("DEMO-T0001", issued.at(day).date(), edition)
        with issued.store.reading() as tx:
            found = tx.tokens.get("DEMO-T0001")
            assert (found.used_on, found.edition) == (issued.at(day).date(), 3 if day else None)
    assert issued.at(0).date() == DAY
    with issued.store.reading() as tx:
        assert tx.tokens.get("DEMO-T0002").used_on is None
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM token_use").scalar() == 1

"""Accounts in the store: of one person, who has one at each provider; taken as they are written."""

from dataclasses import replace
from typing import Any

import pytest

from geo_offlimits.domain.accounts import Account, LinkedAccount
from geo_offlimits.errors import RefusedError

Island = Any


def linked(island: Island, **changed: Any) -> LinkedAccount:
    one = LinkedAccount(
        account_id="a_1",
        person_id="head",
        issuer="https://id.example",
        subject="U-1",
        linked_by="head",
        linked_at=island.at(0),
    )
    return replace(one, **changed)


def test_an_account_is_found_as_it_is_written_and_gone_once_removed(either_island: Island) -> None:
    island = either_island
    one, other = linked(island), linked(island, account_id="a_2", issuer="https://other.example")
    with island.store.writing() as tx:
        tx.accounts.add(one)
        tx.accounts.add(other)
    with island.store.reading() as tx:
        assert tx.accounts.find(Account(issuer="https://id.example", subject="U-1")) == one
        for issuer, subject in (("id.example", "u-1"), ("id.example/", "U-1"), ("id.example", "U-1 ")):
            assert tx.accounts.find(Account(issuer=f"https://{issuer}", subject=subject)) is None
        assert tx.accounts.of_person("head") == (one, other)
        assert tx.accounts.of_person("officer") == ()
    with island.store.writing() as tx:
        tx.accounts.remove("a_1")
        assert tx.accounts.of_person("head") == (other,)


@pytest.mark.parametrize(
    "second",
    [
        {"person_id": "officer"},  # an account of two persons
        {"subject": "U-2"},  # two of one person at one provider
    ],
)
def test_the_database_keeps_accounts_apart(either_island: Island, second: dict[str, str]) -> None:
    island = either_island
    with island.store.writing() as tx:
        tx.accounts.add(linked(island))
    with pytest.raises(RefusedError, match="somebody else was quicker"), island.store.writing() as tx:
        tx.accounts.add(linked(island, account_id="a_2", **second))
    with island.store.writing() as tx:
        tx.accounts.add(linked(island, account_id="a_2", person_id="officer", subject="U-2"))

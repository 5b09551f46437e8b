"""Linked accounts: by whoever has just shown that it is they, whatever door they come through."""

from datetime import timedelta

import pytest

from geo_offlimits.domain.accounts import Account
from geo_offlimits.domain.proof import StepUpNeededError
from geo_offlimits.errors import AbsentError
from geo_offlimits.services import accounts
from tests.services.conftest import PASSPHRASE, World

ACCOUNT = Account(issuer="https://id.isle.example", subject="u-1")


def test_who_was_recognised_a_while_ago_links_and_unlinks_nothing(world: World) -> None:
    staff = world.wiring.recognise("105", PASSPHRASE)
    with world.wiring.writing(staff) as act:
        linked = accounts.link(act, ACCOUNT)
    world.clock.later(minutes=11)
    with world.wiring.writing(staff) as act:
        with pytest.raises(StepUpNeededError):
            accounts.unlink(act, linked.account_id)
        assert accounts.mine(act) == (linked,)
        with pytest.raises(StepUpNeededError):
            accounts.link(act, Account(issuer="https://other.isle.example", subject="u-1"))
    again = world.wiring.recognise("105", PASSPHRASE)
    assert again.shown.passphrase_at
    assert again.shown.passphrase_at - linked.linked_at >= timedelta(minutes=11)
    with world.wiring.writing(again) as act:
        with pytest.raises(AbsentError):
            accounts.unlink(act, "a_of_somebody_else")
        accounts.unlink(act, linked.account_id)
    assert world.tags()[-2:] == ["login:accepted", "account:unlinked"]
    assert ACCOUNT.subject.encode() not in b"".join(str(leaf).encode() for leaf in world.leaves())

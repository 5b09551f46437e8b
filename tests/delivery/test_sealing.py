"""What a seal costs whoever guesses, and that a dearer or cheaper one of another day opens by its own word."""

import pytest

from geo_offlimits.delivery.sealing import NotOpenedError, opened, sealed

PASSPHRASE = "four dry boats in a barn"


def test_a_seal_costs_each_guess_what_owasp_recommends() -> None:
    kept = sealed(b"a key", PASSPHRASE, b"beside it")
    assert {name: kept[name] for name in ("kdf", "n", "r", "p")} == {"kdf": "scrypt", "n": 2**17, "r": 8, "p": 1}
    assert opened(kept, PASSPHRASE, b"beside it") == b"a key"


def test_a_seal_opens_at_the_cost_that_it_was_made_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo_offlimits.delivery.sealing._COST", 2**10)
    kept = sealed(b"a key", PASSPHRASE, b"beside it")
    monkeypatch.undo()
    assert opened(kept, PASSPHRASE, b"beside it") == b"a key"
    with pytest.raises(NotOpenedError):
        opened(kept | {"n": 2**11}, PASSPHRASE, b"beside it")


def test_nobody_is_made_to_work_without_end_by_a_file() -> None:
    kept = sealed(b"a key", PASSPHRASE, b"beside it")
    with pytest.raises(NotOpenedError):
        opened(kept | {"n": 2**21}, PASSPHRASE, b"beside it")

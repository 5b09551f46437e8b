"""What the database asks of an acknowledgement."""

from typing import Any

import pytest

from geo_offlimits.errors import RefusedError

Island = Any


def test_an_acknowledgement_binds_to_the_hash_and_is_given_once(either_island: Island) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    given = island.acknowledgement(edition, "officer", 2)
    other = island.acknowledgement(edition, "officer", 2, edition_sha256="0" * 64)
    with pytest.raises(RefusedError, match="no edition of this number with this hash"):
        island.act(2, lambda tx, _at: tx.acknowledgements.add(other))
    island.act(2, lambda tx, _at: tx.acknowledgements.add(given))
    with pytest.raises(RefusedError, match="acknowledged this edition already"):
        island.act(3, lambda tx, _at: tx.acknowledgements.add(given))

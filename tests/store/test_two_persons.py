"""Two persons stand behind a listing and behind its end, whatever program writes to the store."""

from typing import Any

import pytest
from sqlalchemy import func, select

from geo_offlimits.domain.designation import State, StepKind
from geo_offlimits.errors import RefusedError
from geo_offlimits.store import tables

Island = Any


def test_the_right_sequence_of_steps_lands(either_island: Island) -> None:
    island = either_island.peopled()
    designation_id = island.propose(1)
    with pytest.raises(RefusedError, match="second head of mission"):
        island.take(2, designation_id, StepKind.DESIGNATED, "officer")
    island.take(2, designation_id, StepKind.DESIGNATED, "head")
    with pytest.raises(RefusedError, match="does not follow"):
        island.take(3, designation_id, StepKind.CONFIRMED, "deputy")
    island.take(3, designation_id, StepKind.LIFT_PROPOSED, "deputy")
    with pytest.raises(RefusedError, match="second head of mission"):
        island.take(4, designation_id, StepKind.LIFTED, "deputy")
    island.take(4, designation_id, StepKind.LIFT_REFUSED, "head")
    island.take(5, designation_id, StepKind.LIFT_PROPOSED, "head")
    island.take(6, designation_id, StepKind.LIFTED, "deputy")
    with island.store.reading() as tx:
        assert tx.register.get(designation_id).state is State.LIFTED
        assert tx.audit.verify() == ()
        rows = tx.connection.execute(select(func.count()).select_from(tables.step)).scalar()
        assert rows == 6


def test_a_lift_is_not_refused_by_who_alone_has_signed_the_listing(either_island: Island) -> None:
    island = either_island.peopled()
    designation_id = island.propose(1, first=StepKind.ADDED_ALONE, by="head")
    island.take(2, designation_id, StepKind.LIFT_PROPOSED, "officer")
    with pytest.raises(RefusedError, match="alone has signed"):
        island.take(3, designation_id, StepKind.LIFT_REFUSED, "head")
    with island.store.reading() as tx:
        assert tx.register.get(designation_id).state is State.LIFT_PROPOSED
    island.take(3, designation_id, StepKind.LIFT_REFUSED, "deputy")
    two_signed = island.propose(4)
    island.take(5, two_signed, StepKind.DESIGNATED, "head")
    island.take(6, two_signed, StepKind.LIFT_PROPOSED, "officer")
    island.take(7, two_signed, StepKind.LIFT_REFUSED, "head")
    with island.store.reading() as tx:
        assert {tx.register.get(one).state for one in (designation_id, two_signed)} == {State.IN_FORCE}

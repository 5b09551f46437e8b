"""Whether a listing stands can be told from the steps alone that bound when it holds."""

from collections.abc import Iterator
from datetime import UTC, datetime

from geo_offlimits.domain.designation import BOUNDING, IN_FORCE_STATES, TRANSITIONS, State, Step, StepKind, Validity
from geo_offlimits.domain.instants import ALWAYS

_LONGEST = 6


def _lives(
    state: State | None = None, taken: tuple[StepKind, ...] = ()
) -> Iterator[tuple[State, tuple[StepKind, ...]]]:
    """Every row of steps that the life cycle allows, up to a length, with the state it leads to."""
    for (before, kind), after in TRANSITIONS.items():
        if before is state:
            yield after, (*taken, kind)
            if len(taken) + 1 < _LONGEST:
                yield from _lives(after, (*taken, kind))


def _validity(kinds: tuple[StepKind, ...]) -> Validity:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    return Validity(ALWAYS, [Step(kind=kind, person_id="anybody", recorded_at=at, effective_at=at) for kind in kinds])


def test_what_bounds_a_listing_tells_whether_it_stands_whatever_else_happened() -> None:
    lives = list(_lives())
    assert {state for state, _ in lives} == set(State)
    for state, kinds in lives:
        bounds = tuple(kind for kind in kinds if kind in BOUNDING)
        assert _validity(kinds).stands == _validity(bounds).stands == (state in IN_FORCE_STATES), kinds

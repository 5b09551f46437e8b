"""Many pairs of names are told apart at a glance, and none of them would have matched."""

from random import Random

import names as bench
import numpy as np
import pytest

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.premises import Name, NameKind, Subject, SubjectKind
from geo_offlimits.lookup.names import NamePairs, glance
from geo_offlimits.lookup.names.glance import Glance

TOWNS = ("Port Amber", "Amber", None)


def called(chance: Random, name: str, *more: str) -> Subject:
    names = tuple(Name(text=one, kind=NameKind.SIGN) for one in (name, *more))
    town, street = chance.choice(TOWNS), chance.choice((None, "4 Amber Street"))
    return Subject(kind=SubjectKind.PREMISES, names=names, locality=town, address=street)


def lists(seed: int, count: int) -> tuple[list[Subject], list[Subject]]:
    """What people write for names that are on a list, in many scripts, and what is on it."""
    chance = Random(seed)
    some = chance.sample(bench.pairs(), count)
    asked = [called(chance, one.query, *([one.name] if chance.random() < 0.1 else [])) for one in some]
    told = [called(chance, f"{one.name} {chance.choice(('', 'Amber', 'Bar 12'))}".strip()) for one in some]
    return [*asked, called(chance, "…")], [*told, called(chance, "!!")]


def parts_none_that_match(seed: int, count: int) -> None:
    here, there = lists(seed, count)
    names = NamePairs(shipped.place_names())
    ones, others = (at.ravel() for at in np.indices((len(here), len(there))))
    apart = Glance(*([names.readings(one) for one in some] for some in (here, there))).apart(
        ones.tolist(), others.tolist()
    )
    for one, other in zip(ones[apart].tolist(), others[apart].tolist(), strict=True):
        scores = names.score(here[one], there[other]), names.score(there[other], here[one])
        assert scores == (0.0, 0.0), (here[one].names, there[other].names)
    assert 0.5 < apart.mean() < 1.0
    # Of what has no letters nothing is said.
    assert not apart[(ones == count) | (others == count)].any()


def test_no_pair_that_could_match_is_told_apart_and_most_others_are() -> None:
    parts_none_that_match(1, 40)


@pytest.mark.deep
def test_none_is_in_any_sample_of_what_people_write() -> None:
    for seed in range(100, 130):
        parts_none_that_match(seed, 150)


def test_the_check_would_catch_a_glance_that_sees_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glance, "_most_slips", lambda _letters: 0.1)
    with pytest.raises(AssertionError):
        parts_none_that_match(1, 40)


def test_two_lists_of_which_one_is_empty_have_no_pairs() -> None:
    assert Glance([], [NamePairs().readings(called(Random(1), "Blue Lantern"))]).apart([], []).tolist() == []

"""Which names of a list share a word but for a slip is told for all at once as by the keys of each, written down."""

from collections import Counter, defaultdict
from random import Random

import names as bench
import numpy as np
import pytest

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.premises import Name, NameKind, Subject, SubjectKind
from geo_offlimits.lookup.names import NamePairs, glance, meeting
from geo_offlimits.lookup.names.meeting import Meetings
from geo_offlimits.lookup.names.sounds import coarse, coarse_each

NAMES = NamePairs(shipped.place_names())


def called(chance: Random, *names: str) -> Subject:
    told = tuple(Name(text=one, kind=NameKind.SIGN) for one in names)
    town, street = chance.choice(("Port Amber", "Lotos", None)), chance.choice((None, "4 Amber Street"))
    return Subject(kind=SubjectKind.PREMISES, names=told, locality=town, address=street)


def some(seed: int, count: int) -> list[Subject]:
    """What people write in many scripts, some of it twice, some with a second name, one without a letter."""
    chance = Random(seed)
    pairs = chance.sample(bench.pairs(), count)
    asked = [called(chance, one.query, *([one.name] if chance.random() < 0.1 else [])) for one in pairs]
    told = [called(chance, f"{one.name} {chance.choice(('', 'Amber', 'Bar 12'))}".strip()) for one in pairs]
    return [*asked, called(chance, "…"), *told, *asked[::3]]


def by_keys(subjects: list[Subject], told: list[int], most: int) -> set[tuple[int, int]]:
    counted = Counter(word for one in subjects for word in NAMES.words(one))
    known: defaultdict[str, list[int]] = defaultdict(list)
    for at in told:
        for key in NAMES.keys(subjects[at], counted):
            known[key] += [at] if len(known[key]) < most else []
    return {(at, to) for at, one in enumerate(subjects) for key in NAMES.asking(one) for to in known.get(key, ())}


@pytest.mark.parametrize("most", [2, 1_000])
def test_names_meet_where_their_keys_do_and_of_many_the_first(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting, "_AT_ONCE", 40)
    subjects = some(3, 120)
    told = list(range(0, len(subjects), 2))
    pieces = [set(zip(one.tolist(), to.tolist(), strict=True)) for one, to in Meetings(NAMES, subjects).met(told, most)]
    met = set().union(*pieces)
    assert met == by_keys(subjects, told, most)
    assert sum(map(len, pieces)) == len(met) > len(told)
    assert len(pieces) > 3
    assert {to for _, to in met} <= set(told)


def test_nobody_meets_in_a_list_of_nothing_or_of_names_without_letters() -> None:
    assert list(Meetings(NAMES, []).met([], 9)) == []
    lettered = called(Random(1), "Blue Lantern")
    ((ones, others),) = Meetings(NAMES, [called(Random(1), "…"), lettered]).met([0], 9)
    assert (len(ones), len(others)) == (0, 0)


def test_sounds_are_made_coarse_together_as_each_alone() -> None:
    words = ["", "lantern", "~ajjm=", "xX", "h", "12", "", *(word for one in some(4, 90) for word in NAMES.words(one))]
    assert coarse_each(words) == [coarse(word) for word in words]
    assert coarse_each([]) == []


def parts_none_that_match(subjects: list[Subject]) -> None:
    ones, others = (at.ravel() for at in np.indices((len(subjects), len(subjects))))
    apart = Meetings(NAMES, subjects).apart(ones, others)
    for one, other in zip(ones[apart].tolist(), others[apart].tolist(), strict=True):
        assert NAMES.score(subjects[one], subjects[other]) == 0.0, (subjects[one].names, subjects[other].names)
    # Of names that are read in two ways, or not at all, nothing is said.
    twice = np.array([len(NAMES.plain_readings(one)) != 1 for one in subjects])
    assert twice.any()
    assert not apart[twice[ones] | twice[others]].any()
    assert 0.5 < apart[~(twice[ones] | twice[others])].mean() < 1.0


def test_no_pair_that_could_match_is_told_apart_and_most_others_are() -> None:
    parts_none_that_match(some(1, 25))


@pytest.mark.deep
def test_none_is_in_any_sample_of_what_people_write() -> None:
    for seed in range(200, 210):
        parts_none_that_match(some(seed, 100))


def test_the_check_would_catch_words_told_apart_too_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glance, "_most_slips", lambda _letters: 0.1)
    with pytest.raises(AssertionError):
        parts_none_that_match(some(1, 25))


def test_a_list_without_pairs_has_none_apart() -> None:
    nobody = np.zeros(0, dtype=np.int64)
    assert Meetings(NAMES, [called(Random(1), "Blue Lantern")]).apart(nobody, nobody).tolist() == []

"""Texts that lost a letter meet, by the rule of the keys written down one by one."""

from itertools import pairwise
from random import Random

from geo_offlimits.lookup.names.slips import LEAST_TO_LOSE, Owners, met


def left(text: str) -> set[str]:
    loses = len(text) >= LEAST_TO_LOSE and text.isalpha()
    return {text} | ({text[:at] + text[at + 1 :] for at in range(len(text))} if loses else set())


def some(chance: Random, letters: str, count: int) -> list[str]:
    return ["".join(chance.choice(letters) for _ in range(chance.randint(1, 9))) for _ in range(count)]


def test_texts_meet_where_what_is_left_of_them_does() -> None:
    chance, found = Random(5), 0
    for letters, count in (("a", 0), ("ab", 30), ("abc", 40), ("abcdeklz", 60), ("12@", 40)):
        ones, others = some(chance, letters, count), [*some(chance, letters, count), *some(chance, "ab", count)]
        pairs = {(one, other) for one, other in zip(*(at.tolist() for at in met(ones, others)), strict=True)}
        assert pairs == {
            (at, to) for at, one in enumerate(ones) for to, other in enumerate(others) if left(one) & left(other)
        }
        found += len(pairs)
    assert found > 100


def test_no_letter_is_lost_of_what_is_short_or_a_number() -> None:
    assert [at.tolist() for at in met(["abc", "1234", "abcd"], ["abd", "124", "abd"])] == [[2, 2], [0, 2]]


def test_of_many_owners_of_what_is_left_of_a_text_the_first_are_met() -> None:
    chance = Random(7)
    texts, asked = some(chance, "abc", 60), [*some(chance, "abc", 50), "", "zz"]
    owners = sorted(chance.randrange(25) for _ in texts)
    for most in (1, 3, 100):
        known: dict[str, list[int]] = {}
        for text, owner in zip(texts, owners, strict=True):
            for part in left(text):
                whose = known.setdefault(part, [])
                whose += [owner] if owner not in whose and len(whose) < most else []
        starts, met_by = Owners(texts, owners, most).met_by(asked)
        assert [met_by[start:end].tolist() for start, end in pairwise(starts)] == [
            sorted({owner for part in left(text) for owner in known.get(part, ())}) for text in asked
        ]
    assert len(met_by) > 60
    assert [part.tolist() for part in Owners([], [], 9).met_by(["abcd"])] == [[0, 0], []]

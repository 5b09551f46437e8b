"""Words are told apart at a glance, and never otherwise than when their sounds are held together."""

from random import Random

from geo_offlimits.lookup.names.folding import Word
from geo_offlimits.lookup.names.scoring import COUNTERPART, alike, are_counterparts
from geo_offlimits.lookup.names.sounds import distance, is_farther

_SOUNDS = "abdefgiklmnoprstuvzCSJZXGTDhwcqxj~^="


def _slipped(chance: Random, word: str) -> str:
    at = chance.randrange(len(word))
    kind = chance.randrange(4)
    if kind == 0:
        return word[:at] + chance.choice(_SOUNDS) + word[at:]
    if kind == 1:
        return word[:at] + chance.choice(_SOUNDS) + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    return (word[:at] + word[at + 1 :]) or word


def test_the_glance_never_parts_words_that_the_ear_holds_together() -> None:
    chance = Random(9)
    told = {True: 0, False: 0}
    for _ in range(3_000):
        one = "".join(chance.choice(_SOUNDS) for _ in range(chance.randint(1, 9)))
        other = _slipped(chance, _slipped(chance, one))
        if chance.random() < 0.5:
            other = "".join(chance.choice(_SOUNDS) for _ in range(chance.randint(1, 9)))
        assert not is_farther(one, other, distance(one, other) + 1e-9), (one, other)
        word, heard = Word(one, one), Word(other, other)
        assert are_counterparts(word, heard) == (alike(word, heard) >= COUNTERPART), (one, other)
        told[are_counterparts(word, heard)] += 1
    assert min(told.values()) > 100

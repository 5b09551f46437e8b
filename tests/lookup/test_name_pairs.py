"""What people really write, measured: the bar of the search by name, on both halves of the pairs, and its controls.

The pairs lie in `name_pairs.csv` (query, name, variation, language, and former: an earlier name of the premises). All
venues are invented; any likeness to a real one is chance. The variants are of the kinds people write: dropped accents,
spelling by ear, typing slips, other scripts, other words for the kind of venue, numbers, short forms, a town in another
language. `unrelated_names.csv` holds names that are on no list, many with a word of one that is.
"""

import unicodedata
from collections import Counter

import names as bench
import pytest

from geo_offlimits.delivery import shipped
from geo_offlimits.lookup.names import NameIndex

PAIRS = bench.pairs()


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex(bench.listed(PAIRS), shipped.place_names())


def halved(half: str) -> list[bench.Pair]:
    return [pair for pair in PAIRS if pair.half == half]


@pytest.mark.parametrize("half", bench.HALVES)
def test_nearly_every_variant_has_its_entry_among_the_first_three(index: NameIndex, half: str) -> None:
    asked = halved(half)
    missed = bench.missed(index, asked)
    assert len(missed) <= (1 - bench.LEAST_RECALL) * len(asked), missed


@pytest.mark.parametrize("half", bench.HALVES)
def test_hardly_any_question_for_another_venue_matches(index: NameIndex, half: str) -> None:
    strangers = [name for name in bench.unrelated() if bench.half_of(name) == half]
    wrong = bench.accused(index, halved(half), strangers)
    assert len(wrong) <= bench.MOST_FALSE * (len(halved(half)) + len(strangers)), wrong


@pytest.mark.parametrize("half", bench.HALVES)
def test_most_variants_count_as_a_match(index: NameIndex, half: str) -> None:
    assert bench.matched(index, halved(half)) >= 0.9


def test_equal_names_and_plain_ratio_would_miss_the_bar() -> None:
    names = [entry.name for entry in bench.listed(PAIRS)]
    for control in (bench.equality(names), bench.plain_ratio(names)):
        assert bench.found_first(control, PAIRS) < bench.LEAST_RECALL - 0.1


def test_towns_in_another_language_are_matched_by_their_table_alone(index: NameIndex) -> None:
    towns = [pair for pair in PAIRS if pair.variation == "town in another language"]
    assert bench.matched(index, towns) > bench.matched(NameIndex(bench.listed(PAIRS)), towns) + 0.4


def test_the_pairs_are_many_different_and_fairly_halved() -> None:
    assert len(PAIRS) >= 500
    assert len({(pair.query, pair.name) for pair in PAIRS}) == len(PAIRS)
    assert [pair for pair in PAIRS if pair.query == pair.name] == []
    assert min(Counter(pair.half for pair in PAIRS).values()) > 0.4 * len(PAIRS)
    assert len({pair.name for pair in PAIRS}) >= 300
    assert not {pair.name for pair in PAIRS} & set(bench.unrelated())


def test_the_pairs_cover_what_people_write_in_the_languages_of_missions() -> None:
    variations = Counter(pair.variation for pair in PAIRS)
    assert {"misspelt", "spelt by ear", "other script", "word order", "former name"} <= set(variations)
    languages = Counter(pair.language for pair in PAIRS)
    assert all(
        languages[code] >= 25 for code in ("en", "fr", "sq", "sr", "sr-Cyrl", "ar", "el", "tr", "es", "ln", "sw")
    )
    scripts = {
        unicodedata.name(letter).split()[0] for pair in PAIRS for letter in pair.query + pair.name if letter.isalpha()
    }
    assert {"LATIN", "CYRILLIC", "ARABIC", "GREEK", "HEBREW", "GEORGIAN", "ETHIOPIC"} <= scripts

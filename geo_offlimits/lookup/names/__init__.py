"""Finds entries by name, in any script and with slips of the pen; says how sure it is, and why.

`folding` reads a name in any script as words, `sounds` tells how far two words are apart, `scoring` how alike two names
are, `grams` finds the few worth comparing, `search` puts it together, `reasons` says what a score rests on. From 85 a
name counts as a match; below that it is a suggestion. An address alone stays below.
"""

from geo_offlimits.lookup.names.pairs import NamePairs
from geo_offlimits.lookup.names.reasons import BY_NUMBER, in_other_words
from geo_offlimits.lookup.names.search import MATCH_SCORE, NameIndex, NameMatch, SearchTextError

__all__ = [
    "BY_NUMBER",
    "MATCH_SCORE",
    "NameIndex",
    "NameMatch",
    "NamePairs",
    "SearchTextError",
    "in_other_words",
]

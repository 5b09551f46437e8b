"""Which rows of a long list look like an entry or like an earlier row, by the rule of `likeness`, at once for all.

Places are held against each other all together, so that names are compared only of those less than 250 m apart, and,
where one of two has no place, of those that share a word but for a slip. Of very many on one spot, or with one word,
the earliest are compared: whoever reads the report sees by then what is wrong with the list.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import shapely

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.premises import Subject, SubjectKind
from geo_offlimits.lookup.names import MATCH_SCORE, Keys, NamePairs
from geo_offlimits.lookup.proximity import ProximityIndex
from geo_offlimits.services.likeness import SAME_NAME_WITHIN_M, SAME_PLACE_M, Beside, Known

_AT_ONCE = 1_000
MOST_BESIDE = 60
MOST_WITH_A_WORD = 40
_MOST_TOLD = 8


def alikes(known: Sequence[Known], first: int) -> dict[int, list[Beside]]:
    """For each place of the list from `first` on those earlier ones that it is like, the likest first."""
    names = NamePairs(shipped.place_names())
    found: defaultdict[int, list[Beside]] = defaultdict(list)
    for later, earlier, distance_m in _pairs(known, first, names):
        one, other = known[later].subject, known[earlier].subject
        if not _comparable(one, other):
            continue
        score = names.score(one, other)
        near = distance_m is not None and distance_m <= SAME_PLACE_M
        if near or score >= MATCH_SCORE:
            found[later].append(Beside(earlier, known[earlier], distance_m, score, is_alike=True))
    return {place: sorted(them, key=_likest)[:_MOST_TOLD] for place, them in found.items()}


def _likest(one: Beside) -> tuple[float, float, int]:
    return -one.score, np.inf if one.distance_m is None else one.distance_m, one.place


def _comparable(one: Subject, other: Subject) -> bool:
    if one.kind is not other.kind:
        return False
    return one.kind is not SubjectKind.CATEGORY_RULE or one.category == other.category


def _pairs(known: Sequence[Known], first: int, names: NamePairs) -> Iterator[tuple[int, int, float | None]]:
    """Each pair that is worth a look once: (later, earlier, metres or None where one has no place)."""
    yield from _placeless(known, first, names)
    yield from _near(known, first)


def _near(known: Sequence[Known], first: int) -> Iterator[tuple[int, int, float]]:
    places = [one.subject.geometry for one in known]
    index = ProximityIndex(places)
    placed = [at for at in range(first, len(places)) if places[at] is not None]
    middles = shapely.point_on_surface(np.array([places[at] for at in placed], dtype=object))
    lons, lats = shapely.get_x(middles), shapely.get_y(middles)
    start, size = 0, _AT_ONCE
    while start < len(placed):
        hits = index.near(lats[start : start + size], lons[start : start + size], SAME_NAME_WITHIN_M)
        yield from _earlier(hits.position.tolist(), hits.entry.tolist(), hits.distance_m.tolist(), placed[start:])
        start += size
        # Where thousands lie on one spot, fewer are asked about together.
        size = max(10, min(_AT_ONCE, _AT_ONCE * _AT_ONCE * MOST_BESIDE // (10 * max(1, len(hits.entry)))))


def _earlier(
    rows: list[int], entries: list[int], distances_m: list[float], placed: Sequence[int]
) -> Iterator[tuple[int, int, float]]:
    """Of each row the nearest of those that stand before it."""
    row, told = -1, 0
    for at, entry, distance_m in zip(rows, entries, distances_m, strict=True):
        row, told = (row, told) if at == row else (at, 0)
        later = placed[at]
        if entry < later and told < MOST_BESIDE:
            told += 1
            yield later, entry, distance_m


def _placeless(known: Sequence[Known], first: int, names: NamePairs) -> Iterator[tuple[int, int, None]]:
    placeless = [(at, one.subject) for at, one in enumerate(known) if one.subject.geometry is None]
    if not placeless:
        return
    counted = _counted(known, {word for _, subject in placeless for word in names.words(subject)}, names)
    by_key = Keys(MOST_WITH_A_WORD)
    for at, subject in placeless:
        by_key.add(at, names.keys(subject, counted))
    for at, one in enumerate(known):
        for other in {place for key in names.asked(one.subject, by_key) for place in by_key.known[key]}:
            # Two without a place meet from both sides; one time is enough.
            twice = one.subject.geometry is None and other > at
            if other != at and max(at, other) >= first and not twice:
                yield max(at, other), min(at, other), None


def _counted(known: Sequence[Known], words: set[str], names: NamePairs) -> Counter[str]:
    """In how many names of all each of these words stands."""
    counted: Counter[str] = Counter()
    for one in known:
        counted.update(words & names.words(one.subject))
    return counted

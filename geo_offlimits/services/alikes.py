"""Which rows of a long list look like an entry or like an earlier row, by the rule of `likeness`, at once for all.

Places are held against each other all together, so that names are compared only of those less than 250 m apart, and,
where one of two has no place, of those that share a word but for a slip. Of very many on one spot, or with one word,
the earliest are compared: whoever reads the report sees by then what is wrong with the list.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.premises import Subject, SubjectKind
from geo_offlimits.lookup.names import MATCH_SCORE, NamePairs
from geo_offlimits.lookup.names.meeting import Meetings
from geo_offlimits.lookup.proximity import ProximityIndex
from geo_offlimits.services.likeness import SAME_NAME_WITHIN_M, SAME_PLACE_M, Beside, Known

_AT_ONCE, _PAIRS_AT_ONCE = 1_000, 25_000
MOST_BESIDE = 60
MOST_WITH_A_WORD = 40
_MOST_TOLD = 8


# Pairs: the later ones, the earlier ones, and how many metres apart they are, NaN where one has no place.
Pairs = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]


def alikes(known: Sequence[Known], first: int) -> dict[int, list[Beside]]:
    """For each place of the list from `first` on those earlier ones that it is like, the likest first."""
    names = NamePairs(shipped.place_names())
    found: defaultdict[int, list[Beside]] = defaultdict(list)
    for later, earlier, distance_m, score in _scored(known, first, names):
        near = distance_m is not None and distance_m <= SAME_PLACE_M
        if near or score >= MATCH_SCORE:
            found[later].append(Beside(earlier, known[earlier], distance_m, score, is_alike=True))
    return {place: sorted(them, key=_likest)[:_MOST_TOLD] for place, them in found.items()}


def _scored(known: Sequence[Known], first: int, names: NamePairs) -> Iterator[tuple[int, int, float | None, float]]:
    """Each pair that is worth a look once: (later, earlier, metres or None where one has no place, score)."""
    for later, earlier, metres in _together(_pairs(known, first, names)):
        apart = _apart(known, later, earlier, names)
        told = [None if isnan(distance_m) else distance_m for distance_m in metres.tolist()]
        pairs = zip(later.tolist(), earlier.tolist(), told, apart.tolist(), strict=True)
        for at, other_at, distance_m, is_apart in pairs:
            one, other = known[at].subject, known[other_at].subject
            if _comparable(one, other):
                yield at, other_at, distance_m, 0.0 if is_apart else names.score(one, other)


def _apart(
    known: Sequence[Known], ones: npt.NDArray[Any], others: npt.NDArray[Any], names: NamePairs
) -> npt.NDArray[Any]:
    """Of each pair whether its names surely do not match; most are told so at a glance."""
    subjects, at = np.unique(np.concatenate([ones, others]), return_inverse=True)
    near_each_other = Meetings(names, [known[place].subject for place in subjects.tolist()])
    return near_each_other.apart(at[: len(ones)], at[len(ones) :])


def _likest(one: Beside) -> tuple[float, float, int]:
    return -one.score, np.inf if one.distance_m is None else one.distance_m, one.place


def _comparable(one: Subject, other: Subject) -> bool:
    if one.kind is not other.kind:
        return False
    return one.kind is not SubjectKind.CATEGORY_RULE or one.category == other.category


def _pairs(known: Sequence[Known], first: int, names: NamePairs) -> Iterator[Pairs]:
    yield from _placeless(known, first, names)
    yield from _near(known, first)


def _together(parts: Iterable[Pairs]) -> Iterator[Pairs]:
    """The same, so many in each that what is done for all of them at once is done seldom."""
    waiting: list[Pairs] = []
    for part in parts:
        waiting.append(part)
        if sum(len(one[0]) for one in waiting) >= _PAIRS_AT_ONCE:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(parts: Sequence[Pairs]) -> Pairs:
    later, earlier, metres = (np.concatenate(some) for some in zip(*parts, strict=True))
    return later, earlier, metres


def _near(known: Sequence[Known], first: int) -> Iterator[Pairs]:
    places = [one.subject.geometry for one in known]
    index = ProximityIndex(places)
    placed = np.array([at for at in range(first, len(places)) if places[at] is not None], dtype=np.int64)
    middles = shapely.point_on_surface(np.array([places[at] for at in placed.tolist()], dtype=object))
    lons, lats = shapely.get_x(middles), shapely.get_y(middles)
    start, size = 0, _AT_ONCE
    while start < len(placed):
        hits = index.near(lats[start : start + size], lons[start : start + size], SAME_NAME_WITHIN_M)
        later = placed[start:][hits.position]
        before = np.flatnonzero(hits.entry < later)
        row = hits.position[before]
        nearest = before[np.arange(len(row)) - np.searchsorted(row, row) < MOST_BESIDE]
        yield later[nearest], hits.entry[nearest], hits.distance_m[nearest]
        start += size
        # Where thousands lie on one spot, fewer are asked about together.
        size = max(10, min(_AT_ONCE, _AT_ONCE * _AT_ONCE * MOST_BESIDE // (10 * max(1, len(hits.entry)))))


def _placeless(known: Sequence[Known], first: int, names: NamePairs) -> Iterator[Pairs]:
    is_placeless = np.array([one.subject.geometry is None for one in known], dtype=bool)
    placeless = np.flatnonzero(is_placeless).tolist()
    if not placeless:
        return
    for one, other in Meetings(names, [one.subject for one in known]).met(placeless, MOST_WITH_A_WORD):
        later, earlier = np.maximum(one, other), np.minimum(one, other)
        # Two without a place meet from both sides; one time is enough.
        wanted = (one != other) & (later >= first) & ~(is_placeless[one] & (other > one))
        yield later[wanted], earlier[wanted], np.full(int(wanted.sum()), np.nan)

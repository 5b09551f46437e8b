"""Which entry of one list is which of another: one to one, the surest first, and never where several could be meant.

1. Premises and areas are one by name (as `find` matches) and place: on one spot, within what both are unsure of, or
   less than 250 m apart. Of those without a place, name and town must agree. Rules are one by kind of venue and area.
2. The surest pairs are made first: one name on one spot; one name within what both are unsure of; a name alike there;
   a name alike farther away, or without a place.
3. Where among the equally sure one entry could be several, none of them is paired: they are told together as unclear.
   So are two left over that share only a place (25 m: it may be the bar beside it) or only a name.

GeoPandas joins the places; what it joins is measured along the geodesic. It says the same whichever list comes first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.premises import Name, NameKind, Subject, SubjectKind
from geo_offlimits.errors import RefusedError, Sentence
from geo_offlimits.layer import CRS
from geo_offlimits.lookup.geodesy import GEOD, distances_m
from geo_offlimits.lookup.names import MATCH_SCORE, NamePairs, slips
from geo_offlimits.lookup.names.folding import Reading, Word
from geo_offlimits.lookup.names.glance import Glance
from geo_offlimits.lookup.names.sounds import coarse
from geo_offlimits.services.import_changes import SAME_SPOT_M
from geo_offlimits.services.likeness import SAME_NAME_WITHIN_M, SAME_PLACE_M

MOST_PAIRS = 2_000_000
_SAME_NAME = 99.5
_VAGUE_M = 500.0  # what is unsure by more is looked for by its name
_DEGREE_M = 110_500.0  # a little less than one of latitude anywhere
_RANKS = range(4)
_HALF_TURN, _TURN = 180.0, 360.0
_Metres = float | None


class TooManyAlikeError(RefusedError):
    """So many entries of one name that comparing them would tell nobody anything."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "Too many entries of these lists are called alike to be compared. Give a place to those that have none."
            )
        )


@dataclass(frozen=True)
class Candidate:
    """Two entries, by their places in the two lists, that may be one. rank : 0 is surest; None: it takes a person."""

    here: int
    there: int
    distance_m: _Metres
    rank: int | None


@dataclass(frozen=True)
class Paired:
    """pairs : what is one. unclear : groups of what could be one another, of both lists."""

    pairs: tuple[Candidate, ...]
    unclear: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def paired(here: Sequence[Entry], there: Sequence[Entry]) -> Paired:
    """Raises TooManyAlikeError."""
    return resolved(candidates(here, there))


def resolved(found: Sequence[Candidate]) -> Paired:
    pairs: list[Candidate] = []
    unclear: list[Candidate] = []
    taken_here: set[int] = set()
    taken_there: set[int] = set()
    for rank in (*_RANKS, None):
        free = [
            one for one in found if one.rank == rank and one.here not in taken_here and one.there not in taken_there
        ]
        of_here, of_there = Counter(one.here for one in free), Counter(one.there for one in free)
        for one in free:
            is_alone = of_here[one.here] == of_there[one.there] == 1
            (pairs if is_alone and rank is not None else unclear).append(one)
        taken_here |= of_here.keys()
        taken_there |= of_there.keys()
    return Paired(tuple(pairs), tuple(_groups(unclear)))


def _groups(unclear: Iterable[Candidate]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    beside: defaultdict[tuple[bool, int], set[tuple[bool, int]]] = defaultdict(set)
    for one in unclear:
        beside[(True, one.here)].add((False, one.there))
        beside[(False, one.there)].add((True, one.here))
    seen: set[tuple[bool, int]] = set()
    for first in beside:
        if first in seen:
            continue
        group, left = {first}, [first]
        while left:
            new = beside[left.pop()] - group
            group |= new
            left += new
        seen |= group
        yield (
            tuple(sorted(at for is_here, at in group if is_here)),
            tuple(sorted(at for is_here, at in group if not is_here)),
        )


def candidates(here: Sequence[Entry], there: Sequence[Entry]) -> list[Candidate]:
    """Every pair that could be one entry. Raises TooManyAlikeError."""
    names = _Names(here, there)
    possible = {
        **dict.fromkeys(_by_name(here, there, names)),
        **dict.fromkeys(_by_rule(here, there)),
        **_near(here, there),
    }
    return list(_all_judged(here, there, _measured(here, there, possible), names))


def _all_judged(
    here: Sequence[Entry],
    there: Sequence[Entry],
    measured: Iterable[tuple[tuple[int, int], _Metres]],
    names: "_Names",
) -> Iterator[Candidate]:
    """As `_judged`; of the many pairs that are only near each other nearly all names are told apart at a glance."""
    possible = [one for one in measured if _are_comparable(here[one[0][0]], there[one[0][1]], one[1])]
    apart = names.glance.apart([pair[0] for pair, _ in possible], [pair[1] for pair, _ in possible])
    for (pair, metres), is_apart in zip(possible, apart.tolist(), strict=True):
        if found := _judged(here, there, pair, metres, names, is_apart=is_apart):
            yield found


def _judged(
    here: Sequence[Entry],
    there: Sequence[Entry],
    pair: tuple[int, int],
    metres: _Metres,
    names: "_Names",
    *,
    is_apart: bool = False,
) -> Candidate | None:
    """is_apart : it is known already that their names do not match."""
    one, other = here[pair[0]], there[pair[1]]
    if not _are_comparable(one, other, metres):
        return None
    if one.subject is SubjectKind.CATEGORY_RULE:
        is_half_placed = (one.geometry is None) != (other.geometry is None)
        return Candidate(*pair, metres, None if is_half_placed else 2) if one.category == other.category else None
    score = 0.0 if is_apart else names.score(*pair)
    if score >= MATCH_SCORE:
        if metres is None:
            return Candidate(*pair, metres, 3 if names.is_one_town(*pair) else None)
        return Candidate(*pair, metres, _rank(one.unsure_m + other.unsure_m, metres, score))
    is_on_spot = metres is not None and metres <= SAME_PLACE_M and not (_is_vague(one) or _is_vague(other))
    return Candidate(*pair, metres, None) if is_on_spot else None


def _are_comparable(one: Entry, other: Entry, metres: _Metres) -> bool:
    return one.subject is other.subject and (metres is None or metres <= _reach_m(one, other))


def _reach_m(one: Entry, other: Entry) -> float:
    return max(SAME_NAME_WITHIN_M, one.unsure_m + other.unsure_m)


def _rank(unsure_m: float, metres: float, score: float) -> int:
    """How sure it is that two whose names match are one."""
    if metres > unsure_m:
        return 3
    if score < _SAME_NAME:
        return 2
    return 0 if metres <= SAME_SPOT_M else 1


class _Names:
    """The names of both lists, read once."""

    def __init__(self, here: Sequence[Entry], there: Sequence[Entry]) -> None:
        self.pairs = NamePairs(shipped.place_names())
        self.here, self.there = [_subject(one) for one in here], [_subject(one) for one in there]
        self._towns = [_town(one) for one in here], [_town(one) for one in there]
        self._one_town: dict[tuple[str, str], bool] = {}

    def score(self, here: int, there: int) -> float:
        one, other = self.here[here], self.there[there]
        if one.names == other.names:
            return 100.0
        score = self.pairs.score(one, other)
        return score if score >= _SAME_NAME else max(score, self.pairs.score(other, one))

    def is_one_town(self, here: int, there: int) -> bool:
        one, other = self._towns[0][here], self._towns[1][there]
        if one is None or other is None:
            return False
        if (one, other) not in self._one_town:
            is_one = one == other or self.pairs.score(_called(one), _called(other)) >= MATCH_SCORE
            self._one_town[one, other] = is_one
        return self._one_town[one, other]

    @cached_property
    def glance(self) -> Glance:
        return Glance(*self._readings)

    @cached_property
    def _readings(self) -> tuple[list[list[Reading]], list[list[Reading]]]:
        here, there = ([self.pairs.readings(one) for one in some] for some in (self.here, self.there))
        return here, there

    @cached_property
    def _texts(self) -> tuple["_Texts", "_Texts"]:
        counted = Counter(word for one in (*self.here, *self.there) for word in self.pairs.words(one))
        here, there = (_Texts(some, counted) for some in self._readings)
        return here, there

    def met(self, some: Sequence[int], *, are_here: bool) -> set[tuple[int, int]]:
        """The pairs of some of one list with any of the other that may be called alike, whichever is asked for.

        Raises TooManyAlikeError.
        """
        own, others = self._texts if are_here else self._texts[::-1]
        chosen = frozenset(some)
        found: set[tuple[int, int]] = set()
        for ones, of_others in ((own.tell, others.ask), (own.ask, others.tell), (own.joined, others.joined)):
            left = {text: few for text, all_ in ones.items() if (few := [at for at in all_ if at in chosen])}
            texts, others_texts = list(left), list(of_others)
            for one, other in zip(*(at.tolist() for at in slips.met(texts, others_texts)), strict=True):
                for at in left[texts[one]]:
                    found.update((at, to) for to in of_others[others_texts[other]])
                    _refuse_many(found)
        return found if are_here else {(to, at) for at, to in found}


class _Texts:
    """By what the names of a list are found, and whose it is, as `NamePairs.keys` and `NamePairs.asking` have it.

    ask : each of their words. tell : of each name the rarest that tells it. joined : all of it without its spaces.
    """

    def __init__(self, readings: Sequence[Sequence[Reading]], counted: Counter[str]) -> None:
        self.ask, self.tell, self.joined = (defaultdict[str, list[int]](list) for _ in range(3))
        for at, some in enumerate(readings):
            for reading in some:
                for word in reading.words:
                    self.ask[_text(word)].append(at)
                telling = [reading.words[of] for of in reading.form.telling]
                self.tell[_text(min(telling, key=lambda word: (counted[word.heard], -len(word.heard))))].append(at)
                self.joined[coarse(reading.joined)].append(at)


def _text(word: Word) -> str:
    return word.written if word.is_exact else coarse(word.heard)


def _refuse_many(found: Sized) -> None:
    if len(found) > MOST_PAIRS:
        raise TooManyAlikeError


def _subject(entry: Entry) -> Subject:
    names = (Name(text=entry.name, kind=NameKind.SIGN), *entry.other_names)
    return Subject(kind=SubjectKind.PREMISES, names=names, address=entry.address, locality=entry.locality)


def _called(town: str) -> Subject:
    return Subject(kind=SubjectKind.PREMISES, names=(Name(text=town, kind=NameKind.SIGN),))


def _town(entry: Entry) -> str | None:
    return " ".join(entry.locality.split()).casefold() or None if entry.locality else None


def _is_vague(entry: Entry) -> bool:
    return entry.subject is not SubjectKind.CATEGORY_RULE and (entry.geometry is None or entry.unsure_m > _VAGUE_M)


def _by_name(here: Sequence[Entry], there: Sequence[Entry], names: _Names) -> Iterator[tuple[int, int]]:
    """The pairs of which one is not to be found by its place, that share a word but for a slip."""
    for entries, are_here in ((here, True), (there, False)):
        if vague := [at for at, one in enumerate(entries) if _is_vague(one)]:
            yield from names.met(vague, are_here=are_here)


def _by_rule(here: Sequence[Entry], there: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    """Rules for one kind of venue of which one holds everywhere; two with an area meet by it."""
    rules = [
        [(at, one) for at, one in enumerate(some) if one.subject is SubjectKind.CATEGORY_RULE] for some in (here, there)
    ]
    for at, one in rules[0]:
        for other_at, other in rules[1]:
            if one.category == other.category and (one.geometry is None or other.geometry is None):
                yield at, other_at


def _near(here: Sequence[Entry], there: Sequence[Entry]) -> dict[tuple[int, int], None]:
    """Every pair whose places may be near enough, and some that are not."""
    joined = _reaches(here).sjoin(_reaches(there), predicate="intersects")
    _refuse_many(joined)
    return dict.fromkeys(zip(joined["at_left"].tolist(), joined["at_right"].tolist(), strict=True))


def _reaches(entries: Sequence[Entry]) -> gpd.GeoDataFrame:
    """A box around each place as wide as it may reach; one over the antimeridian on both of its sides."""
    placed = [at for at, one in enumerate(entries) if one.geometry is not None and not _is_vague(one)]
    bounds = shapely.bounds(np.array([entries[at].geometry for at in placed], dtype=object)).reshape(-1, 4)
    reach = np.array([max(SAME_NAME_WITHIN_M / 2, entries[at].unsure_m) for at in placed], dtype=float) / _DEGREE_M
    wide = reach / np.maximum(
        np.cos(np.radians(np.minimum(np.abs(bounds[:, [1, 3]]).max(axis=1, initial=0.0) + 0.1, 89.9))), 1e-3
    )
    west, south, east, north = bounds[:, 0] - wide, bounds[:, 1] - reach, bounds[:, 2] + wide, bounds[:, 3] + reach
    shifts = np.where(west < -_HALF_TURN, _TURN, np.where(east > _HALF_TURN, -_TURN, np.nan))
    at = np.array(placed, dtype=np.int64)
    over = np.flatnonzero(~np.isnan(shifts))
    shift = shifts[over]
    boxes = np.concatenate(
        [
            shapely.box(west, south, east, north),
            shapely.box(west[over] + shift, south[over], east[over] + shift, north[over]),
        ]
    )
    return gpd.GeoDataFrame({"at": np.concatenate([at, at[over]])}, geometry=boxes, crs=CRS)


def _measured(
    here: Sequence[Entry], there: Sequence[Entry], pairs: Iterable[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], _Metres]]:
    """Each pair with the metres between its places; those of points, nearly all, at once."""
    points: list[tuple[int, int]] = []
    for pair in pairs:
        one, other = here[pair[0]].geometry, there[pair[1]].geometry
        if one is None or other is None:
            yield pair, None
        elif one.geom_type == other.geom_type == "Point":
            points.append(pair)
        else:
            yield pair, gap_m(one, other)
    if not points:
        return
    ones = shapely.get_coordinates([here[at].geometry for at, _ in points])
    others = shapely.get_coordinates([there[at].geometry for _, at in points])
    gaps_m = GEOD.inv(ones[:, 0], ones[:, 1], others[:, 0], others[:, 1])[2]
    yield from zip(points, gaps_m.tolist(), strict=True)


def gap_m(one: BaseGeometry, other: BaseGeometry) -> float:
    """Metres between two footprints; 0 where they meet. Of two apart, a corner of one of them is nearest."""
    if one.intersects(other):
        return 0.0
    return min(_corners_m(one, other), _corners_m(other, one))


def _corners_m(one: BaseGeometry, other: BaseGeometry) -> float:
    corners = shapely.get_coordinates(one)
    return float(distances_m(corners[:, 1], corners[:, 0], other).min())

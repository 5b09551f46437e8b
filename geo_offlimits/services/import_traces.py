"""What each row of a very long list leaves behind: enough to find, for a part of it, the earlier rows it may be like.

1. A trace is some sixty bytes. It finds too many rows rather than too few: they are read again and compared in full.
2. Of very many on one spot, with one name or one word, the earliest are found, as in a list that is held whole.
3. Entries that stand in the register leave traces too; they are counted, and never found, as each part has them.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo_offlimits.domain.premises import Subject, SubjectKind, VenueKind
from geo_offlimits.lookup.names import NamePairs
from geo_offlimits.services.alikes import MOST_BESIDE, MOST_WITH_A_WORD
from geo_offlimits.services.import_suspicions import COMPARED, MANY_NAMES, address_key, label_key, point_key

Places = npt.NDArray[np.int64]

# A little more than 250 m of latitude, and on a globe.
_REACH_DEG, _REACH_M = 0.0023, 253.0
_METRES_A_DEGREE = 111_700.0
_TURN, _BAND_APART = 360.0, 1000.0
_AT_ONCE, _MOST_IN_A_BAND = 1_000, 400
_TALLIES = 1 << 20
_MOST_OWED = 1_000
# How many of the earliest with the same trace are looked at.
_LOOKED_AT = {"subject": 1, "name": COMPARED, "address": 1, "spot": 1}


class Tally:
    """How often words stood in a list, about: two that share a place count together."""

    def __init__(self) -> None:
        self._counts = np.zeros(_TALLIES, dtype=np.uint32)

    def update(self, words: set[str]) -> None:
        for word in words:
            self._counts[hash(word) % _TALLIES] += 1

    def get(self, word: str, default: int, /) -> int:
        return int(self._counts[hash(word) % _TALLIES]) or default


class Traces:
    """The traces of a list, by places from 0: those of the entries first, then of its rows in their order."""

    def __init__(self, names: NamePairs) -> None:
        self.kinds: Counter[VenueKind | None] = Counter()
        self.words = Tally()
        self.placeless = array("i")
        self._names = names
        self._lats, self._lons = array("d"), array("d")
        self._told = {what: array("q") for what in _LOOKED_AT}
        self._outlined: list[tuple[int, tuple[float, float, float, float]]] = []
        self._keyed, self._keys = array("i"), array("q")
        self._owed: defaultdict[int, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._lats)

    def add(self, subject: Subject, compared: Subject) -> None:
        """`compared`: the subject as it is held against others, without a place that tells no door."""
        at, place = len(self), compared.geometry
        point = None if place is None else shapely.point_on_surface(place)
        self._lats.append(np.nan if point is None else point.y)
        self._lons.append(np.nan if point is None else point.x)
        if place is None:
            self.placeless.append(at)
        elif place.geom_type != "Point":
            self._outlined.append((at, place.bounds))
        if subject.kind is SubjectKind.PREMISES:
            self.kinds[subject.category] += 1
        self._told["subject"].append(hash(subject))
        self._told["name"].append(hash(label_key(compared)))
        self._told["address"].append(_of(address_key(compared)))
        self._told["spot"].append(_of(point_key(compared) or None))
        self.words.update(self._names.words(compared))

    def add_keys(self, at: int, compared: Subject) -> None:
        """What one without a place is found by, once the words of all are counted."""
        for key in self._names.keys(compared, self.words):
            self._keyed.append(at)
            self._keys.append(hash(key))

    def settle(self) -> None:
        """Puts in order what was added; nothing is added behind."""
        self._lat, self._lon = np.array(self._lats), np.array(self._lons)
        self._lats = self._lons = array("d")
        self._trace = {what: np.array(told, dtype=np.int64) for what, told in self._told.items()}
        self._told = {}
        self.crowds = self._crowds()
        self._repeated = {what: _repeated(told) for what, told in self._trace.items()}
        points = np.isfinite(self._lat)
        points[[at for at, _ in self._outlined]] = False
        placed = np.flatnonzero(points)
        lines = np.floor(self._lat[placed] / _REACH_DEG) * _BAND_APART + self._lon[placed]
        order = np.argsort(lines, kind="stable")
        self._line, self._placed = lines[order], placed[order].astype(np.int32)
        self._boxes = shapely.STRtree([shapely.box(*bounds) for _, bounds in self._outlined])
        keys, keyed = np.array(self._keys, dtype=np.int64), np.array(self._keyed, dtype=np.int32)
        order = np.argsort(keys, kind="stable")
        self._key, self._keyed_by_key = keys[order], keyed[order]
        self._keyed, self._keys = array("i"), array("q")

    def _crowds(self) -> dict[int, int]:
        """Of each spot on which many names stand how many they are."""
        spot, name = self._trace["spot"], self._trace["name"]
        order = np.lexsort((name, spot))
        order = order[spot[order] != 0]
        spots, names = spot[order], name[order]
        other = np.flatnonzero(np.append(True, (spots[1:] != spots[:-1]) | (names[1:] != names[:-1])))
        told, counts = np.unique(spots[other[: len(spots)]], return_counts=True)
        many = counts >= MANY_NAMES
        return dict(zip(told[many].tolist(), counts[many].tolist(), strict=True))

    def names_on(self, point: str) -> int:
        """How many names stand on one point; 0 where they are few."""
        return self.crowds.get(hash(point), 0)

    def before(self, first: int, subjects: Sequence[Subject]) -> list[int]:
        """The places before `first` of what the subjects that stand from `first` on may be like."""
        last = first + len(subjects)
        found = [self._like(what, first, last) for what in _LOOKED_AT]
        found += [*self._near(first, last), *self._outlines(first, last), self._named(first, subjects)]
        together = np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
        return [int(at) for at in together[together < first]]

    def _like(self, what: str, first: int, last: int) -> Places:
        keys, places = self._repeated[what]
        asked = np.unique(self._trace[what][first:last])
        asked = asked[asked != 0]
        starts, ends = np.searchsorted(keys, asked), np.searchsorted(keys, asked, side="right")
        found = [places[(starts + nth)[starts + nth < ends]] for nth in range(_LOOKED_AT[what])]
        return np.concatenate(found).astype(np.int64)

    def _near(self, first: int, last: int) -> Iterator[Places]:
        for start in range(first, last, _AT_ONCE):
            lats, lons = (told[start : min(last, start + _AT_ONCE)] for told in (self._lat, self._lon))
            asked = np.isfinite(lats)
            yield self._beside(first, lats[asked], lons[asked])

    def _beside(self, first: int, lats: npt.NDArray[Any], lons: npt.NDArray[Any]) -> Places:
        """Of each position the nearest ones before `first`."""
        narrowest = np.cos(np.radians(np.minimum(np.abs(lats) + _REACH_DEG, 89.999)))
        wide = np.minimum(_REACH_DEG / narrowest, _TURN / 2)
        rows, places = [], []
        for band in (-1, 0, 1):
            lines = (np.floor(lats / _REACH_DEG) + band) * _BAND_APART
            for turn in (-_TURN, 0.0, _TURN):
                starts = np.searchsorted(self._line, lines + lons + turn - wide)
                ends = np.searchsorted(self._line, lines + lons + turn + wide, side="right")
                counts = np.minimum(ends - starts, _MOST_IN_A_BAND)
                row = np.repeat(np.arange(len(lats)), counts)
                within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
                rows.append(row)
                places.append(self._placed[starts[row] + within])
        row, place = np.concatenate(rows), np.concatenate(places).astype(np.int64)
        earlier = place < first
        row, place = row[earlier], place[earlier]
        east = np.abs(self._lon[place] - lons[row])
        east = np.minimum(east, _TURN - east) * narrowest[row]
        metres = _METRES_A_DEGREE * np.hypot(self._lat[place] - lats[row], east)
        order = np.lexsort((place, metres, row))
        order = order[metres[order] <= _REACH_M]
        row = row[order]
        nth = np.arange(len(row)) - np.searchsorted(row, row)
        nearest: Places = place[order[nth < MOST_BESIDE]]
        return nearest

    def _outlines(self, first: int, last: int) -> Iterator[Places]:
        if not self._outlined:
            return
        lats, lons = self._lat[first:last], self._lon[first:last]
        asked = np.isfinite(lats)
        lats, lons = lats[asked], lons[asked]
        wide = np.minimum(_REACH_DEG / np.cos(np.radians(np.minimum(np.abs(lats) + _REACH_DEG, 89.999))), _TURN / 2)
        places = np.array([at for at, _ in self._outlined], dtype=np.int64)
        for turn in (-_TURN, 0.0, _TURN):
            west, east = lons + turn - wide, lons + turn + wide
            boxes = shapely.box(west, lats - _REACH_DEG, east, lats + _REACH_DEG)
            yield places[np.unique(self._boxes.query(boxes)[1])]

    def _named(self, first: int, subjects: Sequence[Subject]) -> Places:
        """Those without a place that have a word of these, and those that have a word of one of these without a place.

        The latter are owed from earlier parts: each part is asked for once, in their order.
        """
        last = first + len(subjects)
        owed = [at for place in range(first, last) for at in self._owed.pop(place, ())]
        if not len(self._key):
            return np.array(owed, dtype=np.int64)
        askers, keys = array("i"), array("q")
        for at, subject in enumerate(subjects, start=first):
            for key in self._names.asking(subject):
                askers.append(at)
                keys.append(hash(key))
        asker, asked = np.array(askers, dtype=np.int64), np.array(keys, dtype=np.int64)
        starts = np.searchsorted(self._key, asked)
        ends = np.searchsorted(self._key, asked, side="right")
        counts = np.minimum(ends - starts, MOST_WITH_A_WORD)
        nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        found = self._keyed_by_key[np.repeat(starts, counts) + nth].astype(np.int64)
        asker = np.repeat(asker, counts)
        later = found >= last
        for place, at in zip(found[later].tolist(), asker[later].tolist(), strict=True):
            if at not in self._owed[place] and len(self._owed[place]) < _MOST_OWED:
                self._owed[place].append(at)
        return np.concatenate([np.array(owed, dtype=np.int64), found[found < first]])


def _of(key: object) -> int:
    """0 for none."""
    return 0 if key is None else hash(key) or 1


def _repeated(told: Places) -> tuple[Places, Places]:
    """What stands more than once, in order, and where; 0 is nothing."""
    order = np.argsort(told, kind="stable")
    keys = told[order]
    again = np.append(False, keys[1:] == keys[:-1]) if len(keys) else np.empty(0, dtype=bool)
    often = (again | np.append(again[1:], False)[: len(keys)]) & (keys != 0)
    return keys[often], order[often]

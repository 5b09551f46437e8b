"""Which subjects look like one another: near in metres, alike in name, or both.

Alike are two subjects less than 25 m apart, whatever they are called (a bar is listed under its old name); those less
than 250 m apart with a name that counts as a match; and those of which one has no place, with such a name. Premises are
not like the area in which they lie, nor like a rule for a kind of venue; rules are alike for one kind of venue only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.premises import Subject, SubjectKind
from geo_offlimits.errors import InputError
from geo_offlimits.lookup.names import MATCH_SCORE, NameIndex, NameMatch
from geo_offlimits.lookup.proximity import ProximityIndex

SAME_PLACE_M = 25.0
SAME_NAME_WITHIN_M = 250.0
_ALIKE_SHOWN = 20
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """A subject and how a report calls it."""

    reference: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class Beside:
    """`known` stands at `place` of the list, 250 m away or nearer, or has a name that is like the other's.

    distance_m : None where that is farther or not known. score : how alike the names are, 0 to 100.
    """

    place: int
    known: Known
    distance_m: float | None
    score: float
    is_alike: bool


class Likeness:
    """Compares every subject of a list with the others."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._known = known
        self._places = ProximityIndex([one.subject.geometry for one in known])
        self._names = NameIndex((_named(place, one) for place, one in enumerate(known)), shipped.place_names())

    def of(self, place: int) -> Iterator[Beside]:
        """Those like the subject at `place`, in the order of the list."""
        return (one for one in self.beside(place) if one.is_alike)

    def beside(self, place: int) -> Iterator[Beside]:
        """Those near the subject at `place` or with a name like its own, in the order of the list."""
        near_m, scores = self._near(place), self._alike(place)
        for other in sorted((near_m.keys() | scores.keys()) - {place}):
            distance_m, score = near_m.get(other), scores.get(other, 0.0)
            yield Beside(other, self._known[other], distance_m, score, self._is_like(place, other, distance_m, score))

    def _is_like(self, place: int, other: int, distance_m: float | None, score: float) -> bool:
        one, another = self._known[place].subject, self._known[other].subject
        if one.kind is not another.kind or (one.kind is SubjectKind.CATEGORY_RULE and one.category != another.category):
            return False
        if distance_m is not None:
            return distance_m <= SAME_PLACE_M or score >= MATCH_SCORE
        return (one.geometry is None or another.geometry is None) and score >= MATCH_SCORE

    def _near(self, place: int) -> dict[int, float]:
        geometry = self._known[place].subject.geometry
        if geometry is None:
            return {}
        point = geometry.representative_point()
        hits = self._places.near([point.y], [point.x], SAME_NAME_WITHIN_M)
        return dict(zip(hits.entry.tolist(), hits.distance_m.tolist(), strict=True))

    def _alike(self, place: int) -> dict[int, float]:
        scores: dict[int, float] = {}
        for name in names_of(self._known[place].subject):
            for match in found_by(self._names, name, _ALIKE_SHOWN):
                other = int(match.entry.entry_id)
                scores[other] = max(match.score, scores.get(other, 0.0))
        return scores


def names_of(subject: Subject) -> tuple[str, ...]:
    """What a subject is, was or may be called, each once."""
    return tuple(dict.fromkeys((subject.label, *(name.text for name in subject.names))))


def found_by(index: NameIndex, name: str, limit: int) -> tuple[NameMatch, ...]:
    """As `find` of the index; () for a name of one letter, which is like no other."""
    try:
        return index.find(name, limit)
    except InputError:
        return ()


def _named(place: int, known: Known) -> Entry:
    """The subject as the name index takes it; only its names, address and town are looked at."""
    subject = known.subject
    return Entry(
        entry_id=str(place),
        name=subject.label,
        names=subject.names,
        subject=subject.kind,
        category=subject.category,
        restriction=Restriction.OFF_LIMITS,
        since=_LONG_AGO,
        address=subject.address,
        locality=subject.locality,
        issuer="",
        directive="",
    )

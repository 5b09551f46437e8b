"""The drift report: this mission's list beside another's, what each says alone and what both say otherwise.

1. Whoever reads the register of a mission compares its published list, never what is only proposed.
2. Of another mission of this installation they see its current edition, where their mission recognises it or where
   they may look up themselves; of a partner what is held as its word. All else reads like an absent thing.
3. An edition that does not verify is not compared. It keeps nobody from comparing the others: it is left out, and said.
4. What one list does not say of a place in words is no difference, nor is the day since when it holds: each mission
   decides on its own. Where a place is within what both are unsure of, it is the same.
5. A list stays current after the end of some that stand in it. Such an entry is told as ended: it differs from one that
   still holds, and where nothing of a line holds, the line says that alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.drift import Drift, DriftLine, DriftStatus
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.origins import Origin, OriginStanding
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.layer import places_layer
from geo_offlimits.lookup.corridor import beside
from geo_offlimits.services import editions, missions, partners
from geo_offlimits.services.act import Act
from geo_offlimits.services.drift_fields import differing
from geo_offlimits.services.drift_pairs import paired
from geo_offlimits.services.editions import Number
from geo_offlimits.services.shelf import DamagedEditionError, Shelf, opened
from geo_offlimits.uncollected import uncollected

_FARTHEST_M = 1_000_000.0
_TELL_ALONE = frozenset({"since"})  # told, and no difference by itself
_PAIRED = frozenset({DriftStatus.SAME, DriftStatus.DIFFERS})
_ORDER = {status: at for at, status in enumerate(DriftStatus)}


class UnknownListError(InputError):
    """No list of this name can be compared here."""

    def __init__(self, asked: str, known: Sequence[str]) -> None:
        self.asked = asked
        super().__init__(
            Sentence(
                "There is no list {asked} to compare with; there are: {known}.",
                asked=asked,
                known=tuple(known) or Sentence("none"),
            ),
            Issue(field="with", value=asked[:40], reason=Sentence("no such list")),
        )


@dataclass(frozen=True, kw_only=True)
class Side:
    """One list with where it comes from. key : what it is asked for by. territory : None where it is not known."""

    key: str
    origin: Origin
    entries: tuple[Entry, ...]
    territory: BaseGeometry | None = None
    is_stale: bool = False


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Lists to compare with. left_out : of the editions that do not verify, what is wrong with each."""

    sides: tuple[Side, ...]
    left_out: tuple[DamagedEditionError, ...] = ()


def own(act: Act, mission: str) -> tuple[Origin, ...]:
    """The mission's editions that this person may compare, newest first: the current one, for some the retired ones."""
    act.require(Action.READ_REGISTER, mission)
    return tuple(
        Origin(code=mission, standing=OriginStanding.SIGNED, dated=one.issued_at, sha256=one.sha256, edition=one.number)
        for one in editions.readable(act, mission)
    )


def others(act: Act, shelf: Shelf, mission: str) -> Choice:
    """The lists that this person may compare with the mission's own, by their keys."""
    act.require(Action.READ_REGISTER, mission)
    owner = missions.mission(act, mission)
    codes = sorted({*owner.recognises, *(one.code for one in missions.visible(act))} - {mission})
    sides, left_out = [], []
    for code in codes:
        try:
            sides.append(_of_mission(act, shelf, code))
        except DamagedEditionError as damaged:
            left_out.append(damaged)
    found = [*filter(None, sides)]
    return Choice(sides=(*found, *_by_partners(act, mission, found)), left_out=tuple(left_out))


def compare(
    act: Act, shelf: Shelf, mission: str, other: str, *, number: Number = "current", within_m: float | None = None
) -> Drift:
    """The mission's list beside the one of that key, or of that partner's code where it gave one list.

    number : of the mission's own edition. within_m : only what lies so near the other's territory, on both lists.
    Raises UnknownListError, UnknownEditionError, DamagedEditionError; InputError for a limit that cannot be.
    """
    found = _chosen(others(act, shelf, mission), other)
    read = editions.read(act, shelf, mission, number)
    here = _side(read.edition, read.sha256, is_stale=read.edition.stale(act.now))
    return compared(here, found, within_m, at=act.now)


@uncollected()
def compared(here: Side, there: Side, within_m: float | None = None, *, at: datetime | None = None) -> Drift:
    """Two lists that somebody may see. at : what has ended by then is told as ended; None: that is not asked.

    Raises InputError for a limit that cannot be.
    """
    _refuse_limit(here, there, within_m)
    own, others_ = _limited(here, there, within_m), _limited(there, here, within_m)
    # All is paired before the limit is asked: what lies near one territory alone may be on both lists.
    asked = (_as_of(line, at) for line in _lines(here.entries, there.entries))
    told = _touching(asked, (*own, *others_))
    lines = sorted(told, key=lambda line: (_ORDER[line.status], line.name.casefold(), _ids(line)))
    own = tuple(one for line in lines for one in line.here)
    others_ = tuple(one for line in lines for one in line.there)
    return Drift(
        here=here.origin,
        there=there.origin,
        lines=tuple(replace(line, row=row) for row, line in enumerate(lines, 1)),
        within_m=within_m,
        left_out_here=len(here.entries) - len(own),
        left_out_there=len(there.entries) - len(others_),
        whole_here=within_m is not None and there.territory is None,
        whole_there=within_m is not None and here.territory is None,
        stale_here=here.is_stale,
        stale_there=there.is_stale,
    )


def _touching(lines: Iterable[DriftLine], near: Iterable[Entry]) -> Iterator[DriftLine]:
    """The lines of which one entry at least is near enough."""
    known = set(map(id, near))
    return (line for line in lines if any(id(one) in known for one in (*line.here, *line.there)))


def _as_of(line: DriftLine, at: datetime | None) -> DriftLine:
    """The line with what has ended in it told as ended."""
    line = replace(line, at=at)
    ended = [line.has_ended(one) for one in (*line.here, *line.there)]
    if all(ended):
        return replace(line, status=DriftStatus.ENDED)
    if any(ended) and line.status in _PAIRED:
        fields = line.fields if "until" in line.fields else (*line.fields, "until")
        return replace(line, status=DriftStatus.DIFFERS, fields=fields)
    return line


def _ids(line: DriftLine) -> tuple[str, ...]:
    return tuple(one.entry_id for one in (*line.here, *line.there))


def _lines(here: Sequence[Entry], there: Sequence[Entry]) -> Iterator[DriftLine]:
    found = paired(here, there)
    for pair in found.pairs:
        one, other = here[pair.here], there[pair.there]
        fields = differing(one, other, pair.distance_m)
        status = DriftStatus.DIFFERS if set(fields) - _TELL_ALONE else DriftStatus.SAME
        yield DriftLine(row=0, status=status, here=(one,), there=(other,), fields=fields, distance_m=pair.distance_m)
    for ours, theirs in found.unclear:
        several = tuple(here[at] for at in ours), tuple(there[at] for at in theirs)
        yield DriftLine(row=0, status=DriftStatus.UNCLEAR, here=several[0], there=several[1])
    told_here = {one.here for one in found.pairs} | {at for ours, _ in found.unclear for at in ours}
    told_there = {one.there for one in found.pairs} | {at for _, theirs in found.unclear for at in theirs}
    for at, one in enumerate(here):
        if at not in told_here:
            yield DriftLine(row=0, status=DriftStatus.ONLY_HERE, here=(one,))
    for at, one in enumerate(there):
        if at not in told_there:
            yield DriftLine(row=0, status=DriftStatus.ONLY_THERE, there=(one,))


def _refuse_limit(here: Side, there: Side, within_m: float | None) -> None:
    """Where one territory alone is known, the limit still holds for the other's list."""
    if within_m is None:
        return
    if not 0 <= within_m <= _FARTHEST_M:
        raise InputError(
            Sentence("A limit is given in metres, from 0 to {most}.", most=round(_FARTHEST_M)),
            Issue(field="within_m", value=str(within_m), reason=Sentence("out of range")),
        )
    if here.territory is None and there.territory is None:
        raise InputError(
            Sentence("The territory of {code} is not known here; compare without a limit.", code=there.origin.code),
            Issue(field="within_m", reason=Sentence("no territory is known")),
        )


def _limited(side: Side, other: Side, within_m: float | None) -> tuple[Entry, ...]:
    """What may lie within so many metres of the other's territory, where that is known; what has no place is kept."""
    if within_m is None or other.territory is None:
        return side.entries
    places = places_layer(one.geometry for one in side.entries).geometry
    near = (places.isna() | places.intersects(other.territory)).to_numpy(dtype=bool, copy=True)
    outside = [side.entries[at] for at in np.flatnonzero(~near)]
    near[~near] = beside(
        other.territory, [one.geometry for one in outside], [one.unsure_m + within_m for one in outside]
    )
    return tuple(one for one, is_near in zip(side.entries, near, strict=True) if is_near)


def _chosen(choice: Choice, asked: str) -> Side:
    """Raises DamagedEditionError rather than give a partner's list in place of an edition that does not verify."""
    for damaged in choice.left_out:
        if damaged.mission == asked:
            raise damaged
    of_code = [one for one in choice.sides if one.origin.code == asked]
    found = [one for one in choice.sides if one.key == asked] or of_code
    if len(found) != 1:
        raise UnknownListError(asked, [one.key for one in choice.sides])
    return found[0]


def _of_mission(act: Act, shelf: Shelf, code: str) -> Side | None:
    """The current edition of another mission of this installation; None where there is none."""
    header = act.tx.editions.header(code, act.now)
    if header is None:
        return None
    read = opened(act, shelf, header)
    return _side(read.edition, read.sha256, is_stale=read.edition.stale(act.now))


def _by_partners(act: Act, mission: str, of_missions: Sequence[Side]) -> Iterator[Side]:
    """What is held as partners' word. No spreadsheet tells a territory: their signed edition or their mission may."""
    held = partners.held(act, mission)
    known = {one.key: one.territory for one in of_missions}
    known |= {one.origin.code: _territory(one.boundaries, one.origin.dated) for one in held if one.boundaries}
    for one in held:
        yield Side(
            key=one.edition_id,
            origin=one.origin,
            entries=one.entries,
            territory=known.get(one.origin.code),
            is_stale=one.is_stale(act.now),
        )


def _territory(boundaries: Sequence[Boundary], at: datetime) -> BaseGeometry | None:
    outlines = [one.geometry for one in boundaries if one.kind is BoundaryKind.TERRITORY and one.valid.holds(at)]
    return shapely.union_all(outlines) if outlines else None


def _side(edition: Edition, sha256: str, *, is_stale: bool) -> Side:
    return Side(
        key=edition.mission,
        origin=Origin(
            code=edition.mission,
            standing=OriginStanding.SIGNED,
            dated=edition.issued_at,
            sha256=sha256,
            edition=edition.number,
        ),
        entries=edition.entries,
        territory=_territory(edition.boundaries, edition.issued_at),
        is_stale=is_stale,
    )

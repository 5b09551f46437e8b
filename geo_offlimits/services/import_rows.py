"""Where each row of a list stands: what is held against the register and the other rows, a step at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.designation import STANDING, Designation
from geo_offlimits.domain.imports import FieldChange, Missing, RowReport, RowStatus
from geo_offlimits.domain.premises import Subject
from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.formats.described import Described
from geo_offlimits.formats.reader import Row
from geo_offlimits.services import import_changes
from geo_offlimits.services.alikes import alikes
from geo_offlimits.services.import_changes import Correction
from geo_offlimits.services.import_report import LikelyDuplicate, Proposal
from geo_offlimits.services.import_suspicions import Looked, OfAll, Suspicion, suspicions
from geo_offlimits.services.likeness import SAME_NAME_WITHIN_M, Beside, Known

_Position = tuple[float, float] | None
_WHO_DECIDES = Sentence("a list changes no decision: lift it and propose it anew, or leave it as it stands")


@dataclass
class Compared:
    """The rows of a list that can be read, beside the entries that stand."""

    proposals: Sequence[Proposal]
    told: Mapping[int, Described]
    rows: Mapping[int, Row]
    standing: Sequence[Designation]
    waiting_changes: frozenset[str]
    # Of a part of a list: rows before it that it may be like, and what it has to know of all of them.
    earlier: Sequence[Proposal] = ()
    of_all: OfAll | None = None
    taken: dict[str, int] = field(default_factory=dict)
    duplicates: list[LikelyDuplicate] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    reports: dict[int, RowReport] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    @cached_property
    def _by_id(self) -> dict[str, int]:
        """A list that we exported names its entries."""
        return {one.designation_id: place for place, one in enumerate(self.standing)}

    @cached_property
    def _positions(self) -> dict[int, _Position]:
        """Where each row is shown."""
        told = _positions([one.subject.geometry for one in self.proposals])
        return dict(zip([one.row for one in self.proposals], told, strict=True))

    def compare(self) -> None:
        entries = [Known(one.designation_id, one.subject) for one in self.standing]
        listed = [*self.earlier, *self.proposals]
        known = [*entries, *(Known(f"row {one.row}", one.subject) for one in listed)]
        start = len(known) - len(self.proposals)
        held = [_held(one) for one in known]
        first = _firsts(known)
        alike, suspect = alikes(held, start), suspicions(self._looked(held), start, self.of_all)
        for place, proposal in enumerate(self.proposals, start=start):
            like, raised = alike.get(place, []), suspect.get(place, [])
            one = self._same(proposal, first[place], place, like)
            if one is not None:
                self.seen |= {other.known.reference for other in like}
                self._is(proposal, known[one], one, raised)
            else:
                self._is_like(proposal, known, like, raised)

    @property
    def corrected(self) -> set[int]:
        """The rows that become proposals of change."""
        return {one.row for one in self.corrections}

    def missing(self) -> tuple[Missing, ...]:
        """The entries that no row is, changes or is like."""
        return tuple(as_missing(one) for one in self.standing if one.designation_id not in self.seen)

    def _looked(self, known: Sequence[Known]) -> list[Looked]:
        remarks = [one.terms.note for some in (self.standing, self.earlier, self.proposals) for one in some]
        return [
            Looked(reference=one.reference, subject=one.subject, remarks=note or "")
            for one, note in zip(known, remarks, strict=True)
        ]

    def _same(self, proposal: Proposal, first: int, place: int, like: Iterable[Beside]) -> int | None:
        """What the row is: described word for word the same, or an entry of this name on this spot."""
        if first != place:
            return first
        named = self._by_id.get(self.rows[proposal.row].values.get("entry", ""))
        if named is not None and _shares_a_name(proposal.subject, self.standing[named].subject):
            return named
        return next(
            (one.place for one in like if one.place < len(self.standing) and _is_it(proposal.subject, one)), None
        )

    def _is(self, proposal: Proposal, known: Known, place: int, raised: list[Suspicion]) -> None:
        entry = self.standing[place] if place < len(self.standing) else None
        twice = entry and self.taken.setdefault(entry.designation_id, proposal.row) != proposal.row
        changes = self._changes(proposal, entry) if entry else self._contradictions(proposal, place)
        self.seen.add(known.reference)
        if proposal.subject == known.subject or not changes:
            self.duplicates.append(_same(proposal, known))
        status = RowStatus.SAME if not changes else RowStatus.CHANGED if entry and not twice else RowStatus.CONFLICT
        issues, lands = [one.issue for one in raised if one.other != place and one.issue.field != "position"], False
        if entry and status is RowStatus.CHANGED:
            lands, more = self._correct(proposal, entry, changes)
            issues += more
        self.reports[proposal.row] = _report(
            proposal,
            status,
            known,
            changes=changes,
            issues=issues if status is not RowStatus.SAME else (),
            position=self._positions[proposal.row],
            lands=lands,
        )

    def _changes(self, proposal: Proposal, entry: Designation) -> tuple[FieldChange, ...]:
        anew = import_changes.described_anew(entry.subject, as_compared(proposal.subject))
        filled = frozenset(self.rows[proposal.row].values)
        return (
            *import_changes.of_description(entry.subject, anew),
            *import_changes.of_decision(entry, self.told[proposal.row], filled),
        )

    def _contradictions(self, proposal: Proposal, place: int) -> tuple[FieldChange, ...]:
        """Where two rows describe one place and say otherwise what was decided."""
        at = place - len(self.standing)
        other = self.earlier[at] if at < len(self.earlier) else self.proposals[at - len(self.earlier)]
        return tuple(
            FieldChange(field=name, was=str(getattr(other.terms, name)), would_be=str(getattr(proposal.terms, name)))
            for name in ("restriction", "basis", "valid", "applies_to", "exceptions")
            if getattr(other.terms, name) != getattr(proposal.terms, name)
        )

    def _correct(
        self, proposal: Proposal, entry: Designation, changes: Sequence[FieldChange]
    ) -> tuple[bool, list[Issue]]:
        """Whether the row becomes a proposal of change, and what of it does not."""
        anew = import_changes.described_anew(entry.subject, as_compared(proposal.subject))
        described = {change.field for change in import_changes.of_description(entry.subject, anew)}
        issues = [
            Issue(row=proposal.row, field=one.field, value=one.would_be, remedy=_WHO_DECIDES,
                  reason=Sentence("otherwise than {id} says ({was})", id=entry.designation_id, was=one.was or "–"))
            for one in changes
            if one.field not in described
        ]  # fmt: skip
        if not described:
            return False, issues
        if entry.subject_id in self.waiting_changes:
            reason = Sentence("a change of {id} waits already", id=entry.designation_id)
            remedy = Sentence("decide on that one, and import the list again")
            return False, [*issues, Issue(row=proposal.row, field="row", reason=reason, remedy=remedy)]
        self.corrections.append(
            Correction(row=proposal.row, designation_id=entry.designation_id, base=entry.subject, described=anew)
        )
        return True, issues

    def _is_like(
        self, proposal: Proposal, known: Sequence[Known], like: Sequence[Beside], raised: Sequence[Suspicion]
    ) -> None:
        self.duplicates += [_alike(proposal, one) for one in like]
        self.seen |= {one.known.reference for one in like}
        waiting = [one for one in raised if one.waits]
        issues = tuple(one.issue for one in raised)
        other: Known | None = None
        status = RowStatus.NEW
        if waiting:
            other, status = known[waiting[0].other], RowStatus.CONFLICT
        elif like:
            other, status = like[0].known, RowStatus.DUPLICATE
        lands = status is RowStatus.NEW
        position = self._positions[proposal.row]
        self.reports[proposal.row] = _report(proposal, status, other, issues=issues, position=position, lands=lands)


def _firsts(known: Sequence[Known]) -> list[int]:
    """Of each the place of the first that is described word for word the same; mostly it is that one."""
    told: dict[Subject, int] = {}
    return [told.setdefault(item.subject, at) for at, item in enumerate(known)]


def refused(number: int, issues: Sequence[Issue], row: Row | None, subject: Subject | None = None) -> RowReport:
    name = subject.label if subject else (row.values.get("sign") or row.values.get("name") or "") if row else ""
    position = _positions([subject.geometry])[0] if subject else None
    return RowReport(row=number, status=RowStatus.REFUSED, name=name, issues=tuple(issues), position=position)


def refused_by_key(reports: Iterable[RowReport], rows: Mapping[int, Row]) -> dict[str, int]:
    """The numbers of refused rows by the id, and by the bare name, that each tells."""
    found = [one for one in reports if one.status is RowStatus.REFUSED]
    by_name = {import_changes.bare(one.name): one.row for one in found if one.name}
    return by_name | {told: one.row for one in found if one.row in rows and (told := rows[one.row].values.get("entry"))}


def keys_of(entries: Iterable[Designation]) -> frozenset[str]:
    """By which a refused row may be about one of these: ids and bare names."""
    return frozenset(key for one in entries for key in (one.designation_id, import_changes.bare(one.subject.label)))


def beside_refused(gone: Iterable[Missing], refused_rows: Mapping[str, int]) -> tuple[Missing, ...]:
    """With the refused row that may be about each: an entry whose row has a slip is not gone from the list."""
    return tuple(
        replace(
            one, refused_row=refused_rows.get(one.designation_id) or refused_rows.get(import_changes.bare(one.name))
        )
        for one in gone
    )


def as_missing(entry: Designation) -> Missing:
    return Missing(designation_id=entry.designation_id, name=entry.subject.label, state=entry.state.value)


def _positions(places: Sequence[BaseGeometry | None]) -> list[_Position]:
    """Longitude and latitude of each, of an area those of a point in it; all at once."""
    points = np.empty(len(places), dtype=object)
    points[:] = [one if one is None or isinstance(one, Point) else one.representative_point() for one in places]
    told = zip(shapely.get_x(points).tolist(), shapely.get_y(points).tolist(), strict=True)
    return [None if place is None else position for place, position in zip(places, told, strict=True)]


def by_row(issues: Iterable[Issue]) -> dict[int, list[Issue]]:
    found: defaultdict[int, list[Issue]] = defaultdict(list)
    for issue in issues:
        if issue.row is not None:
            found[issue.row].append(issue)
    return found


def as_compared(subject: Subject) -> Subject:
    """A place that is known to a town or a square of a kilometre tells nothing of which door it is: names alone do."""
    if subject.uncertainty_m is None or subject.uncertainty_m <= SAME_NAME_WITHIN_M:
        return subject
    return replace(subject, geometry=None, uncertainty_m=None) if isinstance(subject.geometry, Point) else subject


def _held(one: Known) -> Known:
    compared = as_compared(one.subject)
    return one if compared is one.subject else Known(one.reference, compared)


def stands(designations: Iterable[Designation]) -> list[Designation]:
    return [one for one in designations if one.state in STANDING]


def _is_it(subject: Subject, one: Beside) -> bool:
    """An entry of one of the row's names, on the same spot; of two without a place the names tell."""
    subject, entry = as_compared(subject), one.known.subject
    if not _shares_a_name(subject, entry):
        return False
    if subject.geometry is None or entry.geometry is None:
        same_town = (subject.locality or "").casefold() == (entry.locality or "").casefold()
        return subject.geometry is entry.geometry and same_town
    return one.distance_m is not None and one.distance_m <= import_changes.SAME_SPOT_M


def _shares_a_name(subject: Subject, entry: Subject) -> bool:
    known = (entry.label, *(name.text for name in entry.names))
    return import_changes.bare(subject.label) in map(import_changes.bare, known)


def _report(
    proposal: Proposal,
    status: RowStatus,
    other: Known | None,
    *,
    changes: tuple[FieldChange, ...] = (),
    issues: Sequence[Issue] = (),
    position: _Position,
    lands: bool,
) -> RowReport:
    return RowReport(
        row=proposal.row,
        status=status,
        name=proposal.subject.label,
        other=other.reference if other else "",
        other_name=other.subject.label if other else "",
        changes=changes,
        issues=tuple(issues),
        position=position,
        lands=lands,
    )


def _same(proposal: Proposal, other: Known) -> LikelyDuplicate:
    placed = proposal.subject.geometry is not None
    return LikelyDuplicate(
        row=proposal.row,
        name=proposal.subject.label,
        other=other.reference,
        other_name=other.subject.label,
        distance_m=0.0 if placed else None,
        score=100.0,
        same=True,
    )


def _alike(proposal: Proposal, like: Beside) -> LikelyDuplicate:
    return LikelyDuplicate(
        row=proposal.row,
        name=proposal.subject.label,
        other=like.known.reference,
        other_name=like.known.subject.label,
        distance_m=like.distance_m,
        score=like.score,
    )

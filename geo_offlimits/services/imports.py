"""Imports: from the list that people really have to proposals. Nothing lands before a person has seen the report.

1. One bad row never stops a file; every issue is data with its row.
2. A row outside the mission's territory, and one that looks like an entry the mission has or like an earlier row, waits
   until somebody who has read the report says that such rows are meant.
3. A row that is, place and names, an entry the mission has or an earlier row never lands: a list read in twice adds
   nothing.
4. What lands are proposals by the person who commits, and an import withdraws nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import Basis, Designation, Terms
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.premises import Subject
from geo_offlimits.errors import InputError, Issue, RefusedError
from geo_offlimits.formats.described import Described
from geo_offlimits.formats.reader import Table
from geo_offlimits.services import gazetteer, missions, outside, register
from geo_offlimits.services.act import Act
from geo_offlimits.services.likeness import Beside, Known, Likeness


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One row that can land."""

    row: int
    subject: Subject
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class LikelyDuplicate:
    """Row `row` looks like `other`: an entry's id, or 'row 12'. `distance_m` is None where a place is not known.

    same : its place, names and description are those of `other`, so it never lands.
    """

    row: int
    name: str
    other: str
    other_name: str
    distance_m: float | None
    score: float
    same: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "name": self.name,
            "other": self.other,
            "other_name": self.other_name,
            "distance_m": None if self.distance_m is None else round(self.distance_m, 1),
            "score": round(self.score, 1),
            "same": self.same,
        }

    def __str__(self) -> str:
        if self.same:
            return f"row {self.row} {self.name}: is {self.other} already and does not land"
        far = "" if self.distance_m is None else f", {self.distance_m:.0f} m apart"
        return f"row {self.row} {self.name}: looks like {self.other} {self.other_name}{far}"


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What a file holds and what lands when it is committed. `rows` counts those that could be read or have an issue.

    waiting : numbers of the rows like others, which land only with `confirm_duplicates`.
    remarks : how rows were understood where that is not plain; they keep no row back.
    """

    mission: str
    file: str
    columns: tuple[str, ...]
    mapping: dict[str, str]
    rows: int
    issues: tuple[Issue, ...]
    likely_duplicates: tuple[LikelyDuplicate, ...]
    waiting: tuple[int, ...]
    proposals: tuple[Proposal, ...]
    remarks: tuple[Issue, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "mission": self.mission,
            "file": self.file,
            "columns": list(self.columns),
            "mapping": self.mapping,
            "rows": self.rows,
            "issues": [issue.as_json() for issue in self.issues],
            "remarks": [remark.as_json() for remark in self.remarks],
            "likely_duplicates": [one.as_json() for one in self.likely_duplicates],
            "waiting": list(self.waiting),
            "proposals": [{"row": one.row, "name": one.subject.label} for one in self.proposals],
        }

    def as_text(self) -> str:
        read = ", ".join(f"{column} → {field}" for column, field in self.mapping.items())
        lines = [f"{self.file}: {self.rows} rows, {len(self.proposals)} can land.", f"Columns read: {read or 'none'}"]
        lines += [f"  {issue}" for issue in (*self.issues, *self.remarks)]
        lines += [f"  {one}" for one in self.likely_duplicates]
        if self.waiting:
            lines.append(f"{len(self.waiting)} look like others and wait: --confirm-duplicates says they are meant.")
        return "\n".join(lines)


class NothingToLandError(RefusedError):
    """No row of the list can become a proposal."""

    def __init__(self, found: ImportReport) -> None:
        reasons = [*(issue for issue in found.issues if issue.row is not None), *found.likely_duplicates]
        why = f": {reasons[0]}" if reasons else ""
        more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
        super().__init__(f"No row of {found.file} can land{why}{more}. Import it without --commit to read the report.")


def report(
    act: Act, mission: str, table: Table, *, confirm_outside: bool = False, confirm_duplicates: bool = False
) -> ImportReport:
    """Hold the rows of a list (`formats.reader.read_rows`) against the register; changes nothing.

    confirm_outside, confirm_duplicates : that rows outside the territory, or like others, are meant to land.
    """
    act.require(Action.PROPOSE, mission)
    owner = missions.mission(act, mission)
    told = gazetteer.understood_in(act, mission, table)
    understood = told.rows
    # Where a row does not say who decided by which directive, the list itself is the reference that can be asked for.
    proposals, issues = _proposals(act, understood, authority=owner.name, directive=table.name)
    away = () if confirm_outside else _outside(act, mission, proposals)
    alike = _duplicates(proposals, act.tx.register.all(mission))
    kept = {issue.row for issue in away} | {one.row for one in alike if one.same}
    waiting = set() if confirm_duplicates else {one.row for one in alike} - kept
    refused = {issue.row for issue in table.issues if issue.row is not None}
    return ImportReport(
        mission=mission,
        file=table.name,
        columns=table.columns,
        mapping=table.mapping,
        rows=len({row.number for row in table.rows} | refused),
        issues=(*table.issues, *told.issues, *(one for row in understood for one in row.issues), *issues, *away),
        remarks=tuple(one for row in understood for one in row.remarks),
        likely_duplicates=alike,
        waiting=tuple(sorted(waiting)),
        proposals=tuple(one for one in proposals if one.row not in kept | waiting),
    )


def _proposals(
    act: Act, understood: Sequence[Described], *, authority: str, directive: str
) -> tuple[tuple[Proposal, ...], list[Issue]]:
    """The rows that the register would take, and every issue of those that it would not."""
    proposals: list[Proposal] = []
    issues: list[Issue] = []
    for one in understood:
        if one.subject is None:
            continue
        terms = one.facts.terms(authority=authority, directive=directive, basis=Basis.OTHER)
        try:
            register.refuse_unpublishable(one.subject, terms, act.now)
        except InputError as fault:
            found = fault.issues or (Issue(field="row", reason=str(fault)),)
            issues += [replace(issue, row=one.row) for issue in found]
        else:
            proposals.append(Proposal(row=one.row, subject=one.subject, terms=terms))
    return tuple(proposals), issues


def _outside(act: Act, mission: str, proposals: Sequence[Proposal]) -> tuple[Issue, ...]:
    found = outside.issues(act, mission, [one.subject for one in proposals])
    return tuple(replace(issue, row=one.row) for one, issue in zip(proposals, found, strict=True) if issue)


def _duplicates(proposals: Sequence[Proposal], designations: Sequence[Designation]) -> tuple[LikelyDuplicate, ...]:
    """Of two rows that are alike the later one is named; one that is another already is not compared further."""
    known = [Known(one.designation_id, one.subject) for one in designations if one.state in register.STANDING]
    rows = [Known(f"row {one.row}", one.subject) for one in proposals]
    likeness = Likeness([*known, *rows])
    first = {one.subject: one.reference for one in reversed([*known, *rows])}
    found: list[LikelyDuplicate] = []
    for place, proposal in enumerate(proposals, start=len(known)):
        if (other := first[proposal.subject]) != f"row {proposal.row}":
            found.append(_same(proposal, other))
        else:
            found += [_alike(proposal, like) for like in likeness.of(place) if like.place < place]
    return tuple(found)


def _same(proposal: Proposal, other: str) -> LikelyDuplicate:
    name, placed = proposal.subject.label, proposal.subject.geometry is not None
    return LikelyDuplicate(
        row=proposal.row,
        name=name,
        other=other,
        other_name=name,
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


def commit(act: Act, found: ImportReport) -> tuple[str, ...]:
    """Land the proposals of a report; returns their designation ids.

    Raises NothingToLandError when there are none, RefusedError when one has come into the register since the report.
    """
    act.require(Action.PROPOSE, found.mission)
    if not found.proposals:
        raise NothingToLandError(found)
    _refuse_overtaken(found, act.tx.register.all(found.mission))
    landed = tuple(
        register.proposed(
            act, found.mission, one.subject, one.terms, reason=f"Imported from {found.file[:200]}, row {one.row}"
        ).designation_id
        for one in found.proposals
    )
    act.record(AuditTag.IMPORT_COMMITTED, subject=found.mission, mission=found.mission, landed=list(landed))
    return landed


def _refuse_overtaken(found: ImportReport, designations: Sequence[Designation]) -> None:
    standing = {one.subject: one.designation_id for one in designations if one.state in register.STANDING}
    here = next((one for one in found.proposals if one.subject in standing), None)
    if here:
        raise RefusedError(
            f"Row {here.row} of {found.file} has become {standing[here.subject]} since the report, and nothing has "
            "landed; read the report again."
        )

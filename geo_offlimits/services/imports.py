"""Imports: from the list that people really have to proposals. Nothing lands before a person has seen the report.

1. One bad row never stops a file; every issue is data with its row.
2. A row that looks like an entry the mission has, or like an earlier row, is reported with the distance in metres. It
   lands all the same when the report is committed: a person decides on the proposal, not the computer.
3. What lands are proposals by the person who commits, and an import withdraws nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import IN_FORCE_STATES, Basis, Designation, State, Terms
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.premises import Subject
from geo_offlimits.errors import InputError, Issue, RefusedError
from geo_offlimits.formats.described import Described, described
from geo_offlimits.formats.files import Source
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.services import missions, register
from geo_offlimits.services.act import Act
from geo_offlimits.services.likeness import Known, Likeness

_NO_MAPPING: Mapping[str, str] = MappingProxyType({})
_STANDING = IN_FORCE_STATES | {State.PROPOSED}


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One row that can land."""

    row: int
    subject: Subject
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class LikelyDuplicate:
    """Row `row` looks like `other`: an entry's id, or 'row 12'. `distance_m` is None where a place is not known."""

    row: int
    name: str
    other: str
    other_name: str
    distance_m: float | None
    score: float

    def as_json(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "name": self.name,
            "other": self.other,
            "other_name": self.other_name,
            "distance_m": None if self.distance_m is None else round(self.distance_m, 1),
            "score": round(self.score, 1),
        }

    def __str__(self) -> str:
        far = "" if self.distance_m is None else f", {self.distance_m:.0f} m apart"
        return f"row {self.row} {self.name}: looks like {self.other} {self.other_name}{far}"


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What a file holds and what would land. `rows` counts those that could be read or have an issue."""

    mission: str
    file: str
    columns: tuple[str, ...]
    mapping: dict[str, str]
    rows: int
    issues: tuple[Issue, ...]
    likely_duplicates: tuple[LikelyDuplicate, ...]
    proposals: tuple[Proposal, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "mission": self.mission,
            "file": self.file,
            "columns": list(self.columns),
            "mapping": self.mapping,
            "rows": self.rows,
            "issues": [issue.as_json() for issue in self.issues],
            "likely_duplicates": [one.as_json() for one in self.likely_duplicates],
            "proposals": [{"row": one.row, "name": one.subject.label} for one in self.proposals],
        }

    def as_text(self) -> str:
        read = ", ".join(f"{column} → {field}" for column, field in self.mapping.items())
        lines = [f"{self.file}: {self.rows} rows, {len(self.proposals)} can land.", f"Columns read: {read or 'none'}"]
        lines += [f"  {issue}" for issue in self.issues]
        lines += [f"  {one}" for one in self.likely_duplicates]
        return "\n".join(lines)


def report(act: Act, mission: str, source: Source, mapping: Mapping[str, str] = _NO_MAPPING) -> ImportReport:
    """Read a CSV, XLSX or GeoJSON (a path, or name and bytes) against the register; changes nothing.

    mapping : column -> field, where headings are not the usual ones. Raises ImportFileError, InputError.
    """
    act.require(Action.PROPOSE, mission)
    owner = missions.mission(act, mission)
    table = read_rows(source, mapping)
    understood = [described(row, timezone=owner.timezone) for row in table.rows]
    # Where a row does not say who decided by which directive, the list itself is the reference that can be asked for.
    proposals, issues = _proposals(understood, authority=owner.name, directive=table.name)
    refused = {issue.row for issue in table.issues if issue.row is not None}
    return ImportReport(
        mission=mission,
        file=table.name,
        columns=table.columns,
        mapping=table.mapping,
        rows=len({row.number for row in table.rows} | refused),
        issues=(*table.issues, *(issue for one in understood for issue in one.issues), *issues),
        likely_duplicates=_duplicates(proposals, act.tx.register.all(mission)),
        proposals=proposals,
    )


def _proposals(
    understood: list[Described], *, authority: str, directive: str
) -> tuple[tuple[Proposal, ...], list[Issue]]:
    """The rows that the register would take, and every issue of those that it would not."""
    proposals: list[Proposal] = []
    issues: list[Issue] = []
    for one in understood:
        if one.subject is None:
            continue
        terms = one.facts.terms(authority=authority, directive=directive, basis=Basis.OTHER)
        try:
            register.refuse_unpublishable(one.subject, terms)
        except InputError as fault:
            found = fault.issues or (Issue(field="row", reason=str(fault)),)
            issues += [replace(issue, row=one.row) for issue in found]
        else:
            proposals.append(Proposal(row=one.row, subject=one.subject, terms=terms))
    return tuple(proposals), issues


def _duplicates(proposals: tuple[Proposal, ...], designations: tuple[Designation, ...]) -> tuple[LikelyDuplicate, ...]:
    known = [Known(one.designation_id, one.subject) for one in designations if one.state in _STANDING]
    rows = [Known(f"row {one.row}", one.subject) for one in proposals]
    likeness = Likeness([*known, *rows])
    return tuple(
        LikelyDuplicate(
            row=proposal.row,
            name=proposal.subject.label,
            other=like.known.reference,
            other_name=like.known.subject.label,
            distance_m=like.distance_m,
            score=like.score,
        )
        for place, proposal in enumerate(proposals, start=len(known))
        # Of two rows that are alike the later one is named.
        for like in likeness.of(place)
        if like.place < place
    )


def commit(act: Act, found: ImportReport) -> tuple[str, ...]:
    """Land the proposals of a report; returns their designation ids. Raises RefusedError when there are none."""
    act.require(Action.PROPOSE, found.mission)
    if not found.proposals:
        raise RefusedError(f"No row of {found.file} can land; correct the rows named in the report.")
    landed = tuple(
        register.propose(
            act, found.mission, one.subject, one.terms, reason=f"Imported from {found.file[:200]}, row {one.row}"
        ).designation_id
        for one in found.proposals
    )
    act.record(AuditTag.IMPORT_COMMITTED, subject=found.mission, mission=found.mission, landed=list(landed))
    return landed

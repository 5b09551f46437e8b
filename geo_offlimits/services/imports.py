"""Imports: from the list that people really have to proposals. Nothing lands before a person has seen the report.

The report holds the rows against the register (`import_rows`); `import_landing` lands it, lists what has landed and
undoes it. What lands are proposals by the person who commits, and an import withdraws nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

from geo_offlimits.domain.designation import Basis
from geo_offlimits.domain.imports import RowReport, RowStatus
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue
from geo_offlimits.formats.described import Described
from geo_offlimits.formats.reader import Table
from geo_offlimits.lookup.footprint import are_publishable_points
from geo_offlimits.services import gazetteer, import_rows, missions, outside, register
from geo_offlimits.services.act import Act
from geo_offlimits.services.import_landing import (
    NothingToLandError,
    applicable,
    commit,
    land,
    landed,
    remembered,
    source_of,
    undo,
)
from geo_offlimits.services.import_report import ImportReport, LikelyDuplicate, Proposal
from geo_offlimits.services.import_rows import Compared
from geo_offlimits.uncollected import uncollected

__all__ = [
    "ImportReport",
    "LikelyDuplicate",
    "NothingToLandError",
    "Proposal",
    "applicable",
    "commit",
    "land",
    "landed",
    "remembered",
    "report",
    "source_of",
    "undo",
]


@uncollected()
def report(
    act: Act,
    mission: str,
    table: Table,
    *,
    confirm_outside: bool = False,
    confirm_duplicates: bool = False,
    source: str | None = None,
) -> ImportReport:
    """Hold the rows of a list (`formats.reader.read_rows`) against the register; changes nothing.

    confirm_outside, confirm_duplicates : that rows outside the territory, or like others, are meant to land.
    source : whose list it is; the file's name without a date where nobody says.
    """
    act.require(Action.PROPOSE, mission)
    understood, proposals, issues = _understood(act, mission, table)
    away = () if confirm_outside else outside_of(act, mission, proposals)
    compared = _compared(act, mission, table, understood, without_those_of(proposals, away))
    every = (*table.issues, *issues, *away)
    reports = reports_of(compared, every, proposals, confirmed=confirm_duplicates)
    lands = {one.row for one in reports if one.lands} - compared.corrected
    confirmed = {"outside": confirm_outside, "duplicates": confirm_duplicates}
    source = (source or "").strip() or source_of(table.name)
    return ImportReport(
        mission=mission,
        file=table.name,
        columns=table.columns,
        mapping=table.mapping,
        rows=len(reports),
        issues=every,
        likely_duplicates=tuple(compared.duplicates),
        waiting=tuple(one.row for one in reports if _waits(one) and not confirm_duplicates),
        proposals=tuple(one for one in compared.proposals if one.row in lands),
        remarks=tuple(one for row in understood for one in row.remarks),
        reports=reports,
        corrections=tuple(compared.corrections),
        missing=import_rows.beside_refused(compared.missing(), import_rows.refused_by_key(reports, compared.rows)),
        source=source,
        sha256=table.sha256,
        confirmed=tuple(what for what, said in confirmed.items() if said),
        landed_before=landed_before(act, mission, source, table.sha256),
        notes=table.notes,
    )


def _understood(act: Act, mission: str, table: Table) -> tuple[Sequence[Described], tuple[Proposal, ...], list[Issue]]:
    """Every row as far as it is understood, the rows that the register would take, and what is wrong with others."""
    told = gazetteer.understood_in(act, mission, table)
    # Where a row does not say who decided by which directive, the list itself is the reference that can be asked for.
    owner = missions.mission(act, mission)
    proposals, issues = proposals_of(act, told.rows, authority=owner.name, directive=table.name)
    return told.rows, proposals, [*told.issues, *(issue for one in told.rows for issue in one.issues), *issues]


def without_those_of(proposals: Sequence[Proposal], away: Sequence[Issue]) -> list[Proposal]:
    """The proposals of rows that no issue stands against."""
    rows = {issue.row for issue in away}
    return [one for one in proposals if one.row not in rows]


def _compared(
    act: Act, mission: str, table: Table, understood: Sequence[Described], proposals: Sequence[Proposal]
) -> Compared:
    compared = Compared(
        proposals=proposals,
        told={one.row: one for one in understood},
        rows={row.number: row for row in table.rows},
        standing=import_rows.stands(act.tx.register.all(mission)),
        waiting_changes=act.tx.waiting(mission).changing,
    )
    compared.compare()
    return compared


def reports_of(
    compared: Compared, issues: Sequence[Issue], proposals: Sequence[Proposal], *, confirmed: bool
) -> tuple[RowReport, ...]:
    """Every row of the list (or a part of it) once, in its order."""
    reports = dict(compared.reports)
    subjects = {one.row: one.subject for one in proposals}
    for number, found in import_rows.by_row(issues).items():
        reports.setdefault(number, import_rows.refused(number, found, compared.rows.get(number), subjects.get(number)))
    for number in list(reports):
        one, told = reports[number], compared.told.get(number)
        remarks = told.remarks if told else ()
        if remarks or (confirmed and _waits(one)):
            reports[number] = replace(one, lands=one.lands or (confirmed and _waits(one)), remarks=remarks)
    return tuple(reports[number] for number in sorted(reports))


def _waits(one: RowReport) -> bool:
    """Like others or at odds with them, and nothing that is there already: it may be meant."""
    return one.status is RowStatus.DUPLICATE or (one.status is RowStatus.CONFLICT and not one.changes)


def landed_before(act: Act, mission: str, source: str, sha256: str) -> str | None:
    """The import by which these bytes landed; None where they did not."""
    same = (one.import_id for one in act.tx.imports.of_source(mission, source) if sha256 and one.sha256 == sha256)
    return next(same, None)


def proposals_of(
    act: Act, understood: Sequence[Described], *, authority: str, directive: str
) -> tuple[tuple[Proposal, ...], list[Issue]]:
    """The rows that the register would take, and every issue of those that it would not."""
    proposals: list[Proposal] = []
    issues: list[Issue] = []
    are_points = are_publishable_points([one.subject.geometry if one.subject else None for one in understood])
    for one, is_point in zip(understood, are_points, strict=True):
        if one.subject is None:
            continue
        terms = one.facts.terms(authority=authority, directive=directive, basis=Basis.OTHER)
        try:
            register.refuse_unpublishable(one.subject, terms, act.now, is_point=is_point)
        except InputError as fault:
            found = fault.issues or (Issue(field="row", reason=str(fault)),)
            issues += [replace(issue, row=one.row) for issue in found]
        else:
            proposals.append(Proposal(row=one.row, subject=one.subject, terms=terms))
    return tuple(proposals), issues


def outside_of(act: Act, mission: str, proposals: Sequence[Proposal]) -> tuple[Issue, ...]:
    """What is to be said of the rows that lie outside the mission's territory."""
    found = outside.issues(act, mission, [one.subject for one in proposals])
    return tuple(replace(issue, row=one.row) for one, issue in zip(proposals, found, strict=True) if issue)

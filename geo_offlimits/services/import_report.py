"""The report of a list: where each row stands, what it would change, and which entries are in no row of it.

1. One bad row never stops a file; every issue is data with its row.
2. A row outside the mission's territory, and one that looks like an entry the mission has or like an earlier row, waits
   until somebody who has read the report says that such rows are meant.
3. A row that is an entry the mission has, or an earlier row, never lands: a list read in twice adds nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from geo_offlimits.domain.designation import Terms
from geo_offlimits.domain.imports import Missing, RowReport, RowStatus
from geo_offlimits.domain.premises import Subject
from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.services.import_changes import Correction

_SHOWN = 200
_WITH_NAMES = frozenset({"sheet", "layer"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """One row that can land."""

    row: int
    subject: Subject
    terms: Terms


@dataclass(frozen=True, kw_only=True, slots=True)
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

    @property
    def sentence(self) -> Sentence:
        """As one reason among others, in the words of the report's page."""
        alike = Sentence("Same") if self.same else Sentence("Looks like another")
        other = self.other if self.same else f"{self.other} {self.other_name}"
        told = Sentence("{reason} ({remedy})", reason=alike, remedy=other)
        return Sentence("row {row}, {field}: {told}", row=self.row, field=self.name, told=told)

    def __str__(self) -> str:
        if self.same:
            return f"row {self.row} {self.name}: is {self.other} already and does not land"
        far = "" if self.distance_m is None else f", {self.distance_m:.0f} m apart"
        return f"row {self.row} {self.name}: looks like {self.other} {self.other_name}{far}"


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What a file holds and what lands when it is committed. `rows` counts those that could be read or have an issue.

    remarks : how rows were understood where that is not plain; they keep no row back.
    waiting : numbers of the rows like others, which land only with `confirm_duplicates`.
    reports : each of the rows, in their order. corrections : the proposals of change among them.
    missing : entries in no row; an import neither lifts nor withdraws them.
    landed_before : the import by which these very bytes landed, where they did.
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
    reports: tuple[RowReport, ...] = ()
    corrections: tuple[Correction, ...] = ()
    missing: tuple[Missing, ...] = ()
    source: str = ""
    sha256: str = ""
    confirmed: tuple[str, ...] = ()
    landed_before: str | None = None
    # What was found in reading: the encoding, the delimiter, merged cells.
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[RowStatus, int]:
        """How many rows stand where; only where there are any."""
        counted = Counter(one.status for one in self.reports)
        return {status: counted[status] for status in RowStatus if counted[status]}

    def of(self, status: RowStatus) -> tuple[RowReport, ...]:
        return tuple(one for one in self.reports if one.status is status)

    def as_json(self) -> dict[str, Any]:
        return _head(self) | {
            "notes": list(self.notes),
            "remarks": [remark.as_json() for remark in self.remarks],
            "likely_duplicates": [one.as_json() for one in self.likely_duplicates],
            "waiting": list(self.waiting),
            "proposals": [{"row": one.row, "name": one.subject.label} for one in self.proposals],
            "row_reports": [one.as_json() for one in self.reports],
            "missing": [one.as_json() for one in self.missing],
        }

    def as_text(self) -> str:
        read = ", ".join(f"{column} → {field}" for column, field in self.mapping.items())
        not_read = ", ".join(column for column in self.columns if column not in self.mapping)
        lines = [f"{self.file}: {self.rows} rows, {len(self.proposals)} can land.", f"Columns read: {read or 'none'}"]
        lines += [f"Columns not read: {not_read}"] if not_read else []
        lines += [f"Found: {'; '.join(self.notes)}"] if self.notes else []
        if self.counts:
            lines.append(", ".join(f"{count} {status}" for status, count in _counts(self).items()))
        if self.landed_before:
            lines.append(f"This very file landed as {self.landed_before}.")
        lines += _some([f"  {_told(issue)}" for issue in (*self.issues, *self.remarks)])
        lines += _some([f"  {one}" for one in self.likely_duplicates])
        lines += _some(
            [
                f"  {line}"
                for one in self.reports
                if one.status in (RowStatus.CHANGED, RowStatus.CONFLICT)
                for line in one.lines()
            ]
        )
        if self.waiting:
            lines.append(f"{len(self.waiting)} look like others and wait: --confirm-duplicates says they are meant.")
        if self.missing:
            lines.append(f"Entries in no row: {len(self.missing)}. They stand as they are; a person decides on them:")
            lines += _some([f"  {one}" for one in self.missing])
        return "\n".join(lines)


def _told(issue: Issue) -> str:
    """Of a sheet or a layer its name, too, which stands in no sentence about it."""
    return f"{issue.field} {issue.value!r}: {issue.told}" if issue.field in _WITH_NAMES else str(issue)


@dataclass(kw_only=True)
class Summary:
    """What is said of a list of any length once all its parts are reported (`import_parts`)."""

    mission: str
    file: str
    columns: tuple[str, ...]
    mapping: dict[str, str]
    source: str
    sha256: str
    landed_before: str | None
    issues: tuple[Issue, ...] = ()
    counts: Counter[RowStatus] = field(default_factory=Counter)
    missing: tuple[Missing, ...] = ()

    @property
    def rows(self) -> int:
        return self.counts.total()

    def as_json(self) -> dict[str, Any]:
        return _head(self) | {"missing": [one.as_json() for one in self.missing]}

    def as_text(self) -> str:
        counts = ", ".join(f"{count} {status}" for status, count in _counts(self).items())
        lines = [f"{self.file}: {self.rows} rows: {counts or 'none'}", *map(str, self.issues)]
        if self.landed_before:
            lines.append(f"This very file landed as {self.landed_before}.")
        if self.missing:
            lines.append(f"Entries in no row: {len(self.missing)}. They stand as they are; a person decides on them.")
        return "\n".join(lines)


def _head(told: ImportReport | Summary) -> dict[str, Any]:
    """What a report says of a whole list, however long it is."""
    return {
        "mission": told.mission,
        "file": told.file,
        "source": told.source,
        "sha256": told.sha256,
        "landed_before": told.landed_before,
        "columns": list(told.columns),
        "mapping": told.mapping,
        "rows": told.rows,
        "counts": _counts(told),
        "issues": [issue.as_json() for issue in told.issues],
    }


def _counts(told: ImportReport | Summary) -> dict[str, int]:
    """How many rows stand where, in the order in which somebody wants to know."""
    counts = told.counts
    return {status.value: counts[status] for status in RowStatus if counts.get(status)}


def _some(lines: Sequence[str]) -> list[str]:
    """A terminal is no place for a hundred thousand lines; --json has all of them."""
    more = [f"  … and {len(lines) - _SHOWN} more (--json tells all)"] if len(lines) > _SHOWN else []
    return [*lines[:_SHOWN], *more]

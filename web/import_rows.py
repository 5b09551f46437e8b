"""A list on its way into the register as its page shows it: a row of the file, where it stands, and why.

The report of the services says all of it; here it gets its order, its pages and its shape on the map.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from typing import Any

from geo_offlimits.domain.imports import RowReport, RowStatus
from geo_offlimits.errors import Issue, Translate
from geo_offlimits.formats.matching import MatchedBy
from geo_offlimits.formats.reader import Row, Table
from geo_offlimits.services import outside
from geo_offlimits.services.imports import ImportReport
from geo_offlimits.services.waiting_lists import Choices


class RowStanding(StrEnum):
    """Where a row stands for the person at the page: as the report has it, or left out by them."""

    REFUSED = "refused"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    CHANGED = "changed"
    NEW = "new"
    SAME = "same"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, kw_only=True)
class SeenRow(RowReport):
    """A row of the report, with what was decided about it on the page."""

    is_corrected: bool = False
    is_left_out: bool = False

    @property
    def standing(self) -> RowStanding:
        return RowStanding.LEFT_OUT if self.is_left_out else RowStanding(self.status.value)

    def as_json(self, translate: Translate = str) -> dict[str, Any]:
        return super().as_json(translate) | {"status": self.standing.value, "corrected": self.is_corrected}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the file: the field it is read as, '' for none, why where that was guessed, what stands in it."""

    name: str
    field: str
    why: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """A report with the table it is about, the same as the file has it, and what was decided about it."""

    table: Table
    in_file: Table
    report: ImportReport
    choices: Choices

    @cached_property
    def rows(self) -> tuple[SeenRow, ...]:
        """Every row of the file by its number."""
        cells = self.choices.cells
        told = [SeenRow(**_said(one), is_corrected=one.row in cells) for one in self.report.reports]
        left_out = [
            SeenRow(
                row=number,
                status=RowStatus.REFUSED,
                name=_name(self.values_of(number)),
                is_left_out=True,
                is_corrected=number in cells,
            )
            for number in self.choices.left_out
        ]
        return tuple(sorted((*told, *left_out), key=lambda one: one.row))

    @cached_property
    def counts(self) -> dict[RowStanding, int]:
        """How many rows stand where; only where there are any."""
        counted = Counter(one.standing for one in self.rows)
        return {standing: counted[standing] for standing in RowStanding if counted[standing]}

    def of(self, standing: RowStanding | None) -> tuple[SeenRow, ...]:
        return tuple(one for one in self.rows if standing in (None, one.standing))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(
            Column(
                name=one.column,
                field=one.field or "",
                why=one.why if one.by is MatchedBy.CONTENTS else "",
                samples=one.samples,
            )
            for one in self.in_file.matches
        )

    @property
    def about_columns(self) -> tuple[Issue, ...]:
        """What is to be said of columns, but for guesses, which are told beside each."""
        guessed = {one.name for one in self.columns if one.why}
        return tuple(one for one in self.about_the_file if one.field == "columns" and one.value not in guessed)

    @property
    def not_read(self) -> tuple[str, ...]:
        """Columns in which something stands that nobody reads."""
        return tuple(one.name for one in self.columns if not one.field and one.samples)

    @property
    def lands(self) -> int:
        """How many proposals, also of changes, come of it."""
        return len(self.report.proposals) + len(self.report.corrections)

    @property
    def outside(self) -> tuple[int, ...]:
        """Numbers of the rows that wait because they lie outside the territory."""
        return tuple(sorted({one.row for one in self.rows if any(map(outside.is_told, one.issues))}))

    @property
    def like(self) -> tuple[int, ...]:
        """Numbers of the rows that wait because they look like others."""
        return self.report.waiting

    @property
    def about_the_file(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.report.issues if issue.row is None)

    @cached_property
    def _read(self) -> dict[int, Row]:
        return {row.number: row for row in self.in_file.rows}

    @cached_property
    def apart_m(self) -> dict[int, float]:
        """How far each row that looks like another is from it, where both places are known."""
        told = self.report.likely_duplicates
        return {one.row: one.distance_m for one in told if one.distance_m is not None and not one.same}

    def was_read(self, number: int) -> bool:
        """Whether the cells of this row could be read at all."""
        return number in self._read

    def written(self, number: int) -> dict[str, str]:
        """The texts of a row by field, as the file has them."""
        return self._read[number].values if number in self._read else {}

    def values_of(self, number: int) -> dict[str, str]:
        """The same as it was set right, with '' for each field that is read and empty."""
        wanted = dict.fromkeys(self.table.mapping.values(), "")
        return wanted | self.written(number) | self.choices.cells.get(number, {})


def _name(values: Mapping[str, str]) -> str:
    return values.get("sign") or values.get("name") or ""


def _said(one: RowReport) -> dict[str, Any]:
    return {told.name: getattr(one, told.name) for told in fields(RowReport)}
